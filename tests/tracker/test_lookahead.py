"""Where tracks are expected in frames that nobody looks at."""

import numpy as np
import pytest

from tests.tracker.scenes import NOTHING, crowd, everything, found, ids
from tracker import ByteTrackConfig, ByteTracker, MotionError, OutOfOrderError
from tracker.explain import ExplainingTracker
from tracker.reach import Call, expected_boxes

RATE = 30.0


def walked(config: ByteTrackConfig | None = None, frames: int = 12) -> ByteTracker:
    """A tracker that saw a crowd; its last frame was at (frames - 1) / 30 s."""
    tracker = ByteTracker(config)
    for number, detections in enumerate(crowd(seed=5, frames=frames)):
        tracker.update(detections, number / RATE)
    return tracker


def centres(xyxy):
    return (xyxy[:, :2] + xyxy[:, 2:]) / 2


def sizes(xyxy):
    return xyxy[:, 2:] - xyxy[:, :2]


@pytest.mark.parametrize("box_state", ["xyah", "xywh", "xywh_height"])
@pytest.mark.parametrize("frames", [1.0, 2.0, 3.5, 17.0, 0.5])
@pytest.mark.parametrize("motion", [None, [[1.02, 0.01, 6.0], [-0.01, 1.02, -3.0]]])
def test_a_predicted_centre_is_where_the_filter_will_look_for_its_track(box_state, frames, motion):
    tracker = walked(ByteTrackConfig(box_state=box_state))
    state, pts = tracker.snapshot(), (11 + frames) / RATE
    expected = expected_boxes(Call(state, NOTHING, pts, motion))
    shown = state.table["activated"] & ~state.table["lost"]
    assert shown.any()
    predicted = tracker.predicted(pts, motion)
    assert ids(predicted) == state.table["track_id"][shown].tolist()
    np.testing.assert_allclose(centres(predicted.xyxy), centres(expected[shown]), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("box_state", ["xyah", "xywh", "xywh_height"])
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("emit", ["posterior", "detection"])
def test_a_predicted_box_keeps_the_size_that_was_shown_but_for_the_camera(box_state, scale, emit):
    tracker = ByteTracker(ByteTrackConfig(box_state=box_state, emit=emit))
    for number in range(6):
        last = tracker.update(found((100.0, 100.0, 0.9), width=60.0 - 4 * number, height=60.0), number / RATE)
    motion = None if scale == 1.0 else [[scale, 0.0, 0.0], [0.0, scale, 0.0]]
    ahead = tracker.predicted(9 / RATE, motion)
    np.testing.assert_allclose(sizes(ahead.xyxy), scale * sizes(last.xyxy))


def test_predicting_changes_nothing_and_the_next_frame_is_tracked_as_if_nobody_had_asked():
    asked, unasked = walked(), walked()
    before = everything(asked)
    for frame in (12, 13, 14):
        asked.predicted(frame / RATE)
    assert everything(asked) == before
    detections = crowd(seed=5, frames=16)[15]
    first, second = asked.update(detections, 15 / RATE), unasked.update(detections, 15 / RATE)
    assert ids(first) == ids(second)
    assert everything(asked) == everything(unasked)


@pytest.mark.parametrize("coast", [0, 3])
def test_a_restored_tracker_predicts_from_its_state_alone(coast):
    tracker = walked(ByteTrackConfig(coast=coast))
    other = ByteTracker(ByteTrackConfig(coast=coast))
    other.restore(tracker.snapshot())
    mine, theirs = tracker.predicted(13 / RATE), other.predicted(13 / RATE)
    assert ids(mine) == ids(theirs) != []
    for column in ("xyxy", "score", "class_id", "detection", "velocity", "age_s"):
        np.testing.assert_allclose(getattr(theirs, column), getattr(mine, column), rtol=1e-9)


def test_a_tracker_that_explains_itself_predicts_the_same():
    plain, explaining = (
        ByteTracker(ByteTrackConfig(emit="detection")),
        ExplainingTracker(ByteTrackConfig(emit="detection")),
    )
    for number, detections in enumerate(crowd(seed=5, frames=12)):
        plain.update(detections, number / RATE)
        explaining.update(detections, number / RATE)
    assert plain.predicted(13 / RATE).xyxy.tolist() == explaining.predicted(13 / RATE).xyxy.tolist() != []


def test_predicted_rows_say_that_no_detection_is_behind_them():
    tracker = ByteTracker()
    for number in range(5):
        last = tracker.update(found((10.0 + 6 * number, 20.0, 0.9)), number / RATE)
    ahead = tracker.predicted(6 / RATE)
    assert ids(ahead) == ids(last) == [1]
    assert ahead.detection.tolist() == [-1]
    assert ahead.score.tolist() == last.score.tolist()
    assert ahead.class_id.tolist() == last.class_id.tolist()
    assert ahead.age_s[0] == pytest.approx(last.age_s[0] + 2 / RATE)
    assert len(ahead.outcome) == len(ahead.outcome_track_id) == 0
    gone = ahead.xyxy[0, 0] - last.xyxy[0, 0]
    assert gone == pytest.approx(2 / RATE * last.velocity[0, 0])
    assert gone > 6


def test_a_track_that_was_missed_or_seen_once_is_not_predicted():
    tracker = ByteTracker()
    for _ in range(3):
        tracker.update(found((10.0, 20.0, 0.9)))
    tracker.update(found((500.0, 20.0, 0.9)))
    assert ids(tracker.predicted()) == []


def test_a_track_that_coasts_is_predicted_while_it_is_shown():
    tracker = ByteTracker(ByteTrackConfig(coast=1))
    for number in range(4):
        tracker.update(found((10.0 + 6 * number, 20.0, 0.9)))
    shown = tracker.update(NOTHING)
    assert ids(shown) == ids(tracker.predicted()) == [1]
    tracker.update(NOTHING)
    assert ids(tracker.predicted()) == []


def test_before_the_first_frame_nothing_is_predicted():
    assert ids(ByteTracker().predicted(3.0)) == []


def test_a_time_that_is_not_after_the_last_frame_is_refused():
    tracker = walked()
    with pytest.raises(OutOfOrderError):
        tracker.predicted(11 / RATE)


def test_a_motion_that_is_no_affine_is_refused():
    with pytest.raises(MotionError):
        walked().predicted(1.0, [[1.0, 0.0], [0.0, 1.0]])
