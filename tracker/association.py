"""The association of one call: which track takes which detection, stage by stage."""

import numpy as np

from tracker.assignment import NONE, assign
from tracker.candidates import candidates
from tracker.compiled import kernel
from tracker.likeness import course_terms, expanded, of_one_class, score_terms, shaped
from tracker.relinking import near
from tracker.table import Record, Records
from tracker.trace import PAIR, noted, stamped
from tracker.types import Bools, Codes, Floats, Indices, Ints, Outcome

LOW_UNMATCHED, HIGH_UNMATCHED = int(Outcome.LOW_UNMATCHED), int(Outcome.HIGH_UNMATCHED)
MATCHED_HIGH, REACTIVATED = int(Outcome.MATCHED_HIGH), int(Outcome.REACTIVATED)
MATCHED_LOW, CONFIRMED = int(Outcome.MATCHED_LOW), int(Outcome.CONFIRMED)


@kernel
def associate(
    now: Records,
    boxes: Floats,
    memory: Records,
    xyxy: Floats,
    score: Floats,
    class_id: Ints,
    outcome: Codes,
    frame: float,
    option: Record,
    trace: bool,
) -> tuple[Indices, Records]:
    """Stages 1 to 3 of ByteTrack; whoever is taken in one stage is not up for the next.

    Args:
        now: (R,) the predicted tracks, rows of `table.TRACK`.
        boxes: (R, 4) their corner boxes.
        memory: (R,) rows of `table.MEMORY`, or none where no option needs them.
        xyxy: (N, 4) the detections' corner boxes.
        score: (N,) their scores.
        class_id: (N,) their classes.
        outcome: (N,) `LOW_UNMATCHED`, `HIGH_UNMATCHED` or neither; changed in place to what became of them.
        frame: the nominal frame that this is.
        option: a record of `options.OPTIONS`.
        trace: whether to note every pair that was up for assignment.

    Returns:
        (R,) the detection that each track took, or `NONE`; the pairs that were looked at, rows of `trace.PAIR`.
    """
    high, low = outcome == HIGH_UNMATCHED, outcome == LOW_UNMATCHED
    activated, lost = np.empty(len(now), np.bool_), np.empty(len(now), np.bool_)
    for row in range(len(now)):
        activated[row], lost[row] = now[row]["activated"], now[row]["lost"]
    start, column, iou = _candidates(now, boxes, xyxy, class_id, high | low, option)
    plain, fused, confirming = _prices(start, column, iou, boxes, memory, xyxy, score, option)
    taken, owner = np.full(len(now), NONE, np.int32), np.full(len(score), NONE, np.int32)
    free = (taken, owner)

    # Stage 1: everybody with the high detections.
    limit = option["match_thresh"]
    one = _pair(start, column, iou, fused, activated, high, limit, free, trace)
    # Stage 2: who was in sight until now, with the low detections.
    limit = option["second_match_thresh"]
    two = _pair(start, column, iou, plain, activated & ~lost, low, limit, free, trace)
    # Beyond the reference: the lost with the low detections that are left.
    limit = option["lost_low_thresh"]
    also_two = _pair(start, column, iou, plain, lost, low, limit, free, trace)
    # Stage 3: the unconfirmed with the high detections that are left.
    limit = option["unconfirmed_match_thresh"]
    three = _pair(start, column, iou, confirming, ~activated, high, limit, free, trace)
    # Beyond the reference: the lost with what could start a track, by distance.
    left, fit = lost & (taken == NONE), high & (owner == NONE) & (score >= option["birth_thresh"])
    start, column, cost = near(now, boxes, xyxy, class_id, left, fit, frame, option)
    four = _pair(start, column, np.zeros(len(cost)), cost, left, fit, 1.0, free, trace)
    pairs = stamped(one, two, also_two, three, four)

    for row in range(len(now)):
        j = taken[row]
        if j != NONE:
            if lost[row]:
                outcome[j] = REACTIVATED
            elif low[j]:
                outcome[j] = MATCHED_LOW
            else:
                outcome[j] = MATCHED_HIGH if activated[row] else CONFIRMED
    return taken, pairs


@kernel
def _candidates(
    now: Records, boxes: Floats, xyxy: Floats, class_id: Ints, used: Bools, option: Record
) -> tuple[Indices, Indices, Floats]:
    """The pairs that some stage could take: their rows, columns and overlaps, as `candidates.candidates` gives them."""
    limit = max(option["match_thresh"], option["second_match_thresh"], option["unconfirmed_match_thresh"])
    limit = max(limit, option["lost_low_thresh"])
    limit = min(limit + option["direction_weight"] / 2, 1.0)
    first, second = expanded(boxes, option["expansion"]), expanded(xyxy, option["expansion"])
    start, column, iou = candidates(first, second, used, limit)
    if option["class_aware"]:
        return of_one_class(start, column, iou, now, class_id)
    return start, column, iou


@kernel
def _prices(
    start: Indices,
    column: Indices,
    iou: Floats,
    boxes: Floats,
    memory: Records,
    xyxy: Floats,
    score: Floats,
    option: Record,
) -> tuple[Floats, Floats, Floats]:
    """What each candidate, (K,), costs with a low detection, with a high one, and with a high one before confirmation.

    By default 1 - IoU with low detections, and 1 - IoU * score with high ones where `fuse_score` is set.
    """
    likeness = shaped(start, column, iou, boxes, xyxy, option)
    plain, fused, confirming = 1.0 - iou, 1.0 - likeness, 1.0 - iou
    if option["fuse_score"]:
        for k in range(len(column)):
            fused[k], confirming[k] = 1.0 - likeness[k] * score[column[k]], 1.0 - iou[k] * score[column[k]]
    if option["confidence_weight"] > 0.0:
        terms = score_terms(start, column, memory, score, option["confidence_weight"])
        plain, fused = plain + terms, fused + terms
    if option["direction_weight"] > 0.0:
        fused += course_terms(start, column, memory, xyxy, score, option["direction_weight"])
    return plain, fused, confirming


@kernel
def _pair(
    start: Indices,
    column: Indices,
    iou: Floats,
    price: Floats,
    rows: Bools,
    columns: Bools,
    limit: float,
    free: tuple[Indices, Indices],
    trace: bool,
) -> Records:
    """Assign the tracks and detections that take part and are still free.

    Args:
        start: (R + 1,) the candidates of track r are start[r] to start[r + 1].
        column: (K,) the detection of each candidate.
        iou: (K,) how much the two overlap.
        price: (K,) what the two cost.
        rows: (R,) the tracks of this stage.
        columns: (N,) the detections of this stage.
        limit: the cost limit.
        free: (R,) the detection that each track has taken, and (N,) the track that has taken each detection, `NONE`
            while there is none; changed in place.
        trace: whether to note the pairs.

    Returns:
        The pairs that were up for assignment, rows of `trace.PAIR` without their stage; none unless they are to be
        noted.
    """
    taken, owner = free
    first, kept, cost = np.zeros(len(start), np.int32), np.empty(len(column), np.int32), np.empty(len(column))
    index, count = np.empty(len(column), np.int32), 0
    for row in range(len(rows)):
        if rows[row] and taken[row] == NONE:
            for k in range(start[row], start[row + 1]):
                j = column[k]
                if columns[j] and owner[j] == NONE and price[k] < limit:
                    kept[count], cost[count], index[count] = j, price[k], k
                    count += 1
        first[row + 1] = count
    if count == 0:
        return np.empty(0, PAIR)
    chosen = assign(first, kept, cost, limit, len(columns))
    for row in range(len(rows)):
        if chosen[row] != NONE:
            taken[row] = chosen[row]
            owner[chosen[row]] = row
    if not trace:
        return np.empty(0, PAIR)
    return noted(first, kept[:count], iou[index[:count]], cost[:count], limit, chosen)
