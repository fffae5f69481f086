"""What stands on the pavement: lamps, trees, signs and planters, as figures in pixels."""

import numpy as np

from app.sources.demo.figure import Colour, Figure, capsules, disc
from app.sources.demo.ground import Post
from app.sources.demo.view import View

IRON: Colour = (66, 68, 64)
BARK: Colour = (52, 72, 92)
LEAVES: tuple[Colour, ...] = ((58, 120, 74), (50, 138, 104), (66, 110, 62), (40, 130, 150))
GLOW: Colour = (190, 235, 255)


def stand(post: Post, view: View) -> Figure:
    """The figure of a post where it stands."""
    rng = np.random.default_rng(post.style)
    figure = {"lamp": _lamp, "tree": _tree, "sign": _sign, "planter": _planter}[post.kind](rng)
    return figure.moved(*view.spot(post.x, post.y), view.focal / view.depth(post.x, post.y))


def _limb(figure: Figure, colour: Colour, *limb: float) -> None:
    u0, v0, u1, v1, r0, r1 = limb
    figure.add(colour, capsules([(u0, v0, u1, v1, r0, r1)])[0])


def _lamp(rng: np.random.Generator) -> Figure:
    figure = Figure()
    _limb(figure, IRON, 0, 0, 0, 0.5, 0.13, 0.1)
    _limb(figure, IRON, 0, 0.4, 0, 4.4, 0.075, 0.055)
    _limb(figure, IRON, 0, 4.4, 0.35, 4.75, 0.045, 0.04)
    _limb(figure, IRON, 0.35, 4.76, 0.75, 4.72, 0.09, 0.06)
    _limb(figure, (215, 225, 230), 0.42, 4.69, 0.72, 4.67, 0.05, 0.045)
    return figure


def _tree(rng: np.random.Generator) -> Figure:
    figure = Figure()
    height = rng.uniform(2.1, 2.7)
    _limb(figure, BARK, 0, 0, rng.uniform(-0.1, 0.1), height + 0.5, 0.17, 0.11)
    _limb(figure, BARK, 0, height - 0.3, 0.5, height + 0.7, 0.08, 0.05)
    _limb(figure, BARK, 0, height - 0.2, -0.45, height + 0.7, 0.07, 0.05)
    leaves = LEAVES[int(rng.integers(len(LEAVES)))]
    for layer, share in ((0, 0.72), (1, 0.9), (2, 1.1)):
        for _ in range(16):
            angle, reach = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random()) * (1.15 - 0.2 * layer)
            u, v = reach * np.cos(angle) - 0.12 * layer, height + 1.25 + 0.85 * reach * np.sin(angle) + 0.14 * layer
            shade = share * rng.uniform(0.9, 1.1)
            colour = (leaves[0] * shade, leaves[1] * shade, leaves[2] * shade)
            figure.add(colour, disc(u, v, rng.uniform(0.2, 0.45) * (1 - 0.2 * layer)))
    return figure


def _sign(rng: np.random.Generator) -> Figure:
    figure = Figure()
    _limb(figure, (140, 142, 140), 0, 0, 0, 2.5, 0.04, 0.035)
    square = np.array(((-0.3, 2.2), (-0.3, 2.8), (0.3, 2.8), (0.3, 2.2)))
    figure.add((180, 95, 25), square)
    figure.add((235, 235, 235), np.array(((-0.22, 2.27), (0.0, 2.72), (0.22, 2.27))))
    _limb(figure, (30, 30, 30), 0.0, 2.34, 0.02, 2.48, 0.03, 0.04)
    return figure


def _planter(rng: np.random.Generator) -> Figure:
    figure = Figure()
    half, pot = rng.uniform(0.5, 0.9), rng.uniform(0.9, 1.1)
    for _ in range(22):
        shade = rng.uniform(0.8, 1.25)
        u, v = rng.uniform(-half, half) * 0.92, 0.5 + rng.uniform(0.0, 0.28)
        figure.add((55 * shade, 128 * shade, 80 * shade), disc(u, v, rng.uniform(0.09, 0.16)))
    for _ in range(9):
        flower = ((80, 80, 220), (90, 200, 240), (200, 120, 210))[int(rng.integers(3))]
        figure.add(flower, disc(rng.uniform(-half, half) * 0.9, 0.6 + rng.uniform(0.0, 0.22), 0.045))
    corners = np.array(((-half, 0.0), (-half - 0.05, 0.5), (half + 0.05, 0.5), (half, 0.0)))
    figure.add((98 * pot, 118 * pot, 140 * pot), corners)
    rim = half + 0.08
    figure.add((118 * pot, 138 * pot, 160 * pot), np.array(((-rim, 0.44), (-rim, 0.54), (rim, 0.54), (rim, 0.44))))
    return figure
