"""What ByteTrack does, one rule a test. Frames are counted from 1 in the comments."""

from collections.abc import Iterable

import numpy as np
import pytest

from tracker import ByteTrackConfig, ByteTracker, Detections, Outcome, OutOfOrderError, Tracks

Row = tuple[float, float, float]


def found(*rows: Row, class_id: int = 0, width: float = 40.0, height: float = 100.0) -> Detections:
    """Boxes of one size: (left, top, score) each."""
    xyxy = [(x, y, x + width, y + height) for x, y, _ in rows]
    return Detections(
        xyxy=np.array(xyxy), score=np.array([s for _, _, s in rows]), class_id=np.full(len(rows), class_id)
    )


NOTHING = Detections.empty()


def ids(tracks: Tracks) -> list[int]:
    return tracks.track_id.tolist()


def outcomes(tracks: Tracks) -> list[Outcome]:
    return [Outcome(code) for code in tracks.outcome.tolist()]


def skip(tracker: ByteTracker, frames: int) -> None:
    for _ in range(frames):
        assert len(tracker.update(NOTHING)) == 0


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
    assert tracker.snapshot().table.track_id.tolist() == [1, 2]
    tracks = tracker.update(found((102, 100, 0.9)))
    assert outcomes(tracks) == [outcome]
    assert tracks.outcome_track_id.tolist() == [2]
    assert tracker.snapshot().table.track_id.tolist() == [stays]
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
    assert tracker.snapshot().table.track_id.tolist() == [1]


def test_a_wrong_argument_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"tracker\.Detections, not list"):
        ByteTracker().update([])


def everything(tracker: ByteTracker) -> bytes:
    return tracker.snapshot().to_bytes()


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


def test_the_state_stays_as_small_as_the_scene() -> None:
    tracker = ByteTracker(ByteTrackConfig(lost_buffer=5))
    sizes: list[int] = []
    for frame in range(400):
        tracker.update(found((37 * frame % 5000, 100 + 150 * (frame % 7), 0.9), (100, 2000, 0.9)))
        sizes.append(len(everything(tracker)))
    assert max(sizes[200:]) <= max(sizes[:200])


def test_what_is_returned_is_read_only() -> None:
    tracks = ByteTracker().update(found((100, 100, 0.9)))
    for array in (tracks.xyxy, tracks.track_id, tracks.outcome):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5


def test_every_match_is_reported_on_both_sides() -> None:
    random = np.random.default_rng(5)
    tracker = ByteTracker()
    for frame in walk(random, frames=60, count=12):
        tracks = tracker.update(frame)
        taken = np.isin(
            tracks.outcome, [Outcome.MATCHED_HIGH, Outcome.MATCHED_LOW, Outcome.REACTIVATED, Outcome.CONFIRMED]
        )
        if tracker.snapshot().timebase.frame > 1:
            assert np.flatnonzero(taken).tolist() == sorted(tracks.detection.tolist())
        assert tracks.outcome_track_id[tracks.detection].tolist() == ids(tracks)


def walk(random: np.random.Generator, frames: int, count: int) -> Iterable[Detections]:
    """Crowded boxes on a random walk with misses and dips into low scores."""
    corner = random.uniform(0, 500, (count, 2))
    for _ in range(frames):
        corner = corner + random.normal(0, 6, (count, 2))
        seen = random.random(count) > 0.15
        size = random.uniform([35, 90], [45, 110], (count, 2))
        xyxy = np.concatenate([corner, corner + size], axis=1)[seen]
        score = random.uniform(0.05, 1.0, count)[seen]
        yield Detections(xyxy=xyxy, score=score, class_id=np.zeros(len(score), np.int64))


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
