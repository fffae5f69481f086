"""Polygons, segments and the points of boxes. Everything is in pixels: x to the right, y down."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Anchor = Literal["bottom", "centre", "top"]

ANCHORS: tuple[Anchor, ...] = ("bottom", "centre", "top")
GRID = 24  # points along each side of a polygon's bounding box among which the deepest is sought


def anchors(xyxy: Floats) -> Floats:
    """(M, 3, 2): the middle of the lower edge, the centre and the middle of the upper edge of boxes (M, 4)."""
    out = np.empty((len(xyxy), 3, 2))
    out[:, :, 0] = ((xyxy[:, 0] + xyxy[:, 2]) / 2)[:, None]
    out[:, 0, 1] = xyxy[:, 3]
    out[:, 1, 1] = (xyxy[:, 1] + xyxy[:, 3]) / 2
    out[:, 2, 1] = xyxy[:, 1]
    return out


def feet_of(xyxy: Floats, size: tuple[int, int]) -> Floats:
    """(M, 2) where boxes (M, 4) stand on the ground; NaN where the lower edge of a picture of `size` cuts them off."""
    feet = anchors(xyxy)[:, 0]
    feet[feet[:, 1] > size[1] - 1.0] = np.nan
    return feet


def distinct(points: Floats) -> Floats:
    """The corners (K, 2) of a polygon without those that repeat the one before, the first after the last too."""
    kept: Floats = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    return kept


def is_flat(corners: Floats) -> bool:
    """Whether points (K, 2) lie on one line."""
    spread = np.linalg.svd(corners - corners.mean(axis=0), compute_uv=False)
    return bool(spread[1] <= 1e-9 * spread[0])


def tangle(corners: Floats) -> tuple[int, int] | None:
    """The first two edges of a polygon (K, 2) that meet elsewhere than at the corner they share; None where none do.

    Edge i leads from corner i to the next. Edges cross where each has the ends of the other on its two sides (J.
    O'Rourke, "Computational Geometry in C", 2nd edition, section 1.5).
    """
    count = len(corners)
    for i in range(count):
        for j in range(i + 1, count):
            a, b, c, d = (corners[k % count] for k in (i, i + 1, j, j + 1))
            if j == i + 1 or (i == 0 and j == count - 1):
                shared, one, other = (b, a, d) if j == i + 1 else (a, b, c)
                if _turn(shared, one, other) == 0.0 and float(np.dot(one - shared, other - shared)) > 0.0:
                    return i, j  # it goes back over itself
            elif _meet(a, b, c, d):
                return i, j
    return None


def _meet(a: Floats, b: Floats, c: Floats, d: Floats) -> bool:
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0.0 and turns[2] * turns[3] < 0.0:
        return True
    touching = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0.0 and _between(*three) for turn, three in zip(turns, touching, strict=True))


def _turn(a: Floats, b: Floats, c: Floats) -> float:
    """Twice the signed area of a triangle; what rounding leaves of nothing is nothing."""
    value = float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
    scale = float(np.abs(b - a).max() * np.abs(c - a).max())
    return 0.0 if abs(value) <= 1e-12 * scale else value


def _between(a: Floats, b: Floats, p: Floats) -> bool:
    return bool((np.minimum(a, b) <= p).all() and (p <= np.maximum(a, b)).all())


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Edges (E,) from (x, y) up or down to `stop_y`, with so many pixels to the right for each one down."""

    x: Floats
    y: Floats
    stop_y: Floats
    slope: Floats

    @classmethod
    def of(cls, start: Floats, stop: Floats) -> Self:
        """Edges from (E, 2) to (E, 2)."""
        rise = stop[:, 1] - start[:, 1]
        slope = (stop[:, 0] - start[:, 0]) / np.where(rise == 0.0, 1.0, rise)
        return cls(start[:, 0].copy(), start[:, 1].copy(), stop[:, 1].copy(), slope)

    def right_of(self, x: Floats, y: Floats) -> Bools:
        """(P, E) whether a ray from each point, (P, 1) or (P, E), to the right crosses each edge.

        A point is in a polygon whose edges it crosses an odd number of times (M. Shimrat, "Algorithm 112: Position of
        point relative to polygon", Communications of the ACM 5(8), 1962).
        """
        spans = (self.y > y) != (self.stop_y > y)
        crossed: Bools = spans & (x - self.x < (y - self.y) * self.slope)
        return crossed


def in_polygon(points: Floats, corners: Floats) -> Bools:
    """(P,) which points (P, 2) a polygon (K, 2) encloses."""
    crossed = Edges.of(corners, np.roll(corners, -1, axis=0)).right_of(points[:, :1], points[:, 1:])
    odd: Bools = np.logical_xor.reduce(crossed, axis=1)
    return odd


def border_distance(points: Floats, corners: Floats) -> Floats:
    """(P,) pixels from points (P, 2) to the nearest place on a polygon's border (K, 2)."""
    distance: Floats = segment_distance(points, corners, np.roll(corners, -1, axis=0)).min(axis=1)
    return distance


def segment_distance(points: Floats, start: Floats, stop: Floats) -> Floats:
    """(P, E) pixels from points (P, 2) to segments (E, 2) to (E, 2), or (P, E, 2) each, which may have no length."""
    along = stop - start
    squared = (along**2).sum(axis=-1)
    offset = points[:, None, :] - start
    share = (offset * along).sum(axis=2) / np.where(squared == 0.0, 1.0, squared)
    nearest = offset - share.clip(0.0, 1.0)[..., None] * along
    distance: Floats = np.sqrt((nearest**2).sum(axis=2))
    return distance


def deepest(corners: Floats) -> float:
    """About how far from its border one can be in a polygon (K, 2): the farthest of a grid of points in it."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    steps = (np.arange(GRID) + 0.5) / GRID
    x, y = np.meshgrid(low[0] + steps * (high[0] - low[0]), low[1] + steps * (high[1] - low[1]))
    points = np.column_stack((x.ravel(), y.ravel()))
    inside = points[in_polygon(points, corners)]
    return float(border_distance(inside, corners).max()) if len(inside) else 0.0
