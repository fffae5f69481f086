"""Average precision at an overlap of 0.5, with objects that neither count for nor against.

After M. Everingham et al.: The PASCAL Visual Object Classes Challenge, IJCV 2010, section 4.2, with the area under the
whole curve; detections that fall on an ignored object are dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MATCH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Detections of one class in one frame: their scores, whether each is right, and how many objects there were."""

    score: NDArray[np.float64]
    right: NDArray[np.bool_]
    objects: int


def overlaps(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """IoU (K, N) of boxes (K, 4) and (N, 4)."""
    low, high = np.maximum(one[:, None, :2], other[None, :, :2]), np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    areas = np.prod(one[:, 2:] - one[:, :2], axis=1)[:, None] + np.prod(other[:, 2:] - other[:, :2], axis=1)[None]
    return np.asarray(shared / np.maximum(areas - shared, 1e-9))


def judge(
    truth: NDArray[np.float64], ignore: NDArray[np.bool_], boxes: NDArray[np.float64], score: NDArray[np.float64]
) -> Judged:
    """Matches the detections of a frame to its objects, the surest first, each object once."""
    order = np.argsort(-score, kind="stable")
    ious = overlaps(truth, boxes[order])
    free, right, counted = ~ignore, np.zeros(len(order), dtype=bool), np.ones(len(order), dtype=bool)
    for column in range(len(order)):
        fits = np.where(free, ious[:, column], 0.0)
        if len(fits) and fits.max() >= MATCH:
            right[column] = True
            free[fits.argmax()] = False
        elif (ious[ignore, column] >= MATCH).any():
            counted[column] = False
    return Judged(score[order][counted], right[counted], int((~ignore).sum()))


def area_under_curve(frames: Sequence[Judged]) -> float:
    """Average precision over all frames; NaN where there was no object."""
    objects = sum(frame.objects for frame in frames)
    if not objects:
        return float("nan")
    score = np.concatenate([frame.score for frame in frames])
    right = np.concatenate([frame.right for frame in frames])[np.argsort(-score, kind="stable")]
    hits = np.cumsum(right)
    precision = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    return float(precision[right].sum() / objects)
