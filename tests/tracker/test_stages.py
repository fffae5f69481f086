"""The stages of the association: which detections are high and low, and who may take whom."""

import numpy as np

from tests.tracker.scenes import found, ids, outcomes, skip
from tracker import ByteTrackConfig, ByteTracker, Outcome


def test_a_low_score_detection_keeps_a_track_alive_but_starts_none() -> None:
    tracker = ByteTracker()
    tracker.update(found((100, 100, 0.9)))
    tracks = tracker.update(found((500, 100, 0.4), (101, 100, 0.2)))
    assert ids(tracks) == [1]
    assert tracks.detection.tolist() == [1]
    assert tracks.score.tolist() == [0.2]
    assert outcomes(tracks) == [Outcome.LOW_UNMATCHED, Outcome.MATCHED_LOW]
    assert tracks.outcome_track_id.tolist() == [-1, 1]


def test_a_low_score_detection_does_not_bring_a_lost_track_back() -> None:
    tracker = ByteTracker()
    tracker.update(found((100, 100, 0.9)))
    skip(tracker, 1)
    assert outcomes(tracker.update(found((100, 100, 0.4)))) == [Outcome.LOW_UNMATCHED]
    back = tracker.update(found((100, 100, 0.9)))
    assert ids(back) == [1]
    assert outcomes(back) == [Outcome.REACTIVATED]


def test_a_score_exactly_at_the_track_threshold_is_in_neither_set() -> None:
    tracker = ByteTracker(ByteTrackConfig(track_thresh=0.6))
    tracker.update(found((100, 100, 0.9)))
    tracks = tracker.update(found((100, 100, 0.6)))
    assert len(tracks) == 0
    assert outcomes(tracks) == [Outcome.AT_THRESHOLD]
    for score, outcome in ((np.nextafter(0.6, 1), Outcome.REACTIVATED), (np.nextafter(0.6, 0), Outcome.MATCHED_LOW)):
        assert outcomes(tracker.update(found((100, 100, float(score))))) == [outcome]


def test_a_score_exactly_at_the_floor_is_not_used() -> None:
    tracker = ByteTracker()
    tracker.update(found((100, 100, 0.9)))
    tracks = tracker.update(found((100, 100, 0.1), (300, 100, 0.05)))
    assert len(tracks) == 0
    assert outcomes(tracks) == [Outcome.BELOW_FLOOR, Outcome.BELOW_FLOOR]


def test_score_fusion_prefers_the_confident_of_two_detections() -> None:
    for fuse_score, taken in ((True, 1), (False, 0)):
        tracker = ByteTracker(ByteTrackConfig(fuse_score=fuse_score))
        tracker.update(found((100, 100, 0.9)))
        tracks = tracker.update(found((101, 100, 0.55), (106, 100, 0.95)))
        assert tracks.detection[ids(tracks).index(1)] == taken


def test_a_match_needs_a_cost_below_the_limit() -> None:
    # The second box overlaps by 20 of 41 columns, counted inclusively: IoU is 20 / 62.
    for limit, outcome in ((0.68, Outcome.MATCHED_HIGH), (0.67, Outcome.BORN)):
        tracker = ByteTracker(ByteTrackConfig(match_thresh=limit, fuse_score=False))
        tracker.update(found((100, 100, 0.9)))
        assert outcomes(tracker.update(found((121, 100, 0.9)))) == [outcome]
