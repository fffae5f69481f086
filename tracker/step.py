"""One call of ByteTrack as one kernel: the detections of a frame in, the next table and what it shows out.

It reads like algorithm 1 of Y. Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box",
ECCV 2022, with the track states of the authors' public implementation.
"""

import numpy as np

from tracker import kalman
from tracker.assignment import NONE
from tracker.association import associate
from tracker.compiled import kernel
from tracker.duplicates import twins
from tracker.likeness import boosted
from tracker.memory import carried, followed
from tracker.succession import succeed
from tracker.table import NO_ID, Record, Records
from tracker.types import Codes, Floats, Indices, Ints, Outcome

BELOW_FLOOR, AT_THRESHOLD = int(Outcome.BELOW_FLOOR), int(Outcome.AT_THRESHOLD)
LOW_UNMATCHED, HIGH_UNMATCHED = int(Outcome.LOW_UNMATCHED), int(Outcome.HIGH_UNMATCHED)
DUPLICATE = int(Outcome.DUPLICATE)

GROWN = 2
"""Nominal frames from the first to the last detection of a track, from which on it may coast."""

Columns = tuple[Ints, Floats, Floats, Ints, Ints, Floats, Floats]


@kernel
def step(
    table: Records,
    memory: Records,
    xyxy: Floats,
    score: Floats,
    class_id: Ints,
    motion: Floats,
    options: Records,
    frame: float,
    elapsed: float,
    next_id: int,
    first_call: bool,
    trace: bool,
) -> tuple[Records, Records, int, Columns, Codes, Ints, Records]:
    """The table after one more frame, and what is shown of it.

    Args:
        table: (R,) rows of `table.TRACK`, as the last call left them.
        memory: (R,) rows of `table.MEMORY`, or none where no option needs them.
        xyxy: (N, 4) the detections' corner boxes.
        score: (N,) their scores.
        class_id: (N,) their classes.
        motion: (2, 3) the affine from pixels of the last frame to pixels of this one, or (0, 3) for none.
        options: one row of `options.OPTIONS`.
        frame: the nominal frame that this is.
        elapsed: how many nominal frames have passed since the last call.
        next_id: the public id that the next new track gets.
        first_call: whether no call came before.
        trace: whether to note every pair that was up for assignment.

    Returns:
        The table after; the memory after; the next id; the columns of `types.Tracks` in their order, the last two
        apart; the pairs that were noted, rows of `trace.PAIR`.
    """
    option = options[0]
    state = option["box_state"]
    now = _predicted(table, motion, elapsed, state)
    remembered = carried(memory, motion, state)
    expected = _boxes(now, state)
    # A copy of the input has the type of every other array, so that each kernel is compiled for one type only.
    found = xyxy.copy()
    weighed = boosted(now, expected, found, score.copy(), option)
    outcome = _split(weighed, option)
    taken, pairs = associate(now, expected, remembered, found, weighed, class_id, outcome, frame, option, trace)
    after, source, origin = succeed(
        now, taken, found, weighed, score, class_id, outcome, frame, option, first_call, remembered
    )
    if option["remembers"]:
        remembered = followed(remembered, after, origin, source, now, found, option)

    boxes = _boxes(after, state)
    twin = twins(after, boxes, option["duplicate_thresh"], option["class_aware"])
    outcome_track_id = np.full(len(score), NONE, np.int64)
    alive = 0
    for row in range(len(after)):
        if twin[row]:
            if source[row] != NONE:
                outcome[source[row]] = DUPLICATE
                if after[row]["track_id"] != NO_ID:
                    outcome_track_id[source[row]] = after[row]["track_id"]
        else:
            after[alive], source[alive], boxes[alive] = after[row], source[row], boxes[row]
            if option["remembers"]:
                remembered[alive] = remembered[row]
            alive += 1
    for row in range(alive):
        track = after[row]
        if track["activated"] and not track["lost"]:
            if track["track_id"] == NO_ID:
                track["track_id"] = next_id
                next_id += 1
            outcome_track_id[source[row]] = track["track_id"]
    columns = _shown(after[:alive], boxes, source, found, frame, option)
    remembered = remembered[: alive if option["remembers"] else 0]
    return after[:alive].copy(), remembered.copy(), next_id, columns, outcome, outcome_track_id, pairs


@kernel
def _split(score: Floats, option: Record) -> Codes:
    """What becomes of each detection unless a track takes it, by its score alone."""
    outcome = np.empty(len(score), np.uint8)
    for j in range(len(score)):
        if not score[j] > option["low_thresh"]:
            outcome[j] = BELOW_FLOOR
        elif score[j] > option["track_thresh"]:
            outcome[j] = HIGH_UNMATCHED
        elif score[j] < option["track_thresh"]:
            outcome[j] = LOW_UNMATCHED
        else:
            outcome[j] = AT_THRESHOLD
    return outcome


@kernel
def _predicted(table: Records, motion: Floats, elapsed: float, state: int) -> Records:
    """The tracks where they are expected now.

    Those that were hit only once are not predicted: they meet this frame where they were born.
    """
    now = table.copy()
    for row in range(len(now)):
        if len(motion):
            kalman.warp(now[row], motion, state)
        if now[row]["activated"]:
            kalman.advance(now[row], elapsed, state)
    return now


@kernel
def _boxes(table: Records, state: int) -> Floats:
    """The corner boxes of the tracks, (R, 4)."""
    boxes = np.empty((len(table), 4))
    for row in range(len(table)):
        kalman.to_xyxy(table[row], boxes[row], state)
    return boxes


@kernel
def _shown(after: Records, boxes: Floats, source: Indices, xyxy: Floats, frame: float, option: Record) -> Columns:
    """The columns of the tracks that this frame shows.

    Those are the matched ones, in the very first frame all, and while `coast` lasts the missed ones.
    """
    rows = np.empty(len(after), np.int32)
    count = 0
    for row in range(len(after)):
        track = after[row]
        grown = track["last"] - track["start"] >= GROWN
        if track["activated"] and (not track["lost"] or (grown and frame - track["last"] <= option["coast"])):
            rows[count] = row
            count += 1
    track_id, box, score = np.empty(count, np.int64), np.empty((count, 4)), np.empty(count)
    class_id, detection = np.empty(count, np.int64), np.empty(count, np.int64)
    velocity, age_s = np.empty((count, 2)), np.empty(count)
    for k in range(count):
        track, j = after[rows[k]], source[rows[k]]
        track_id[k], score[k], class_id[k] = track["track_id"], track["score"], track["class_id"]
        detection[k] = j
        box[k] = xyxy[j] if option["emit_detection"] and j != NONE else boxes[rows[k]]
        velocity[k, 0] = track["velocity"][0] * option["frame_rate"]
        velocity[k, 1] = track["velocity"][1] * option["frame_rate"]
        age_s[k] = (frame - track["start"]) / option["frame_rate"]
    return track_id, box, score, class_id, detection, velocity, age_s
