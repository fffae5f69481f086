"""Zones and lines drawn over a picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.counting_settings import CountingSettings
from app.imaging.draw import FARTHEST_PX, SUBPIXEL_BITS
from app.imaging.layers import Layer
from app.imaging.lettering import EDGE, INK, extent, write


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A zone, which is closed, or a line; `corners` (K, 2) in pixels of the full image."""

    name: str
    corners: NDArray[np.float64]
    closed: bool


def shapes_of(counting: CountingSettings, size: tuple[int, int]) -> list[Shape]:
    """The zones and lines of a stream in an image of (width, height) `size`."""
    shapes = []
    for name, zone in counting.zones.items():
        unit = np.array(size if zone.unit == "fractions" else (1.0, 1.0))
        shapes.append(Shape(name, np.array(zone.points) * unit, closed=True))
    for name, line in counting.lines.items():
        unit = np.array(size if line.unit == "fractions" else (1.0, 1.0))
        shapes.append(Shape(name, np.array([line.start, line.end]) * unit, closed=False))
    return shapes


def draw_shapes(layer: Layer, shapes: list[Shape], scale: float) -> None:
    """Outline every shape in white with its name; `scale` is how many pixels of the layer one of the image is."""
    width = max(1, round(min(layer.shape[:2]) / 500))
    for shape in shapes:
        inside = (shape.corners * scale).clip(-FARTHEST_PX, FARTHEST_PX)
        corners = np.rint(inside * (1 << SUBPIXEL_BITS)).astype(np.int32)
        for ink, thickness in ((EDGE, width + 2), (INK, width)):
            cv2.polylines(layer, [corners], shape.closed, ink, thickness, cv2.LINE_AA, SUBPIXEL_BITS)
        _write_name(layer, shape, inside)


def _write_name(layer: Layer, shape: Shape, corners: NDArray[np.float64]) -> None:
    size = max(0.38, min(layer.shape[:2]) / 1500)
    width, height = extent(shape.name, size)
    middle = corners.mean(axis=0)
    left = middle[0] - width / 2 if shape.closed else middle[0] + height  # a line would cross out its name
    x = round(min(max(3.0, left), max(3, layer.shape[1] - width - 3)))
    y = round(min(max(height + 3.0, middle[1] + height / 2), max(height + 3, layer.shape[0] - 3)))
    write(layer, shape.name, (x, y), size)
