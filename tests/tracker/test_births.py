"""Births and identities: who starts, when it is shown, and which id it gets. Frames are counted from 1."""

import numpy as np

from tests.tracker.scenes import NOTHING, found, ids, outcomes, skip
from tracker import ByteTrackConfig, ByteTracker, Detections, Outcome


def test_the_first_call_emits_its_births_at_once() -> None:
    tracks = ByteTracker().update(found((100, 100, 0.9), (400, 100, 0.8)))
    assert ids(tracks) == [1, 2]
    assert tracks.detection.tolist() == [0, 1]
    assert tracks.xyxy.tolist() == [[100, 100, 140, 200], [400, 100, 440, 200]]
    assert outcomes(tracks) == [Outcome.BORN, Outcome.BORN]
    assert tracks.outcome_track_id.tolist() == [1, 2]


def test_a_later_birth_is_emitted_from_its_second_consecutive_hit() -> None:
    tracker = ByteTracker()
    tracker.update(NOTHING)
    first = tracker.update(found((100, 100, 0.9)))
    assert ids(first) == []
    assert outcomes(first) == [Outcome.BORN]
    assert first.outcome_track_id.tolist() == [-1]
    second = tracker.update(found((102, 100, 0.9)))
    assert ids(second) == [1]
    assert outcomes(second) == [Outcome.CONFIRMED]
    assert second.outcome_track_id.tolist() == [1]


def test_an_empty_first_call_uses_up_the_privilege_of_the_first_call() -> None:
    tracker = ByteTracker()
    skip(tracker, 1)
    assert len(tracker.update(found((100, 100, 0.9)))) == 0


def test_a_birth_that_is_not_hit_again_is_forgotten_at_once() -> None:
    tracker = ByteTracker()
    skip(tracker, 1)
    tracker.update(found((100, 100, 0.9)))
    assert len(tracker.snapshot()) == 1
    skip(tracker, 1)
    assert len(tracker.snapshot()) == 0
    assert outcomes(tracker.update(found((100, 100, 0.9)))) == [Outcome.BORN]


def test_a_low_detection_does_not_confirm_a_birth() -> None:
    tracker = ByteTracker()
    skip(tracker, 1)
    tracker.update(found((100, 100, 0.9)))
    assert outcomes(tracker.update(found((100, 100, 0.4)))) == [Outcome.LOW_UNMATCHED]
    assert len(tracker.snapshot()) == 0


def test_a_track_starts_at_the_birth_threshold_and_not_below() -> None:
    tracks = ByteTracker(ByteTrackConfig(track_thresh=0.6)).update(found((100, 100, 0.7), (300, 100, 0.69)))
    assert outcomes(tracks) == [Outcome.BORN, Outcome.HIGH_UNMATCHED]
    assert ids(tracks) == [1]


def test_a_score_of_070_in_float32_is_below_the_birth_threshold_as_its_value_says() -> None:
    box = np.array([[100, 100, 140, 200]])
    config = ByteTrackConfig(track_thresh=0.6)
    for score, outcome in ((np.float64(0.70), Outcome.BORN), (np.float32(0.70), Outcome.HIGH_UNMATCHED)):
        tracks = ByteTracker(config).update(Detections(xyxy=box, score=np.array([score]), class_id=np.array([0])))
        assert outcomes(tracks) == [outcome]


def test_velocity_is_exactly_zero_after_the_second_hit() -> None:
    tracker = ByteTracker()
    skip(tracker, 1)
    tracker.update(found((100, 100, 0.9)))
    second = tracker.update(found((110, 104, 0.9)))
    assert second.velocity.tolist() == [[0.0, 0.0]]
    assert 100 < second.xyxy[0, 0] < 110
    third = tracker.update(found((120, 108, 0.9)))
    assert third.velocity[0, 0] > 0
    assert third.velocity[0, 1] > 0


def test_ids_have_no_holes_although_births_come_to_nothing() -> None:
    tracker = ByteTracker()
    tracker.update(found((100, 100, 0.9)))
    for frame in range(5):
        tracker.update(found((100, 100, 0.9), (500 + 200 * frame, 100, 0.9)))
    tracker.update(found((100, 100, 0.9), (3000, 100, 0.9)))
    assert ids(tracker.update(found((100, 100, 0.9), (3000, 100, 0.9)))) == [1, 2]


def test_two_trackers_count_their_ids_apart() -> None:
    first, second = ByteTracker(), ByteTracker()
    assert ids(first.update(found((100, 100, 0.9), (300, 100, 0.9)))) == [1, 2]
    assert ids(second.update(found((100, 100, 0.9)))) == [1]
