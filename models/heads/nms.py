"""Non-maximum suppression within each class."""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.heads.layout import Candidates

CANDIDATES_PER_DETECTION = 3
"""Suppression is quadratic in what it keeps: 8,400 boxes take 400 ms, 2,000 take 20. The best scores go in first."""


def suppress(found: Candidates, iou: float, limit: int) -> NDArray[np.intp]:
    """Rows of `found` that stay, best score first, at most `limit`: none overlaps a better one of its class too much.

    Args:
        found: any number of candidates.
        iou: boxes of one class with a larger intersection over union than this are the same object.
        limit: how many to keep at most; three times as many are looked at.
    """
    order = best_first(found, limit * CANDIDATES_PER_DETECTION)
    if len(order) < 2:
        return order
    boxes = found.xyxy[order].astype(np.float64)
    # OpenCV separates classes by moving class k by k times the largest coordinate, which holds only for boxes
    # without negative coordinates: seen from their own top left corner there are none.
    boxes -= boxes[:, :2].min(axis=0)[[0, 1, 0, 1]]
    boxes[:, 2:] -= boxes[:, :2]
    class_id = found.class_id[order].astype(np.int32)
    kept = cv2.dnn.NMSBoxesBatched(
        boxes,  # type: ignore[arg-type]  # the stubs know lists only, OpenCV takes arrays, and faster
        found.score[order],  # type: ignore[arg-type]  # the stubs want a list, an array works
        class_id,  # type: ignore[arg-type]  # the stubs want a list, an array works
        score_threshold=0.0,
        nms_threshold=iou,
    )
    return order[np.asarray(kept, np.intp)[:limit]]


def suppress_oriented(found: Candidates, iou: float, limit: int) -> NDArray[np.intp]:
    """The same for turned boxes, by the intersection over union of the turned boxes themselves."""
    order = best_first(found, limit * CANDIDATES_PER_DETECTION)
    if found.oriented is None or len(order) < 2:
        return order[:limit]
    turned = found.oriented[order].astype(np.float64)
    turned[:, 4] = np.degrees(turned[:, 4])
    kept: list[int] = []
    for class_id in np.unique(found.class_id[order]):
        rows = np.flatnonzero(found.class_id[order] == class_id)
        boxes = [((cx, cy), (width, height), angle) for cx, cy, width, height, angle in turned[rows].tolist()]
        best = cv2.dnn.NMSBoxesRotated(boxes, found.score[order[rows]].tolist(), 0.0, iou)
        kept += rows[np.asarray(best, np.intp)].tolist()
    return order[sorted(kept)[:limit]]


def best_first(found: Candidates, limit: int) -> NDArray[np.intp]:
    """Rows of `found` by falling score, equal ones in the model's order, at most `limit`."""
    return np.argsort(-found.score, kind="stable")[:limit]
