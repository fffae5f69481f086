"""Tracks of several classes: who may be paired, and which class a track shows."""

import numpy as np
import pytest

from tests.tracker.scenes import found, ids, outcomes, skip, tracked
from tracker import ByteTrackConfig, ByteTracker, Detections, Outcome

PERSON, CAR, DOG = 0, 2, 16


def seen_as(*votes: tuple[int, float], config: ByteTrackConfig) -> list[int]:
    """The class that one track shows, detected as these classes with these scores one frame after another."""
    tracker = ByteTracker(config)
    return [int(tracker.update(found((100, 100, s), class_id=c)).class_id[0]) for c, s in votes]


@pytest.mark.parametrize("score", [0.9, 0.4])
def test_class_aware_pairs_only_what_has_one_class(score: float) -> None:
    for class_aware, matched in ((True, False), (False, True)):
        tracker = tracked([found((100, 100, 0.9), class_id=PERSON)] * 3, ByteTrackConfig(class_aware=class_aware))
        tracks = tracker.update(found((100, 100, score), class_id=CAR))
        assert ids(tracks) == ([1] if matched else [])
        tracks = tracker.update(found((100, 100, score), class_id=PERSON))
        assert (1 in ids(tracks)) == (matched or score > 0.5)


def test_class_aware_confirms_a_birth_only_as_its_class() -> None:
    tracker = ByteTracker(ByteTrackConfig(class_aware=True))
    skip(tracker, 1)
    tracker.update(found((100, 100, 0.9), class_id=PERSON))
    assert outcomes(tracker.update(found((100, 100, 0.9), class_id=CAR))) == [Outcome.BORN]


def test_class_aware_lets_a_birth_stand_on_a_lost_track_of_another_class() -> None:
    for class_aware, outcome in ((True, Outcome.BORN), (False, Outcome.DUPLICATE)):
        config = ByteTrackConfig(class_aware=class_aware, match_thresh=0.01)
        tracker = tracked([found((100, 100, 0.9), class_id=PERSON)], config)
        assert outcomes(tracker.update(found((101, 100, 0.9), class_id=CAR))) == [outcome]


def test_without_a_vote_a_track_shows_the_class_of_its_newest_detection() -> None:
    votes = ((PERSON, 0.9), (CAR, 0.9), (PERSON, 0.9))
    assert seen_as(*votes, config=ByteTrackConfig()) == [PERSON, CAR, PERSON]


def test_with_a_vote_a_track_shows_the_class_with_the_most_score_so_far() -> None:
    votes = ((PERSON, 0.9), (CAR, 0.7), (CAR, 0.7), (PERSON, 0.55), (PERSON, 0.55))
    assert seen_as(*votes, config=ByteTrackConfig(class_vote=True)) == [PERSON, PERSON, CAR, PERSON, PERSON]


def test_a_vote_outlives_a_gap_and_is_not_inherited() -> None:
    tracker = tracked([found((100, 100, 0.9), class_id=PERSON)] * 5, ByteTrackConfig(class_vote=True))
    skip(tracker, 5)
    both = tracker.update(found((100, 100, 0.9), class_id=CAR))
    assert both.class_id.tolist() == [PERSON]
    tracker.update(found((100, 100, 0.9), (500, 100, 0.9), class_id=CAR))
    both = tracker.update(found((100, 100, 0.9), (500, 100, 0.9), class_id=CAR))
    assert dict(zip(ids(both), both.class_id.tolist(), strict=True)) == {1: PERSON, 2: CAR}


def test_the_class_that_most_detections_have_wins_over_any_number_of_others() -> None:
    random = np.random.default_rng(2)
    votes = [(DOG if frame % 3 else int(random.integers(20, 80)), 0.9) for frame in range(200)]
    assert set(seen_as(*votes, config=ByteTrackConfig(class_vote=True))[20:]) == {DOG}


def test_a_new_class_takes_the_place_of_the_one_with_the_fewest_votes() -> None:
    votes = [(class_id, 0.6) for class_id in (1, 2, 3, 4)] + [(5, 0.9)] * 3
    assert seen_as(*votes, config=ByteTrackConfig(class_vote=True))[-1] == 5


def test_with_classes_that_must_agree_a_vote_decides_who_may_be_paired() -> None:
    config = ByteTrackConfig(class_aware=True, class_vote=True)
    tracker = tracked([found((100, 100, 0.9), class_id=PERSON)] * 3, config)
    mixed = Detections(np.array([[100.0, 100, 140, 200], [102, 100, 142, 200]]), np.array([0.9, 0.8]), np.array([2, 0]))
    tracks = tracker.update(mixed)
    assert tracks.detection.tolist() == [1]
    assert tracks.class_id.tolist() == [PERSON]
