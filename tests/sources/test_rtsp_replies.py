from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decoding.errors import Unreadable
from app.decoding.replies import Replies

DESCRIBED = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n"
SET_UP = (
    b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nTransport: RTP/AVP/UDP;unicast;source=192.168.1.1;server_port=5000-5001\r\n\r\n"
)


def spelt(*pieces: bytes) -> bytes:
    replies = Replies("10.0.0.7")
    return b"".join(replies.feed(piece) for piece in pieces)


def test_a_reply_is_passed_on_with_its_body() -> None:
    found = spelt(DESCRIBED)
    assert found.startswith(b"RTSP/1.0 200 OK\r\nCSeq: 2\r\n")
    assert found.endswith(b"\r\n\r\nv=0\r\n")
    assert found.count(b"Content-Length: 5") == 1


def test_packets_go_to_the_camera_and_not_where_it_points() -> None:
    assert b"Transport: RTP/AVP/UDP;unicast;server_port=5000-5001;source=10.0.0.7\r\n" in spelt(SET_UP)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (b"RTSP/1.0 302 Moved\r\nLocation: rtsp://127.0.0.1/\r\n\r\n", "redirects"),
        (b"RTSP/1.0 301 Moved\nLocation: rtsp://127.0.0.1/\n\n", "redirects"),
        (b"\r\n\r\nRTSP/1.0  305 Use Proxy\r\r\n\n", "redirects"),
        (b"$\0\0\4abcdRTSP/1.0 300 Choices\r\n\r\n", "redirects"),
        (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\nRTSP/2.0 303 See Other\r\n\r\n", "redirects"),
        (b"RTSP/1.0 20\r\n\r\n", "no RTSP camera"),
        (b"HTTP/1.0 200 OK\r\n\r\n", "no RTSP camera"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "no RTSP camera"),
        (b"a" * 9000, "without end"),
        (b"RTSP/1.0 200 OK\r\n" + b"a: b\r\n" * 300, "without end"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 9999999\r\n\r\n", "length"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", "length"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 4\r\nContent-length: 5\r\n\r\n", "length"),
        (b"RTSP/1.0 200 OK\r\nTransport: RTP/AVP;multicast;destination=239.0.0.1\r\n\r\n", "multicast"),
    ],
)
def test_what_leads_elsewhere_or_is_no_camera_ends_the_conversation(said: bytes, refused: str) -> None:
    with pytest.raises(Unreadable, match=refused):
        spelt(said)


def test_requests_and_packets_of_the_camera_are_left_out() -> None:
    announced = b"REDIRECT rtsp://10.0.0.7/ RTSP/1.0\r\nCSeq: 9\r\nLocation: rtsp://127.0.0.1/\r\n\r\n"
    assert spelt(b"$\0\0\3abc" + announced + DESCRIBED) == spelt(DESCRIBED)


@given(st.lists(st.integers(1, len(DESCRIBED + SET_UP))))
def test_it_does_not_matter_where_the_bytes_are_cut(cuts: list[int]) -> None:
    whole = DESCRIBED + SET_UP
    places = [0, *sorted(set(cuts)), len(whole)]
    pieces = [whole[start:end] for start, end in pairwise(places)]
    assert spelt(*pieces) == spelt(DESCRIBED) + spelt(SET_UP)


LINES = [b"RTSP/1.0 302 Moved", b"RTSP/1.0 200 OK", b"Location: rtsp://127.0.0.1/", b"CSeq: 1", b"", b"$", b"x" * 40]
ODD_LINES = [b"Content-Length: 0", b"Content-Length: 7", b"OPTIONS * RTSP/1.0", b"$\0\0\2", b"\0", b"\r", b" "]
ENDED = st.tuples(st.sampled_from(LINES + ODD_LINES), st.sampled_from([b"\n", b"\r\n", b"\r\r\n", b""]))


@given(st.lists(ENDED, max_size=24), st.binary(max_size=9))
def test_no_redirect_comes_through_however_it_is_wrapped(lines: list[tuple[bytes, bytes]], end: bytes) -> None:
    try:
        found = spelt(b"".join(line + stop for line, stop in lines) + end)
    except Unreadable:
        return
    assert _statuses(found).isdisjoint({b"301", b"302"})


def _statuses(said: bytes) -> set[bytes]:
    """The status of each reply, read as FFmpeg does: first lines, headers to an empty line, as many bytes as stated."""
    found = set()
    while said:
        head, _, said = said.partition(b"\r\n\r\n")
        first, *headers = head.split(b"\r\n")
        assert b"\n" not in head.replace(b"\r\n", b"")
        found.add(first.split(b" ")[1])
        lengths = [int(line.partition(b":")[2]) for line in headers if line.lower().startswith(b"content-length")]
        said = said[lengths[0] :] if lengths else said
    return found
