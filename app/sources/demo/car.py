"""A car: a body and a cabin pushed out across their profile, seen in true perspective."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.sources.demo.figure import ROUND, Colour, Figure
from app.sources.demo.person import darker
from app.sources.demo.view import Points, View

GLASS: Colour = (95, 82, 70)
TYRE: Colour = (34, 32, 32)
HUB: Colour = (165, 165, 165)
PAINTS: tuple[Colour, ...] = (
    (45, 45, 185), (165, 85, 35), (215, 215, 215), (60, 58, 58), (150, 150, 150), (60, 175, 225), (70, 120, 60),
    (110, 60, 80), (200, 190, 150), (70, 90, 150),
)  # fmt: skip

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


def build(looks: int) -> tuple[Model, Colour]:
    """The model and paint that belong to a seed."""
    rng = np.random.default_rng(looks)
    blue, green, red = PAINTS[int(rng.integers(len(PAINTS)))]
    shade = rng.uniform(0.85, 1.15)
    return MODELS[int(rng.integers(len(MODELS)))], (blue * shade, green * shade, red * shade)


def drive(model: Model, paint: Colour, view: View, place: tuple[float, float, float]) -> Figure:
    """The figure in pixels at place x, y and heading."""
    x, y, heading = place
    forward = np.array((np.cos(heading), np.sin(heading)))
    left = np.array((-forward[1], forward[0]))
    side = 1.0 if float(left @ (-x, -y)) > 0 else -1.0

    def project(points: Sequence[tuple[float, float, float]]) -> Points:
        local = np.asarray(points)
        world = np.empty_like(local)
        world[:, :2] = local[:, :1] * forward + local[:, 1:2] * left + (x, y)
        world[:, 2] = local[:, 2]
        return view.project(world)

    figure = Figure()
    near, far = side * model.half_width, -side * model.half_width
    wheels = [[(u + 0.33 * c, near, 0.33 + 0.33 * s) for c, s in ROUND] for u in (-model.axle, model.axle)]
    hubs = [[(u + 0.19 * c, near, 0.33 + 0.19 * s) for c, s in ROUND] for u in (-model.axle, model.axle)]
    axle_far = [[(u + 0.33 * c, far, 0.33 + 0.33 * s) for c, s in ROUND] for u in (-model.axle, model.axle)]
    for wheel in axle_far:
        figure.add(TYRE, project(wheel))
    _shell(figure, project([*_ends(model.body, far), *_ends(model.body, near)]), paint, ())
    inset = 0.86
    cabin = project([*_ends(model.cabin, far * inset), *_ends(model.cabin, near * inset)])
    _shell(figure, cabin, paint, (0, len(model.cabin) - 2))
    for start, end in model.windows:
        figure.add(GLASS, _pane(cabin[len(model.cabin) :], start, end))
    for wheel, hub in zip(wheels, hubs, strict=True):
        figure.add(TYRE, project(wheel))
        figure.add(HUB, project(hub))
    tail, nose = model.body[1][0], model.body[-2][0]
    figure.add((60, 60, 220), project(_lamp(tail, 0.14, near)), glow=True)
    figure.add((200, 240, 250), project(_lamp(nose, -0.2, near)), glow=True)
    return figure


def _ends(profile: Profile, across: float) -> list[tuple[float, float, float]]:
    return [(u, across, z) for u, z in profile]


def _lamp(end: float, length: float, across: float) -> list[tuple[float, float, float]]:
    return [(end, across, 0.62), (end, across, 0.76), (end + length, across, 0.78), (end + length, across, 0.64)]


def _shell(figure: Figure, corners: Points, paint: Colour, panes: tuple[int, ...]) -> None:
    """Adds the visible faces of a profile pushed out: `corners` are its far outline, then its near one."""
    count = len(corners) // 2
    far, near = corners[:count], corners[count:]
    outline = _area(near)
    for i in range(count - 1):
        strip = np.stack((near[i], near[i + 1], far[i + 1], far[i]))
        if _area(strip) * outline < 0:
            upright = abs(near[i + 1][1] - near[i][1]) > 0.5 * abs(near[i + 1][0] - near[i][0])
            colour = GLASS if i in panes else darker(paint, 0.82 if upright else 1.12)
            figure.add(colour, strip)
    figure.add(darker(paint, 0.94), near)


def _area(polygon: Points) -> float:
    x, y = polygon[:, 0], polygon[:, 1]
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


def _pane(outline: Points, start: float, end: float) -> Points:
    """A side window between two shares of the cabin's length, below the roof and above the sill."""
    rear, top_rear, top_front, front = outline

    def at(share: float, up: float) -> Points:
        low, high = rear + (front - rear) * share, top_rear + (top_front - top_rear) * share
        point: Points = low + (high - low) * up
        return point

    return np.stack((at(start, 0.12), at(start, 0.86), at(end, 0.86), at(end, 0.12)))
