"""Options that change what a score means: boosts, noise by score, low detections for the lost."""

import numpy as np
import pytest

from tests.tracker.scenes import found, ids, outcomes, skip, tracked
from tracker import ByteTrackConfig, ByteTracker, Outcome


def test_score_boost_makes_a_low_detection_high_where_a_track_is_expected() -> None:
    for boost, outcome in ((0.0, Outcome.MATCHED_LOW), (0.65, Outcome.MATCHED_HIGH)):
        tracker = tracked([found((100, 100, 0.9))] * 3, ByteTrackConfig(score_boost=boost))
        tracks = tracker.update(found((100, 100, 0.3), (500, 100, 0.3)))
        assert outcomes(tracks) == [outcome, Outcome.LOW_UNMATCHED]
        assert tracks.score.tolist() == [0.3], "a track shows the score as it came"


def test_score_boost_raises_to_its_share_of_the_overlap_and_lowers_nothing() -> None:
    # Half of the box: 51 of 101 rows, counted inclusively.
    for boost, height, outcome in ((0.9, 100, Outcome.REACTIVATED), (0.9, 50, Outcome.LOW_UNMATCHED)):
        tracker = tracked([found((100, 100, 0.9))] * 3, ByteTrackConfig(score_boost=boost, match_thresh=0.9))
        skip(tracker, 1)
        assert outcomes(tracker.update(found((100, 100, 0.3), height=height))) == [outcome]
    tracker = tracked([found((100, 100, 0.9))] * 3, ByteTrackConfig(score_boost=0.2))
    assert outcomes(tracker.update(found((100, 100, 0.9)))) == [Outcome.MATCHED_HIGH]


def test_a_detection_that_no_track_explains_starts_one_with_boost_unlikely() -> None:
    for boost, outcome in ((False, Outcome.LOW_UNMATCHED), (True, Outcome.BORN)):
        tracker = tracked([found((100, 100, 0.9))] * 3, ByteTrackConfig(boost_unlikely=boost))
        tracks = tracker.update(found((100, 100, 0.9), (101, 100, 0.3), (800, 100, 0.3)))
        assert outcomes(tracks) == [Outcome.MATCHED_HIGH, Outcome.LOW_UNMATCHED, outcome]


@pytest.mark.parametrize(("scores", "born"), [((0.3, 0.4), 1), ((0.4, 0.3), 0), ((0.4, 0.4), 0)])
def test_of_a_heap_that_no_track_explains_only_the_best_is_boosted(scores: tuple[float, float], born: int) -> None:
    tracker = tracked([found((100, 100, 0.9))] * 3, ByteTrackConfig(boost_unlikely=True))
    tracks = tracker.update(found((800, 100, scores[0]), (803, 100, scores[1])))
    assert outcomes(tracks)[born] == Outcome.BORN
    assert outcomes(tracks)[1 - born] == Outcome.LOW_UNMATCHED


def test_a_sure_detection_pulls_a_box_further_than_an_unsure_one() -> None:
    pulls = []
    for floor, score in ((None, 0.7), (0.05, 0.7), (0.05, 0.9), (0.05, 0.99), (0.3, 0.99), (1.0, 0.99)):
        tracker = tracked([found((100, 100, 0.65))] * 5, ByteTrackConfig(noise_floor=floor))
        pulls.append(float(tracker.update(found((110, 100, score))).xyxy[0, 0]) - 100)
    plain, unsure, sure, surest, floored, off = pulls
    assert off < unsure < sure < surest < 10
    assert unsure == pytest.approx(floored), "1 - 0.7 is the floor of 0.3"
    assert plain == off


def test_a_noise_floor_of_one_is_none_at_all() -> None:
    boxes = []
    for floor in (None, 1.0):
        tracker = tracked([found((100, 100, 0.9))] * 5, ByteTrackConfig(noise_floor=floor))
        boxes.append(tracker.update(found((110, 100, 0.95))).xyxy)
    np.testing.assert_array_equal(*boxes)


def test_a_lost_track_takes_a_low_detection_where_that_is_allowed() -> None:
    for limit, outcome in ((0.0, Outcome.LOW_UNMATCHED), (0.3, Outcome.REACTIVATED)):
        tracker = tracked([found((100, 100, 0.9))] * 3, ByteTrackConfig(lost_low_thresh=limit))
        skip(tracker, 3)
        tracks = tracker.update(found((100, 100, 0.3)))
        assert outcomes(tracks) == [outcome]
        assert ids(tracks) == ([1] if limit else [])


def test_a_low_detection_that_overlaps_a_lost_track_too_little_is_not_taken() -> None:
    tracker = tracked([found((100, 100, 0.9))] * 3, ByteTrackConfig(lost_low_thresh=0.3))
    skip(tracker, 1)
    assert outcomes(tracker.update(found((115, 100, 0.3)))) == [Outcome.LOW_UNMATCHED]


def test_a_tracked_one_comes_before_a_lost_one_where_both_want_a_low_detection() -> None:
    tracker = ByteTracker(ByteTrackConfig(lost_low_thresh=0.5, duplicate_thresh=0.0, match_thresh=0.3))
    for _ in range(3):
        tracker.update(found((100, 100, 0.9), (125, 100, 0.9)))
    tracker.update(found((125, 100, 0.9)))
    tracks = tracker.update(found((112, 100, 0.3)))
    assert outcomes(tracks) == [Outcome.MATCHED_LOW]
    assert ids(tracks) == [2]
