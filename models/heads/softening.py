"""Soft suppression: overlapping boxes lose score instead of being removed."""

import cv2
import numpy as np

from models.heads.layout import Candidates
from models.heads.nms import CANDIDATES_PER_DETECTION, best_first

SIGMA = 0.5
"""Of the Gaussian penalty, as in the paper."""
FINENESS = 16_384
"""OpenCV takes boxes in whole numbers: a class's largest side becomes so many, and two areas still fit 32 bits."""


def soften(found: Candidates, floor: float, limit: int) -> Candidates:
    """Candidates by falling lowered score, at most `limit`; those that fall to the floor are dropped.

    A score is multiplied by exp(-iou² / sigma) for every better box of its class.

    Source: Bodla et al., Soft-NMS: Improving Object Detection With One Line of Code, ICCV 2017, equation 3.
    """
    best = found.at(best_first(found, limit * CANDIDATES_PER_DETECTION))
    rows, scores = [np.empty(0, np.intp)], [np.empty(0, np.float32)]
    for class_id in np.unique(best.class_id):
        own = np.flatnonzero(best.class_id == class_id)
        lowered, kept = cv2.dnn.softNMSBoxes(
            _whole(best.at(own)).tolist(),
            best.score[own].tolist(),
            score_threshold=floor,
            nms_threshold=0.0,
            sigma=SIGMA,
            method=cv2.dnn.SOFT_NMSMETHOD_SOFTNMS_GAUSSIAN,
        )
        rows.append(own[np.asarray(kept, np.intp)])
        scores.append(np.asarray(lowered, np.float32).reshape(-1)[: len(rows[-1])])
    row, score = np.concatenate(rows), np.concatenate(scores)
    order = np.lexsort((row, -score))
    order = order[score[order] > floor][:limit]
    return best.at(row[order])._replace(score=score[order])


def _whole(found: Candidates) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Boxes as x, y, width, height in whole numbers, fine enough that their overlaps stay what they are."""
    boxes = found.xyxy.astype(np.float64)
    boxes[:, 2:] -= boxes[:, :2]
    boxes[:, :2] -= boxes[:, :2].min(axis=0)
    boxes *= FINENESS / max(1.0, float(boxes[:, 2:].max()))
    # A box of a negative size is none; one that lies a million sides away is clipped, far from everything as before.
    return np.clip(boxes, 0, 2**29).astype(np.int32)
