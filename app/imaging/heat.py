"""Where tracks spent their time: seconds on a grid, smoothed, in colours.

A place's value is the time that was spent around it, weighted by distance with a Gaussian of height 1: whoever stands
still for 10 s leaves 10 there. That is the density of time per area (a kernel density estimate; B. W. Silverman,
"Density Estimation for Statistics and Data Analysis", 1986, section 4.2) times the area of a circle of radius
sqrt(2) sigma, so "seconds within" that radius.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from app.imaging.layers import Layer
from app.paths import PathPoints

GRID_SIDE = 640  # cells along the longer side at most: what is smooth needs no more
SIGMA = 0.011  # of the longer side
COLOURS = cv2.COLORMAP_PLASMA  # perceptually uniform (N. Smith, S. van der Walt, for Matplotlib, 2015)
MOST_PIECES = 1 << 17  # of ways at once: tracks that leap across the picture must not take gigabytes
GAMMA = 0.5  # of the scale: who passes shows beside who stands
FAINTEST = 0.08  # of the scale: below it nothing is drawn
FULL_AT = 0.45
OPACITY = 0.88

Grid = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """Seconds spent around every place.

    Attributes:
        seconds: (H, W) float64, the grid over the whole picture; before smoothing they add up to `total_s`.
        top_s: the largest of them.
        total_s: the time that all tracks spent in the picture.
        radius: of the circle within which time counts for a place, in pixels of the full image.
    """

    seconds: Grid
    top_s: float
    total_s: float
    radius: float


def heat_of(points: PathPoints, size: tuple[int, int]) -> Heat:
    """The heat of tracks whose feet were at `points`, in an image of (width, height) `size`."""
    cell = max(size) / min(max(size), GRID_SIDE)
    shape = max(1, round(size[1] / cell)), max(1, round(size[0] / cell))
    sigma = max(1.0, SIGMA * max(shape))
    spent = spent_on_grid(points, shape, cell)
    seconds = smoothed(spent, sigma) * (2 * math.pi * sigma**2)
    return Heat(seconds, float(seconds.max()), float(spent.sum()), math.sqrt(2) * sigma * cell)


def spent_on_grid(points: PathPoints, shape: tuple[int, int], cell: float) -> Grid:
    """Seconds in each cell of a grid of `shape` (rows, columns) whose cells are `cell` pixels wide.

    Between two points a track goes straight. Feet beyond the border count for the cell at the border.
    """
    order = np.argsort(points.track_id, kind="stable")
    feet = np.column_stack([points.x, points.y])[order].astype(np.float64) / cell
    same = points.track_id[order][1:] == points.track_id[order][:-1]
    goes_on = same & ~points.begins[order][1:]
    way = np.zeros_like(feet)
    way[:-1][goes_on] = np.diff(feet, axis=0)[goes_on]
    # Time is shared out evenly along the way, a piece to a cell.
    pieces = np.clip(np.ceil(np.hypot(way[:, 0], way[:, 1])), 1, GRID_SIDE).astype(np.int64)
    spent = np.zeros(shape[0] * shape[1])
    for some in _parts(pieces):
        spent += _spent(feet[some], way[some], pieces[some], points.held_s[order[some]], shape)
    return spent.reshape(shape)


def _parts(pieces: NDArray[np.int64]) -> Iterator[slice]:
    """Points with about `MOST_PIECES` each."""
    ends = np.cumsum(pieces)
    cuts = np.searchsorted(ends, np.arange(0, pieces.sum(), MOST_PIECES))
    yield from (slice(*edges) for edges in pairwise([*cuts.tolist(), len(pieces)]))


def _spent(feet: Grid, way: Grid, pieces: NDArray[np.int64], held_s: Grid, shape: tuple[int, int]) -> Grid:
    """Seconds in each cell, row by row, of ways (K, 2) that begin at `feet` (K, 2), cut into `pieces` (K,)."""
    start = np.repeat(np.arange(len(pieces)), pieces)
    number = np.arange(len(start)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    places = feet[start] + way[start] * ((number + 0.5) / pieces[start])[:, None]
    cells = np.clip(np.floor(places), 0, np.array(shape[::-1]) - 1).astype(np.int64)
    seconds = held_s[start] / pieces[start]
    return np.asarray(np.bincount(cells[:, 1] * shape[1] + cells[:, 0], seconds, shape[0] * shape[1]), np.float64)


def smoothed(spent: Grid, sigma: float) -> Grid:
    """The grid under a Gaussian of `sigma` cells; what leaves at the border is gone, so that a place there counts no
    more than another."""
    reach = 2 * math.ceil(4 * sigma) + 1
    return np.asarray(cv2.GaussianBlur(spent, (reach, reach), sigma, borderType=cv2.BORDER_CONSTANT), np.float64)


def heat_layer(heat: Heat, size: tuple[int, int]) -> Layer:
    """The heat in colours over a picture of (width, height) `size`, transparent where nobody was."""
    share = heat.seconds / heat.top_s if heat.top_s > 0 else heat.seconds
    level = (share.clip(0.0, 1.0) ** GAMMA).astype(np.float32)
    level = np.asarray(cv2.resize(level, size, interpolation=cv2.INTER_LINEAR), np.float32)
    layer: Layer = _inks()[np.rint(level * 255).astype(np.uint8)]
    return layer


def _inks() -> Layer:
    """What each of 256 levels leaves on a layer, (256, 4)."""
    levels = np.linspace(0.0, 1.0, 256)
    alpha = np.clip((levels - FAINTEST) / (FULL_AT - FAINTEST), 0.0, 1.0) * OPACITY
    inks = np.column_stack([coloured(levels[None])[0] * alpha[:, None], alpha * 255])
    return np.asarray(np.rint(inks), np.uint8)


def coloured(level: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The (..., 3) BGR colours of levels from 0 to 1, of any two-dimensional shape."""
    return np.asarray(cv2.applyColorMap(np.rint(level * 255).astype(np.uint8), COLOURS), np.uint8)
