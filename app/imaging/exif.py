"""The orientation of an image, out of its EXIF block.

Source: CIPA DC-008 (Exif 2.32), section 4.6.4, tag 274; TIFF 6.0, section 2 for the layout.
"""

import struct

ORIENTATION_TAG = 274
SHORT = 3
MAX_ENTRIES = 256  # an IFD0 of a camera has about 20; a hostile one may claim 65,535
PREFIX = b"Exif\0\0"


def orientation_of(block: memoryview) -> int:
    """The orientation, 1 to 8, that an EXIF block asks for; 1 where it asks for none or makes no sense.

    `block` is the TIFF structure, with or without the `Exif\\0\\0` that JPEG puts before it.
    """
    tiff = block[len(PREFIX) :] if bytes(block[: len(PREFIX)]) == PREFIX else block
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(tiff[:4]))
    if order is None:
        return 1
    try:
        return _orientation_in_ifd0(tiff, order)
    except struct.error:  # an offset or a count that points outside the block
        return 1


def _orientation_in_ifd0(tiff: memoryview, order: str) -> int:
    (ifd,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, ifd)
    entry = struct.Struct(f"{order}HHIH")
    for index in range(min(count, MAX_ENTRIES)):
        tag, kind, values, value = entry.unpack_from(tiff, ifd + 2 + 12 * index)
        if tag == ORIENTATION_TAG:
            return int(value) if kind == SHORT and values == 1 and 1 <= value <= 8 else 1
    return 1
