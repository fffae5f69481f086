"""How an image gets into a model's input, and how boxes get back out of it.

The three fits are those of the trainings: YOLOX puts the picture to the top left (Megvii, yolox/data/data_augment.py,
`preproc`), Ultralytics to the centre (ultralytics/data/augment.py, `LetterBox`), the DETR family stretches it
(RT-DETR, D-FINE and DEIM, `Resize` in the data section of their configurations).

All of them are resized with plain bilinear sampling, as YOLOX and Ultralytics do. Averaging over the source pixels
(`INTER_AREA`) costs thirty times as much and moves scores, but finds no more at the same precision.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import DTypeLike, NDArray

from models.detector import Image
from models.options import Colour, Fit

PAD_VALUE = 114
"""Grey of the letterbox, out of 255, in YOLOX and Ultralytics alike."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where a full image lies inside the model's input.

    Attributes:
        inner: (width, height) of the picture inside the input, pixels of the input.
        left, top: where it begins, pixels of the input.
        scale_x, scale_y: pixels of the input per pixel of the full image.
    """

    inner: tuple[int, int]
    left: int
    top: int
    scale_x: float
    scale_y: float

    def to_image(self, xyxy: NDArray[np.floating]) -> NDArray[np.float64]:
        """Boxes (N, 4) in pixels of the input, as float64 boxes in pixels of the full image; nothing is clipped."""
        boxes = xyxy.astype(np.float64)
        boxes[:, 0::2] = (boxes[:, 0::2] - self.left) / self.scale_x
        boxes[:, 1::2] = (boxes[:, 1::2] - self.top) / self.scale_y
        return boxes


def fit_geometry(fit: Fit, size: tuple[int, int], input_hw: tuple[int, int]) -> Geometry:
    """The geometry of an image of `size` (width, height) in an input of `input_hw` (height, width)."""
    width, height = size
    rows, columns = input_hw
    if fit == "stretch":
        return Geometry((columns, rows), 0, 0, columns / width, rows / height)
    scale = min(rows / height, columns / width)
    if fit == "top-left":
        # YOLOX truncates; the tiny excess keeps 416 / 1920 * 1920 from becoming 415.
        inner = max(1, int(width * scale + 1e-6)), max(1, int(height * scale + 1e-6))
        return Geometry(inner, 0, 0, scale, scale)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    # Ultralytics gives the odd row or column to the bottom and the right.
    left, top = round((columns - inner[0]) / 2 - 0.1), round((rows - inner[1]) / 2 - 0.1)
    return Geometry(inner, left, top, scale, scale)


@dataclass(frozen=True, slots=True)
class Pixels:
    """What the numbers in the input mean: channel order, fit, and the value of white."""

    colour: Colour
    fit: Fit
    maximum: float


class InputBuffer:
    """A batch of model inputs that is written again and again, by one caller at a time."""

    def __init__(self, capacity: int, input_hw: tuple[int, int], pixels: Pixels, dtype: DTypeLike) -> None:
        """Allocates (capacity, 3, height, width), grey all over."""
        rows, columns = input_hw
        self.array: NDArray[np.generic] = np.empty((capacity, 3, rows, columns), dtype)
        self._scale = np.float32(pixels.maximum / 255)
        self._planes_rgb = pixels.colour == "rgb"
        self._grey = PAD_VALUE * self._scale
        self.array[...] = self._grey
        self._written: list[Geometry | None] = [None] * capacity
        self._small = np.empty(3 * rows * columns, np.uint8)
        self._planes = np.empty(3 * rows * columns, np.uint8)

    def write(self, slot: int, image: Image, geometry: Geometry) -> None:
        """Puts a BGR image, of any scale of the full one, into a slot of the batch."""
        width, height = geometry.inner
        if self._written[slot] != geometry:
            # Only a changed geometry leaves old picture where grey belongs.
            self.array[slot] = self._grey
            self._written[slot] = geometry
        if image.shape[:2] != (height, width):
            small = self._small[: 3 * width * height].reshape(height, width, 3)
            cv2.resize(image, (width, height), dst=small, interpolation=cv2.INTER_LINEAR)
            image = small
        planes = self._planes[: 3 * width * height].reshape(3, height, width)
        cv2.split(image, list(planes[::-1] if self._planes_rgb else planes))
        target = self.array[slot, :, geometry.top : geometry.top + height, geometry.left : geometry.left + width]
        if self._scale == 1:
            target[...] = planes
        else:
            np.multiply(planes, self._scale, out=target, casting="same_kind")


class BufferPool:
    """Input buffers for as many callers as there are at once; each caller has its own while it runs.

    A deque appends and pops atomically, so no lock is needed. A buffer stays as large as the largest batch it held.
    """

    def __init__(self, input_hw: tuple[int, int], pixels: Pixels, dtype: DTypeLike) -> None:
        """An empty pool; buffers are made when they are first needed."""
        self._input_hw = input_hw
        self._pixels = pixels
        self._dtype = dtype
        self._idle: deque[InputBuffer] = deque()

    @contextmanager
    def borrow(self, count: int) -> Iterator[InputBuffer]:
        """A buffer that holds at least `count` images, the caller's alone until the block ends."""
        try:
            buffer = self._idle.pop()
        except IndexError:
            buffer = None
        if buffer is None or len(buffer.array) < count:
            buffer = InputBuffer(count, self._input_hw, self._pixels, self._dtype)
        try:
            yield buffer
        finally:
            self._idle.append(buffer)

    def clear(self) -> None:
        """Frees the idle buffers."""
        self._idle.clear()
