"""The part of a picture that matters: a polygon in pixels, or in fractions of the picture."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.tiling import GRID, View

Point = tuple[float, float]
Anchor = Literal["centre", "bottom"]

LEAST_SIDE = 16
"""Pixels that the part to be looked at must have along each side: less is no picture."""


class RegionError(ValueError):
    """A region does not fit the picture, or is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A polygon without holes; where it crosses itself, what is enclosed an odd number of times is inside.

    Attributes:
        points: corners in their order, at least 3; the last is joined to the first.
        fractions: whether they are in fractions of the picture's width and height, not in pixels.
        anchor: the point of a box that must be inside: its centre, or the middle of its lower edge.

    Raises:
        RegionError: fewer than 3 points, a coordinate that is not finite, no area, or nothing of it inside any picture.
    """

    points: tuple[Point, ...]
    fractions: bool = False
    anchor: Anchor = "centre"

    def __post_init__(self) -> None:
        if len(self.points) < 3:
            raise RegionError(f"a region needs at least 3 points, got {len(self.points)}")
        corners = np.array(self.points, np.float64)
        if not np.isfinite(corners).all():
            raise RegionError("the coordinates of a region must be finite numbers")
        if not _area(corners) > 0.0:
            raise RegionError("the region has no area")
        low, high = corners.min(axis=0), corners.max(axis=0)
        if (high <= 0.0).any() or (self.fractions and (low >= 1.0).any()):
            raise RegionError("the region lies outside the picture")

    def bounds(self, size: tuple[int, int]) -> View:
        """The smallest view that holds all of the region that is in a picture of `size` (width, height).

        It begins and ends on the grid of `tiling`, or at the edge of the picture.

        Raises:
            RegionError: less than `LEAST_SIDE` pixels of it are in this picture.
        """
        corners = self._pixels(size)
        low, high = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        begin = [max(0, math.floor(max(value, 0.0) / GRID) * GRID) for value in low]
        end = [math.ceil(min(max(value, 0.0), side) / GRID) * GRID for value, side in zip(high, size, strict=True)]
        x2, y2 = (min(value, side) for value, side in zip(end, size, strict=True))
        view = View(begin[0], begin[1], x2, y2)
        if any(side < min(LEAST_SIDE, full) for side, full in zip(view.size, size, strict=True)):
            raise RegionError(
                f"the region from ({low[0]:g}, {low[1]:g}) to ({high[0]:g}, {high[1]:g}) is not inside the picture of "
                f"{size[0]} x {size[1]} pixels"
            )
        return view

    def holds(self, xyxy: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.bool_]:
        """(N,) for which boxes (N, 4), in pixels of a picture of `size`, the anchor is inside.

        Each edge is crossed by a ray to the right or not (M. Shimrat, "Algorithm 112: Position of point relative to
        polygon", Communications of the ACM 5(8), 1962).
        """
        x = (xyxy[:, 0] + xyxy[:, 2]) / 2
        y = xyxy[:, 3] if self.anchor == "bottom" else (xyxy[:, 1] + xyxy[:, 3]) / 2
        start = self._pixels(size)
        stop = np.roll(start, -1, axis=0)
        spans = (start[:, 1] > y[:, None]) != (stop[:, 1] > y[:, None])
        rise = np.where(stop[:, 1] == start[:, 1], 1.0, stop[:, 1] - start[:, 1])
        at = start[:, 0] + (y[:, None] - start[:, 1]) / rise * (stop[:, 0] - start[:, 0])
        crossings = (spans & (x[:, None] < at)).sum(axis=1)
        inside: NDArray[np.bool_] = crossings % 2 == 1
        return inside

    def _pixels(self, size: tuple[int, int]) -> NDArray[np.float64]:
        corners = np.array(self.points, np.float64)
        return corners * size if self.fractions else corners


def _area(corners: NDArray[np.float64]) -> float:
    """The enclosed area by the shoelace formula, without its sign."""
    x, y = corners.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)
