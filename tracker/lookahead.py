"""Where the tracks of the last frame are a little later, as far as they can be known without looking.

This is `kalman.advance` of the mean alone, without its spread, for all tracks at once and in closed form.
"""

import numpy as np

from tracker.options import XYAH
from tracker.state import TrackerState
from tracker.table import Records
from tracker.types import SMALLEST_SIDE, Bools, Floats, Tracks

NO_DETECTION = -1


def looked_ahead(state: TrackerState, elapsed: float, motion: Floats) -> Tracks:
    """The tracks that the last call showed, `elapsed` nominal frames later; `motion` as `motion.moving` has it.

    A track whose sides would shrink to nothing by then is left out.
    """
    rows = state.table[_shown(state)]
    box, velocity = _means(rows, elapsed, motion, int(state.options["box_state"][0]))
    solid = (box[:, 2:] - box[:, :2] >= SMALLEST_SIDE).all(axis=1)
    rows, rate = rows[solid], state.config.frame_rate
    return Tracks(
        track_id=rows["track_id"].copy(),
        xyxy=box[solid],
        score=rows["score"].copy(),
        class_id=rows["class_id"].copy(),
        detection=np.full(len(rows), NO_DETECTION, np.int64),
        velocity=velocity[solid] * rate,
        age_s=(state.timebase.frame + elapsed - rows["start"]) / rate,
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


def _means(rows: Records, elapsed: float, motion: Floats, box_state: int) -> tuple[Floats, Floats]:
    """The corner boxes (M, 4) after so many frames, and the velocity (M, 2) of their centres per frame."""
    position, velocity = rows["position"].copy(), rows["velocity"].copy()
    if len(motion):
        linear, shift = motion[:, :2], motion[:, 2]
        scale = np.sqrt(abs(np.linalg.det(linear)))
        position[:, :2] = position[:, :2] @ linear.T + shift
        velocity[:, :2] = velocity[:, :2] @ linear.T
        sizes = slice(3, 4) if box_state == XYAH else slice(2, 4)
        position[:, sizes] *= scale
        velocity[:, sizes] *= scale
    # A height that nobody sees goes on changing for one frame only, that of a lost track not at all.
    frames = np.full((len(rows), 4), elapsed)
    frames[:, 3] = np.where(rows["lost"], 0.0, min(elapsed, 1.0))
    mean = position + frames * velocity
    width, height = mean[:, 2], mean[:, 3]
    half = np.column_stack([width * height if box_state == XYAH else width, height]) / 2
    return np.concatenate([mean[:, :2] - half, mean[:, :2] + half], axis=1), velocity[:, :2]
