"""The ways that tracks took, drawn as lines that fade towards their beginning and end in an arrow."""

import math
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from app.imaging.draw import FARTHEST_PX, SUBPIXEL_BITS, Colour, colour_of
from app.imaging.layers import Layer
from app.imaging.lettering import extent, write
from app.paths import PathPoints

FAINTEST = 0.3
STEP = 2.0
BANDS = 8  # steps in which a line fades
CASING = 0.55  # opacity of the dark edge that sets lines apart from any picture
STILL_WIDTHS = 3.0  # a way shorter than so many line widths has no direction
NAMED_TRACKS = 60  # with more, numbers would hide the lines

Points = NDArray[np.float64]


def trajectory_layer(points: PathPoints, layer: Layer, scale: float, *, named: bool) -> None:
    """Draw the way of every track on a layer; `scale` is how many of its pixels one of the full image is.

    The older part of a way is fainter. A gap, in which the track was lost, is left open. `named` writes ids beside the
    arrows, where there are few enough.
    """
    width = max(2, round(min(layer.shape[:2]) / 360))
    ways = sorted((_coarse(way, scale) for way in points.by_track()), key=lambda way: float(way.pts[-1]))
    for opacity, thickness in ((CASING, width + 2), (1.0, width)):
        for way in ways:
            colour = (18, 16, 14) if opacity < 1 else colour_of(int(way.track_id[0]))
            _draw_way(layer, way, scale, colour, thickness, opacity)
    for way in ways:
        _draw_head(layer, way, scale, width)
    if named and len(ways) <= NAMED_TRACKS:
        _write_ids(layer, ways, scale, width)


def _coarse(way: PathPoints, scale: float) -> PathPoints:
    """The way without corners that lie within `STEP` pixels of the one before: the trembling of who stands."""
    corners = _corners(way, scale)
    walked = np.append(0.0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T)))
    kept = np.append(True, np.diff(np.floor(walked / STEP)) > 0) | way.begins
    kept[-1] = True
    return way.take(kept)


def _draw_way(layer: Layer, way: PathPoints, scale: float, colour: Colour, thickness: int, opacity: float) -> None:
    corners = _fixed(_corners(way, scale))
    begins = np.flatnonzero(way.begins).tolist()
    edges = sorted({0, *begins, *(round(band * len(way) / BANDS) for band in range(BANDS)), len(way)})
    for start, end in pairwise(edges):
        # A band reaches to the first point of the next one, unless the track was lost between them.
        last = end if end == len(way) or way.begins[end] else end + 1
        share = (start + end) / 2 / len(way)
        ink = _ink(colour, opacity * (FAINTEST + (1 - FAINTEST) * share))
        cv2.polylines(layer, [corners[start:last]], False, ink, thickness, cv2.LINE_AA, SUBPIXEL_BITS)


def _draw_head(layer: Layer, way: PathPoints, scale: float, width: int) -> None:
    """An arrow where the track was seen last, or a dot where it stood still."""
    corners = _corners(way, scale)
    tip, colour = corners[-1], _ink(colour_of(int(way.track_id[0])), 1.0)
    direction = _direction(corners, STILL_WIDTHS * width)
    if direction is None:
        centre = _fixed(tip[None])[0].tolist()
        radius = round(1.6 * width * (1 << SUBPIXEL_BITS))
        cv2.circle(layer, centre, radius, colour, cv2.FILLED, cv2.LINE_AA, SUBPIXEL_BITS)
        return
    length, half = 5.0 * width, 2.4 * width
    across = np.array([-direction[1], direction[0]])
    front = tip + direction * (length / 2)
    arrow = np.array([front, front - direction * length + across * half, front - direction * length - across * half])
    cv2.fillPoly(layer, [_fixed(arrow)], colour, cv2.LINE_AA, SUBPIXEL_BITS)


def _direction(corners: Points, least: float) -> Points | None:
    """Where the way goes at its end, a unit vector; None where it goes nowhere."""
    apart = corners[-1] - corners
    length = np.hypot(apart[:, 0], apart[:, 1])
    far = np.flatnonzero(length >= least)
    if not len(far):
        return None
    direction: Points = apart[far[-1]] / length[far[-1]]
    return direction


def _write_ids(layer: Layer, ways: Sequence[PathPoints], scale: float, width: int) -> None:
    """Ids beside the arrows, the newest first; none over another."""
    size = max(0.36, min(layer.shape[:2]) / 1600)
    taken = np.zeros(layer.shape[:2], np.bool_)
    for way in reversed(ways):
        text, tip = str(int(way.track_id[0])), _corners(way, scale)[-1]
        across, up = extent(text, size)
        x = max(2, round(min(tip[0] + 4 * width, layer.shape[1] - across - 2)))
        y = max(up + 2, round(min(tip[1] - 3 * width, layer.shape[0] - 3)))
        place = taken[y - up - 2 : y + 2, x - 2 : x + across + 2]
        if place.any():
            continue
        place[:] = True
        write(layer, text, (x, y), size)


def _corners(way: PathPoints, scale: float) -> Points:
    return np.column_stack([way.x, way.y]).astype(np.float64) * scale


def _fixed(points: Points) -> NDArray[np.int32]:
    # OpenCV's pixel (0, 0) is the middle of the first one, whose edges are at 0 and 1 in the coordinates of boxes.
    inside: Points = (points - 0.5).clip(-FARTHEST_PX, FARTHEST_PX)
    return np.rint(inside * (1 << SUBPIXEL_BITS)).astype(np.int32)


def _ink(colour: Sequence[int], opacity: float) -> tuple[int, int, int, int]:
    blue, green, red = (round(channel * opacity) for channel in colour)
    return blue, green, red, math.floor(255 * opacity)
