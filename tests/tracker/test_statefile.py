"""The bytes of a snapshot, and the states in them that no tracker can be in: each is refused, and says why."""

import hashlib
import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.scenes import crowd, tracked
from tracker import StateError, TrackerState
from tracker.statefile import MAGIC, VERSION

DATA = tracked(crowd(3, 30)).snapshot().to_bytes()


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
    data = DATA[:8] + struct.pack("<H", VERSION + 5) + DATA[10:]
    with pytest.raises(StateError, match=f"version {VERSION + 5}, and version {VERSION} is understood"):
        TrackerState.from_bytes(data)


def sealed(content: bytes) -> bytes:
    """Bytes with a checksum that fits, as someone would write who means harm."""
    return content + hashlib.sha256(content).digest()


def with_header(text: bytes) -> bytes:
    version, size, rows, remembered = struct.unpack_from("<HIII", DATA, 8)
    content = DATA[:8] + struct.pack("<HIII", version, len(text), rows, remembered) + text + DATA[22 + size : -32]
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
    huge = struct.pack("<HIII", VERSION, 2, 2**32 - 1, 0)
    with pytest.raises(StateError, match=r"64 bytes where \d{12} were announced"):
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
    tracker = tracked(crowd(3, 30))
    state = tracker.snapshot()
    table = state.table.copy()
    table[column][0] = value
    broken = replace(state, table=table)
    with pytest.raises(StateError, match=message):
        TrackerState.from_bytes(broken.to_bytes())
    with pytest.raises(StateError, match=message):
        tracker.restore(broken)
    assert tracker.snapshot() is state


def test_a_repeated_id_is_refused() -> None:
    state = tracked(crowd(3, 30)).snapshot()
    table = state.table.copy()
    table["track_id"][1] = table["track_id"][0]
    broken = replace(state, table=table)
    with pytest.raises(StateError, match="occurs twice"):
        broken.check()


def test_a_flag_that_is_neither_true_nor_false_is_refused() -> None:
    state = tracked(crowd(3, 30)).snapshot()
    data = bytearray(state.to_bytes()[:-32])
    data[-1] = 2
    with pytest.raises(StateError, match="lost holds bytes other than 0 and 1"):
        TrackerState.from_bytes(sealed(bytes(data)))
