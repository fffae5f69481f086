"""A car: a body and a cabin pushed out across their profile, seen in true perspective."""

from dataclasses import dataclass
from math import cos, sin

import numpy as np

from app.sources.demo.figure import ROUND, Colour, Figure
from app.sources.demo.outfit import darker
from app.sources.demo.view import Points, View

GLASS: Colour = (95, 82, 70)
TYRE: Colour = (34, 32, 32)
HUB: Colour = (165, 165, 165)
TAIL_LAMP: Colour = (60, 60, 220)
HEAD_LAMP: Colour = (200, 240, 250)
PAINTS: tuple[Colour, ...] = (
    (45, 45, 185), (165, 85, 35), (215, 215, 215), (60, 58, 58), (150, 150, 150), (60, 175, 225), (70, 120, 60),
    (110, 60, 80), (200, 190, 150), (70, 90, 150),
)  # fmt: skip

CABIN_WIDTH = 0.86
"""The cabin is narrower than the body by this factor."""

Profile = tuple[tuple[float, float], ...]
"""Corners (metres forward, metres up) from the rear over the top to the front."""


@dataclass(frozen=True, slots=True)
class Model:
    """The outline of a kind of car; windows are bands of the cabin's length."""

    body: Profile
    cabin: Profile
    windows: tuple[tuple[float, float], ...]
    axle: float
    half_width: float


SALOON = Model(
    ((-2.1, 0.3), (-2.2, 0.6), (-2.1, 0.94), (1.1, 0.96), (2.0, 0.84), (2.2, 0.6), (2.15, 0.3)),
    ((-1.75, 0.93), (-1.15, 1.42), (0.4, 1.44), (1.2, 0.94)), ((0.14, 0.48), (0.54, 0.86)), 1.35, 0.87,
)  # fmt: skip
HATCH = Model(
    ((-1.8, 0.3), (-1.88, 0.6), (-1.8, 0.98), (0.95, 1.0), (1.7, 0.86), (1.9, 0.6), (1.85, 0.3)),
    ((-1.72, 0.96), (-1.4, 1.5), (0.2, 1.52), (1.0, 0.98)), ((0.1, 0.46), (0.52, 0.86)), 1.15, 0.85,
)  # fmt: skip
VAN = Model(
    ((-2.4, 0.32), (-2.45, 0.7), (-2.42, 1.1), (1.7, 1.12), (2.2, 1.0), (2.4, 0.65), (2.35, 0.32)),
    ((-2.42, 1.08), (-2.38, 2.05), (1.1, 2.05), (1.75, 1.1)), ((0.66, 0.9),), 1.5, 0.95,
)  # fmt: skip
MODELS = (SALOON, SALOON, HATCH, HATCH, VAN)

BODY, CABIN, WHEEL = len(SALOON.body), len(SALOON.cabin), len(ROUND)


@dataclass(frozen=True, slots=True, eq=False)
class Car:
    """One car: its paint, its windows and its corners (P, 3) seen from the left and from the right."""

    paint: Colour
    windows: tuple[tuple[float, float], ...]
    from_left: Points
    from_right: Points


def build(looks: int) -> Car:
    """The car that belongs to a seed."""
    rng = np.random.default_rng(looks)
    blue, green, red = PAINTS[int(rng.integers(len(PAINTS)))]
    shade = rng.uniform(0.85, 1.15)
    model = MODELS[int(rng.integers(len(MODELS)))]
    return Car((blue * shade, green * shade, red * shade), model.windows, _corners(model, 1.0), _corners(model, -1.0))


def _corners(model: Model, side: float) -> Points:
    """Corners in metres (forward, left, up) in the order in which `drive` paints them; `side` faces the camera."""
    near = side * model.half_width
    wheels = [
        (u + radius * c, across, 0.33 + radius * s)
        for across, radius in ((-near, 0.33), (near, 0.33), (near, 0.19))
        for u in (-model.axle, model.axle)
        for c, s in ROUND
    ]
    body = [(u, across, z) for across in (-near, near) for u, z in model.body]
    cabin = [(u, across * CABIN_WIDTH, z) for across in (-near, near) for u, z in model.cabin]
    lamps = [
        (end + shift, near, z)
        for end, length in ((model.body[1][0], 0.14), (model.body[-2][0], -0.2))
        for shift, z in ((0.0, 0.62), (0.0, 0.76), (length, 0.78), (length, 0.64))
    ]
    return np.array((*body, *cabin, *lamps, *wheels))


def drive(car: Car, view: View, x: float, y: float, heading: float) -> Figure:
    """The figure in pixels at a place and heading."""
    ahead, across = cos(heading), sin(heading)
    local = car.from_left if across * x - ahead * y > 0 else car.from_right
    world = np.empty_like(local)
    world[:, 0] = local[:, 0] * ahead - local[:, 1] * across + x
    world[:, 1] = local[:, 0] * across + local[:, 1] * ahead + y
    world[:, 2] = local[:, 2]
    points = view.project(world)
    body, points = points[: 2 * BODY], points[2 * BODY :]
    cabin, points = points[: 2 * CABIN], points[2 * CABIN :]
    lamps, wheels = points[:8], points[8:].reshape(-1, WHEEL, 2)
    figure = Figure()
    figure.add(TYRE, wheels[0])
    figure.add(TYRE, wheels[1])
    _shell(figure, body, car.paint, ())
    _shell(figure, cabin, car.paint, (0, CABIN - 2))
    for start, end in car.windows:
        figure.add(GLASS, _pane(cabin[CABIN:], start, end))
    for number, colour in ((2, TYRE), (3, TYRE), (4, HUB), (5, HUB)):
        figure.add(colour, wheels[number])
    figure.add(TAIL_LAMP, lamps[:4], glow=True)
    figure.add(HEAD_LAMP, lamps[4:], glow=True)
    return figure


def _shell(figure: Figure, corners: Points, paint: Colour, panes: tuple[int, ...]) -> None:
    """Adds the visible faces of a profile pushed out: `corners` are its far outline, then its near one."""
    count = len(corners) // 2
    far, near = corners[:count], corners[count:]
    one, other = far[1:] - near[:-1], far[:-1] - near[1:]
    turns = (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).tolist()
    outline = _turn(near)
    rise = np.abs(near[1:] - near[:-1]).tolist()
    for i in range(count - 1):
        if turns[i] * outline < 0:
            colour = GLASS if i in panes else darker(paint, 0.82 if rise[i][1] > 0.5 * rise[i][0] else 1.12)
            figure.add(colour, np.concatenate((near[i : i + 2], far[i + 1 : i - 1 if i else None : -1])))
    figure.add(darker(paint, 0.94), near)


def _turn(outline: Points) -> float:
    """Positive or negative as a convex outline turns."""
    one, other = outline[2] - outline[0], outline[-1] - outline[1]
    return float(one[0] * other[1] - one[1] * other[0])


def _pane(outline: Points, start: float, end: float) -> Points:
    """A side window between two shares of the cabin's length, below the roof and above the sill."""
    rear, top_rear, top_front, front = outline
    share, up = np.array(((start,), (start,), (end,), (end,))), np.array(((0.12,), (0.86,), (0.86,), (0.12,)))
    low, high = rear + (front - rear) * share, top_rear + (top_front - top_rear) * share
    return np.asarray(low + (high - low) * up)
