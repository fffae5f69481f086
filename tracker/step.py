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
from tracker.succession import succeed
from tracker.table import NO_ID, Record, Records
from tracker.types import Codes, Floats, Indices, Ints, Outcome

BELOW_FLOOR, AT_THRESHOLD = int(Outcome.BELOW_FLOOR), int(Outcome.AT_THRESHOLD)
LOW_UNMATCHED, HIGH_UNMATCHED = int(Outcome.LOW_UNMATCHED), int(Outcome.HIGH_UNMATCHED)
DUPLICATE = int(Outcome.DUPLICATE)

Columns = tuple[Ints, Floats, Floats, Ints, Ints, Floats, Floats]


@kernel
def step(
    table: Records,
    xyxy: Floats,
    score: Floats,
    class_id: Ints,
    motion: Floats,
    options: Records,
    frame: float,
    elapsed: float,
    next_id: int,
) -> tuple[Records, int, Columns, Codes, Ints]:
    """The table after one more frame, and what is shown of it.

    Args:
        table: (R,) rows of `table.TRACK`, as the last call left them.
        xyxy: (N, 4) the detections' corner boxes.
        score: (N,) their scores.
        class_id: (N,) their classes.
        motion: (2, 3) the affine from pixels of the last frame to pixels of this one, or (0, 3) for none.
        options: one row of `options.OPTIONS`.
        frame: the nominal frame that this is.
        elapsed: how many nominal frames have passed since the last call.
        next_id: the public id that the next new track gets.

    Returns:
        The table after; the next id; the columns of `types.Tracks` in their order, the last two apart.
    """
    option = options[0]
    outcome = _split(score, option)
    now = _predicted(table, motion, elapsed)
    taken = associate(now, xyxy, score, outcome, option)
    after, source = succeed(now, taken, xyxy, score, class_id, outcome, frame, option, elapsed == frame)

    boxes = np.empty((len(after), 4))
    for row in range(len(after)):
        kalman.to_xyxy(after[row], boxes[row])
    twin = twins(after, boxes, option["duplicate_thresh"])
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
            alive += 1
    shown = 0
    for row in range(alive):
        track = after[row]
        if track["activated"] and not track["lost"]:
            shown += 1
            if track["track_id"] == NO_ID:
                track["track_id"] = next_id
                next_id += 1
            outcome_track_id[source[row]] = track["track_id"]
    columns = _shown(after[:alive], boxes, source, shown, xyxy, frame, option)
    return after[:alive].copy(), next_id, columns, outcome, outcome_track_id


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
def _predicted(table: Records, motion: Floats, elapsed: float) -> Records:
    """The tracks where they are expected now.

    Those that were hit only once are not predicted: they meet this frame where they were born.
    """
    now = table.copy()
    for row in range(len(now)):
        if len(motion):
            kalman.warp(now[row], motion)
        if now[row]["activated"]:
            kalman.advance(now[row], elapsed)
    return now


@kernel
def _shown(
    after: Records, boxes: Floats, source: Indices, count: int, xyxy: Floats, frame: float, option: Record
) -> Columns:
    """The columns of the tracks that this frame shows: those that were matched, and in the first one all."""
    track_id, box, score = np.empty(count, np.int64), np.empty((count, 4)), np.empty(count)
    class_id, detection = np.empty(count, np.int64), np.empty(count, np.int64)
    velocity, age_s = np.empty((count, 2)), np.empty(count)
    k = 0
    for row in range(len(after)):
        track = after[row]
        if track["activated"] and not track["lost"]:
            track_id[k], score[k], class_id[k] = track["track_id"], track["score"], track["class_id"]
            detection[k] = source[row]
            box[k] = xyxy[source[row]] if option["emit_detection"] else boxes[row]
            velocity[k, 0] = track["velocity"][0] * option["frame_rate"]
            velocity[k, 1] = track["velocity"][1] * option["frame_rate"]
            age_s[k] = (frame - track["start"]) / option["frame_rate"]
            k += 1
    return track_id, box, score, class_id, detection, velocity, age_s
