"""What the options that look back remember of each track, beside its row: the rows of `table.MEMORY`."""

import numpy as np

from tracker import kalman
from tracker.assignment import NONE
from tracker.compiled import kernel
from tracker.table import MEMORY, TRACK, Record, Records
from tracker.types import Floats, Indices

FIELDS = 5
VOTES = 4
LOOK_BACK = 3
"""Over how many calls a course is taken (OC-SORT, section 4.2)."""

REPLAYED_AT_MOST = 1000
"""Frames of a gap that are gone over again."""


@kernel
def carried(memory: Records, motion: Floats, state: int) -> Records:
    """The memory of the same tracks in the pixels of this frame; `motion` is (2, 3), or (0, 3) for none."""
    now = memory.copy()
    if len(motion) == 0:
        return now
    scale = np.sqrt(abs(motion[0, 0] * motion[1, 1] - motion[0, 1] * motion[1, 0]))
    anchor = np.zeros(1, TRACK)
    for row in range(len(now)):
        _warp_box(now[row]["observed"], motion, scale)
        for k in range(len(now[row]["seen"])):
            _warp_box(now[row]["seen"][k], motion, scale)
        course = now[row]["course"]
        x, y = course[0], course[1]
        turned_x, turned_y = motion[0, 0] * x + motion[0, 1] * y, motion[1, 0] * x + motion[1, 1] * y
        length = np.hypot(turned_x, turned_y)
        if length > 0.0:
            course[0], course[1] = turned_x / length, turned_y / length
        _raise_anchor(now[row], anchor[0])
        kalman.warp(anchor[0], motion, state)
        _drop_anchor(anchor[0], now[row])
    return now


@kernel
def followed(
    memory: Records, after: Records, origin: Indices, source: Indices, before: Records, xyxy: Floats, option: Record
) -> Records:
    """The memory of the tracks after a call, and the class that each has by vote, written into `after`.

    Args:
        memory: (R,) as `carried` gave it.
        after: (A,) the tracks after the call.
        origin: (A,) the row that each was before, or `NONE` for a birth.
        source: (A,) the detection that each took, or `NONE`.
        before: (R,) the tracks before.
        xyxy: (N, 4) the detections' corner boxes.
        option: a record of `options.OPTIONS`.
    """
    result = np.zeros(len(after), MEMORY)
    for row in range(len(after)):
        mine, track, j = result[row], after[row], source[row]
        previous_score = track["score"]
        if origin[row] == NONE:
            mine["seen"][:] = np.nan
            mine["voted"][:] = NONE
        else:
            result[row] = memory[origin[row]]
            previous_score = before[origin[row]]["score"]
            for k in range(LOOK_BACK, 0, -1):
                mine["seen"][k] = mine["seen"][k - 1]
            mine["seen"][0] = np.nan
        if j != NONE:
            mine["observed"][:] = xyxy[j]
            mine["seen"][0] = xyxy[j]
            _take_course(mine)
            mine["expected_score"] = min(max(2 * track["score"] - previous_score, 0.1), 1.0)
            _drop_anchor(track, mine)
            _vote(mine, track["class_id"], track["score"])
            if option["class_vote"]:
                track["class_id"] = mine["voted"][np.argmax(mine["votes"])]
    return result


@kernel
def replay(track: Record, mine: Record, box: Floats, frame: float, state: int) -> None:
    """Let the filter of a track that is seen again go over the gap once more, as if it had been seen all the time.

    It starts from the filter at the last detection and is corrected on each frame by a box on the straight line to the
    new one; what is left to do is the update with the new box itself.

    Source: J. Cao, J. Pang, X. Weng, R. Khirodkar, K. Kitani, "Observation-Centric SORT: Rethinking SORT for Robust
    Multi-Object Tracking", CVPR 2023, section 4.1.
    """
    gap = round(frame - track["last"])
    if gap < 2 or gap > REPLAYED_AT_MOST:
        return
    _raise_anchor(mine, track)
    virtual = np.empty(4)
    for step in range(1, gap):
        for k in range(4):
            virtual[k] = mine["observed"][k] + (box[k] - mine["observed"][k]) * step / gap
        kalman.predict(track, 1.0, state)
        kalman.update(track, virtual, 1.0, state)
    kalman.predict(track, 1.0, state)


@kernel
def _take_course(mine: Record) -> None:
    """Note the direction from the oldest box that is remembered to the newest."""
    now = mine["seen"][0]
    for k in range(LOOK_BACK, 0, -1):
        then = mine["seen"][k]
        if not np.isnan(then[0]):
            x, y = (now[0] + now[2] - then[0] - then[2]) / 2, (now[1] + now[3] - then[1] - then[3]) / 2
            length = np.hypot(x, y) + 1e-6
            mine["course"][0], mine["course"][1] = x / length, y / length
            return


@kernel
def _vote(mine: Record, class_id: int, score: float) -> None:
    """Count a detection's class, by its score; with all places taken, a new class takes the least one's and its votes
    count against it, as in the frequent-items algorithm of Misra and Gries."""
    least = 0
    for k in range(VOTES):
        if mine["voted"][k] == class_id or mine["voted"][k] == NONE:
            mine["voted"][k] = class_id
            mine["votes"][k] += score
            return
        if mine["votes"][k] < mine["votes"][least]:
            least = k
    if mine["votes"][least] > score:
        mine["votes"][least] -= score
    else:
        mine["voted"][least], mine["votes"][least] = class_id, score - mine["votes"][least]


@kernel
def _drop_anchor(track: Record, mine: Record) -> None:
    """Remember the filter of a row."""
    for k in range(4):
        mine["anchor"][0, k], mine["anchor"][1, k] = track["position"][k], track["velocity"][k]
        mine["anchor"][2, k], mine["anchor"][3, k] = track["var_position"][k], track["covariance"][k]
        mine["anchor"][4, k] = track["var_velocity"][k]


@kernel
def _raise_anchor(mine: Record, track: Record) -> None:
    """Give a row the filter that is remembered."""
    for k in range(4):
        track["position"][k], track["velocity"][k] = mine["anchor"][0, k], mine["anchor"][1, k]
        track["var_position"][k], track["covariance"][k] = mine["anchor"][2, k], mine["anchor"][3, k]
        track["var_velocity"][k] = mine["anchor"][4, k]


@kernel
def _warp_box(box: Floats, motion: Floats, scale: float) -> None:
    """Move the centre of a corner box by an affine, and scale its sides."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    half_width, half_height = (box[2] - box[0]) / 2 * scale, (box[3] - box[1]) / 2 * scale
    moved_x = motion[0, 0] * x + motion[0, 1] * y + motion[0, 2]
    moved_y = motion[1, 0] * x + motion[1, 1] * y + motion[1, 2]
    if not (abs(moved_x) < kalman.FARTHEST and abs(moved_y) < kalman.FARTHEST):
        return
    if not (kalman.LEAST_HEIGHT < half_width < kalman.FARTHEST and kalman.LEAST_HEIGHT < half_height < kalman.FARTHEST):
        half_width, half_height = half_width / scale, half_height / scale
    box[0], box[1] = moved_x - half_width, moved_y - half_height
    box[2], box[3] = moved_x + half_width, moved_y + half_height
