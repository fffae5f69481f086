"""The fixed header that a binary message on the ingest socket may carry before its image.

24 bytes, little-endian: `"TRK1"`, codec u8, flags u8, reserved u16 (0), seq u64, capture time f64 in seconds. Both
sides of the socket use this module.
"""

import math
import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

MAGIC = b"TRK1"
MAX_SEQ = 2**53 - 1  # what a browser's number can hold exactly
MAX_CAPTURE_TS = 1e12

_HEADER = struct.Struct("<4sBBHQd")
SIZE = _HEADER.size


class FramingError(ValueError):
    """A header that makes no sense; the message says which field and what would be right."""


class Codec(IntEnum):
    """What follows the header. SNIFF leaves it to the magic bytes; RAW is BGR of the size that `config` has set."""

    SNIFF = 0
    JPEG = 1
    PNG = 2
    WEBP = 3
    RAW = 4


class _Flags(IntFlag):
    SEQ = 1
    CAPTURE_TS = 2
    DETECTIONS = 4
    AGAIN = 8


_KNOWN_FLAGS = int(_Flags.SEQ | _Flags.CAPTURE_TS | _Flags.DETECTIONS | _Flags.AGAIN)
_SIGNATURES = {Codec.JPEG: b"\xff\xd8\xff", Codec.PNG: b"\x89PNG\r\n\x1a\n", Codec.WEBP: b"RIFF"}


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """What a client says of one frame.

    `detections` asks for every detection in the answer. `again` says that the frame was sent before, under the same
    `seq`, on a socket that was cut off: where it was taken then, its answer is told once more.
    """

    codec: Codec = Codec.SNIFF
    seq: int | None = None
    capture_ts: float | None = None
    detections: bool = False
    again: bool = False


def pack(header: FrameHeader) -> bytes:
    """The 24 bytes.

    Raises:
        FramingError: the sequence number or the capture time is out of range.
    """
    _check(header)
    flags = _Flags(0)
    if header.seq is not None:
        flags |= _Flags.SEQ
    if header.capture_ts is not None:
        flags |= _Flags.CAPTURE_TS
    if header.detections:
        flags |= _Flags.DETECTIONS
    if header.again:
        flags |= _Flags.AGAIN
    return _HEADER.pack(MAGIC, header.codec, flags, 0, header.seq or 0, header.capture_ts or 0.0)


def unpack(message: bytes) -> tuple[FrameHeader, bytes]:
    """Header and image of a binary message; a bare image has the header that says nothing.

    Raises:
        FramingError: cut off, an unknown codec or flag, a reserved bit set, a number out of range, or an image that is
            not what the codec says.
    """
    if message[:4] != MAGIC:
        return FrameHeader(), message
    if len(message) < SIZE:
        raise FramingError(f"the frame header has {SIZE} bytes, the message ends after {len(message)}")
    _, codec, flags, reserved, seq, capture_ts = _HEADER.unpack_from(message)
    if codec not in iter(Codec):
        raise FramingError(f"codec {codec} is unknown; known are {', '.join(f'{c.value} {c.name}' for c in Codec)}")
    if flags & ~_KNOWN_FLAGS or reserved:
        raise FramingError(f"flags {flags:#04x}, reserved {reserved:#06x}: unknown bits must be 0")
    header = FrameHeader(
        Codec(codec),
        seq if flags & _Flags.SEQ else None,
        capture_ts if flags & _Flags.CAPTURE_TS else None,
        bool(flags & _Flags.DETECTIONS),
        bool(flags & _Flags.AGAIN),
    )
    _check(header)
    image = message[SIZE:]
    if not image.startswith(_SIGNATURES.get(header.codec, b"")):
        raise FramingError(f"the header says {header.codec.name}, the image does not begin like one")
    return header, image


def _check(header: FrameHeader) -> None:
    if header.seq is not None and not 0 <= header.seq <= MAX_SEQ:
        raise FramingError(f"seq {header.seq} must lie in 0 to {MAX_SEQ}")
    capture_ts = header.capture_ts
    if capture_ts is not None and not (math.isfinite(capture_ts) and 0 <= capture_ts <= MAX_CAPTURE_TS):
        raise FramingError(f"capture time {capture_ts} must lie in 0 to {MAX_CAPTURE_TS:g} seconds")
