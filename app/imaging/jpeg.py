"""The markers of a JPEG stream, walked without decoding anything.

Source: ITU-T T.81, "Digital compression and coding of continuous-tone still images", annex B.
"""

import re
from collections.abc import Iterator
from itertools import islice

from app.imaging.errors import BrokenImage, UnsupportedImage
from app.imaging.exif import PREFIX, orientation_of
from app.imaging.header import ImageHeader

SIGNATURE = b"\xff\xd8\xff"
MAX_SEGMENTS = 1024  # 10 MiB in full segments are 160
MAX_FILL_BYTES = 64  # T.81 allows any number of 0xFF before a marker
MAX_SCANS = 32  # encoders write 1 to 20; each costs a pass over every pixel, whatever its length in bytes

SOI, EOI, SOS, APP1 = 0xD8, 0xD9, 0xDA, 0xE1
STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
READABLE_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})  # baseline, extended, progressive; Huffman or arithmetic

_SCAN_LIKE = re.compile(rb"\xff\xda")
_MARKER_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # neither a stuffed 0xFF00 nor a restart


def read_header(view: memoryview) -> ImageHeader:
    """Size and orientation of a JPEG, from its segments up to the frame header.

    Raises:
        BrokenImage: the stream ends, or makes no sense, before its frame header.
        UnsupportedImage: lossless, hierarchical or 12-bit JPEG.
    """
    orientation = None
    for marker, start, end in segments(view):
        if marker == APP1 and orientation is None and bytes(view[start : start + len(PREFIX)]) == PREFIX:
            orientation = orientation_of(view[start:end])
        elif marker in FRAMES:
            width, height = _frame_size(marker, view[start:end])
            return ImageHeader.from_stored("jpeg", width, height, orientation or 1)
        elif marker in (SOS, EOI):
            break
    raise BrokenImage("the JPEG has no frame header before its data")


def _frame_size(marker: int, frame: memoryview) -> tuple[int, int]:
    if len(frame) < 6:
        raise BrokenImage(f"the JPEG's frame header has {len(frame)} bytes instead of 6 or more")
    if marker not in READABLE_FRAMES:
        raise UnsupportedImage(f"lossless or hierarchical JPEG (SOF{marker - 0xC0}); send baseline or progressive JPEG")
    if frame[0] != 8:
        raise UnsupportedImage(f"JPEG of {frame[0]} bits per sample; send 8")
    height, width = int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5])
    if not (width and height):
        raise BrokenImage(f"the JPEG says it is {width} x {height} pixels")
    return width, height


def check_scans(view: memoryview) -> None:
    """Refuse a JPEG of more scans than `MAX_SCANS`: a few bytes each, but each a pass over the whole image.

    Raises:
        BrokenImage: too many scans.
    """
    if sum(1 for _ in islice(_SCAN_LIKE.finditer(view), MAX_SCANS + 1)) <= MAX_SCANS:
        return  # the usual case, at the speed of a search
    # What looked like scans may lie in a thumbnail, a profile or a film appended by a phone: count the real ones.
    scans = 0
    for marker, _, _ in segments(view):
        scans += marker == SOS
        if scans > MAX_SCANS:
            raise BrokenImage(f"the JPEG has more than {MAX_SCANS} scans")
        if marker == EOI:
            return


def check_complete(view: memoryview, header: ImageHeader) -> None:
    """Check that a JPEG reaches its end marker and has data enough for its size, for decoders that fill gaps with grey.

    Every block of 8 x 8 samples takes a bit at the least, whether the image is sequential or progressive.

    Raises:
        BrokenImage: the file ends early, or its data cannot be that of an image of its size.
    """
    data_starts = None
    for marker, _, end in segments(view):
        if marker == SOS and data_starts is None:
            data_starts = end
        elif marker == EOI and data_starts is not None:
            blocks = -(-header.width // 8) * -(-header.height // 8)
            if (end - data_starts) * 8 >= blocks:
                return
            raise BrokenImage(
                f"the JPEG has {end - data_starts} bytes of data for {header.width} x {header.height} pixels"
            )
    raise BrokenImage(f"the JPEG ends after {len(view)} bytes, before its end marker")


def segments(view: memoryview) -> Iterator[tuple[int, int, int]]:
    """Yield (marker, start, end) of each segment's payload from the start of a JPEG to its end.

    Entropy-coded data is skipped. Stops after EOI, and where a scan runs to the end of the data.

    Raises:
        BrokenImage: garbage between segments, a segment past the end, or more than `MAX_SEGMENTS` of them.
    """
    position = 2
    for _ in range(MAX_SEGMENTS):
        marker, position = _marker_at(view, position)
        if marker == EOI:
            yield marker, position, position
            return
        if marker in STANDALONE:
            continue
        start, end = _payload_at(view, position)
        yield marker, start, end
        position = end
        if marker == SOS:
            found = _MARKER_IN_SCAN.search(view, end)
            if found is None:
                return
            position = found.start()
    raise BrokenImage(f"the JPEG has more than {MAX_SEGMENTS} segments")


def _marker_at(view: memoryview, position: int) -> tuple[int, int]:
    if position >= len(view):
        raise BrokenImage(f"the JPEG ends after {len(view)} bytes, where a segment should start")
    if view[position] != 0xFF:
        raise BrokenImage(f"the JPEG has 0x{view[position]:02X} at byte {position}, where a marker (0xFF) should be")
    for after in range(position + 1, min(position + 1 + MAX_FILL_BYTES, len(view))):
        if view[after] != 0xFF:
            if view[after] in (0x00, SOI):
                raise BrokenImage(f"the JPEG has no valid marker at byte {position}")
            return view[after], after + 1
    raise BrokenImage(f"the JPEG has no marker at byte {position}")


def _payload_at(view: memoryview, position: int) -> tuple[int, int]:
    length = int.from_bytes(view[position : position + 2])
    if length < 2 or position + length > len(view):
        raise BrokenImage(f"the JPEG ends after {len(view)} bytes, inside the segment at byte {position - 2}")
    return position + 2, position + length
