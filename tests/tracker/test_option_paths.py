"""Options that change where a track is thought to be, and how it is found again."""

import numpy as np
import pytest

from tests.tracker.scenes import NOTHING, found, ids, outcomes, skip, tracked
from tracker import ByteTrackConfig, Detections, Outcome

WALK = 6.0


def walk(frames: int, pace: float = WALK) -> list[Detections]:
    return [found((100 + pace * frame, 100, 0.9)) for frame in range(frames)]


@pytest.mark.parametrize("box_state", ["xywh", "xywh_height"])
def test_a_width_is_followed_faster_than_an_aspect(box_state: str) -> None:
    errors = {}
    for state in ("xyah", box_state):
        tracker = tracked([found((100, 100, 0.9))] * 10, ByteTrackConfig(box_state=state))
        for frame in range(1, 7):
            # Walking out of the picture: the width shrinks, the height stays.
            tracks = tracker.update(found((100, 100, 0.9), width=40 - 4 * frame))
        errors[state] = abs(float(tracks.xyxy[0, 2] - tracks.xyxy[0, 0]) - 16)
    assert errors[box_state] < errors["xyah"] / 2


def test_the_noise_of_a_width_goes_by_its_own_side_or_by_the_height() -> None:
    sides = {}
    for state in ("xywh", "xywh_height"):
        spread = tracked([found((100, 100, 0.9))], ByteTrackConfig(box_state=state)).snapshot().table["var_position"][0]
        sides[state] = np.sqrt(spread) * 10
    np.testing.assert_allclose(sides["xywh"], [40, 100, 40, 100])
    np.testing.assert_allclose(sides["xywh_height"], 100)


def test_a_replay_is_the_filter_that_saw_the_straight_line_between() -> None:
    line = np.linspace(100 + WALK * 19, 100 + WALK * 19 + 30, 11)
    # It slows down while it is lost.
    config = ByteTrackConfig(replay=True, match_thresh=1.0, fuse_score=False)
    lost, seen = tracked(walk(20), config), tracked(walk(20), config)
    skip(lost, 9)
    for x in line[1:]:
        straight = seen.update(found((x, 100, 0.9)))
    back = lost.update(found((line[-1], 100, 0.9)))
    np.testing.assert_allclose(back.xyxy, straight.xyxy, atol=1e-9)
    np.testing.assert_allclose(back.velocity, straight.velocity, atol=1e-9)
    spread = [tracker.snapshot().table["var_velocity"] for tracker in (lost, seen)]
    np.testing.assert_allclose(*spread, rtol=1e-9)


def test_a_track_that_was_not_lost_has_nothing_to_replay() -> None:
    frames = walk(30)
    one, other = (tracked(frames, ByteTrackConfig(replay=replay)) for replay in (False, True))
    assert one.snapshot().table["position"].tolist() == other.snapshot().table["position"].tolist()


@pytest.mark.parametrize(("jump", "missed", "again"), [(90, 30, True), (90, 10, False), (110, 30, False), (0, 5, True)])
def test_a_lost_track_is_found_again_within_so_many_heights_a_second(jump: float, missed: int, again: bool) -> None:
    # One height, 100 pixels, a second: after 31 frames of 30 a second that is 103 pixels, after 11 it is 37.
    config = ByteTrackConfig(relink_distance=1.0, lost_buffer=60)
    tracker = tracked([found((100, 100, 0.9))] * 5, config)
    skip(tracker, missed)
    back = tracker.update(found((100 + jump, 100, 0.9)))
    assert outcomes(back) == [Outcome.REACTIVATED if again else Outcome.BORN]
    assert ids(back) == ([1] if again else [])


def test_no_lost_track_is_found_again_in_what_has_another_height_or_class() -> None:
    for height, class_id, again in ((100.0, 0, True), (60.0, 0, False), (150.0, 0, False), (100.0, 1, False)):
        config = ByteTrackConfig(relink_distance=2.0, class_aware=True)
        tracker = tracked([found((100, 100, 0.9))] * 5, config)
        skip(tracker, 20)
        back = tracker.update(found((160, 100 + (100 - height) / 2, 0.9), height=height, class_id=class_id))
        assert outcomes(back) == [Outcome.REACTIVATED if again else Outcome.BORN]


def test_a_track_coasts_for_so_many_frames_where_it_is_expected() -> None:
    tracker = tracked(walk(20), ByteTrackConfig(coast=3))
    for missed in (1, 2, 3):
        tracks = tracker.update(NOTHING)
        assert ids(tracks) == [1]
        assert tracks.detection.tolist() == [-1]
        assert tracks.xyxy[0, 0] == pytest.approx(100 + WALK * (19 + missed), abs=2)
    assert ids(tracker.update(NOTHING)) == []
    assert ids(tracker.update(found((100 + WALK * 24, 100, 0.9)))) == [1]


def test_only_a_track_whose_detections_span_two_frames_coasts() -> None:
    for hits, coasts in ((1, False), (2, False), (3, True)):
        tracker = tracked([found((100, 100, 0.9))] * hits, ByteTrackConfig(coast=2))
        assert len(tracker.update(NOTHING)) == coasts


def test_coasting_changes_nothing_for_those_that_are_seen() -> None:
    plain, coasting = tracked(walk(20)), tracked(walk(20), ByteTrackConfig(coast=5, emit="detection"))
    skip(plain, 2)
    for _ in range(2):
        coasting.update(NOTHING)
    one, other = (tracker.update(found((100 + WALK * 22, 100, 0.9))) for tracker in (plain, coasting))
    assert ids(one) == ids(other) == [1]
    assert one.velocity.tolist() == other.velocity.tolist()
    assert other.xyxy[0, 0] == 100 + WALK * 22
