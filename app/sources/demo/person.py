"""A walking person: swinging legs and arms, clothes by chance, seen from the side, the front or behind."""

from math import cos, pi, sin

from app.sources.demo.figure import Figure, capsules
from app.sources.demo.outfit import Outfit, darker
from app.sources.demo.view import Points

STRIDE_M = 1.2
"""Two short steps of somebody 1.75 m tall."""

ARM_LAG = 3 * pi / 8
"""Arms swing this much before their leg, which keeps the outline of a walker about equally wide."""

TORSO, NECK, HEAD, CROWN, LONG_HAIR, SKIRT, BAG = range(7)

Limb = tuple[float, float, float, float, float, float]
"""Two points and the radius at each, in metres: u0, v0, u1, v1, r0, r1."""


def walk(outfit: Outfit, travelled_m: float, along: float, towards: float) -> Figure:
    """The figure in local metres after a distance, origin between the feet.

    `along` is the heading's share to the right in the picture, `towards` its share to the camera (negative: away).
    """
    size, girth, open_ = outfit.height / 1.75, outfit.girth, abs(towards)
    phase = 2 * pi * travelled_m / (STRIDE_M * size)
    legs = [_leg(phase + turn, along, 0.085 * open_ * side) for turn, side in ((pi, -1.0), (0.0, 1.0))]
    lift = -min(min(leg[1][3] for leg in legs), min(leg[2][1] for leg in legs)) + 0.035
    arms = [
        _arm(phase + turn, along, 0.2 * open_**3 * girth * side)
        for turn, side in ((ARM_LAG, -1.0), (ARM_LAG + pi, 1.0))
    ]
    shapes = capsules([*legs[0], *arms[0], *legs[1], *arms[1], *_trunk(girth, along, towards)]) * size
    shapes[:, :, 1] += lift * size
    return _assemble(outfit, shapes, towards)


def _trunk(girth: float, along: float, towards: float) -> list[Limb]:
    """What does not swing, in the order of TORSO to BAG."""
    open_ = abs(towards)
    lean, wide = 0.03 * along, (0.125 + 0.045 * open_) * girth
    back = lean - 0.17 * along
    return [
        (0.0, 0.92, lean, 1.32, wide * 0.92, wide),
        (lean, 1.40, lean, 1.54, 0.05, 0.05),
        (lean * 1.5, 1.585, lean * 1.5, 1.645, 0.092, 0.1),
        (lean - 0.02 * along, 1.66 if towards < 0.3 else 1.69, lean - 0.03 * along, 1.68, 0.1, 0.098),
        (lean - 0.05 * along, 1.66, lean - 0.07 * along, 1.42, 0.09, 0.075),
        (0.0, 0.95, 0.0, 0.62, wide * 0.95, wide * 1.25),
        (back, 1.02, back, 1.28, 0.1 + 0.06 * open_, 0.09 + 0.06 * open_),
    ]


def _leg(phase: float, along: float, side: float) -> list[Limb]:
    """Thigh, shin and shoe; the hip is at height 0.9."""
    swing = 0.3 * sin(phase)
    bend = 0.1 + 0.6 * max(0.0, cos(phase - 0.3)) ** 2
    knee = (side + 0.43 * sin(swing) * along, 0.9 - 0.43 * cos(swing))
    ankle = (knee[0] + 0.43 * sin(swing - bend) * along, knee[1] - 0.43 * cos(swing - bend))
    toe = (ankle[0] + 0.15 * along, ankle[1] - 0.03 + 0.1 * sin(min(0.0, swing - bend) * 0.4))
    return [(side, 0.9, *knee, 0.088, 0.066), (*knee, *ankle, 0.064, 0.048), (*ankle, *toe, 0.05, 0.036)]


def _arm(phase: float, along: float, side: float) -> list[Limb]:
    """Upper arm and forearm; the shoulder is at height 1.36."""
    swing = 0.45 * sin(phase)
    elbow = (side + 0.27 * sin(swing) * along, 1.36 - 0.27 * cos(swing))
    hand = (elbow[0] + 0.27 * sin(swing + 0.9) * along, elbow[1] - 0.27 * cos(swing + 0.9))
    return [(side, 1.36, *elbow, 0.055, 0.046), (*elbow, *hand, 0.044, 0.04)]


def _assemble(outfit: Outfit, shapes: Points, towards: float) -> Figure:
    """Colours the limbs and puts them in order: far side, trunk, near side."""
    figure = Figure()
    leg = outfit.skin if outfit.skirt else outfit.bottom
    lower = outfit.top if outfit.sleeves else outfit.skin
    far = (darker(leg), darker(leg), darker(outfit.shoes, 0.6), darker(outfit.top), darker(lower))
    near = (leg, leg, darker(outfit.shoes, 0.8), darker(outfit.top, 0.9), darker(lower, 0.95))
    for number in (3, 4, 0, 1, 2):
        figure.add(far[number], shapes[number])
    for number in (0, 1, 2):
        figure.add(near[number], shapes[5 + number])
    trunk = shapes[10:]
    if outfit.bag is not None and towards > -0.3:
        figure.add(outfit.bag, trunk[BAG])
    if outfit.skirt:
        figure.add(outfit.bottom, trunk[SKIRT])
    figure.add(outfit.skin, trunk[NECK])
    figure.add(outfit.top, trunk[TORSO])
    if outfit.bag is not None and towards <= -0.3:
        figure.add(outfit.bag, trunk[BAG])
    for number in (3, 4):
        figure.add(near[number], shapes[5 + number])
    _head(figure, outfit, trunk, towards)
    return figure


def _head(figure: Figure, outfit: Outfit, trunk: Points, towards: float) -> None:
    """Face and hair: from behind the hair covers the head."""
    behind = towards < -0.5
    if outfit.long_hair and not behind:
        figure.add(outfit.hair, trunk[LONG_HAIR])
    if not behind:
        figure.add(outfit.hair, trunk[CROWN])
    figure.add(outfit.hair if behind else outfit.skin, trunk[HEAD])
    if not behind:
        cap = trunk[CROWN].copy()
        floor = trunk[HEAD][:, 1].max() - 0.09
        cap[:, 1] = cap[:, 1].clip(min=floor)
        figure.add(outfit.hair, cap)
    elif outfit.long_hair:
        figure.add(outfit.hair, trunk[LONG_HAIR])
