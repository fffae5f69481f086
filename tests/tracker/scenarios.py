"""Whole streams for property tests: any configuration, any times, any camera motion."""

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st

from tests.tracker.scenes import crowd
from tracker import ByteTrackConfig, ByteTracker, Detections, Tracks
from tracker.motion import STRETCH_LIMIT
from tracker.presets import PRESETS
from tracker.types import COORDINATE_LIMIT, Floats

FRACTIONS = st.one_of(st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.floats(0, 1))

KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "lost_buffer": st.one_of(st.integers(0, 40), st.sampled_from([1, 30, 1_000_000])),
    "coast": st.sampled_from([0, 1, 5, 1_000_000]),
    "noise_floor": st.one_of(st.none(), st.floats(1e-3, 1)),
    "relink_distance": st.sampled_from([0.0, 0.5, 3.0, 100.0]),
    "frame_rate": st.sampled_from([1.0, 12.5, 25.0, 30.0, 30000 / 1001, 120.0, 1e6]),
}


def values_of(name: str, hint: Any) -> st.SearchStrategy[Any]:
    """What a field may hold; one that is added later is served by its type."""
    if name in KNOWN:
        return KNOWN[name]
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if hint is bool:
        return st.booleans()
    if type(None) in get_args(hint):
        return st.one_of(st.none(), FRACTIONS)
    return FRACTIONS


@st.composite
def configs(draw: st.DrawFn) -> ByteTrackConfig:
    """Any configuration: a preset, the default with a few fields changed, or one with every field changed."""
    if draw(st.integers(0, 5)) == 0:
        return ByteTrackConfig.preset(draw(st.sampled_from(sorted(PRESETS))))
    hints = get_type_hints(ByteTrackConfig)
    names = [field.name for field in fields(ByteTrackConfig)]
    changed = draw(st.one_of(st.sets(st.sampled_from(names), max_size=4), st.just(set(names))))
    options = {name: draw(values_of(name, hints[name])) for name in sorted(changed)}
    track = options.get("track_thresh", ByteTrackConfig().track_thresh)
    if options.get("low_thresh", 0.1) > track:
        options["low_thresh"] = track
    if track > 0.9 and options.get("det_thresh") is None:
        options["det_thresh"] = track
    try:
        return ByteTrackConfig(**options)
    except ValueError:
        # Two options that exclude each other.
        reject()


@st.composite
def motions(draw: st.DrawFn, shift: float = COORDINATE_LIMIT) -> Floats:
    """Any camera motion, up to the limits of what is taken."""
    # A hair inside: rounding may put what is turned just beyond the limit.
    most = STRETCH_LIMIT * (1 - 1e-9)
    stretches = st.one_of(st.just(1.0), st.sampled_from([1 / most, most]), st.floats(1 / most, most))
    turns = st.one_of(st.just(0.0), st.floats(-np.pi, np.pi))
    shifts = st.one_of(st.just(0.0), st.floats(-20, 20), st.floats(-shift, shift))
    along, across, before, after = draw(stretches), draw(stretches), draw(turns), draw(turns)
    linear = _turned(after) @ np.diag([along, across]) @ _turned(before)
    return np.concatenate([linear, [[draw(shifts)], [draw(shifts)]]], axis=1)


def _turned(angle: float) -> Floats:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


@dataclass(frozen=True)
class Stream:
    """What a tracker is fed, frame by frame."""

    config: ByteTrackConfig
    frames: list[Detections]
    times: list[float | None]
    motions: list[Floats | None]

    def feed(self, tracker: ByteTracker, first: int = 0, last: int | None = None) -> list[Tracks]:
        span = slice(first, last)
        told = zip(self.frames[span], self.times[span], self.motions[span], strict=True)
        return [tracker.update(frame, pts, motion) for frame, pts, motion in told]


@st.composite
def streams(draw: st.DrawFn, longest: int = 30, moving: bool = True) -> Stream:
    """A crowd without equal costs, with any configuration and clock; with `moving`, before a camera that moves."""
    count = draw(st.integers(1, longest))
    config = draw(configs())
    frames = crowd(draw(st.integers(0, 2**32 - 1)), count, draw(st.integers(0, 10)), draw(st.sampled_from([1.0, 5.0])))
    steps = draw(st.sampled_from([None, [1.0], [1.0, 1.0, 1.2, 3.0], [0.3, 1.0, 7.5, 40.0]]))
    times: list[float | None] = [None] * count
    if steps is not None:
        chosen = np.random.default_rng(count).choice(steps, count)
        times = (np.cumsum(chosen) / config.frame_rate).tolist()
    shifts = motions(shift=50.0) if moving else st.none()
    some = draw(st.lists(st.one_of(st.none(), shifts), min_size=count, max_size=count))
    return Stream(config, frames, times, some)
