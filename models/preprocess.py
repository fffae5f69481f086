"""Pictures into a model's input: colour order, scale, mean and deviation, into a buffer that is used again.

What was measured on one core of an AMD EPYC, median of 400, beyond the resizing that every way needs (0.19 ms from
480 x 270 to 416 x 234, 0.5 ms from 960 x 540 to 640 x 360):

* splitting the small picture into planes and multiplying those into the input: 0.07 ms and 0.23 ms for float32;
* uint8 pixels, and nodes in front of the model that convert them (`models.front`): 0.36 ms and 1.4 ms, as they convert
  the grey of the letterbox each time too. In whole calls of YOLOX nano, DEIMv2 atto and YOLOv8n the two ways take the
  same CPU time. For a GPU the nodes are in front: a quarter of the bytes cross the bus, and the host converts none;
* `cv2.dnn.blobFromImages`: 2.1 ms and 3.7 ms;
* half precision by NumPy's arithmetic: 1.9 ms and 4.4 ms; by a table of 256 values: 0.19 ms and 0.5 ms.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import DTypeLike, NDArray

from models.detector import Image
from models.geometry import Geometry
from models.memory import Allocate, ordinary
from models.options import Colour, Fit, Layout

PAD_VALUE = 114.0
"""Grey of the letterbox, out of 255, in YOLOX and Ultralytics alike."""

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Pixels:
    """What the numbers in the input mean.

    A pixel of 0 to 255 becomes (pixel * maximum / 255 - mean) / std.

    Attributes:
        colour: channel order.
        fit: where the picture lies in the input.
        maximum: the value of white before `mean` and `std`.
        mean, std: per channel in the input's own order, on the scale of `maximum`; None for 0 and 1.
        pad: grey of the letterbox, out of 255.
    """

    colour: Colour
    fit: Fit
    maximum: float
    mean: Triple | None = None
    std: Triple | None = None
    pad: float = PAD_VALUE

    @property
    def scale(self) -> NDArray[np.float32]:
        """(3,) by which a pixel of 0 to 255 is multiplied."""
        return np.array([self.maximum / 255 / std for std in self.std or (1.0, 1.0, 1.0)], np.float32)

    @property
    def offset(self) -> NDArray[np.float32]:
        """(3,) that is added after that."""
        pairs = zip(self.mean or (0.0, 0.0, 0.0), self.std or (1.0, 1.0, 1.0), strict=True)
        return np.array([-mean / std for mean, std in pairs], np.float32)


class InputBuffer:
    """A batch of model inputs that is written again and again, by one caller at a time."""

    def __init__(
        self,
        capacity: int,
        input_hw: tuple[int, int],
        pixels: Pixels,
        dtype: DTypeLike = np.float32,
        layout: Layout = "nchw",
        allocate: Allocate = ordinary,
    ) -> None:
        """Allocates `capacity` inputs of (height, width), grey all over.

        An input of uint8 takes the pixels as they are: `pixels` must not scale them.
        """
        self._layout = layout
        self._pixels = pixels
        shape = (3, *input_hw) if layout == "nchw" else (*input_hw, 3)
        self.array: NDArray[Any] = allocate((capacity, *shape), dtype)
        self._scale, self._offset = pixels.scale[:, None, None], pixels.offset[:, None, None]
        self._shifts = bool(self._offset.any())
        self._scales = bool((self._scale != 1).any())
        values = np.arange(256, dtype=np.float32)[:, None] * pixels.scale + pixels.offset
        # OpenCV's table has no half precision: the bits are looked up in its place.
        self._table = _bits(values.astype(self.array.dtype))[None]
        self._tables = [np.ascontiguousarray(self._table[0, :, channel]) for channel in range(3)]
        grey = (pixels.pad * pixels.scale + pixels.offset).astype(self.array.dtype)
        self._grey = grey[:, None, None] if layout == "nchw" else grey
        self.array[...] = self._grey
        self._written: list[Geometry | None] = [None] * capacity
        self._small = np.empty(3 * input_hw[0] * input_hw[1], np.uint8)
        self._planes = np.empty_like(self._small)

    def write(self, slot: int, image: Image, geometry: Geometry) -> None:
        """Puts a BGR image, of any scale of the full one, into a slot of the batch."""
        width, height = geometry.inner
        if self._written[slot] != geometry:
            # Only a changed geometry leaves old picture where grey belongs.
            self.array[slot] = self._grey
            self._written[slot] = geometry
        rows, columns = slice(geometry.top, geometry.top + height), slice(geometry.left, geometry.left + width)
        if self._layout == "nchw":
            self._write_planes(self._resized(image, width, height), self.array[slot, :, rows, columns])
        else:
            self._write_rows(image, self.array[slot, rows, columns])

    def _resized(self, image: Image, width: int, height: int) -> Image:
        if image.shape[:2] == (height, width):
            return image
        small = self._small[: 3 * width * height].reshape(height, width, 3)
        cv2.resize(image, (width, height), dst=small, interpolation=cv2.INTER_LINEAR)
        return small

    def _write_planes(self, image: Image, target: NDArray[Any]) -> None:
        """Into (3, height, width)."""
        whole = target.dtype == np.uint8
        planes = target if whole else self._planes[: target.size].reshape(target.shape)
        cv2.split(image, list(planes[::-1] if self._pixels.colour == "rgb" else planes))
        if whole:
            return
        if target.dtype == np.float16:
            for plane, table, half in zip(planes, self._tables, target, strict=True):
                cv2.LUT(plane, table, dst=_bits(half))
        elif self._scales or self._shifts:
            np.multiply(planes, self._scale, out=target, casting="same_kind")
            if self._shifts:
                np.add(target, self._offset, out=target, casting="same_kind")
        else:
            target[...] = planes

    def _write_rows(self, image: Image, target: NDArray[Any]) -> None:
        """Into (height, width, 3)."""
        height, width, _ = target.shape
        whole, turned = target.dtype == np.uint8, self._pixels.colour == "rgb"
        if whole and not turned:
            cv2.resize(image, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)
            return
        small = self._resized(image, width, height)
        if turned:
            ordered = target if whole else self._planes[: target.size].reshape(target.shape)
            cv2.cvtColor(small, cv2.COLOR_BGR2RGB, dst=ordered)
            small = ordered
        if not whole:
            cv2.LUT(small, self._table, dst=_bits(target))


def _bits(array: NDArray[Any]) -> NDArray[Any]:
    """Half precision as the integers that hold it; anything else as it is."""
    return array.view(np.uint16) if array.dtype == np.float16 else array
