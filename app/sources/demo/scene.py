"""Everybody in the picture at one moment, as figures in pixels, farthest first."""

from dataclasses import dataclass
from math import atan2, cos, sin

import cv2
import numpy as np

from app.sources.demo.backdrop import Backdrop, Occluder
from app.sources.demo.car import Car, drive
from app.sources.demo.cyclist import Rider, ride
from app.sources.demo.figure import Figure, Image
from app.sources.demo.light import Light
from app.sources.demo.person import walk
from app.sources.demo.traffic import Actor
from app.sources.demo.view import View

SHADOW_M = ((0.75, 0.16), (2.5, 0.75), (1.0, 0.2))
"""Half width and half depth of the shadow of each class."""

_GRID = np.hypot(*np.meshgrid(np.linspace(-1, 1, 48), np.linspace(-1, 1, 48)))
SOFT: Image = (255 * np.clip(1.25 - 1.25 * _GRID, 0.0, 1.0) ** 0.8).clip(0, 255).astype(np.uint8)
"""A round patch (48, 48) with soft edges."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One object in the picture: its figure in pixels and the tight box around it, borders ignored."""

    actor: Actor
    depth: float
    figure: Figure
    box: tuple[float, float, float, float]


def show(actor: Actor, view: View) -> Shown:
    """The figure of an actor where it is."""
    looks = actor.traveller.looks
    depth = view.depth(actor.x, actor.y)
    if isinstance(looks, Car):
        figure = drive(looks, view, actor.x, actor.y, actor.heading)
    else:
        turn = actor.heading + atan2(actor.x, actor.y)
        local = (
            ride(looks, actor.travelled_m, cos(turn))
            if isinstance(looks, Rider)
            else walk(looks, actor.travelled_m, cos(turn), -sin(turn))
        )
        figure = local.moved(*view.spot(actor.x, actor.y), view.focal / depth)
    return Shown(actor, depth, figure, figure.bounds())


def visible_part(box: tuple[float, float, float, float], view: View) -> tuple[float, float, float, float] | None:
    """The part of a box inside the picture, or None."""
    x1, y1, x2, y2 = max(box[0], 0.0), max(box[1], 0.0), min(box[2], view.width), min(box[3], view.height)
    return (x1, y1, x2, y2) if x2 > x1 and y2 > y1 else None


def paint_traffic(image: Image, lit: Image, backdrop: Backdrop, shown: list[Shown], view: View, light: Light) -> None:
    """Paints shadows, then objects and occluders from far to near; `lit` is the backdrop in the same light."""
    for item in shown:
        _shadow(image, item, view, 0.5 * (1 - 0.6 * light.dusk) * (1 - 0.4 * light.cloud))
    waiting = list(backdrop.occluders)
    for item in shown:
        while waiting and waiting[0].depth > item.depth:
            _restore(image, lit, waiting.pop(0), shown)
        item.figure.paint(image, light.tint)
    for occluder in waiting:
        _restore(image, lit, occluder, shown)


def _restore(image: Image, lit: Image, occluder: Occluder, shown: list[Shown]) -> None:
    """Puts an occluder back in front of what was painted over it."""
    height, width = occluder.mask.shape
    left, top = occluder.left, occluder.top
    for item in shown:
        x1, y1, x2, y2 = item.box
        if item.depth < occluder.depth or x1 > left + width or x2 < left or y1 > top + height or y2 < top:
            continue
        a, b = max(int(x1) - 1 - left, 0), min(int(x2) + 2 - left, width)
        c, d = max(int(y1) - 1 - top, 0), min(int(y2) + 2 - top, height)
        if b > a and d > c:
            rows, columns = slice(top + c, top + d), slice(left + a, left + b)
            cv2.copyTo(lit[rows, columns], occluder.mask[c:d, a:b], image[rows, columns])


def _shadow(image: Image, item: Shown, view: View, strength: float) -> None:
    """Darkens the ground under an object, a little to its right."""
    actor, scale = item.actor, view.focal / item.depth
    half_width, half_depth = SHADOW_M[actor.traveller.class_id]
    centre = view.spot(actor.x + 0.25 * half_width, actor.y)
    wide, high = half_width * scale, max(half_depth * scale * view.eye_m / item.depth, 2.0)
    x1, y1, x2, y2 = (int(v) for v in (centre[0] - wide, centre[1] - high, centre[0] + wide + 1, centre[1] + high + 1))
    a, b, c, d = max(x1, 0), min(x2, view.width), max(y1, 0), min(y2, view.height)
    if b <= a or d <= c:
        return
    soft = cv2.resize(SOFT, (x2 - x1, y2 - y1))[c - y1 : d - y1, a - x1 : b - x1]
    keep = cv2.convertScaleAbs(soft, alpha=-strength, beta=0)
    part = image[c:d, a:b]
    cv2.multiply(part, cv2.cvtColor(255 - keep, cv2.COLOR_GRAY2BGR), part, 1 / 255)
