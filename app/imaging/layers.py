"""Transparent layers over pictures, and PNG.

A layer is (H, W, 4) uint8, blue, green, red and alpha, with colours already multiplied by alpha (T. Porter, T. Duff,
"Compositing Digital Images", SIGGRAPH 1984): that is what OpenCV's anti-aliased lines leave on an empty canvas.
"""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from app.imaging.decode import Image

Layer: TypeAlias = NDArray[np.uint8]

PLAIN = (38, 33, 29)  # blue, green, red of a picture that nobody has
GREYNESS = 0.65
BRIGHTNESS = 0.55
PNG_EFFORT = 3  # of 9: a tenth larger than the most, in a fifth of its time


def empty_layer(size: tuple[int, int]) -> Layer:
    """A layer of (width, height) with nothing on it."""
    return np.zeros((size[1], size[0], 4), np.uint8)


def plain_picture(size: tuple[int, int]) -> Image:
    """A dark picture of (width, height)."""
    return np.full((size[1], size[0], 3), PLAIN, np.uint8)


def dimmed(image: Image) -> Image:
    """A darker and greyer copy of a picture, so that colours on it stand out."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    mixed = cv2.addWeighted(image, BRIGHTNESS * (1 - GREYNESS), grey, BRIGHTNESS * GREYNESS, 0.0)
    return np.asarray(mixed, np.uint8)


def resized(image: Image, size: tuple[int, int]) -> Image:
    """The picture at (width, height)."""
    if (image.shape[1], image.shape[0]) == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def over(image: Image, layer: Layer) -> Image:
    """The picture (H, W, 3) with a layer of the same size on it."""
    shown = 255 - layer[..., 3:].astype(np.uint16)
    mixed = layer[..., :3] + (image * shown + 127) // 255
    return np.minimum(mixed, 255).astype(np.uint8)


def png_of_picture(image: Image) -> bytes:
    """A (H, W, 3) BGR picture as PNG."""
    return _png(image)


def png_of_layer(layer: Layer) -> bytes:
    """A layer as PNG with alpha, whose colours are not multiplied by it (W3C, PNG, section 6.2)."""
    alpha = layer[..., 3:].astype(np.uint32)
    colours = (layer[..., :3] * np.uint32(255) + alpha // 2) // np.maximum(alpha, 1)
    return _png(np.dstack([np.minimum(colours, 255).astype(np.uint8), layer[..., 3]]))


def _png(pixels: NDArray[np.uint8]) -> bytes:
    done, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, PNG_EFFORT])
    assert done, "OpenCV writes every 8-bit picture as PNG"
    return encoded.tobytes()
