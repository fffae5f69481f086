"""The chunks of a PNG file, walked without decoding anything.

Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 5 and 11.
"""

import zlib
from collections.abc import Iterator

from app.imaging.errors import BrokenImage, UnsupportedImage
from app.imaging.exif import orientation_of
from app.imaging.header import ImageHeader

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 4096  # ffmpeg writes chunks of 4 KiB: 10 MiB are 2,560
IHDR_BYTES = 13


def read_header(view: memoryview) -> ImageHeader:
    """Size and orientation of a PNG, from its chunks; the pixels are skipped.

    Raises:
        BrokenImage: no IHDR chunk, or a size of zero.
        UnsupportedImage: an animated PNG.
    """
    if len(view) < 33 or bytes(view[8:16]) != b"\0\0\0\x0dIHDR":
        raise BrokenImage("the PNG does not start with a whole IHDR chunk")
    width, height = int.from_bytes(view[16:20]), int.from_bytes(view[20:24])
    if not (width and height):
        raise BrokenImage(f"the PNG says it is {width} x {height} pixels")
    orientation, in_pixels = None, False
    for kind, start, end in chunks(view):
        if kind == b"IDAT":
            in_pixels = True
        elif kind == b"acTL" and not in_pixels:  # after the pixels it has no meaning (section 11.3.6.1)
            raise UnsupportedImage("animated PNG; send single images")
        elif kind == b"eXIf" and orientation is None:  # may stand before or after the pixels (section 11.3.4.5)
            orientation = orientation_of(view[start:end])
        if in_pixels and orientation is not None:
            break
    return ImageHeader.from_stored("png", width, height, orientation or 1)


def check_complete(view: memoryview) -> None:
    """Check that every chunk is whole and that the last is IEND.

    Needed because libpng inside OpenCV is told to use damaged chunks, and fills what is missing.

    Raises:
        BrokenImage: the file ends early or a checksum is wrong.
    """
    for kind, start, end in chunks(view):
        if end + 4 > len(view):
            break
        if zlib.crc32(view[start - 4 : end]) != int.from_bytes(view[end : end + 4]):
            raise BrokenImage(f"the PNG's {kind.decode('latin-1')!r} chunk at byte {start - 8} is damaged")
        if kind == b"IEND":
            return
    raise BrokenImage(f"the PNG ends after {len(view)} bytes, before its IEND chunk")


def chunks(view: memoryview) -> Iterator[tuple[bytes, int, int]]:
    """Yield (type, start, end) of each chunk's data, up to IEND or the end of the bytes.

    Where the bytes end early, `end` of the last chunk lies behind them.

    Raises:
        BrokenImage: more than `MAX_CHUNKS` chunks.
    """
    position = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(view):
            return
        kind = bytes(view[position + 4 : position + 8])
        start = position + 8
        end = start + int.from_bytes(view[position : position + 4])
        yield kind, start, end
        if kind == b"IEND":
            return
        position = end + 4
    raise BrokenImage(f"the PNG has more than {MAX_CHUNKS} chunks")
