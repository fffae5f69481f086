"""A number that is drawn in a picture and read by the service's detector, so that a picture is known by what it shows.

A camera's frames carry no number of ours through encoder, network and decoder. Twelve bits and their opposites stand in
a strip at the upper left, a square each, wide enough to outlive H.264. The detector tells the number as the class of
one more detection, which the tracker passes on.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models import Abort, Detector, ModelInfo
from tracker import Detections

Pixels = NDArray[np.uint8]

BITS = 12
NUMBERS = 2**BITS
SQUARES_A_ROW = 40
FIRST_CLASS = 1000
"""Class of number 0: beyond those of a detector."""
DARK, LIGHT = 40, 215
_PLACES = 1 << np.arange(BITS)


def square(width: int) -> int:
    """Side of one square in a picture of this width."""
    return width // SQUARES_A_ROW


def draw(luma: Pixels, number: int) -> None:
    """Write `number`, modulo `NUMBERS`, into the brightness (H, W) of a picture."""
    bits = (number & _PLACES) > 0
    side = square(luma.shape[1])
    row = np.where(np.concatenate((bits, ~bits)), LIGHT, DARK).astype(np.uint8).repeat(side)
    luma[:side, : len(row)] = row


def read(image: Pixels) -> int | None:
    """The number in a BGR picture, at whatever scale; None where there is none that can be read."""
    side = image.shape[1] / SQUARES_A_ROW
    columns = ((np.arange(2 * BITS) + 0.5) * side).astype(int)
    light = image[int(side / 2), columns, 1] > (DARK + LIGHT) // 2
    if (light[:BITS] == light[BITS:]).any():
        return None
    return int(_PLACES[light[:BITS]].sum())


class ReadingDetector:
    """A detector that also tells the number in each picture: class `FIRST_CLASS` + number, where the number stands."""

    def __init__(self, detector: Detector) -> None:
        """Looks with `detector`."""
        self._detector = detector

    @property
    def info(self) -> ModelInfo:
        return self._detector.info

    def detect(
        self, images: Sequence[Pixels], sizes: Sequence[tuple[int, int]] | None = None, abort: Abort | None = None
    ) -> list[Detections]:
        found = self._detector.detect(images, sizes, abort)
        widths = [image.shape[1] for image in images] if sizes is None else [size[0] for size in sizes]
        return [_with(read(image), width, rest) for image, width, rest in zip(images, widths, found, strict=True)]

    def input_size_for(self, width: int, height: int) -> tuple[int, int]:
        return self._detector.input_size_for(width, height)

    def close(self) -> None:
        self._detector.close()


def _with(number: int | None, width: int, found: Detections) -> Detections:
    if number is None:
        return found
    side = square(width)
    box = np.array([[0.0, 0.0, 2 * BITS * side, side]])
    return Detections(
        np.concatenate((box, found.xyxy)),
        np.concatenate(([0.99], found.score)),
        np.concatenate(([FIRST_CLASS + number], found.class_id)),
    )
