"""Zones, lines and what they came to, drawn on a frame."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from app.counting_settings import CountingSettings
from app.imaging.decode import Image
from app.imaging.draw import FARTHEST_PX, FONT, SUBPIXEL_BITS, Colour
from app.wire import Counts, LineCount, ZoneCount

ZONE: Colour = (200, 190, 60)
LINE: Colour = (60, 170, 250)
INK: Colour = (20, 20, 20)
TINT = 0.18  # opacity of a zone; twice this while somebody is in it
ARROW = 0.06  # of the picture's shorter side


def draw_counts(image: Image, settings: CountingSettings, counts: Counts, size: tuple[int, int], scale: float) -> Image:
    """A copy of `image` (H, W, 3) BGR with zones tinted and lines with an arrow in their forward direction, each with
    its counts.

    `size` is (width, height) of the full image, `scale` how many pixels of `image` one of its pixels is.
    """
    canvas = image.copy()
    width = max(2, round(min(canvas.shape[:2]) / 400))
    zones = [
        (_pixels(zone.points, zone.unit, size, scale), name, count)
        for name, zone in settings.zones.items()
        if (count := counts.zones.get(name)) is not None
    ]
    lines = [
        (_pixels((line.start, line.end), line.unit, size, scale), name, crossed)
        for name, line in settings.lines.items()
        if (crossed := counts.lines.get(name)) is not None
    ]
    for corners, _, count in zones:
        _draw_zone(canvas, corners, TINT * (2 if count.occupancy else 1), width)
    for ends, _, _ in lines:
        cv2.polylines(canvas, [_fixed(ends)], False, LINE, width + 1, cv2.LINE_AA, SUBPIXEL_BITS)
    # Names after all shapes and arrows after all names: no line strikes out a count, and no count hides a direction.
    for corners, name, count in zones:
        top = corners[int(np.argmin(corners[:, 1]))]
        inwards = -1.0 if top[0] > corners[:, 0].mean() else 0.0
        _write(canvas, zone_text(name, count), top, (inwards, 0.0), ZONE)
    for ends, name, crossed in lines:
        behind = -_across(ends)
        _write(canvas, line_text(name, crossed), ends.mean(axis=0) + 2 * width * behind, behind / 2 - 0.5, LINE)
    for ends, _, _ in lines:
        _draw_arrow(canvas, ends, width)
    return canvas


def zone_text(name: str, count: ZoneCount) -> str:
    """A zone's counts in a few words."""
    return f"{name} {count.occupancy} | in {count.entered + count.appeared} out {count.exited + count.vanished}"


def line_text(name: str, count: LineCount) -> str:
    """A line's counts in a few words."""
    return f"{name} > {count.forward} < {count.backward}"


def _pixels(
    points: tuple[tuple[float, float], ...], unit: str, size: tuple[int, int], scale: float
) -> NDArray[np.float64]:
    given = np.array(points, np.float64) * (size if unit == "fractions" else 1.0)
    pixels: NDArray[np.float64] = (given * scale).clip(-FARTHEST_PX, FARTHEST_PX)
    return pixels


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint(points * (1 << SUBPIXEL_BITS)).astype(np.int32)


def _draw_zone(canvas: Image, corners: NDArray[np.float64], opacity: float, width: int) -> None:
    low = np.floor(corners.min(axis=0)).astype(int).clip(0)
    high = np.ceil(corners.max(axis=0)).astype(int).clip(0)
    part = canvas[low[1] : high[1] + 1, low[0] : high[0] + 1]
    if part.size:
        tinted = part.copy()
        cv2.fillPoly(tinted, [_fixed(corners - low)], ZONE, cv2.LINE_AA, SUBPIXEL_BITS)
        cv2.addWeighted(tinted, opacity, part, 1.0 - opacity, 0.0, dst=part)
    cv2.polylines(canvas, [_fixed(corners)], True, ZONE, width, cv2.LINE_AA, SUBPIXEL_BITS)


def _across(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """The unit vector (2,) to the right of a line: forward."""
    along = ends[1] - ends[0]
    return np.array((-along[1], along[0])) / max(float(np.hypot(*along)), 1e-9)


def _draw_arrow(canvas: Image, ends: NDArray[np.float64], width: int) -> None:
    foot = ends[0] + 0.25 * (ends[1] - ends[0])
    tip = foot + _across(ends) * ARROW * min(canvas.shape[:2])
    start, stop = (tuple(point.tolist()) for point in _fixed(np.array((foot, tip))))
    cv2.arrowedLine(canvas, start, stop, LINE, width + 1, cv2.LINE_AA, SUBPIXEL_BITS, tipLength=0.4)


def _write(canvas: Image, text: str, at: NDArray[np.float64], shift: Iterable[float], colour: Colour) -> None:
    """A label with its upper left corner at a point, shifted by shares of its own width and height, in the picture."""
    size = max(0.32, min(canvas.shape[:2]) / 1800)
    stroke = max(1, round(size * 1.6))
    (width, height), _ = cv2.getTextSize(text, FONT, size, stroke)
    pad = max(2, height // 3)
    box = width + 2 * pad, height + 2 * pad
    right, down = shift
    x = round(min(max(0.0, float(at[0]) + right * box[0]), max(0, canvas.shape[1] - box[0])))
    y = round(min(max(0.0, float(at[1]) + down * box[1]), max(0, canvas.shape[0] - box[1])))
    cv2.rectangle(canvas, (x, y), (x + box[0], y + box[1]), colour, cv2.FILLED)
    cv2.putText(canvas, text, (x + pad, y + pad + height), FONT, size, INK, stroke, cv2.LINE_AA)
