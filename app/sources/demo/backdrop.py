"""The street without its traffic: sky, houses, pavements, road and what stands on them, painted once per camera."""

from dataclasses import dataclass

import cv2
import numpy as np

from app.sources.demo.figure import Figure, Image, disc, fill
from app.sources.demo.glow import light_lamps, shade_feet
from app.sources.demo.ground import Building, Ground, Post
from app.sources.demo.houses import paint_house
from app.sources.demo.light import Light
from app.sources.demo.paving import paint_ground
from app.sources.demo.posts import stand
from app.sources.demo.view import View


@dataclass(frozen=True, slots=True)
class Occluder:
    """Something fixed that hides what is behind it: its depth in metres and the mask (255 where it is) of its box."""

    depth: float
    left: int
    top: int
    mask: Image


@dataclass(frozen=True, slots=True)
class Backdrop:
    """The street by day, the lights that come on at dusk, and the occluders, farthest first."""

    day: Image
    lights: Image
    occluders: tuple[Occluder, ...]

    def lit(self, light: Light) -> Image:
        """The street under a light."""
        levels = np.arange(256)[:, None] * np.asarray(light.tint)
        image = cv2.LUT(self.day, levels.round().astype(np.uint8)[None])
        if light.dusk > 0:
            image = cv2.add(image, cv2.convertScaleAbs(self.lights, alpha=light.dusk))
        return np.asarray(image, dtype=np.uint8)


def build_backdrop(
    rng: np.random.Generator, view: View, ground: Ground, houses: tuple[Building, ...], posts: tuple[Post, ...]
) -> Backdrop:
    """Paints everything that does not move."""
    day = _sky(rng, view)
    _outskirts(day, rng, view)
    lights = np.zeros_like(day)
    for house in houses:
        paint_house(day, lights, view, ground, house)
    paint_ground(day, view, ground, rng)
    figures = [stand(post, view) for post in posts]
    shade_feet(day, figures, view)
    for figure in figures:
        figure.paint(day)
        figure.paint(lights, (0.0, 0.0, 0.0))
    light_lamps(lights, posts, view)
    occluders = [_occluder(figure, view.depth(p.x, p.y), view) for figure, p in zip(figures, posts, strict=True)]
    return Backdrop(_grain(day, rng), lights, tuple(occluders))


def _sky(rng: np.random.Generator, view: View) -> Image:
    """A gradient with soft clouds."""
    size, rows = (view.width, view.height), max(int(view.horizon), 1)
    top, low = np.array((225, 170, 110)) * rng.uniform(0.9, 1.05), np.array((240, 226, 205))
    fade = np.linspace(1.0, 0.0, rows)[:, None, None]
    clouds = cv2.resize(rng.random((6, 9), dtype=np.float32), size, interpolation=cv2.INTER_CUBIC)[:rows, :, None]
    cover = np.clip((clouds - 0.5) * 1.6, 0.0, 0.8)
    image: Image = np.empty((view.height, view.width, 3), dtype=np.uint8)
    image[:rows] = (low + (top - low) * fade) * (1 - cover) + 246.0 * cover
    image[rows:] = (96, 142, 122)
    return image


def _outskirts(day: Image, rng: np.random.Generator, view: View) -> None:
    """A far row of trees, seen between the houses."""
    for column in np.arange(-0.02, 1.02, 0.012) * view.width:
        leaf = np.array((92, 128, 100)) * rng.uniform(0.85, 1.1)
        radius = rng.uniform(0.008, 0.02) * view.width
        fill(day, disc(float(column), view.horizon + rng.uniform(0.0, 0.6) * radius, radius), leaf.tolist())


def _occluder(figure: Figure, depth: float, view: View) -> Occluder:
    x1, y1, x2, y2 = figure.bounds()
    left, top = max(int(x1) - 1, 0), max(int(y1) - 1, 0)
    right, bottom = max(min(int(x2) + 2, view.width), left), max(min(int(y2) + 2, view.height), top)
    mask = np.zeros((bottom - top, right - left), dtype=np.uint8)
    if mask.size:
        figure.stamp(mask, 255, x=left, y=top)
    return Occluder(depth, left, top, mask)


def _grain(image: Image, rng: np.random.Generator) -> Image:
    """A little uneven texture, as of real surfaces."""
    height, width = image.shape[:2]
    coarse = rng.standard_normal((height // 24, width // 24), dtype=np.float32) * 4
    grain = cv2.resize(coarse, (width, height)) + rng.standard_normal((height, width), dtype=np.float32) * 1.5
    return np.asarray(cv2.add(image, np.repeat(grain[:, :, None], 3, axis=2), dtype=cv2.CV_8U), dtype=np.uint8)
