"""The state stays finite and its variances positive, whatever valid input comes."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.scenarios import Stream, configs, motions, streams
from tests.tracker.scenes import COMPILED, NOTHING, examples, found
from tracker import ByteTrackConfig, ByteTracker, Detections
from tracker.motion import STRETCH_LIMIT
from tracker.types import COORDINATE_LIMIT, SMALLEST_SIDE, Floats

LIMIT = COORDINATE_LIMIT

SIDES = st.one_of(st.floats(1, 500), st.floats(2 * SMALLEST_SIDE, 1), st.floats(1, LIMIT))
CORNERS = st.one_of(st.floats(0, 300), st.floats(-LIMIT, 0))
ROW = st.tuples(CORNERS, CORNERS, SIDES, SIDES, st.floats(0, 1), st.integers(0, 3))
FRAME = st.tuples(
    st.lists(ROW, max_size=4),
    st.one_of(st.just(1.0), st.floats(1e-3, 1e7)),
    st.one_of(st.none(), st.none(), motions()),
)

LOOKING_BACK = {
    "box_state": "xywh",
    "class_vote": True,
    "replay": True,
    "confidence_weight": 0.3,
    "direction_weight": 0.3,
    "relink_distance": 2.0,
}

SQUEEZE = np.array([[STRETCH_LIMIT, 0, 0], [0, 1 / STRETCH_LIMIT, 0]])
ZOOM_OUT, ZOOM_IN = (np.eye(2, 3) * factor for factor in (1 / STRETCH_LIMIT, STRETCH_LIMIT))


def detections_of(rows: list[tuple[float, float, float, float, float, int]]) -> Detections:
    # A box far away keeps a frame of tiny ones from being taken for normalised coordinates.
    rows = [*rows, (5000, 5000, 40, 100, 0.05, 0)]
    xyxy = np.array([(x, y, min(x + w, LIMIT), min(y + h, LIMIT)) for x, y, w, h, _, _ in rows])
    return Detections(xyxy=xyxy, score=np.array([row[4] for row in rows]), class_id=np.array([row[5] for row in rows]))


def assert_sound(tracker: ByteTracker, *columns: Floats) -> None:
    tracker.snapshot().check()
    assert all(np.isfinite(column).all() for column in columns)


@settings(max_examples=examples(150))
@given(config=configs(), frames=st.lists(FRAME, min_size=1, max_size=25))
def test_any_boxes_times_and_camera_motions_leave_a_sound_state(config: ByteTrackConfig, frames: list) -> None:
    tracker, pts = ByteTracker(config), 0.0
    for rows, interval, motion in frames:
        pts += interval / config.frame_rate
        tracks = tracker.update(detections_of(rows), pts, motion)
        assert_sound(tracker, tracks.xyxy, tracks.velocity, tracks.age_s, tracks.score)


@settings(max_examples=examples(60))
@given(stream=streams(longest=20), others=st.lists(configs(), min_size=1, max_size=5), every=st.integers(1, 5))
def test_any_parameters_may_follow_any_others(stream: Stream, others: list[ByteTrackConfig], every: int) -> None:
    tracker, turn = ByteTracker(stream.config), itertools.cycle(others)
    for first in range(0, len(stream.frames), every):
        for tracks in stream.feed(tracker, first, first + every):
            assert_sound(tracker, tracks.xyxy, tracks.velocity)
        known = tracker.snapshot()
        tracker.reconfigure(next(turn))
        assert_sound(tracker)
        assert tracker.snapshot().table["track_id"].tolist() == known.table["track_id"].tolist()
        assert tracker.snapshot().next_id == known.next_id


@pytest.mark.parametrize("moving", [False, True])
def test_wild_jumps_in_size_and_place_keep_the_state_sound(moving: bool) -> None:
    random = np.random.default_rng(8)
    tracker = ByteTracker(ByteTrackConfig(match_thresh=1.0))
    for _ in range(600 if COMPILED else 200):
        size = 10 ** random.uniform(-5, 5.9, (3, 2))
        corner = random.uniform(-1, 0, (3, 2)) * size
        frame = np.concatenate([np.concatenate([corner, corner + size], axis=1), [[5000, 5000, 5040, 5100]]])
        found = Detections(xyxy=frame, score=np.array([0.9, 0.9, 0.9, 0.05]), class_id=np.zeros(4, np.int64))
        shift = random.uniform(-LIMIT, LIMIT, (2, 1)) * (random.random() < 0.2)
        stretch = STRETCH_LIMIT ** random.uniform(-0.999, 0.999)
        motion = np.concatenate([np.eye(2) * stretch, shift], axis=1) if moving else None
        tracker.update(found, motion=motion)
        assert_sound(tracker)


@pytest.mark.parametrize("options", [{}, LOOKING_BACK], ids=["plain", "looking back"])
@pytest.mark.parametrize("motion", [ZOOM_OUT, ZOOM_IN, SQUEEZE], ids=["out", "in", "squeeze"])
@pytest.mark.parametrize("last_height", [100.0, 1.0], ids=["steady", "shrinking below nothing"])
def test_a_lost_track_survives_a_zoom_that_never_ends(
    motion: Floats, last_height: float, options: dict[str, Any]
) -> None:
    config = ByteTrackConfig(lost_buffer=1_000_000, match_thresh=1.0, fuse_score=False, **options)
    tracker = ByteTracker(config)
    # Around the point that the zoom leaves where it is.
    for height in (100.0, 100.0, 100.0, last_height):
        tracker.update(found((-20, -height / 2, 0.9), height=height))
    for _ in range(700):
        tracker.update(NOTHING, motion=motion)
        assert_sound(tracker)
    assert len(tracker.snapshot()) == 1
    back = tracker.update(found((-20, -50, 0.9), (-1, -1, 0.9)))
    assert_sound(tracker, back.xyxy, back.velocity)


def test_only_the_first_call_is_the_first_however_long_the_gap_after_it() -> None:
    # 1 + 2e18 frames are 2e18 in floating point.
    tracker = ByteTracker(ByteTrackConfig(frame_rate=1e6))
    tracker.update(NOTHING, pts=-1e12)
    tracks = tracker.update(found((100, 100, 0.9)), pts=1e12)
    assert len(tracks) == 0
    assert_sound(tracker)
