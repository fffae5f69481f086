"""Heat maps and trajectories as PNG: over a dimmed picture for people, or alone for a page that lays them over its
own."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from app.imaging.decode import Image
from app.imaging.heat import heat_layer, heat_of
from app.imaging.layers import (
    Layer,
    dimmed,
    empty_layer,
    over,
    plain_picture,
    png_of_layer,
    png_of_picture,
    resized,
)
from app.imaging.legend import NARROWEST, heat_strip, trajectory_strip
from app.imaging.shapes import Shape, draw_shapes
from app.imaging.trajectories import trajectory_layer
from app.paths import PathPoints, Span

MOST_PIXELS = 3840 * 2160
LONGEST_SIDE = 8192

Kind = Literal["heatmap", "trajectories"]
Strip = Callable[[int], Image]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PathScene:
    """What is drawn: points in pixels of an image of `size`, (width, height), and the span they were asked for."""

    points: PathPoints
    span: Span
    size: tuple[int, int]
    shapes: list[Shape] = field(default_factory=list)

    @property
    def tracks(self) -> int:
        """How many tracks there are."""
        return len(np.unique(self.points.track_id))


def draw_paths(kind: Kind, scene: PathScene, size: tuple[int, int], picture: Image | None, *, annotate: bool) -> bytes:
    """A PNG of (width, height) `size`, with a strip below that explains it where `annotate` is set and there is room.

    With `annotate` it lies over the dimmed `picture`, or over a plain one where that is None, with the shapes drawn;
    without, it is transparent and has none of these.
    """
    layer, strip = _drawn(kind, scene, size, named=annotate)
    if not annotate:
        return png_of_layer(layer)
    ground = plain_picture(size) if picture is None else dimmed(resized(picture, size))
    shapes = empty_layer(size)
    draw_shapes(shapes, scene.shapes, size[0] / scene.size[0])
    whole = over(over(ground, layer), shapes)
    return png_of_picture(whole if size[0] < NARROWEST else np.vstack([whole, strip(size[0])]))


def _drawn(kind: Kind, scene: PathScene, size: tuple[int, int], *, named: bool) -> tuple[Layer, Strip]:
    if kind == "heatmap":
        heat = heat_of(scene.points, scene.size)
        return heat_layer(heat, size), lambda width: heat_strip(width, heat, scene.span, scene.tracks)
    layer = empty_layer(size)
    trajectory_layer(scene.points, layer, size[0] / scene.size[0], named=named)
    return layer, lambda width: trajectory_strip(width, scene.span, scene.tracks)


def fitting(size: tuple[int, int], width: int | None, most: int) -> tuple[int, int]:
    """The (width, height) of a drawing of an image of `size`: no wider than `width`, or `most` where none is asked for,
    of at most `MOST_PIXELS`, and never larger than the image."""
    wide, high = size
    across = min(wide, most if width is None else width)
    shrunk = min(across / wide, math.sqrt(MOST_PIXELS / (wide * high)), LONGEST_SIDE / max(size))
    return max(1, round(wide * shrunk)), max(1, round(high * shrunk))
