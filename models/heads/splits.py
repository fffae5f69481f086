"""How the outputs of a batch fall apart into those of its images."""

from collections.abc import Sequence

import numpy as np

from models.heads.layout import Array


def by_axis(outputs: Sequence[Array], count: int) -> Sequence[Sequence[Array]]:
    """Every output has the batch as its first axis."""
    return [[output[slot] for output in outputs] for slot in range(count)]


def alone(outputs: Sequence[Array], count: int) -> Sequence[Sequence[Array]]:
    """The outputs have no batch axis: the run was of one image, and what they hold is its own."""
    return [outputs] * count


def by_first_column(outputs: Sequence[Array], count: int) -> Sequence[Sequence[Array]]:
    """One output of rows of all images, whose first column is the image's number in the batch; rows may be none."""
    [rows] = outputs
    number = rows[..., 0]
    return [[rows[number == slot]] for slot in range(count)]


def by_counts(outputs: Sequence[Array], count: int) -> Sequence[Sequence[Array]]:
    """Rows of all images one after another, and how many rows each image has."""
    rows, counts = outputs
    sizes = np.clip(counts.reshape(-1)[:count].astype(np.int64), 0, len(rows))
    ends = np.cumsum(sizes)
    return [[rows[max(0, end - size) : end]] for size, end in zip(sizes, ends, strict=True)]
