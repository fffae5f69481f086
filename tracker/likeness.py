"""How alike a track and a detection are beyond their overlap: the terms that options add."""

import numpy as np

from tracker import kalman
from tracker.candidates import candidates
from tracker.compiled import kernel
from tracker.memory import LOOK_BACK
from tracker.table import Record, Records
from tracker.types import Floats, Indices, Ints

UNLIKELY = 13.2767
"""The squared Mahalanobis distance that one measurement in a hundred of a track exceeds (chi-square, 4 degrees)."""


@kernel
def expanded(boxes: Floats, expansion: float) -> Floats:
    """Corner boxes (K, 4), enlarged on either side by a share of their sides."""
    larger = boxes.copy()
    for row in range(len(boxes)):
        width, height = boxes[row, 2] - boxes[row, 0], boxes[row, 3] - boxes[row, 1]
        larger[row, 0] -= expansion * width
        larger[row, 1] -= expansion * height
        larger[row, 2] += expansion * width
        larger[row, 3] += expansion * height
    return larger


@kernel
def shaped(start: Indices, column: Indices, iou: Floats, first: Floats, second: Floats, option: Record) -> Floats:
    """The overlap of each candidate, (K,), weighed by the height that the boxes share and by the way of their centres.

    Sources: M. Yang et al., "Hybrid-SORT: Weak Cues Matter for Online Multi-Object Tracking", AAAI 2024, section 3.3
    (height-modulated IoU); Z. Zheng et al., "Distance-IoU Loss", AAAI 2020, section 3.2.
    """
    result = iou.copy()
    if option["height_weight"] == 0.0 and not option["centre_distance"]:
        return result
    for row in range(len(first)):
        a = first[row]
        for k in range(start[row], start[row + 1]):
            b = second[column[k]]
            span = max(a[3], b[3]) - min(a[1], b[1]) + 1
            if option["height_weight"] > 0.0:
                shared = max(min(a[3], b[3]) - max(a[1], b[1]) + 1, 0.0) / span
                result[k] *= shared ** option["height_weight"]
            if option["centre_distance"]:
                x, y = (a[0] + a[2] - b[0] - b[2]) / 2, (a[1] + a[3] - b[1] - b[3]) / 2
                width = max(a[2], b[2]) - min(a[0], b[0]) + 1
                result[k] -= (x * x + y * y) / (width * width + span * span)
    return result


@kernel
def score_terms(start: Indices, column: Indices, memory: Records, score: Floats, weight: float) -> Floats:
    """What the cost of each candidate, (K,), grows by because its score is not the one to be expected.

    Source: Hybrid-SORT, section 3.2.
    """
    terms = np.empty(len(column))
    for row in range(len(start) - 1):
        for k in range(start[row], start[row + 1]):
            terms[k] = weight * abs(memory[row]["expected_score"] - score[column[k]])
    return terms


@kernel
def course_terms(
    start: Indices, column: Indices, memory: Records, xyxy: Floats, score: Floats, weight: float
) -> Floats:
    """What the cost of each candidate, (K,), changes by for lying off the track's course: -weight / 2 straight ahead.

    Source: J. Cao et al., "Observation-Centric SORT", CVPR 2023, section 4.2.
    """
    terms = np.zeros(len(column))
    for row in range(len(start) - 1):
        mine = memory[row]
        if mine["course"][0] == 0.0 and mine["course"][1] == 0.0:
            continue
        then = mine["observed"].copy()
        for back in range(LOOK_BACK - 1, 0, -1):
            if not np.isnan(mine["seen"][back][0]):
                then = mine["seen"][back].copy()
                break
        for k in range(start[row], start[row + 1]):
            box = xyxy[column[k]]
            x, y = (box[0] + box[2] - then[0] - then[2]) / 2, (box[1] + box[3] - then[1] - then[3]) / 2
            cosine = (x * mine["course"][0] + y * mine["course"][1]) / (np.hypot(x, y) + 1e-6)
            off = np.arccos(min(max(cosine, -1.0), 1.0))
            terms[k] = -weight * (0.5 - off / np.pi) * score[column[k]]
    return terms


@kernel
def boosted(now: Records, boxes: Floats, xyxy: Floats, score: Floats, option: Record) -> Floats:
    """The scores, (N,), raised for detections where a track is expected, and for those that no track explains.

    The first get at least `score_boost` times their overlap with a predicted track. Of the second, those further than
    `UNLIKELY` from every track, the best of each heap gets at least `birth_thresh`.

    Source: V. Stanojevic, B. Todorovic, "BoostTrack: boosting the similarity measure and detection confidence for
    improved multiple object tracking", Machine Vision and Applications 35, 2024, section 3.3.
    """
    result = score.copy()
    if option["score_boost"] > 0.0:
        start, column, iou = candidates(boxes, xyxy, np.ones(len(score), np.bool_), 1.0)
        for k in range(len(column)):
            result[column[k]] = max(result[column[k]], option["score_boost"] * iou[k])
    if option["boost_unlikely"]:
        alone = score < option["birth_thresh"]
        for row in range(len(now)):
            for j in range(len(score)):
                if alone[j] and kalman.distance(now[row], xyxy[j], option["box_state"]) <= UNLIKELY:
                    alone[j] = False
        start, column, iou = candidates(xyxy, xyxy, alone, 0.7)
        for j in range(len(score)):
            best = alone[j]
            for k in range(start[j], start[j + 1]):
                rival = column[k]
                if score[rival] > score[j] or (score[rival] == score[j] and rival < j):
                    best = False
            if best:
                result[j] = option["birth_thresh"]
    return result


@kernel
def of_one_class(
    start: Indices, column: Indices, iou: Floats, table: Records, class_id: Ints
) -> tuple[Indices, Indices, Floats]:
    """The candidates whose track and detection have one class."""
    kept = np.zeros(len(column), np.bool_)
    first = np.zeros(len(start), np.int32)
    for row in range(len(table)):
        for k in range(start[row], start[row + 1]):
            kept[k] = table[row]["class_id"] == class_id[column[k]]
            first[row + 1] += kept[k]
        first[row + 1] += first[row]
    return first, column[kept], iou[kept]
