"""Snapshots: taken out, stored, put back, continued bit-exactly."""

import hashlib
import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import ByteTrackConfig, ByteTracker, Detections, StateError, TrackerState, Tracks
from tracker.statefile import MAGIC

NAMES = ("track_id", "xyxy", "score", "class_id", "detection", "velocity", "age_s", "outcome", "outcome_track_id")


def walk(seed: int, frames: int, count: int = 10) -> list[Detections]:
    random = np.random.default_rng(seed)
    corner, out = random.uniform(0, 400, (count, 2)), []
    for _ in range(frames):
        corner = corner + random.normal(0, 5, (count, 2))
        seen = random.random(count) > 0.25
        xyxy = np.concatenate([corner, corner + random.uniform([38, 95], [42, 105], (count, 2))], axis=1)[seen]
        score, class_id = random.uniform(0.05, 1, count)[seen], random.integers(0, 80, count)[seen]
        out.append(Detections(xyxy=xyxy, score=score, class_id=class_id))
    return out


def tracked(frames: list[Detections], config: ByteTrackConfig | None = None) -> ByteTracker:
    tracker = ByteTracker(config)
    for frame in frames:
        tracker.update(frame)
    return tracker


def assert_identical(one: Tracks, other: Tracks) -> None:
    for name in NAMES:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), cut=st.integers(0, 50), timed=st.booleans())
def test_a_tracker_restored_from_bytes_continues_bit_exactly(seed: int, cut: int, timed: bool) -> None:
    frames = walk(seed, 50)
    times = np.cumsum(np.random.default_rng(seed).uniform(0.01, 0.08, 50)).tolist() if timed else [None] * 50
    whole, before, after = ByteTracker(), ByteTracker(), ByteTracker()
    expected = [whole.update(frame, pts) for frame, pts in zip(frames, times, strict=True)]
    for frame, pts in zip(frames[:cut], times[:cut], strict=True):
        before.update(frame, pts)
    data = before.snapshot().to_bytes()
    after.restore(TrackerState.from_bytes(data))
    assert after.snapshot().to_bytes() == data
    for frame, pts, tracks in zip(frames[cut:], times[cut:], expected[cut:], strict=True):
        assert_identical(after.update(frame, pts), tracks)
    assert after.snapshot().to_bytes() == whole.snapshot().to_bytes()


def test_a_snapshot_does_not_change_when_the_tracker_goes_on() -> None:
    frames = walk(1, 20)
    tracker = tracked(frames[:10])
    state = tracker.snapshot()
    data = state.to_bytes()
    first = [tracker.update(frame) for frame in frames[10:]]
    assert state.to_bytes() == data
    tracker.restore(state)
    for frame, tracks in zip(frames[10:], first, strict=True):
        assert_identical(tracker.update(frame), tracks)


def test_ids_given_before_a_restore_are_not_given_again_after() -> None:
    tracker = tracked(walk(2, 30))
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


@given(data=st.one_of(st.binary(max_size=400), st.binary(max_size=200).map(lambda tail: MAGIC + tail)))
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(StateError):
        TrackerState.from_bytes(data)


@settings(max_examples=200)
@given(where=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_a_flipped_byte_anywhere_is_noticed(where: int, flip: int) -> None:
    data = bytearray(DATA)
    data[where % len(data)] ^= flip
    with pytest.raises(StateError):
        TrackerState.from_bytes(bytes(data))


@pytest.mark.parametrize("size", [0, 5, 18, 100, -1, -40])
def test_truncated_bytes_are_refused(size: int) -> None:
    with pytest.raises(StateError):
        TrackerState.from_bytes(DATA[:size])


def test_bytes_of_another_version_say_so() -> None:
    data = DATA[:8] + struct.pack("<H", 7) + DATA[10:]
    with pytest.raises(StateError, match="version 7, and version 1 is understood"):
        TrackerState.from_bytes(data)


def sealed(content: bytes) -> bytes:
    """Bytes with a checksum that fits, as someone would write who means harm."""
    return content + hashlib.sha256(content).digest()


def with_header(text: bytes) -> bytes:
    version, size, rows = struct.unpack_from("<HII", DATA, 8)
    content = DATA[:8] + struct.pack("<HII", version, len(text), rows) + text + DATA[18 + size : -32]
    return sealed(content)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "config"),
        (b'{"config": {"speed": 3}}', "speed"),
        (b'{"config": {}, "timebase": [1, 2], "next_id": 1}', "header does not fit"),
        (b'{"config": {}, "timebase": [null, null, 0, 0.1], "next_id": 100}', "only pts may be missing"),
        (b'{"config": {}, "timebase": [NaN, null, -0.25, 0.25], "next_id": 100}', "frame is nan"),
        (b'{"config": {}, "timebase": [40, 1e99, -0.25, 0.25], "next_id": 100}', "pts is 1e"),
        (b'{"config": {}, "timebase": [40, null, 0.25, -0.25], "next_id": 100}', "timebase is off"),
        (b'{"config": {}, "timebase": [40, null, -0.25, 0.25], "next_id": 1}', "lies outside what was given out"),
        (b'{"config": {}, "timebase": [1, null, -0.25, 0.25], "next_id": 100}', "start, last and frame"),
        (b'{"config": {"track_thresh": 7}, "timebase": [40, null, -0.25, 0.25], "next_id": 100}', "track_thresh is 7"),
        (b'{"config": {}, "timebase": [40, null, -0.25, 0.25], "next_id": Infinity}', "header does not fit"),
    ],
)
def test_a_header_that_no_tracker_writes_is_refused(text: bytes, message: str) -> None:
    with pytest.raises(StateError, match=message):
        TrackerState.from_bytes(with_header(text))


def test_an_announced_table_that_is_not_there_is_refused_before_it_is_made() -> None:
    huge = struct.pack("<HII", 1, 2, 2**32 - 1)
    with pytest.raises(StateError, match=r"60 bytes where \d{12} were announced"):
        TrackerState.from_bytes(sealed(MAGIC + huge + b"{}" + b"12345678"))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("position", np.nan, "position is not finite"),
        ("var_position", -1.0, "a variance is not positive"),
        ("covariance", 1e9, "covariance exceeds"),
        ("score", 1.5, "score lies outside"),
        ("class_id", -1, "class_id is negative"),
        ("start", 1e9, "start, last and frame"),
        ("track_id", 0, "activated tracks have a track_id"),
        ("track_id", -5, "lies outside what was given out"),
        ("lost", True, "a lost track comes before"),
    ],
)
def test_a_table_that_no_tracker_has_is_refused(column: str, value: float, message: str) -> None:
    tracker = tracked(walk(3, 30))
    state = tracker.snapshot()
    columns = {name: array.copy() for name, array in state.table.columns()}
    columns[column][0] = value
    broken = replace(state, table=type(state.table).of_columns(columns))
    with pytest.raises(StateError, match=message):
        TrackerState.from_bytes(broken.to_bytes())
    with pytest.raises(StateError, match=message):
        tracker.restore(broken)
    assert tracker.snapshot() is state


def test_a_repeated_id_is_refused() -> None:
    state = tracked(walk(3, 30)).snapshot()
    columns = {name: array.copy() for name, array in state.table.columns()}
    columns["track_id"][1] = columns["track_id"][0]
    broken = replace(state, table=type(state.table).of_columns(columns))
    with pytest.raises(StateError, match="occurs twice"):
        broken.check()


def test_a_flag_that_is_neither_true_nor_false_is_refused() -> None:
    state = tracked(walk(3, 30)).snapshot()
    data = bytearray(state.to_bytes()[:-32])
    data[-1] = 2
    with pytest.raises(StateError, match="lost holds bytes other than 0 and 1"):
        TrackerState.from_bytes(sealed(bytes(data)))


DATA = tracked(walk(3, 30)).snapshot().to_bytes()
