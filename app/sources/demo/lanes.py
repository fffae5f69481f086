"""The ways over a street and how busy each is."""

from dataclasses import dataclass

import numpy as np

from app.sources.demo.ground import Ground
from app.sources.demo.view import View

CLASSES = ("person", "car", "cyclist")
"""What the demo camera shows; `class_id` is the place in this tuple."""

PERSON, CAR, CYCLIST = range(3)

CYCLE_S = 40.0
"""One turn of the lights at the zebra crossing: first the wheels, then the feet."""

WHEELS_S = 27.0
FEET_START_S = 31.0
FEET_S = 4.5

Corner = tuple[float, float]
Way = tuple[Corner, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """A way through `corners` (metres) that somebody takes about every `period_s` seconds while it is open.

    Objects pass the point `anchor` only in the open part of each cycle, `open_s` long and starting at `opens_s`.
    """

    class_id: int
    corners: Way
    anchor: Corner
    period_s: float
    chance: float
    speed_mps: float
    speed_spread: float = 0.0
    spread_m: float = 0.0
    wander_m: float = 0.0
    pair_chance: float = 0.0
    opens_s: float = 0.0
    open_s: float = CYCLE_S

    @property
    def longest_s(self) -> float:
        """More than the longest time that one object can be on this way."""
        legs = np.diff(np.asarray(self.corners), axis=0)
        return 1.3 * float(np.linalg.norm(legs, axis=1).sum()) / (self.speed_mps * (1.0 - self.speed_spread))

    def passing_time(self, slot: int, jitter: float) -> float:
        """When the object of a slot passes the anchor; `jitter` in 0..1 moves it within its slot."""
        cycle, phase = divmod((slot + 0.55 * jitter) * self.period_s, self.open_s)
        return cycle * CYCLE_S + self.opens_s + phase

    def slot_at(self, time_s: float) -> int:
        """The slot whose turn it is."""
        cycle, phase = divmod(time_s - self.opens_s, CYCLE_S)
        return int((cycle * self.open_s + min(phase, self.open_s)) // self.period_s)


def lay_lanes(ground: Ground, view: View, density: float, rng: np.random.Generator) -> tuple[Lane, ...]:
    """The lanes of a street: two for cars, two for bicycles, four along the pavements and three over the crossing."""
    scarce = 1.0 / density
    road = ground.road_far - ground.road_near
    lanes = []
    for side, y in ((1, ground.road_near + 0.32 * road), (-1, ground.road_near + 0.68 * road)):
        way = _straight(view, y, side, 7.0)
        lanes.append(_wheels(CAR, way, ground, 4.2, rng.uniform(5.5, 8.0), rng.uniform(0.6, 0.95)))
    for side, y in ((1, ground.road_near + 0.6), (-1, ground.road_far - 0.6)):
        way = _straight(view, y, side, 3.0)
        lanes.append(_wheels(CYCLIST, way, ground, 6.0, rng.uniform(3.4, 4.6), rng.uniform(0.5, 0.9)))
    for near, pace in ((True, 10.0), (False, 9.0)):
        y = ground.walk(near)
        for side in (1, -1):
            corners = _straight(view, y + 0.45 * side, side, 2.0)
            lanes.append(_feet(corners, (ground.crossing_x, y), pace * scarce * rng.uniform(0.8, 1.3)))
    for corners in _crossings(ground, view):
        anchor = (ground.crossing_x, (ground.road_near + ground.road_far) / 2)
        lanes.append(_feet(corners, anchor, FEET_S * rng.uniform(0.5, 1.0) * scarce, FEET_START_S, FEET_S))
    return tuple(lanes)


def _wheels(class_id: int, way: Way, ground: Ground, period: float, speed: float, chance: float) -> Lane:
    return Lane(class_id, way, (ground.crossing_x, way[0][1]), period, chance, speed, open_s=WHEELS_S)


def _feet(way: Way, anchor: Corner, period: float, opens: float = 0.0, length: float = CYCLE_S) -> Lane:
    return Lane(PERSON, way, anchor, period, 0.8, 1.3, 0.22, 0.35, 0.12, 0.25, opens, length)


def _straight(view: View, y: float, side: int, margin: float) -> Way:
    """From beyond one border to beyond the other at constant y; `side` 1 goes to the right."""
    left, right = view.street_x(y, 0.0) - margin, view.street_x(y, view.width) + margin
    return ((left, y), (right, y)) if side > 0 else ((right, y), (left, y))


def _crossings(ground: Ground, view: View) -> list[Way]:
    """Over the zebra towards the camera and out below, from the near pavement to the far one, and from far to near."""
    far, near, x = ground.walk(False), ground.walk(True), ground.crossing_x
    far_left, far_right = _straight(view, far, 1, 2.0)
    near_left, near_right = _straight(view, near, 1, 2.0)
    under = (x + 0.5, 0.42 * ground.road_near)
    return [
        (far_left, (x - 0.4, far), (x - 0.4, near), under),
        (near_right, (x + 0.8, near), (x + 0.8, far), far_right),
        (far_right, (x, far), (x, near), near_left),
    ]
