"""What the numbers of an output can be: probabilities, whole numbers, pixels or fractions."""

import numpy as np
from numpy.typing import NDArray

from models.heads.layout import MOST_SCORE, Array, as_float32
from models.heads.reading import LARGEST_FRACTION
from models.options import BoxUnit

NOT_BELOW = -0.01
"""What half precision and quantisation may make of a score of 0."""


def numbers(array: Array) -> NDArray[np.float32]:
    """The array in single precision; what is no number is 0."""
    return np.nan_to_num(as_float32(array), nan=0.0, posinf=0.0, neginf=0.0)


def are_probabilities(array: Array) -> bool:
    """Whether every number lies between 0 and 1, as far as rounding allows; an empty array has nothing against it."""
    values = numbers(array)
    return bool(values.min(initial=0.0) >= NOT_BELOW and values.max(initial=0.0) <= MOST_SCORE)


def are_whole(array: Array) -> bool:
    """Whether every number is a whole one, as class ids are."""
    values = numbers(array)
    return bool((values == np.rint(values)).all() and values.min(initial=0.0) >= -1)


def are_class_ids(array: Array) -> bool:
    """Whether every number is whole and one at least above 1, so that they are no certain scores."""
    return are_whole(array) and bool(numbers(array).max(initial=0.0) > 1)


def are_corners(boxes: Array) -> bool:
    """Whether no box that is there at all, (x1, y1, x2, y2), ends before it begins."""
    rows = numbers(boxes)
    rows = rows[(rows != 0).any(axis=1)]
    return bool((rows[:, 2:4] >= rows[:, :2]).all())


def unit_of(boxes: Array) -> BoxUnit | None:
    """The unit of boxes (N, 4), None where there are none; unused rows of zeros say nothing."""
    reach = np.abs(numbers(boxes)).max(axis=1, initial=0.0)
    reach = reach[reach > 0]
    if not len(reach):
        return None
    return "pixels" if np.median(reach) > LARGEST_FRACTION else "fractions"
