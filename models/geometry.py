"""How an image gets into a model's input, and how boxes get back out of it.

The three fits are those of the trainings: YOLOX puts the picture to the top left (Megvii, yolox/data/data_augment.py,
`preproc`), Ultralytics to the centre, the DETR family stretches it (RT-DETR, D-FINE and DEIM, `Resize` in the data
section of their configurations).

All of them are resized with plain bilinear sampling, as YOLOX and Ultralytics do. Averaging over the source pixels
(`INTER_AREA`) costs thirty times as much and moves scores, but finds no more at the same precision.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.options import Fit


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
