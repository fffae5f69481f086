"""Encoded images to pixels, under one policy for every format.

* Three channels, 8 bit, BGR. Grey is repeated; 16 bit keeps its upper byte; palettes are looked up; CMYK is converted
  the Adobe way (inverted inks); alpha is dropped, which leaves the colour that is stored under it.
* The EXIF orientation is applied, here and nowhere else.
* Whole or not at all: what is truncated or damaged raises, and never comes back grey.

The libraries release the GIL while they decode, so that threads run side by side; nothing is shared between calls.
"""

from typing import TypeAlias

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from app.imaging import jpeg, png, webp
from app.imaging.errors import BrokenImage
from app.imaging.header import Buffer, ImageHeader

Image: TypeAlias = NDArray[np.uint8]

REDUCTIONS = (8, 4, 2)  # the scales for which the inverse DCT has vector code; 3/8 costs more than 1/2
UNUSUAL_SAMPLING = "determine subsampling level"  # TurboJPEG knows the usual six; libjpeg inside OpenCV takes any


def decode(data: Buffer, header: ImageHeader, cover: tuple[int, int] | None = None) -> Image:
    """The pixels of an image as (H, W, 3) contiguous BGR uint8, upright.

    `header` is what `sniff` read from the same bytes, after `check_limits`. `cover` is the (width, height), in pixels
    of the upright image, that the caller needs: a JPEG is then decoded at the smallest of 1/1, 1/2, 1/4 and 1/8 that is
    at least as large; PNG and WebP come at full size, because their decoders cannot skip anything. A reduced image is
    ceil(width / n) x ceil(height / n) pixels.

    Raises:
        BrokenImage: truncated, damaged, or not of the size that the header says.
    """
    view = memoryview(data).cast("B")
    if header.codec == "jpeg":
        image = _decode_jpeg(view, header, reduction(header, cover))
    else:
        (png if header.codec == "png" else webp).check_complete(view)
        image = _decode_with_opencv(view, header)
    return upright(image, header.orientation)


def reduction(header: ImageHeader, cover: tuple[int, int] | None) -> int:
    """By how much (1, 2, 4 or 8) the image can shrink while it still covers `cover` = (width, height)."""
    if cover is None:
        return 1
    for factor in REDUCTIONS:
        if -(-header.width // factor) >= cover[0] and -(-header.height // factor) >= cover[1]:
            return factor
    return 1


def upright(image: Image, orientation: int) -> Image:
    """The image as its EXIF orientation (1 to 8) wants it shown, contiguous; 5 to 8 exchange width and height."""
    if orientation == 1:
        return image
    if orientation in (5, 6, 7, 8):
        image = cv2.transpose(image)  # type: ignore[assignment]  # the stubs of OpenCV lose the element type
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return image if flip is None else cv2.flip(image, flip)  # type: ignore[return-value]  # the stubs of OpenCV lose the element type


def _decode_jpeg(view: memoryview, header: ImageHeader, factor: int) -> Image:
    jpeg.check_scans(view)
    stored = header.stored_height, header.stored_width
    height, width = (-(-side // factor) for side in stored)
    try:
        # The decoder's own reading of the size, before it allocates: two frame headers must not tell two stories.
        _require_size(simplejpeg.decode_jpeg_header(view)[:2], stored)
        image: Image = simplejpeg.decode_jpeg(view, "BGR", min_height=height, min_width=width)
    except ValueError as error:
        if UNUSUAL_SAMPLING in str(error):
            jpeg.check_complete(view, header)
            return _decode_with_opencv(view, header)
        raise BrokenImage(f"the JPEG cannot be decoded: {error}") from error
    _require_size(image.shape[:2], (height, width))
    return image


def _decode_with_opencv(view: memoryview, header: ImageHeader) -> Image:
    name = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP"}[header.codec]
    try:
        image = cv2.imdecode(np.frombuffer(view, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        raise BrokenImage(f"the {name} cannot be decoded: {error.err}") from error
    if image is None:  # the stubs of OpenCV leave this out
        raise BrokenImage(f"the {name} cannot be decoded: its compressed data is damaged")
    _require_size(image.shape[:2], (header.stored_height, header.stored_width))
    return image  # type: ignore[return-value]  # the stubs of OpenCV lose the element type


def _require_size(decoded: tuple[int, ...], header: tuple[int, int]) -> None:
    if tuple(decoded) != header:
        (width, height), (said_width, said_height) = decoded[::-1], header[::-1]
        raise BrokenImage(
            f"the image decodes to {width} x {height} pixels, its header says {said_width} x {said_height}"
        )
