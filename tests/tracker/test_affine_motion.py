"""Camera motion: an affine moves every track along with the picture, and nothing else."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.inner_kernels import warp
from tests.tracker.scenarios import Stream, configs, motions, streams
from tests.tracker.scenes import (
    NOTHING,
    assert_identical,
    assert_same_table,
    crowd,
    everything,
    examples,
    found,
    ids,
    outcomes,
    skip,
    tracked,
)
from tracker import ByteTrackConfig, ByteTracker, Detections, MotionError, Outcome
from tracker.kalman import FARTHEST
from tracker.motion import STRETCH_LIMIT
from tracker.options import XYAH
from tracker.table import FILTER, TRACK
from tracker.types import Floats

STILL = np.eye(2, 3)


def pan(x: float, y: float) -> Floats:
    return np.array([[1.0, 0, x], [0, 1, y]])


@settings(max_examples=examples(40))
@given(stream=streams(longest=25, moving=False))
def test_a_camera_that_is_known_to_stand_still_changes_no_bit(stream: Stream) -> None:
    told, untold = ByteTracker(stream.config), ByteTracker(stream.config)
    for frame, pts in zip(stream.frames, stream.times, strict=True):
        assert_identical(told.update(frame, pts, STILL), untold.update(frame, pts))
    assert everything(told) == everything(untold)


@settings(max_examples=examples(40))
@given(config=configs(), seed=st.integers(0, 2**32 - 1))
def test_a_camera_that_pans_changes_nothing_but_the_place(config: ByteTrackConfig, seed: int) -> None:
    random = np.random.default_rng(seed)
    panning, still, place = ByteTracker(config), ByteTracker(config), np.zeros(2)
    for frame in crowd(seed, 30):
        shift = random.integers(-300, 301, 2).astype(float)
        place += shift
        moved = Detections(xyxy=frame.xyxy + np.tile(place, 2), score=frame.score, class_id=frame.class_id)
        ours, theirs = panning.update(moved, motion=pan(*shift)), still.update(frame)
        np.testing.assert_allclose(ours.xyxy - np.tile(place, 2), theirs.xyxy, atol=1e-6)
        np.testing.assert_allclose(ours.velocity, theirs.velocity, atol=1e-6 * config.frame_rate)
        for name in ("track_id", "score", "class_id", "detection", "age_s", "outcome", "outcome_track_id"):
            assert getattr(ours, name).tolist() == getattr(theirs, name).tolist(), name


def a_walk(frames: int = 12) -> ByteTracker:
    return tracked([found((100 + 3 * k, 100, 0.9), (400, 200 + 2 * k, 0.9), width=40 + k) for k in range(frames)])


def test_a_pan_moves_a_lost_track_by_exactly_that_much() -> None:
    tracker = tracked([found((100, 100, 0.9))])
    before = tracker.snapshot().table
    tracker.update(NOTHING, motion=pan(31, -17))
    after = tracker.snapshot().table
    assert after["lost"].tolist() == [True]
    assert after["position"].tolist() == (before["position"] + [31, -17, 0, 0]).tolist()
    assert after["velocity"].tolist() == before["velocity"].tolist()


def test_motion_comes_before_the_prediction_for_tracked_unconfirmed_and_lost_alike() -> None:
    moved, plain = (tracked([NOTHING, found((100, 100, 0.9)), found((100, 100, 0.9))]) for _ in range(2))
    for tracker in (moved, plain):
        tracker.update(found((300, 100, 0.9)))
        tracker.update(found((300, 100, 0.9), (500, 100, 0.9)))
        table = tracker.snapshot().table
        assert sorted(zip(table["activated"].tolist(), table["lost"].tolist(), strict=True)) == [
            (False, False),
            (True, False),
            (True, True),
        ]
    ours = moved.update(found((380, 150, 0.9), (580, 150, 0.9), (180, 150, 0.9)), motion=pan(80, 50))
    theirs = plain.update(found((300, 100, 0.9), (500, 100, 0.9), (100, 100, 0.9)))
    assert outcomes(ours) == outcomes(theirs) == [Outcome.MATCHED_HIGH, Outcome.CONFIRMED, Outcome.REACTIVATED]
    np.testing.assert_allclose(ours.xyxy - np.tile([80, 50], 2), theirs.xyxy, atol=1e-9)


def test_a_zoom_scales_places_sizes_and_their_spread_and_leaves_the_aspect() -> None:
    table = a_walk().snapshot().table.copy()
    before = table.copy()
    for row in table:
        warp(row, np.array([[2.0, 0, 7], [0, 2, -5]]), XYAH)
    aspect = 2
    for name, scale in zip(FILTER, (2.0, 2.0, 4.0, 4.0, 4.0), strict=True):
        wanted = before[name] * scale
        wanted[:, aspect] = before[name][:, aspect]
        if name == "position":
            wanted += [7, -5, 0, 0]
        np.testing.assert_allclose(table[name], wanted, rtol=1e-14, err_msg=name)
    others = [name for name in TRACK.names or () if name not in FILTER]
    assert table[others].tolist() == before[others].tolist()


def test_a_rotation_turns_places_and_velocities_and_nothing_else() -> None:
    table = a_walk().snapshot().table.copy()
    before = table.copy()
    quarter = np.array([[0.0, -1, 1000], [1, 0, 0]])
    for row in table:
        warp(row, quarter, XYAH)
    np.testing.assert_array_equal(table["position"][:, 0], 1000 - before["position"][:, 1])
    np.testing.assert_array_equal(table["position"][:, 1], before["position"][:, 0])
    np.testing.assert_array_equal(table["velocity"][:, :2], before["velocity"][:, 1::-1] * [-1, 1])
    for name in FILTER[2:]:
        np.testing.assert_array_equal(table[name], before[name])


def test_what_would_leave_for_where_numbers_end_stays_where_it_is() -> None:
    table = a_walk().snapshot().table.copy()
    table["position"][:, 0] = FARTHEST / 3
    before = table.copy()
    for row in table:
        warp(row, STILL * STRETCH_LIMIT, XYAH)
    assert_same_table(table, before)


@pytest.mark.parametrize("missed", [1, 10])
def test_a_lost_track_is_found_again_after_a_pan_that_loses_it_otherwise(missed: int) -> None:
    for told, outcome in ((True, Outcome.REACTIVATED), (False, Outcome.BORN)):
        tracker = tracked([found((100, 100, 0.9))] * 5)
        for _ in range(missed):
            assert len(tracker.update(NOTHING, motion=pan(60, 0) if told else None)) == 0
        back = tracker.update(found((160 + 60 * missed, 100, 0.9)), motion=pan(60, 0) if told else None)
        assert outcomes(back) == [outcome]
        assert ids(back) == ([1] if told else [])


def test_a_birth_is_confirmed_across_a_pan() -> None:
    for motion, outcome in ((pan(0, 250), Outcome.CONFIRMED), (None, Outcome.BORN)):
        tracker = ByteTracker()
        skip(tracker, 1)
        tracker.update(found((100, 100, 0.9)))
        assert outcomes(tracker.update(found((100, 350, 0.9)), motion=motion)) == [outcome]


def test_a_walker_is_followed_through_a_zoom() -> None:
    tracker, scale = ByteTracker(), 1.0
    for frame in range(60):
        x, y, w, h = np.array([100 + 2 * frame, 80, 40, 100]) * scale
        tracks = tracker.update(found((x, y, 0.9), width=w, height=h), motion=np.eye(2, 3) * (1.02 if frame else 1))
        assert ids(tracks) == [1]
        scale *= 1.02
    np.testing.assert_allclose(tracks.xyxy[0], [x, y, x + w, y + h], rtol=0.01)


@settings(max_examples=examples(100))
@given(motion=motions())
def test_every_motion_within_the_limits_is_taken(motion: Floats) -> None:
    before = motion.copy()
    tracker = a_walk()
    tracker.update(NOTHING, motion=motion)
    tracker.snapshot().check()
    np.testing.assert_array_equal(motion, before)
    tracker.update(NOTHING, motion=motion.tolist())


HUGE = 1.000001e6


@pytest.mark.parametrize(
    ("motion", "message"),
    [
        (np.eye(3), r"shape \(3, 3\)"),
        (np.eye(2), r"shape \(2, 2\)"),
        ([], r"shape \(0,\)"),
        (1.0, r"shape \(\)"),
        (np.zeros((2, 3)), "stretch or shrink"),
        ([[1, 0, 0], [0, -1, 100]], "mirror"),
        ([[0, 1, 0], [1, 0, 0]], "mirror"),
        ([[1, 0, float("nan")], [0, 1, 0]], "finite"),
        ([[1, 0, 0], [0, float("inf"), 0]], "finite"),
        ([[1, 0, HUGE], [0, 1, 0]], r"within 1e\+06 pixels"),
        ([[4.01, 0, 0], [0, 1, 0]], "more than 4"),
        ([[1, 0, 0], [0, 0.249, 0]], "more than 4"),
        ([[1, 5, 0], [0, 1, 0]], "more than 4"),
        ("pan", "motion"),
        ([[1, 0, 0], [0, 1]], "motion"),
        ([[1, 0, None], [0, 1, 0]], "motion"),
        ({"x": 3}, "motion"),
        (np.eye(2, 3) + 0j, "motion"),
    ],
)
def test_what_is_no_camera_motion_is_refused_and_changes_nothing(motion: Any, message: str) -> None:
    tracker = a_walk()
    before = everything(tracker)
    with pytest.raises(MotionError, match=message):
        tracker.update(found((136, 100, 0.9)), motion=motion)
    assert everything(tracker) == before


def test_of_a_late_frame_nothing_is_used_not_even_its_motion() -> None:
    tracker = ByteTracker()
    tracker.update(found((100, 100, 0.9)), pts=1.0)
    before = everything(tracker)
    with pytest.raises(ValueError, match="not after"):
        tracker.update(NOTHING, pts=0.5, motion=pan(5, 5))
    assert everything(tracker) == before
