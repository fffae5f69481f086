"""From one table to the next: who goes on, who is born, who is lost and who is gone."""

import numpy as np

from tracker import kalman
from tracker.assignment import NONE
from tracker.compiled import kernel
from tracker.table import NO_ID, TRACK, Record, Records
from tracker.types import Codes, Floats, Indices, Ints, Outcome

HIGH_UNMATCHED, BORN = int(Outcome.HIGH_UNMATCHED), int(Outcome.BORN)


@kernel
def succeed(
    now: Records,
    taken: Indices,
    xyxy: Floats,
    score: Floats,
    class_id: Ints,
    outcome: Codes,
    frame: float,
    option: Record,
    first_call: bool,
) -> tuple[Records, Indices]:
    """The table after the association, in the order that `table.TRACK` promises, before duplicates are removed.

    Args:
        now: (R,) the predicted tracks.
        taken: (R,) the detection that each took, or `NONE`.
        xyxy: (N, 4) the detections' corner boxes.
        score: (N,) their scores.
        class_id: (N,) their classes.
        outcome: (N,) what became of them; births are noted in place.
        frame: the nominal frame that this is.
        option: a record of `options.OPTIONS`.
        first_call: whether births count as activated at once.

    Returns:
        (A,) the rows; (A,) the detection that each comes from, or `NONE`.
    """
    after = np.empty(len(now) + len(score), TRACK)
    source = np.full(len(after), NONE, np.int32)
    count = 0
    for row in range(len(now)):
        if taken[row] != NONE and not now[row]["lost"]:
            after[count], source[count] = now[row], taken[row]
            count += 1
    for j in range(len(score)):
        if outcome[j] == HIGH_UNMATCHED and score[j] >= option["birth_thresh"]:
            outcome[j], source[count] = BORN, j
            _bear(after[count], xyxy[j], frame, first_call)
            count += 1
    for row in range(len(now)):
        if taken[row] != NONE and now[row]["lost"]:
            after[count], source[count] = now[row], taken[row]
            count += 1
    for row in range(count):
        _see(after[row], xyxy[source[row]], score[source[row]], class_id[source[row]], frame, outcome[source[row]])
    # The lost: first those that were lost before, then those that are missed now. The expired are removed, and so are
    # the unconfirmed that were not hit again.
    for before in (True, False):
        for row in range(len(now)):
            track = now[row]
            missed = taken[row] == NONE and track["activated"] and track["lost"] == before
            if missed and frame - track["last"] <= option["max_lost"]:
                after[count] = track
                after[count]["lost"] = True
                count += 1
    return after[:count], source[:count]


@kernel
def _bear(track: Record, box: Floats, frame: float, activated: bool) -> None:
    """Start a track at a first detection."""
    kalman.initiate(track, box)
    track["track_id"], track["start"], track["activated"] = NO_ID, frame, activated


@kernel
def _see(track: Record, box: Floats, score: float, class_id: int, frame: float, outcome: int) -> None:
    """Note the detection that a track took or was born from."""
    if outcome != BORN:
        kalman.update(track, box)
        track["activated"] = True
    track["score"], track["class_id"], track["last"], track["lost"] = score, class_id, frame, False
