"""House fronts along the far pavement: windows, doors and shops."""

from typing import Protocol

import numpy as np

from app.sources.demo.figure import Colour, Image, fill
from app.sources.demo.ground import Building, Ground
from app.sources.demo.outfit import darker
from app.sources.demo.view import View

DEPTH_M = 7.0
PANE: Colour = (150, 130, 105)
WARM: Colour = (70, 150, 205)
AWNINGS: tuple[Colour, ...] = ((50, 50, 170), (60, 120, 60), (150, 80, 40), (40, 140, 200), (120, 50, 110))


class Face(Protocol):
    """Paints a rectangle of the front, `out` metres before the wall."""

    def __call__(
        self, x1: float, x2: float, z1: float, z2: float, colour: Colour, out: float = 0.0, image: Image = ...
    ) -> None:
        """Paints from x1 to x2 and from height z1 to z2."""


def paint_house(day: Image, lights: Image, view: View, ground: Ground, house: Building) -> None:
    """Paints one house, and its lit windows into `lights`."""
    rng = np.random.default_rng(house.style)
    y = ground.walk_far

    def face(x1: float, x2: float, z1: float, z2: float, colour: Colour, out: float = 0.0, image: Image = day) -> None:
        corners = view.polygon([(x1, y - out, z1), (x1, y - out, z2), (x2, y - out, z2), (x2, y - out, z1)])
        if len(corners):
            fill(image, corners, colour)

    for x in (house.left, house.right):
        side = view.polygon([(x, y, 0), (x, y, house.height), (x, y + DEPTH_M, house.height), (x, y + DEPTH_M, 0)])
        if len(side):
            fill(day, side, darker(house.wall, 0.62))
            fill(lights, side, (0.0, 0.0, 0.0))
    face(house.left, house.right, 0.0, house.height, house.wall)
    face(house.left, house.right, 0.0, house.height, (0.0, 0.0, 0.0), image=lights)
    face(house.left - 0.15, house.right + 0.15, house.height - 0.35, house.height, darker(house.wall, 0.7), 0.1)
    face(house.left, house.right, 0.0, 0.5, darker(house.wall, 0.75))

    def window(x1: float, x2: float, z1: float, z2: float) -> None:
        face(x1 - 0.1, x2 + 0.1, z1 - 0.12, z2 + 0.1, (225.0, 228.0, 230.0))
        shade = rng.uniform(0.7, 1.15)
        face(x1, x2, z1, z2, (PANE[0] * shade, PANE[1] * shade, PANE[2] * shade))
        face((x1 + x2) / 2 - 0.03, (x1 + x2) / 2 + 0.03, z1, z2, (215.0, 218.0, 220.0))
        if rng.random() < 0.55:
            face(x1, x2, z1, z2, darker(WARM, rng.uniform(0.45, 0.8)), image=lights)

    columns = max(2, int((house.right - house.left) / 2.4))
    step = (house.right - house.left) / columns
    for floor in range(1, int((house.height - 0.6) / 2.9) + 1):
        for column in range(columns):
            x = house.left + (column + 0.5) * step
            if 2.9 * floor + 2.3 < house.height - 0.4:
                window(x - 0.5, x + 0.5, 2.9 * floor + 0.7, 2.9 * floor + 2.2)
    _ground_floor(face, lights, rng, house, columns, step)


def _ground_floor(
    face: Face, lights: Image, rng: np.random.Generator, house: Building, columns: int, step: float
) -> None:
    """A door, and either a shop with its awning or more windows."""
    door = int(rng.integers(columns))
    shop = rng.random() < 0.5
    awning = AWNINGS[int(rng.integers(len(AWNINGS)))]
    for column in range(columns):
        x = house.left + (column + 0.5) * step
        if column == door:
            face(x - 0.55, x + 0.55, 0.0, 2.3, darker(house.wall, 0.55))
            face(x - 0.45, x + 0.45, 0.0, 2.2, darker(awning, 0.7))
        elif shop:
            face(x - step * 0.42, x + step * 0.42, 0.45, 2.1, darker(PANE, 0.7))
            face(x - step * 0.42, x + step * 0.42, 0.45, 2.1, darker(WARM, 0.6), image=lights)
        else:
            face(x - 0.55, x + 0.55, 0.8, 2.2, (225.0, 228.0, 230.0))
            face(x - 0.45, x + 0.45, 0.9, 2.1, darker(PANE, 0.85))
    if shop:
        face(house.left + 0.2, house.right - 0.2, 2.35, 2.8, awning, 0.5)
        face(house.left + 0.2, house.right - 0.2, 2.25, 2.36, (225.0, 225.0, 225.0), 0.5)
