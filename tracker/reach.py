"""What a call would have looked at without its limits: where each track was expected, and what every pair would cost.

Nothing is computed a second way here: the same kernel is asked again about the same frame, with its limits wide open.
So every figure is the one that the association would have seen, whatever options are set, and asking changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tracker.bytetrack import traced
from tracker.options import XYAH
from tracker.state import TrackerState
from tracker.table import Records, frozen
from tracker.types import Bools, Codes, Detections, Floats, Outcome

NO_STAGE = 0
"""Stands for the stage of a track and a detection that no stage offers to each other."""

HIGH_STAGE, LOW_STAGE, UNCONFIRMED_STAGE, LOST_LOW_STAGE, DISTANCE_STAGE = 1, 2, 3, 4, 5
"""The numbers of `trace.PAIR`."""

_WIDE_OPEN: Mapping[str, Any] = {
    "match_thresh": 0.0,
    "second_match_thresh": 0.0,
    "unconfirmed_match_thresh": 0.0,
    "lost_low_thresh": 0.0,
    "relink_distance": 0.0,
    "duplicate_thresh": 0.0,
    "low_thresh": -1.0,
    "max_lost": np.inf,
    "class_aware": False,
}


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call of a tracker that can be repeated: the state before it, and what it was given."""

    state: TrackerState
    detections: Detections
    pts: float | None = None
    motion: npt.ArrayLike | None = None


def expected_boxes(call: Call) -> Floats:
    """Where the tracks before a call were expected in its frame: (R, 4) corner boxes in pixels of that frame."""
    table = call.state.table.copy()
    # A track that was hit once is not predicted. It is at rest, so predicting it does not move it.
    table["activated"] = True
    missed, _, _ = _asked(replace(call, detections=Detections.empty()), frozen(table))
    # The kernel lists those that were lost before ahead of those that it misses now.
    order = np.concatenate([np.flatnonzero(table["lost"]), np.flatnonzero(~table["lost"])])
    position = np.empty((len(table), 4))
    position[order] = missed.table["position"]
    centre, width, height = position[:, :2], position[:, 2], position[:, 3]
    if call.state.options["box_state"][0] == XYAH:
        width = width * height
    half = np.stack([width / 2, height / 2], axis=1)
    return np.concatenate([centre - half, centre + half], axis=1)


def every_pair(call: Call, outcome: Codes) -> Records:
    """Every pair of a track and a detection that overlap, rows of `trace.PAIR`, none of them chosen.

    `stage` is the one that offers the two to each other, or `NO_STAGE`; `limit` is that of the stage, or 0. A pair that
    costs 1 or more is left out, as no limit is above 1.

    Args:
        outcome: (N,) what became of the detections.
    """
    score = call.detections.score.copy()
    # Exactly at the threshold is in neither set: a hair below it is low.
    at_threshold = outcome == Outcome.AT_THRESHOLD
    score[at_threshold] = np.nextafter(score[at_threshold], 0.0)
    detections = Detections(xyxy=call.detections.xyxy, score=score, class_id=call.detections.class_id)
    asked, table = replace(call, detections=detections), call.state.table
    # Lost or unconfirmed with low: to price these, the unconfirmed are taken for lost.
    waiting = table.copy()
    waiting["lost"] |= ~waiting["activated"]
    waiting["activated"] = True
    _, _, high = _asked(asked, table, match_thresh=1.0)
    _, _, low = _asked(asked, table, second_match_thresh=1.0, unconfirmed_match_thresh=1.0)
    _, _, lost_low = _asked(asked, frozen(waiting), lost_low_thresh=1.0)
    pairs: Records = np.concatenate([high, low, lost_low])
    # Options that change scores by where tracks are may put a detection into another set when asked again.
    _, first = np.unique(pairs["track"] * len(score) + pairs["detection"], return_index=True)
    pairs = pairs[first]
    pairs["chosen"] = False
    unused = np.isin(outcome, (Outcome.BELOW_FLOOR, Outcome.AT_THRESHOLD))
    pairs["stage"][~_offered(pairs, call, unused)] = NO_STAGE
    pairs["limit"] = limits(call.state)[pairs["stage"]]
    return pairs


def _asked(call: Call, table: Records, **limits: float) -> tuple[TrackerState, Any, Records]:
    """What the kernel answers with limits of our own; without those given, no stage takes anything."""
    options = call.state.options.copy()
    for name, value in {**_WIDE_OPEN, **limits}.items():
        options[name] = value
    state = replace(call.state, table=table, options=frozen(options))
    return traced(state, call.detections, call.pts, call.motion)


def _offered(pairs: Records, call: Call, unused: Bools) -> Bools:
    """Which pairs a stage offers to each other, (K,)."""
    config, track = call.state.config, call.state.table[pairs["track"]]
    takes_low = track["activated"] & (config.lost_low_thresh > 0.0)
    offered: Bools = ~unused[pairs["detection"]] & ((pairs["stage"] != LOST_LOW_STAGE) | takes_low)
    if config.class_aware:
        offered &= track["class_id"] == call.detections.class_id[pairs["detection"]]
    return offered


def limits(state: TrackerState) -> Floats:
    """The cost limit of each stage by its number, (6,); 0 for `NO_STAGE`."""
    config = state.config
    return np.array([
        0.0, config.match_thresh, config.second_match_thresh, config.unconfirmed_match_thresh, config.lost_low_thresh,
        1.0,
    ])  # fmt: skip
