"""What people look like: size, skin, hair and clothes by chance."""

from dataclasses import dataclass

import numpy as np

from app.sources.demo.figure import Colour

SKIN: tuple[Colour, ...] = ((150, 180, 225), (120, 155, 205), (85, 120, 170), (55, 80, 120), (40, 58, 88))
HAIR: tuple[Colour, ...] = ((25, 28, 32), (35, 50, 75), (60, 95, 140), (95, 160, 205), (150, 150, 150), (40, 60, 130))
TOPS: tuple[Colour, ...] = (
    (50, 50, 200), (190, 110, 40), (60, 150, 70), (215, 215, 215), (40, 40, 46), (40, 190, 225), (150, 70, 140),
    (60, 120, 230), (170, 170, 60), (110, 90, 80), (130, 60, 60), (190, 160, 220),
)  # fmt: skip
BOTTOMS: tuple[Colour, ...] = (
    (90, 60, 35),
    (40, 38, 38),
    (120, 125, 130),
    (70, 90, 120),
    (150, 170, 185),
    (60, 75, 60),
)


@dataclass(frozen=True, slots=True)
class Outfit:
    """What one person looks like; lengths in metres."""

    height: float
    girth: float
    skin: Colour
    hair: Colour
    top: Colour
    bottom: Colour
    shoes: Colour
    sleeves: bool
    skirt: bool
    long_hair: bool
    bag: Colour | None


def dress(looks: int) -> Outfit:
    """The outfit that belongs to a seed."""
    rng = np.random.default_rng(looks)

    def one(colours: tuple[Colour, ...]) -> Colour:
        blue, green, red = colours[int(rng.integers(len(colours)))]
        shade = rng.uniform(0.8, 1.15)
        return blue * shade, green * shade, red * shade

    return Outfit(
        rng.uniform(1.55, 1.92), rng.uniform(0.92, 1.2), one(SKIN), one(HAIR), one(TOPS), one(BOTTOMS), one(BOTTOMS),
        rng.random() < 0.65, rng.random() < 0.2, rng.random() < 0.35, one(TOPS) if rng.random() < 0.4 else None,
    )  # fmt: skip


def darker(colour: Colour, share: float = 0.75) -> Colour:
    """The colour in the shade."""
    return colour[0] * share, colour[1] * share, colour[2] * share
