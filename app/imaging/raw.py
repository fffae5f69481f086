"""Frames that arrive as pixels."""

import numpy as np

from app.imaging.decode import Image
from app.imaging.errors import BrokenImage
from app.imaging.header import Buffer
from app.imaging.sniff import MAX_PIXELS, MAX_SIDE, check_size


def raw_frame(
    data: Buffer,
    width: int,
    height: int,
    max_side: int = MAX_SIDE,
    max_pixels: int = MAX_PIXELS,
) -> Image:
    """A view, without a copy, of `data` as a (height, width, 3) BGR uint8 image; read-only where `data` is.

    Rows follow each other from the top without padding: 3 * width * height bytes.

    Raises:
        BrokenImage: a side below 1, or a number of bytes other than 3 * width * height.
        ImageTooLarge: a side above `max_side` or more than `max_pixels` pixels.
    """
    if width < 1 or height < 1:
        raise BrokenImage(f"a raw frame of {width} x {height} pixels; both must be 1 or more")
    check_size(width, height, max_side, max_pixels)
    view = memoryview(data).cast("B")
    if len(view) != 3 * width * height:
        raise BrokenImage(
            f"a raw BGR frame of {width} x {height} pixels has {3 * width * height} bytes (3 each), not {len(view)}"
        )
    return np.frombuffer(view, np.uint8).reshape(height, width, 3)
