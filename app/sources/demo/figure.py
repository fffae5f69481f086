"""Shapes in pixels, painted with anti-aliased edges at a sixteenth of a pixel."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from app.sources.demo.view import Points

Colour = tuple[float, float, float]
"""Blue, green, red in 0..255 under full daylight."""

Image = NDArray[np.uint8]

SHIFT = 4
ONE = 1 << SHIFT
LINE = cv2.LINE_AA

REACH_PX = 8192.0
"""Corners are held within this, far outside of any picture, where OpenCV's fixed-point arithmetic is exact."""

_ARC = np.linspace(-np.pi / 2, np.pi / 2, 7)
_CIRCLE = np.linspace(0.0, 2 * np.pi, 20, endpoint=False)
ROUND: Points = np.stack((np.cos(_CIRCLE), np.sin(_CIRCLE)), axis=1)
"""Corners (20, 2) of a circle of radius 1."""


@dataclass(slots=True)
class Figure:
    """Filled shapes in painting order. A shape of several contours has holes (even-odd)."""

    shapes: list[tuple[Points, ...]] = field(default_factory=list)
    colours: list[Colour] = field(default_factory=list)
    glow: list[bool] = field(default_factory=list)

    def add(self, colour: Colour, *contours: Points, glow: bool = False) -> None:
        """Puts a shape on top; one that glows keeps its colour in the dark."""
        self.shapes.append(contours)
        self.colours.append(colour)
        self.glow.append(glow)

    def moved(self, x: float, y: float, scale: float) -> "Figure":
        """The figure with its local metres (u right, v up) brought to pixels, the local origin at (x, y)."""
        factor, origin = np.array((scale, -scale)), np.array((x, y))
        shapes = [tuple(contour * factor + origin for contour in shape) for shape in self.shapes]
        return Figure(shapes, self.colours, self.glow)

    def bounds(self) -> tuple[float, float, float, float]:
        """The tight box x1, y1, x2, y2 around all shapes."""
        points = np.concatenate([shape[0] for shape in self.shapes])
        (x1, y1), (x2, y2) = points.min(axis=0), points.max(axis=0)
        return float(x1), float(y1), float(x2), float(y2)

    def paint(self, image: Image, tint: Sequence[float] = (1.0, 1.0, 1.0)) -> None:
        """Draws on a BGR image, every colour multiplied by the light's tint."""
        for shape, (blue, green, red), glow in zip(self.shapes, self.colours, self.glow, strict=True):
            lit = (blue, green, red) if glow else (blue * tint[0], green * tint[1], red * tint[2])
            fill(image, shape, lit, cv2.LINE_AA)

    def stamp(self, mask: Image, value: int, scale: float = 1.0, x: float = 0.0, y: float = 0.0) -> None:
        """Draws the silhouette with hard edges: `value` in a mask whose pixel (0, 0) is (x, y) at `scale`."""
        for shape in self.shapes:
            fill(mask, tuple((contour - (x, y)) * scale for contour in shape), (value,), cv2.LINE_8)


def fill(image: Image, shape: Sequence[Points], colour: Sequence[float], line: int) -> None:
    """Fills one shape; pixel (0, 0) covers the square from (0, 0) to (1, 1)."""
    fixed = [((contour.clip(-REACH_PX, REACH_PX) - 0.5) * ONE).round().astype(np.int32) for contour in shape]
    if len(fixed) == 1:
        cv2.fillConvexPoly(image, fixed[0], colour, line, SHIFT)
    else:
        cv2.fillPoly(image, fixed, colour, line, SHIFT)


def capsules(ends: Sequence[tuple[float, float, float, float, float, float]]) -> Points:
    """Outlines (N, 14, 2) of limbs (u0, v0, u1, v1, r0, r1): two points and the radius at each."""
    limbs = np.asarray(ends, dtype=np.float64)
    angle = np.arctan2(limbs[:, 3] - limbs[:, 1], limbs[:, 2] - limbs[:, 0])[:, None]
    head = angle + _ARC
    outer = np.stack((np.cos(head), np.sin(head)), axis=2)
    first = limbs[:, None, 0:2] - outer * limbs[:, None, 4:5]
    last = limbs[:, None, 2:4] + outer * limbs[:, None, 5:6]
    return np.concatenate((first, last), axis=1)


def disc(u: float, v: float, radius: float, squeeze: float = 1.0) -> Points:
    """Outline (20, 2) of a circle, its width multiplied by `squeeze`."""
    return ROUND * (radius * squeeze, radius) + (u, v)
