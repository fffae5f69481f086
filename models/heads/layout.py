"""What every head returns, and what a head says about the model it belongs to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.options import Colour, Fit

Array = NDArray[Any]

FARTHEST = 1e5
"""No model has an input so large that a box of it could reach this many pixels."""
MOST_CLASSES = 100_000
MOST_SCORE = 1.01
"""What half precision may make of a score of 1."""


class Candidates(NamedTuple):
    """Boxes of one image before suppression: finite, score above the floor, in no order.

    Attributes:
        xyxy: (K, 4) float32, pixels of the model's input.
        score: (K,) float32, 0 to 1.
        class_id: (K,) int64.
    """

    xyxy: NDArray[np.float32]
    score: NDArray[np.float32]
    class_id: NDArray[np.int64]


Decode = Callable[[Sequence[Array], tuple[int, int], float], Candidates]
"""(outputs of one image, (height, width) of the input, score floor) -> candidates."""


@dataclass(frozen=True, slots=True)
class Head:
    """One output layout with the habits of the family that exports it.

    Attributes:
        name: as in `DetectorOptions.head`.
        decode: the pure function that reads it.
        overlapping: whether several boxes per object come out, so that suppression is needed.
        colour, fit, pixel_max: the input that the family was trained on.
    """

    name: str
    decode: Decode
    overlapping: bool
    colour: Colour
    fit: Fit
    pixel_max: float


def as_float32(output: Array) -> NDArray[np.float32]:
    """The output in single precision: half precision is slow in NumPy and too coarse for pixels."""
    return output.astype(np.float32, copy=False)


def corners(cxcywh: NDArray[np.float32]) -> NDArray[np.float32]:
    """Boxes (K, 4) given by centre and size, as corners."""
    half = cxcywh[:, 2:] / 2
    return np.concatenate([cxcywh[:, :2] - half, cxcywh[:, :2] + half], axis=1)


def candidates(xyxy: NDArray[np.float32], score: NDArray[np.float32], class_id: Array) -> Candidates:
    """The rows with numbers that a detection can have; scores a rounding above 1 become 1.

    A model in half precision, or one that was fed nonsense, writes NaN, infinity and boxes as large as a planet: those
    rows are no detections, and one of them would take all precision from the others in the suppression.
    """
    keep = (np.abs(xyxy) < FARTHEST).all(axis=1) & (score <= MOST_SCORE) & (class_id >= 0) & (class_id < MOST_CLASSES)
    return Candidates(xyxy[keep], np.minimum(score[keep], 1), class_id[keep].astype(np.int64))
