"""Motion JPEG over HTTP, taken apart."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decoding.errors import Unreadable
from app.decoding.parts import pictures

MOST = 4096
bodies = st.lists(
    st.binary(min_size=1, max_size=200).filter(lambda b: b"\n--f" not in b and b[-1:] not in b"\r"), max_size=6
)


def spelt(parts: list[bytes], *, lengths: bool, end: bytes = b"\r\n", preamble: bytes = b"") -> bytes:
    row = preamble
    for index, part in enumerate(parts):
        head = [b"--f", b"Content-Type: image/jpeg", b"X-Timestamp: %d.5" % index]
        head += [b"Content-Length: %d" % len(part)] if lengths else []
        row += end.join([*head, b"", b""]) + part + end
    return row + b"--f"


def in_pieces(row: bytes, size: int) -> Iterator[bytes]:
    return (row[start : start + size] for start in range(0, len(row), size))


@given(
    bodies,
    st.booleans(),
    st.sampled_from([b"\r\n", b"\n"]),
    st.integers(1, 300),
    st.sampled_from([b"", b"\r\nhello\r\n"]),
)
def test_pictures_come_out_as_they_went_in_however_they_are_cut(
    parts: list[bytes], lengths: bool, end: bytes, size: int, preamble: bytes
):
    row = spelt(parts, lengths=lengths, end=end, preamble=preamble) + end
    found = list(pictures(in_pieces(row, size), MOST))
    assert found == [(part, index + 0.5) for index, part in enumerate(parts)]


@given(st.binary(max_size=3000), st.integers(1, 500))
def test_noise_gives_pictures_within_the_limit_or_is_refused(noise: bytes, size: int):
    try:
        found = list(pictures(in_pieces(b"--f\r\n" + noise, size), MOST))
    except Unreadable:
        return
    assert all(len(picture) <= MOST for picture, _ in found)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"x" * 10_000, "a line that never ends"),
        (b"--f\r\n\r\n" + b"x" * 10_000, "a picture without an end"),
        (b"--f\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000, "a picture of 5000 bytes, and one may have 4096"),
        (b"--f\r\n" + b"A: b\r\n" * 200, "headers without an end"),
        (b"\n" * 300, "no boundary"),
        (b"--f\r\nContent-Length: 1\r\n\r\nxxx\n" + b"y\n" * 300, "longer than it says"),
    ],
)
def test_what_has_no_end_is_refused_before_it_fills_the_memory(row: bytes, reason: str):
    with pytest.raises(Unreadable, match=reason):
        list(pictures(in_pieces(row, 100), MOST))


def test_a_row_ends_where_it_says_so():
    row = spelt([b"a"], lengths=True)
    assert list(pictures([row + b"--\r\nContent-Length: 1\r\n\r\nb\r\n"], MOST)) == [(b"a", 0.5)]
