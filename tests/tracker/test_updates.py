"""One call: what it takes, what it shows of each track, and what it says of each detection."""

import numpy as np
import pytest

from tests.tracker.scenes import NOTHING, crowd, everything, found, ids, skip
from tracker import ByteTrackConfig, ByteTracker, Detections, Outcome, OutOfOrderError


def test_velocity_approaches_the_motion_of_the_centre_in_pixels_per_second() -> None:
    tracker = ByteTracker(ByteTrackConfig(frame_rate=25))
    for frame in range(60):
        tracks = tracker.update(found((100 + 4 * frame, 200 - 2 * frame, 0.9)))
    np.testing.assert_allclose(tracks.velocity, [[100.0, -50.0]], rtol=0.01)


def test_age_is_the_time_since_the_first_detection_of_the_track() -> None:
    tracker = ByteTracker(ByteTrackConfig(frame_rate=20))
    assert tracker.update(found((100, 100, 0.9))).age_s.tolist() == [0.0]
    skip(tracker, 3)
    both = tracker.update(found((100, 100, 0.9), (500, 100, 0.9)))
    assert both.age_s.tolist() == [0.2]
    both = tracker.update(found((100, 100, 0.9), (500, 100, 0.9)))
    assert dict(zip(ids(both), both.age_s.tolist(), strict=True)) == {1: 0.25, 2: 0.05}


def test_a_track_takes_the_class_and_score_of_its_newest_detection() -> None:
    tracker = ByteTracker()
    tracker.update(found((100, 100, 0.9), class_id=2))
    tracks = tracker.update(found((100, 100, 0.8), class_id=7))
    assert tracks.class_id.tolist() == [7]
    assert tracks.score.tolist() == [0.8]


def test_the_row_of_the_matched_detection_is_reported() -> None:
    tracker = ByteTracker()
    tracker.update(found((100, 100, 0.9), (300, 100, 0.9), (500, 100, 0.9)))
    tracks = tracker.update(found((501, 100, 0.9), (301, 100, 0.3), (101, 100, 0.9)))
    assert dict(zip(ids(tracks), tracks.detection.tolist(), strict=True)) == {1: 2, 2: 1, 3: 0}
    assert tracks.outcome_track_id.tolist() == [3, 2, 1]


def test_every_match_is_reported_on_both_sides() -> None:
    tracker = ByteTracker()
    for frame in crowd(5, frames=60, count=12):
        tracks = tracker.update(frame)
        taken = np.isin(
            tracks.outcome, [Outcome.MATCHED_HIGH, Outcome.MATCHED_LOW, Outcome.REACTIVATED, Outcome.CONFIRMED]
        )
        if tracker.snapshot().timebase.frame > 1:
            assert np.flatnonzero(taken).tolist() == sorted(tracks.detection.tolist())
        assert tracks.outcome_track_id[tracks.detection].tolist() == ids(tracks)


def test_tracks_can_be_shown_with_the_boxes_as_they_came_and_nothing_else_changes() -> None:
    smooth, raw = ByteTracker(), ByteTracker(ByteTrackConfig(emit="detection"))
    rng = np.random.default_rng(4)
    for frame in range(20):
        corner = np.array([[10.0, 20.0], [300.0, 40.0]]) + 3.0 * frame + rng.normal(0, 1.5, (2, 2))
        found = Detections(np.hstack([corner, corner + np.array([40.0, 90.0])]), np.array([0.9, 0.8]), np.array([0, 1]))
        filtered, shown = smooth.update(found), raw.update(found)
        np.testing.assert_array_equal(shown.xyxy, found.xyxy[shown.detection])
        for name in ("track_id", "score", "class_id", "detection", "velocity", "age_s", "outcome", "outcome_track_id"):
            np.testing.assert_array_equal(getattr(shown, name), getattr(filtered, name))
    assert np.abs(filtered.xyxy - shown.xyxy).max() > 0.1


def test_what_is_returned_is_read_only() -> None:
    tracks = ByteTracker().update(found((100, 100, 0.9)))
    for array in (tracks.xyxy, tracks.track_id, tracks.outcome):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5


def test_a_wrong_argument_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"tracker\.Detections, not list"):
        ByteTracker().update([])


@pytest.mark.parametrize("pts", [2.0, 1.5, float("nan"), float("inf"), 1e300, "soon"])
def test_a_call_that_raises_leaves_the_state_untouched(pts: float) -> None:
    tracker = ByteTracker()
    tracker.update(found((100, 100, 0.9)), pts=1.9)
    tracker.update(found((100, 100, 0.9)), pts=2.0)
    before = everything(tracker)
    with pytest.raises(ValueError, match=r"pts|could not convert"):
        tracker.update(found((100, 100, 0.9)), pts=pts)
    assert everything(tracker) == before
    assert ids(tracker.update(found((100, 100, 0.9)), pts=2.04)) == [1]


def test_a_late_frame_is_refused_with_both_times() -> None:
    tracker = ByteTracker()
    tracker.update(NOTHING, pts=10.0)
    with pytest.raises(OutOfOrderError, match=r"9\.5 .* 10\.0") as caught:
        tracker.update(NOTHING, pts=9.5)
    assert (caught.value.pts, caught.value.previous) == (9.5, 10.0)
