"""Lost tracks: how long they are kept, how they come back, and when they are twins of others."""

import pytest

from tests.tracker.scenes import NOTHING, Row, found, ids, outcomes, skip
from tracker import ByteTrackConfig, ByteTracker, Outcome


@pytest.mark.parametrize(
    ("frame_rate", "lost_buffer", "kept"), [(30, 30, 30), (30, 5, 5), (60, 30, 60), (25, 30, 25), (30, 1, 1)]
)
def test_a_lost_track_is_kept_for_exactly_the_buffer(frame_rate: float, lost_buffer: int, kept: int) -> None:
    config = ByteTrackConfig(frame_rate=frame_rate, lost_buffer=lost_buffer)
    assert config.max_lost == kept
    for missed, lives in ((kept, True), (kept + 1, False)):
        tracker = ByteTracker(config)
        tracker.update(found((100, 100, 0.9)))
        skip(tracker, missed)
        assert len(tracker.snapshot()) == lives
        tracks = tracker.update(found((100, 100, 0.9)))
        assert outcomes(tracks) == [Outcome.REACTIVATED if lives else Outcome.BORN]
        assert ids(tracks) == ([1] if lives else [])


def test_without_a_buffer_a_missed_track_is_gone_at_once() -> None:
    tracker = ByteTracker(ByteTrackConfig(lost_buffer=0))
    tracker.update(found((100, 100, 0.9)))
    skip(tracker, 1)
    assert len(tracker.snapshot()) == 0


def test_an_empty_frame_ages_lost_tracks_and_emits_nothing() -> None:
    tracker = ByteTracker(ByteTrackConfig(lost_buffer=3))
    tracker.update(found((100, 100, 0.9)))
    alive = []
    for _ in range(5):
        assert len(tracker.update(NOTHING)) == 0
        alive.append(len(tracker.snapshot()))
    assert alive == [1, 1, 1, 0, 0]


def test_a_track_is_found_again_where_its_motion_took_it() -> None:
    tracker = ByteTracker()
    for frame in range(20):
        tracker.update(found((100 + 8 * frame, 100, 0.9)))
    skip(tracker, 10)
    back = tracker.update(found((100 + 8 * 30, 100, 0.9)))
    assert ids(back) == [1]
    assert outcomes(back) == [Outcome.REACTIVATED]


@pytest.mark.parametrize(
    ("neighbour_starts", "stays", "outcome"),
    [(1, 2, Outcome.MATCHED_HIGH), (2, 1, Outcome.DUPLICATE), (3, 1, Outcome.DUPLICATE)],
    ids=["longer life", "a tie", "shorter life"],
)
def test_of_a_tracked_and_a_lost_twin_the_shorter_life_goes_and_on_a_tie_the_tracked_one(
    neighbour_starts: int, stays: int, outcome: Outcome
) -> None:
    # Two pixels apart is a cost of 0.09: too much for these limits to take one for the other, and yet one object.
    tracker = ByteTracker(ByteTrackConfig(match_thresh=0.05, unconfirmed_match_thresh=0.05, fuse_score=False))
    for frame in range(1, 6):
        rows: list[Row] = [(100, 100, 0.9)] + [(102, 100, 0.9)] * (frame >= neighbour_starts)
        tracker.update(found(*rows))
    assert tracker.snapshot().table["track_id"].tolist() == [1, 2]
    tracks = tracker.update(found((102, 100, 0.9)))
    assert outcomes(tracks) == [outcome]
    assert tracks.outcome_track_id.tolist() == [2]
    assert tracker.snapshot().table["track_id"].tolist() == [stays]
    assert ids(tracks) == ([2] if stays == 2 else [])


def test_a_birth_on_top_of_a_lost_track_is_removed_as_its_duplicate() -> None:
    # The lost track is out of reach of stage 1 by its cost limit, and yet overlaps the newborn almost fully.
    tracker = ByteTracker(ByteTrackConfig(match_thresh=0.01))
    tracker.update(found((100, 100, 0.9)))
    skip(tracker, 1)
    tracks = tracker.update(found((100, 100, 0.9)))
    assert outcomes(tracks) == [Outcome.DUPLICATE]
    assert tracks.outcome_track_id.tolist() == [-1]
    assert len(tracks) == 0
    assert tracker.snapshot().table["track_id"].tolist() == [1]
