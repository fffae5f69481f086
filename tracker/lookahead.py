"""Where the tracks of the last frame are a little later, as far as they can be known without looking.

Each box is the one that was shown, moved on by its velocity: a centre goes on as in `kalman.advance`, and a size stays.
It has to be the box that was shown. With `emit="detection"` and every second frame of the demo camera predicted, the
filter's own box, which is a little elsewhere, costs 3 HOTA; sizes that go on changing neither cost nor gain anything.
"""

from dataclasses import replace

import numpy as np

from tracker.options import XYAH
from tracker.state import TrackerState
from tracker.types import Bools, Floats, Tracks

NO_DETECTION = -1


def moved_on(shown: Tracks, elapsed_s: float, motion: Floats) -> Tracks:
    """The tracks that a call showed, so many seconds later; `motion` as `motion.moving` has it."""
    centre, half = (shown.xyxy[:, :2] + shown.xyxy[:, 2:]) / 2, (shown.xyxy[:, 2:] - shown.xyxy[:, :2]) / 2
    velocity = shown.velocity.copy()
    if len(motion):
        linear, shift = motion[:, :2], motion[:, 2]
        centre, velocity = centre @ linear.T + shift, velocity @ linear.T
        half = half * np.sqrt(abs(np.linalg.det(linear)))
    centre = centre + elapsed_s * velocity
    return replace(
        shown,
        xyxy=np.concatenate([centre - half, centre + half], axis=1),
        detection=np.full(len(shown), NO_DETECTION, np.int64),
        velocity=velocity,
        age_s=shown.age_s + elapsed_s,
        outcome=np.empty(0, np.uint8),
        outcome_track_id=np.empty(0, np.int64),
    )


def shown_by(state: TrackerState) -> Tracks:
    """The tracks that the last call showed, at the filter's boxes, as far as the state alone can tell."""
    rows, rate = state.table[_shown(state)], state.config.frame_rate
    centre, size, height = rows["position"][:, :2], rows["position"][:, 2], rows["position"][:, 3]
    width = size * height if state.options["box_state"][0] == XYAH else size
    half = np.column_stack([width, height]) / 2
    return Tracks(
        track_id=rows["track_id"].copy(),
        xyxy=np.concatenate([centre - half, centre + half], axis=1),
        score=rows["score"].copy(),
        class_id=rows["class_id"].copy(),
        detection=np.full(len(rows), NO_DETECTION, np.int64),
        velocity=rows["velocity"][:, :2] * rate,
        age_s=(state.timebase.frame - rows["start"]) / rate,
        outcome=np.empty(0, np.uint8),
        outcome_track_id=np.empty(0, np.int64),
    )


def _shown(state: TrackerState) -> Bools:
    """(R,) which tracks the last call showed: the matched ones, and while `coast` lasts the missed ones."""
    # Whoever has a tracker has loaded the kernels; whoever imports this need not.
    from tracker.step import GROWN

    table, option = state.table, state.options[0]
    grown = table["last"] - table["start"] >= GROWN
    coasting = grown & (state.timebase.frame - table["last"] <= option["coast"])
    shown: Bools = table["activated"] & (~table["lost"] | coasting)
    return shown
