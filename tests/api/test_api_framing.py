"""The header of a binary message."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.framing import MAGIC, MAX_CAPTURE_TS, MAX_SEQ, SIZE, Codec, FrameHeader, FramingError, pack, unpack

HEADERS = st.builds(
    FrameHeader,
    codec=st.sampled_from([Codec.SNIFF, Codec.RAW]),
    seq=st.none() | st.integers(0, MAX_SEQ),
    capture_ts=st.none() | st.floats(0, MAX_CAPTURE_TS),
    detections=st.booleans(),
    again=st.booleans(),
)


@given(HEADERS, st.binary())
def test_what_is_packed_is_unpacked(header, image):
    assert unpack(pack(header) + image) == (header, image)


@given(st.binary().filter(lambda data: not data.startswith(MAGIC)))
def test_a_message_without_the_magic_is_a_bare_image(data):
    assert unpack(data) == (FrameHeader(), data)


@given(st.binary(max_size=40))
def test_any_bytes_behind_the_magic_are_read_or_refused_and_nothing_else(data):
    try:
        header, image = unpack(MAGIC + data)
    except FramingError:
        return
    assert pack(header)[:8] == (MAGIC + data)[:8]
    assert image == data[SIZE - len(MAGIC) :]


def test_the_header_is_laid_out_as_the_contract_says():
    packed = pack(FrameHeader(Codec.WEBP, seq=0x0002030405060708, capture_ts=61.4, detections=True, again=True))
    assert packed == b"TRK1\x03\x0f\x00\x00\x08\x07\x06\x05\x04\x03\x02\x00" + struct.pack("<d", 61.4)
    assert len(packed) == SIZE == 24


@pytest.mark.parametrize(
    ("codec", "image", "good"),
    [
        (Codec.JPEG, b"\xff\xd8\xff\xe0", True),
        (Codec.JPEG, b"\x89PNG\r\n\x1a\n", False),
        (Codec.PNG, b"\x89PNG\r\n\x1a\n", True),
        (Codec.PNG, b"", False),
        (Codec.WEBP, b"RIFF\0\0\0\0WEBP", True),
        (Codec.WEBP, b"WEBP", False),
    ],
)
def test_an_image_that_is_not_what_the_codec_says_is_refused(codec, image, good):
    message = pack(FrameHeader(codec)) + image
    if good:
        assert unpack(message)[1] == image
    else:
        with pytest.raises(FramingError, match=codec.name):
            unpack(message)


@pytest.mark.parametrize(
    "header",
    [
        FrameHeader(seq=-1),
        FrameHeader(seq=MAX_SEQ + 1),
        FrameHeader(capture_ts=float("nan")),
        FrameHeader(capture_ts=float("inf")),
        FrameHeader(capture_ts=-0.5),
        FrameHeader(capture_ts=MAX_CAPTURE_TS * 2),
    ],
)
def test_a_number_out_of_range_is_neither_packed_nor_unpacked(header):
    with pytest.raises(FramingError):
        pack(header)
    flags = 1 if header.seq is not None else 2
    seq = (header.seq or 0) % 2**64
    with pytest.raises(FramingError):
        unpack(struct.pack("<4sBBHQd", MAGIC, 0, flags, 0, seq, header.capture_ts or 0.0))
