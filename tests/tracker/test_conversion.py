"""Other parameters for tracks that live on."""

import itertools

import numpy as np
import pytest

from tests.tracker.scenes import assert_identical, crowd, tracked
from tracker import ByteTrackConfig, ByteTracker

CONFIGS = [
    ByteTrackConfig(),
    ByteTrackConfig(box_state="xywh"),
    ByteTrackConfig.preset("accurate"),
    ByteTrackConfig(class_vote=True, replay=True, direction_weight=0.2, confidence_weight=0.2),
]


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(CONFIGS, 2)))
def test_tracks_keep_their_ids_and_boxes_when_the_parameters_change(
    one: ByteTrackConfig, other: ByteTrackConfig
) -> None:
    frames = crowd(3, 30)
    tracker = tracked(frames[:20], one)
    before = tracker.snapshot()
    tracker.reconfigure(other)
    tracker.snapshot().check()
    assert tracker.config == other
    assert tracker.snapshot().table["track_id"].tolist() == before.table["track_id"].tolist()
    after = tracker.update(frames[20])
    known = set(before.table["track_id"].tolist())
    assert known & set(after.track_id.tolist())
    assert {*after.track_id.tolist()} - known == set(range(before.next_id, tracker.snapshot().next_id))
    same = tracked(frames[:20], one).update(frames[20])
    for track_id, box in zip(after.track_id.tolist(), after.xyxy, strict=True):
        twin = same.xyxy[same.track_id == track_id]
        if len(twin) and track_id in known and after.detection[after.track_id == track_id] >= 0:
            np.testing.assert_allclose(box, twin[0], atol=12)
    for frame in frames[21:]:
        tracker.update(frame)
        tracker.snapshot().check()


def test_the_same_parameters_change_nothing() -> None:
    frames = crowd(5, 25)
    for config in CONFIGS:
        one, other = tracked(frames[:20], config), tracked(frames[:20], config)
        other.reconfigure(config)
        for frame in frames[20:]:
            assert_identical(one.update(frame), other.update(frame))


def test_a_width_becomes_an_aspect_and_comes_back() -> None:
    tracker = tracked(crowd(7, 20), ByteTrackConfig(box_state="xywh_height"))
    before = tracker.snapshot().table["position"].copy()
    tracker.reconfigure(ByteTrackConfig())
    np.testing.assert_allclose(tracker.snapshot().table["position"][:, 2], before[:, 2] / before[:, 3])
    tracker.reconfigure(ByteTrackConfig(box_state="xywh_height"))
    np.testing.assert_allclose(tracker.snapshot().table["position"], before)


def test_a_vote_that_is_switched_on_starts_with_the_class_that_a_track_has() -> None:
    tracker = ByteTracker()
    frames = crowd(9, 12)
    for frame in frames[:10]:
        tracker.update(frame)
    tracker.reconfigure(ByteTrackConfig(class_vote=True))
    memory, table = tracker.snapshot().memory, tracker.snapshot().table
    assert memory["voted"][:, 0].tolist() == table["class_id"].tolist()
    np.testing.assert_array_equal(memory["votes"][:, 0], table["score"])
