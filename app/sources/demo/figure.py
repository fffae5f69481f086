"""Shapes in pixels, painted with anti-aliased edges at a sixteenth of a pixel."""

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from app.sources.demo.view import Points

Colour = tuple[float, float, float]
"""Blue, green, red in 0..255 under full daylight."""

Image = NDArray[np.uint8]

T = TypeVar("T", bound=np.generic)

LINE = cv2.LINE_AA
SHIFT = 4
ONE = 1 << SHIFT

REACH_PX = 8192.0
"""Corners are held within this, far outside of any picture, where OpenCV's fixed-point arithmetic is exact."""

EDGE_PX = 0.5
"""OpenCV's soft edge reaches this far over an outline."""

_ARC = np.linspace(-np.pi / 2, np.pi / 2, 7)
_CIRCLE = np.linspace(0.0, 2 * np.pi, 20, endpoint=False)
ROUND: Points = np.stack((np.cos(_CIRCLE), np.sin(_CIRCLE)), axis=1)
"""Corners (20, 2) of a circle of radius 1."""


class Figure:
    """Filled shapes in painting order. A shape of several contours has holes (even-odd); others are convex."""

    def __init__(self) -> None:
        self._contours: list[Points] = []
        self._shapes: list[tuple[int, int]] = []
        self._colours: list[Colour] = []
        self._glow: list[bool] = []
        self._points: Points | None = None

    def add(self, colour: Colour, *contours: Points, glow: bool = False) -> None:
        """Puts a shape on top; one that glows keeps its colour in the dark."""
        self._shapes.append((len(self._contours), len(self._contours) + len(contours)))
        self._contours.extend(contours)
        self._colours.append(colour)
        self._glow.append(glow)
        self._points = None

    def moved(self, x: float, y: float, scale: float) -> "Figure":
        """The figure with its local metres (u right, v up) brought to pixels, the local origin at (x, y)."""
        figure = Figure()
        figure._points = self._flat() * (scale, -scale) + (x, y)
        figure._contours = _cut(figure._points, self._contours)
        figure._shapes, figure._colours, figure._glow = self._shapes, self._colours, self._glow
        return figure

    def bounds(self) -> tuple[float, float, float, float]:
        """The tight box x1, y1, x2, y2 around all that `paint` draws of pixels."""
        points = self._flat()
        (x1, y1), (x2, y2) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return x1 - EDGE_PX, y1 - EDGE_PX, x2 + EDGE_PX, y2 + EDGE_PX

    def paint(self, image: Image, tint: Sequence[float] = (1.0, 1.0, 1.0)) -> None:
        """Draws on a BGR image, every colour multiplied by the light's tint."""
        fixed = _cut(_fixed(self._flat()), self._contours)
        for (start, end), (blue, green, red), glow in zip(self._shapes, self._colours, self._glow, strict=True):
            lit = (blue, green, red) if glow else (blue * tint[0], green * tint[1], red * tint[2])
            if end - start == 1:
                cv2.fillConvexPoly(image, fixed[start], lit, LINE, SHIFT)
            else:
                cv2.fillPoly(image, fixed[start:end], lit, LINE, SHIFT)

    def stamp(self, mask: Image, value: int, x: float = 0.0, y: float = 0.0) -> None:
        """Draws the silhouette with hard edges: `value` in a mask whose pixel (0, 0) is (x, y)."""
        fixed = _cut(_fixed(self._flat() - (x, y)), self._contours)
        for start, end in self._shapes:
            if end - start == 1:
                cv2.fillConvexPoly(mask, fixed[start], (value,), cv2.LINE_8, SHIFT)
            else:
                cv2.fillPoly(mask, fixed[start:end], (value,), cv2.LINE_8, SHIFT)

    def _flat(self) -> Points:
        """All corners in one array, so that arithmetic on them is done once."""
        if self._points is None:
            self._points = np.concatenate(self._contours)
        return self._points


def fill(image: Image, outline: Points, colour: Sequence[float]) -> None:
    """Fills one convex outline; pixel (0, 0) covers the square from (0, 0) to (1, 1)."""
    cv2.fillConvexPoly(image, _fixed(outline), colour, LINE, SHIFT)


def _fixed(points: Points) -> NDArray[np.int32]:
    return np.rint((np.minimum(np.maximum(points, -REACH_PX), REACH_PX) - 0.5) * ONE).astype(np.int32)


def _cut(points: NDArray[T], like: Sequence[Points]) -> list[NDArray[T]]:
    """Views of `points`, as long as each of `like`."""
    pieces, start = [], 0
    for contour in like:
        pieces.append(points[start : start + len(contour)])
        start += len(contour)
    return pieces


def capsules(ends: Sequence[tuple[float, float, float, float, float, float]]) -> Points:
    """Outlines (N, 14, 2) of limbs (u0, v0, u1, v1, r0, r1): two points and the radius at each."""
    limbs = np.array(ends, dtype=np.float64)
    step = limbs[:, 2:4] - limbs[:, 0:2]
    head = np.arctan2(step[:, 1], step[:, 0])[:, None] + _ARC
    outer = np.empty((len(limbs), len(_ARC), 2))
    np.cos(head, out=outer[:, :, 0])
    np.sin(head, out=outer[:, :, 1])
    shape = np.empty((len(limbs), 2 * len(_ARC), 2))
    shape[:, : len(_ARC)] = limbs[:, None, 0:2] - outer * limbs[:, None, 4:5]
    shape[:, len(_ARC) :] = limbs[:, None, 2:4] + outer * limbs[:, None, 5:6]
    return shape


def disc(u: float, v: float, radius: float, squeeze: float = 1.0) -> Points:
    """Outline (20, 2) of a circle, its width multiplied by `squeeze`."""
    return ROUND * (radius * squeeze, radius) + (u, v)
