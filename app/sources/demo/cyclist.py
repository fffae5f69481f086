"""A cyclist: turning pedals, a bent back and two open wheels."""

from dataclasses import dataclass
from math import copysign, cos, hypot, pi, sin, sqrt

import numpy as np

from app.sources.demo.figure import Colour, Figure, capsules, disc
from app.sources.demo.outfit import Outfit, darker, dress
from app.sources.demo.person import Limb

WHEEL_M = 0.34
TYRE: Colour = (38, 36, 36)
GEAR_M = 4.2
"""The way travelled in one turn of the pedals."""

FRAMES: tuple[Colour, ...] = (
    (40, 40, 190),
    (170, 90, 30),
    (60, 60, 60),
    (70, 160, 60),
    (60, 190, 230),
    (200, 200, 200),
)


@dataclass(frozen=True, slots=True)
class Rider:
    """The looks of one rider and bicycle; `helmet` is None for a bare head."""

    outfit: Outfit
    frame: Colour
    helmet: Colour | None


def mount(looks: int) -> Rider:
    """The rider that belongs to a seed."""
    rng = np.random.default_rng(looks + 1)
    frame, helmet = FRAMES[int(rng.integers(len(FRAMES)))], FRAMES[int(rng.integers(len(FRAMES)))]
    return Rider(dress(looks), frame, helmet if rng.random() < 0.7 else None)


def ride(rider: Rider, travelled_m: float, along: float) -> Figure:
    """The figure in local metres, origin on the ground between the wheels; `along` is how much it heads right."""
    squeeze = copysign(max(abs(along), 0.2), along)
    turn = 2 * pi * travelled_m / GEAR_M
    limbs = capsules([*_leg(turn + pi), *_bicycle(), *_body(), *_leg(turn)]) * (squeeze, 1.0)
    figure, outfit = Figure(), rider.outfit
    leg, shoe = outfit.bottom, darker(outfit.shoes, 0.7)
    for number, colour in enumerate((darker(leg), darker(leg), darker(shoe))):
        figure.add(colour, limbs[number])
    for u in (-0.52, 0.52):
        figure.add(TYRE, *(disc(u * squeeze, WHEEL_M, r, abs(squeeze)) for r in (WHEEL_M, WHEEL_M - 0.055)))
        figure.add((120, 120, 120), disc(u * squeeze, WHEEL_M, 0.05, abs(squeeze)))
    for number in range(3, 9):
        figure.add(rider.frame, limbs[number])
    colours = (outfit.top, outfit.top if outfit.sleeves else outfit.skin, outfit.skin, rider.helmet or outfit.hair)
    for number, colour in enumerate(colours):
        figure.add(colour, limbs[9 + number])
    for number, colour in enumerate((leg, leg, shoe)):
        figure.add(colour, limbs[13 + number])
    return figure


def _bicycle() -> list[Limb]:
    """Seat tube, down tube, top tube, chain stay, fork and handlebar."""
    rear, front, pedal, seat, head = (-0.52, WHEEL_M), (0.52, WHEEL_M), (-0.05, 0.3), (-0.2, 0.9), (0.38, 0.88)
    ways = ((pedal, seat), (pedal, head), (seat, head), (rear, seat), (front, head), (head, (0.44, 1.02)))
    return [(*start, *end, 0.028, 0.028) for start, end in ways]


def _body() -> list[Limb]:
    """Trunk, arm, head and helmet or hair."""
    return [
        (-0.18, 1.0, 0.14, 1.42, 0.14, 0.15),
        (0.17, 1.42, 0.43, 1.04, 0.055, 0.042),
        (0.26, 1.62, 0.28, 1.66, 0.09, 0.1),
        (0.22, 1.71, 0.30, 1.73, 0.09, 0.075),
    ]


def _leg(turn: float) -> list[Limb]:
    """Thigh, shin and shoe from the hip over a knee in front to the pedal."""
    hip_u, hip_v, foot_u, foot_v = -0.16, 0.98, -0.05 + 0.17 * cos(turn), 0.32 - 0.17 * sin(turn)
    u, v = foot_u - hip_u, foot_v - hip_v
    reach = hypot(u, v)
    bulge = sqrt(max(0.44**2 - (reach / 2) ** 2, 0.0)) / reach
    knee = (hip_u + u / 2 - bulge * v, hip_v + v / 2 + bulge * u)
    return [
        (hip_u, hip_v, *knee, 0.09, 0.066),
        (*knee, foot_u, foot_v, 0.062, 0.045),
        (foot_u, foot_v, foot_u + 0.14, foot_v - 0.02, 0.042, 0.034),
    ]
