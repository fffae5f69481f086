"""The association of one call: which track takes which detection, stage by stage."""

import numpy as np

from tracker import kalman
from tracker.assignment import NONE, assign
from tracker.candidates import candidates
from tracker.compiled import kernel
from tracker.table import Record, Records
from tracker.types import Bools, Codes, Floats, Indices, Outcome

LOW_UNMATCHED, HIGH_UNMATCHED = int(Outcome.LOW_UNMATCHED), int(Outcome.HIGH_UNMATCHED)
MATCHED_HIGH, REACTIVATED = int(Outcome.MATCHED_HIGH), int(Outcome.REACTIVATED)
MATCHED_LOW, CONFIRMED = int(Outcome.MATCHED_LOW), int(Outcome.CONFIRMED)


@kernel
def associate(now: Records, xyxy: Floats, score: Floats, outcome: Codes, option: Record) -> Indices:
    """Stages 1 to 3 of ByteTrack; whoever is taken in one stage is not up for the next.

    Args:
        now: (R,) the predicted tracks, rows of `table.TRACK`.
        xyxy: (N, 4) the detections' corner boxes.
        score: (N,) their scores.
        outcome: (N,) `LOW_UNMATCHED`, `HIGH_UNMATCHED` or neither; changed in place to what became of them.
        option: a record of `options.OPTIONS`.

    Returns:
        (R,) the detection that each track took, or `NONE`.
    """
    boxes = np.empty((len(now), 4))
    for row in range(len(now)):
        kalman.to_xyxy(now[row], boxes[row])
    high, low = outcome == HIGH_UNMATCHED, outcome == LOW_UNMATCHED
    first, second, third = (
        option["match_thresh"],
        option["second_match_thresh"],
        option["unconfirmed_match_thresh"],
    )
    start, column, iou = candidates(boxes, xyxy, high | low, max(first, second, third))
    taken, owner = np.full(len(now), NONE, np.int32), np.full(len(score), NONE, np.int32)
    activated, lost = np.empty(len(now), np.bool_), np.empty(len(now), np.bool_)
    for row in range(len(now)):
        activated[row], lost[row] = now[row]["activated"], now[row]["lost"]
    plain = np.ones(len(score))
    weight = score if option["fuse_score"] else plain

    # Stage 1: everybody with the high detections.
    _pair(start, column, iou, weight, activated, high, first, taken, owner)
    # Stage 2: who was in sight until now, with the low detections.
    _pair(start, column, iou, plain, activated & ~lost, low, second, taken, owner)
    # Stage 3: the unconfirmed with the high detections that are left.
    _pair(start, column, iou, weight, ~activated, high, third, taken, owner)

    for row in range(len(now)):
        j = taken[row]
        if j != NONE:
            if low[j]:
                outcome[j] = MATCHED_LOW
            elif not activated[row]:
                outcome[j] = CONFIRMED
            else:
                outcome[j] = REACTIVATED if lost[row] else MATCHED_HIGH
    return taken


@kernel
def _pair(
    start: Indices,
    column: Indices,
    iou: Floats,
    weight: Floats,
    rows: Bools,
    columns: Bools,
    limit: float,
    taken: Indices,
    owner: Indices,
) -> None:
    """Assign the tracks and detections that take part and are still free, at a cost of 1 - IoU * weight.

    Args:
        start: (R + 1,) the candidates of track r are start[r] to start[r + 1].
        column: (K,) the detection of each candidate.
        iou: (K,) how much the two overlap.
        weight: (N,) what the overlap with each detection is multiplied with.
        rows: (R,) the tracks of this stage.
        columns: (N,) the detections of this stage.
        limit: the cost limit.
        taken: (R,) the detection that each track has taken, or `NONE`; changed in place.
        owner: (N,) the track that has taken each detection, or `NONE`; changed in place.
    """
    first, kept, cost = np.zeros(len(start), np.int32), np.empty(len(column), np.int32), np.empty(len(column))
    count = 0
    for row in range(len(rows)):
        if rows[row] and taken[row] == NONE:
            for k in range(start[row], start[row + 1]):
                j = column[k]
                price = 1.0 - iou[k] * weight[j]
                if columns[j] and owner[j] == NONE and price < limit:
                    kept[count], cost[count] = j, price
                    count += 1
        first[row + 1] = count
    if count == 0:
        return
    chosen = assign(first, kept, cost, limit, len(columns))
    for row in range(len(rows)):
        if chosen[row] != NONE:
            taken[row] = chosen[row]
            owner[chosen[row]] = row
