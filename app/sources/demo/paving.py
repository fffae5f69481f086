"""The ground of the street: pavements with slabs, the road with its marks and the zebra crossing."""

from typing import Protocol

import cv2
import numpy as np

from app.sources.demo.figure import Colour, Image, fill
from app.sources.demo.ground import Ground
from app.sources.demo.view import View

ASPHALT: Colour = (98, 96, 94)
MARK: Colour = (212, 216, 218)
KERB: Colour = (176, 178, 180)


class Strip(Protocol):
    """Paints a rectangle of the ground."""

    def __call__(self, y1: float, y2: float, colour: Colour, x1: float = ..., x2: float = ...) -> None:
        """Paints from y1 to y2 and from x1 to x2, the whole street by default."""


def paint_ground(day: Image, view: View, ground: Ground, rng: np.random.Generator) -> None:
    """Paints all of the ground in front of the houses."""
    left = min(view.street_x(y, 0.0) for y in (2.0, ground.walk_far)) - 3.0
    right = max(view.street_x(y, view.width) for y in (2.0, ground.walk_far)) + 3.0
    tone = rng.uniform(0.92, 1.08)
    slab: Colour = (168 * tone, 174 * tone, 180 * tone)

    def strip(y1: float, y2: float, colour: Colour, x1: float = left, x2: float = right) -> None:
        corners = view.polygon([(x1, y1, 0), (x2, y1, 0), (x2, y2, 0), (x1, y2, 0)])
        if len(corners):
            fill(day, corners, colour)

    strip(0.6, ground.road_near, slab)
    strip(ground.road_far, ground.walk_far, slab)
    for start, end in ((2.0, ground.road_near), (ground.road_far, ground.walk_far)):
        _slabs(strip, (left, right), start, end, (148 * tone, 154 * tone, 160 * tone))
    strip(ground.road_near, ground.road_far, ASPHALT)
    _speckle(day, view, ground, rng)
    strip(ground.road_near - 0.22, ground.road_near, KERB)
    strip(ground.road_far, ground.road_far + 0.22, KERB)
    strip(ground.road_far - 0.1, ground.road_far, (60.0, 60.0, 60.0))
    for y in (ground.road_near + 1.25, ground.road_far - 1.25):
        strip(y - 0.05, y + 0.05, MARK)
    middle, x = (ground.road_near + ground.road_far) / 2, left
    while x < right:
        if abs(x + 0.8 - ground.crossing_x) > 3.2:
            strip(middle - 0.07, middle + 0.07, MARK, x, x + 1.6)
        x += 3.6
    y = ground.road_near + 0.3
    while y + 0.5 < ground.road_far:
        strip(y, y + 0.5, MARK, ground.crossing_x - 1.5, ground.crossing_x + 1.5)
        y += 1.0


def _slabs(strip: Strip, span: tuple[float, float], start: float, end: float, joint: Colour) -> None:
    """The joints between slabs of a pavement, one by one metre."""
    y = start
    while y < end:
        strip(y - 0.02, y + 0.02, joint)
        y += 1.0
    x = span[0]
    while x < span[1]:
        strip(start, end, joint, x - 0.015, x + 0.015)
        x += 1.0


def _speckle(day: Image, view: View, ground: Ground, rng: np.random.Generator) -> None:
    """Grit in the asphalt."""
    top, low = (int(view.project(np.array(((0.0, y, 0.0),)))[0, 1]) for y in (ground.road_far, ground.road_near))
    rows = day[max(top - view.height // 8, 0) : low + view.height // 8]
    grit = cv2.GaussianBlur(rng.standard_normal(rows.shape[:2], dtype=np.float32) * 9, (0, 0), 0.8)
    dark = cv2.inRange(rows, (80, 80, 80), (103, 103, 103)) > 0
    rows[dark] = np.clip(rows[dark] + grit[dark][:, None], 0, 255)
