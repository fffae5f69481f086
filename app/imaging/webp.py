"""The chunks of a WebP file, walked without decoding anything.

Source: RFC 9649, "WebP Image Format", sections 2 (container) and 3 (lossless); RFC 6386, "VP8 Data Format and Decoding
Guide", section 9.1 (frame header).
"""

from collections.abc import Iterator

from app.imaging.errors import BrokenImage, UnsupportedImage
from app.imaging.exif import orientation_of
from app.imaging.header import ImageHeader

MAX_CHUNKS = 256  # a still image has up to seven known ones
ANIMATED = 0x02


def looks_like_webp(view: memoryview) -> bool:
    """Whether the bytes start as a WebP file does."""
    return bytes(view[:4]) == b"RIFF" and bytes(view[8:12]) == b"WEBP"


def read_header(view: memoryview) -> ImageHeader:
    """Size and orientation of a WebP image, from its chunks; the pixels are skipped.

    Raises:
        BrokenImage: the file ends early, or its canvas and its image differ in size.
        UnsupportedImage: an animated WebP.
    """
    canvas, frame, orientation = None, None, 1
    for kind, start, end in chunks(view):
        body = view[start:end]
        if kind == b"VP8X" and canvas is None:
            canvas = _canvas_size(body)
        elif kind in (b"ANIM", b"ANMF"):
            raise UnsupportedImage("animated WebP; send single images")
        elif kind in (b"VP8 ", b"VP8L") and frame is None:
            frame = _lossy_size(body) if kind == b"VP8 " else _lossless_size(body)
            if canvas is None:
                break  # the simple format has one chunk
        elif kind == b"EXIF":
            orientation = orientation_of(body)
    size = canvas or frame
    if size is None:
        raise BrokenImage("the WebP holds no image")
    if frame is not None and frame != size:
        raise BrokenImage(f"the WebP's canvas is {size[0]} x {size[1]} pixels but its image {frame[0]} x {frame[1]}")
    return ImageHeader.from_stored("webp", *size, orientation)


def check_complete(view: memoryview) -> None:
    """Check that the bytes reach as far as the container says.

    Raises:
        BrokenImage: the file ends early.
    """
    says = int.from_bytes(view[4:8], "little") + 8
    if says > len(view):
        raise BrokenImage(f"the WebP says it has {says} bytes but ends after {len(view)}")


def chunks(view: memoryview) -> Iterator[tuple[bytes, int, int]]:
    """Yield (type, start, end) of each chunk's data; `end` never lies behind the bytes.

    Raises:
        BrokenImage: more than `MAX_CHUNKS` chunks.
    """
    position = 12
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(view):
            return
        start = position + 8
        length = int.from_bytes(view[position + 4 : start], "little")
        yield bytes(view[position : position + 4]), start, min(start + length, len(view))
        position = start + length + (length & 1)
    raise BrokenImage(f"the WebP has more than {MAX_CHUNKS} chunks")


def _canvas_size(body: memoryview) -> tuple[int, int]:
    _require(body, 10, "VP8X")
    if body[0] & ANIMATED:
        raise UnsupportedImage("animated WebP; send single images")
    return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1


def _lossy_size(body: memoryview) -> tuple[int, int]:
    _require(body, 10, "VP8")
    if body[0] & 1 or bytes(body[3:6]) != b"\x9d\x01\x2a":
        raise BrokenImage("the WebP's VP8 frame has no key frame header")
    width, height = int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    if not (width and height):
        raise BrokenImage(f"the WebP says it is {width} x {height} pixels")
    return width, height


def _lossless_size(body: memoryview) -> tuple[int, int]:
    _require(body, 5, "VP8L")
    if body[0] != 0x2F:
        raise BrokenImage("the WebP's VP8L image has no signature byte 0x2F")
    bits = int.from_bytes(body[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _require(body: memoryview, length: int, name: str) -> None:
    if len(body) < length:
        raise BrokenImage(f"the WebP's {name} chunk has {len(body)} bytes instead of {length} or more")
