"""From one table to the next: who goes on, who is born, who is lost and who is gone."""

import numpy as np

from tracker import kalman
from tracker.assignment import NONE
from tracker.compiled import kernel
from tracker.memory import replay
from tracker.table import NO_ID, TRACK, Record, Records
from tracker.types import Codes, Floats, Indices, Ints, Outcome

HIGH_UNMATCHED, BORN = int(Outcome.HIGH_UNMATCHED), int(Outcome.BORN)


@kernel
def succeed(
    now: Records,
    taken: Indices,
    xyxy: Floats,
    score: Floats,
    given: Floats,
    class_id: Ints,
    outcome: Codes,
    frame: float,
    option: Record,
    first_call: bool,
    memory: Records,
) -> tuple[Records, Indices, Indices]:
    """The table after the association, in the order that `table.TRACK` promises, before duplicates are removed.

    Args:
        now: (R,) the predicted tracks.
        taken: (R,) the detection that each took, or `NONE`.
        xyxy: (N, 4) the detections' corner boxes.
        score: (N,) their scores as far as births go.
        given: (N,) their scores as they came.
        class_id: (N,) their classes.
        outcome: (N,) what became of them; births are noted in place.
        frame: the nominal frame that this is.
        option: a record of `options.OPTIONS`.
        first_call: whether births count as activated at once.
        memory: (R,) rows of `table.MEMORY`, or none where no option needs them.

    Returns:
        (A,) the rows; (A,) the detection that each took, or `NONE`; (A,) the row that each was before, or `NONE`.
    """
    after = np.empty(len(now) + len(score), TRACK)
    source, origin = np.full(len(after), NONE, np.int32), np.full(len(after), NONE, np.int32)
    count = 0
    for row in range(len(now)):
        if taken[row] != NONE and not now[row]["lost"]:
            after[count], source[count], origin[count] = now[row], taken[row], row
            count += 1
    for j in range(len(score)):
        if outcome[j] == HIGH_UNMATCHED and score[j] >= option["birth_thresh"]:
            outcome[j], source[count] = BORN, j
            _bear(after[count], xyxy[j], frame, first_call, option)
            count += 1
    for row in range(len(now)):
        if taken[row] != NONE and now[row]["lost"]:
            after[count], source[count], origin[count] = now[row], taken[row], row
            count += 1
    for row in range(count):
        j = source[row]
        if origin[row] != NONE:
            if option["replay"] and after[row]["lost"]:
                replay(after[row], memory[origin[row]], xyxy[j], frame, option["box_state"])
            noise_scale = 1.0
            if option["noise_floor"] < 1.0:
                noise_scale = max(option["noise_floor"], 1.0 - given[j])
            kalman.update(after[row], xyxy[j], noise_scale, option["box_state"])
            after[row]["activated"] = True
        after[row]["score"], after[row]["class_id"] = given[j], class_id[j]
        after[row]["last"], after[row]["lost"] = frame, False
    # The lost: first those that were lost before, then those that are missed now. The expired are removed, and so are
    # the unconfirmed that were not hit again.
    for before in (True, False):
        for row in range(len(now)):
            track = now[row]
            missed = taken[row] == NONE and track["activated"] and track["lost"] == before
            if missed and frame - track["last"] <= option["max_lost"]:
                after[count], origin[count] = track, row
                after[count]["lost"] = True
                count += 1
    return after[:count], source[:count], origin[:count]


@kernel
def _bear(track: Record, box: Floats, frame: float, activated: bool, option: Record) -> None:
    """Start a track at a first detection."""
    kalman.initiate(track, box, option["box_state"])
    track["track_id"], track["start"], track["activated"] = NO_ID, frame, activated
