"""Snapshots: taken out, stored, put back, continued bit-exactly."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.scenarios import Stream, streams
from tests.tracker.scenes import assert_identical, crowd, everything, examples, tracked
from tracker import ByteTrackConfig, ByteTracker, Detections, StateError, TrackerState


@settings(max_examples=examples(60))
@given(stream=streams(longest=40), cut=st.integers(0, 40))
def test_a_tracker_restored_from_bytes_continues_bit_exactly(stream: Stream, cut: int) -> None:
    whole, before, after = (ByteTracker(stream.config) for _ in range(3))
    expected = stream.feed(whole)
    stream.feed(before, last=cut)
    data = everything(before)
    after.restore(TrackerState.from_bytes(data))
    assert everything(after) == data
    for tracks, wanted in zip(stream.feed(after, first=cut), expected[cut:], strict=True):
        assert_identical(tracks, wanted)
    assert everything(after) == everything(whole)


def test_a_snapshot_does_not_change_when_the_tracker_goes_on() -> None:
    frames = crowd(1, 20)
    tracker = tracked(frames[:10])
    state = tracker.snapshot()
    data = state.to_bytes()
    first = [tracker.update(frame) for frame in frames[10:]]
    assert state.to_bytes() == data
    tracker.restore(state)
    for frame, tracks in zip(frames[10:], first, strict=True):
        assert_identical(tracker.update(frame), tracks)


def test_ids_given_before_a_restore_are_not_given_again_after() -> None:
    tracker = tracked(crowd(2, 30))
    given_out = tracker.snapshot().next_id
    other = ByteTracker()
    other.restore(tracker.snapshot())
    far = Detections(xyxy=np.array([[9000.0, 9000, 9100, 9200]]), score=np.array([0.9]), class_id=np.array([0]))
    other.update(far)
    assert other.update(far).track_id.max() == given_out


@pytest.mark.parametrize(
    ("field", "value"), [("match_thresh", 0.9), ("frame_rate", 25.0), ("fuse_score", False), ("det_thresh", 0.6)]
)
def test_a_state_of_another_configuration_is_refused_by_name(field: str, value: object) -> None:
    tracker = ByteTracker(replace(ByteTrackConfig(), **{field: value}))
    data = tracker.snapshot().to_bytes()
    with pytest.raises(StateError, match=f"taken with {field}="):
        tracker.restore(ByteTracker().snapshot())
    assert tracker.snapshot().to_bytes() == data
