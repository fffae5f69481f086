"""How much boxes overlap, and which of them belong to objects that do not count."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

IGNORE_IOU = 0.5

# TrackEval compares with this slack; without it a box at exactly half an overlap would count differently.
SLACK = float(np.finfo(np.float64).eps)


def iou(first: Floats, second: Floats) -> Floats:
    """(N, M) intersection over union of (N, 4) with (M, 4) corner boxes, in continuous coordinates."""
    start = np.maximum(first[:, None, :2], second[None, :, :2])
    stop = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared: Floats = np.prod(np.maximum(stop - start, 0.0), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - shared
    overlap: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap


def belongs_to(overlap: Floats, objects: Bools) -> Bools:
    """(M,) True for boxes that belong to one of the `objects` (N,), given their (N, M) overlap with all N objects.

    As the MOT Challenge finds distractors: boxes are assigned to all objects, those in question or not, so that the sum
    of overlaps of at least `IGNORE_IOU` is largest, and those assigned to one in question belong to it.
    """
    belongs = np.zeros(overlap.shape[1], np.bool_)
    close = np.where(overlap < IGNORE_IOU - SLACK, 0.0, overlap)
    rows, columns = linear_sum_assignment(-close)
    matched = close[rows, columns] > SLACK
    belongs[columns[matched & objects[rows]]] = True
    return belongs
