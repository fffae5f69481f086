"""The street without its traffic: sky, houses, pavements, road and what stands on them, painted once per camera."""

from dataclasses import dataclass

import cv2
import numpy as np

from app.sources.demo.figure import Figure, Image, disc, fill
from app.sources.demo.ground import Building, Ground, Post
from app.sources.demo.houses import paint_house
from app.sources.demo.light import Light
from app.sources.demo.paving import paint_ground
from app.sources.demo.posts import GLOW, stand
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
    occluders = []
    for post in posts:
        figure = stand(post, view)
        _shade(day, figure, view)
        figure.paint(day)
        figure.paint(lights, (0.0, 0.0, 0.0))
        occluders.append(_occluder(figure, view.depth(post.x, post.y), view))
    for post in posts:
        if post.kind == "lamp":
            _lamp_glow(lights, post, view)
    blur = max(3, int(view.width / 160) * 2 + 1)
    spread = cv2.add(lights, cv2.GaussianBlur(lights, (0, 0), blur / 2))
    return Backdrop(_grain(day, rng), np.asarray(spread, dtype=np.uint8), tuple(occluders))


def _sky(rng: np.random.Generator, view: View) -> Image:
    """A gradient with soft clouds."""
    rise = np.linspace(1.0, 0.0, view.height)[:, None, None] ** 0.7
    top, low = np.array((225, 170, 110)) * rng.uniform(0.9, 1.05), np.array((240, 226, 205))
    fade = np.clip((rise - 0.55) / 0.45, 0.0, 1.0)
    image = np.broadcast_to(low + (top - low) * fade, (view.height, view.width, 3))
    clouds = cv2.resize(rng.random((6, 9)).astype(np.float32), (view.width, view.height), interpolation=cv2.INTER_CUBIC)
    cover = np.clip((clouds - 0.5) * 1.6, 0.0, 0.8)[:, :, None]
    return np.ascontiguousarray((image * (1 - cover) + 246.0 * cover).astype(np.uint8))


def _outskirts(day: Image, rng: np.random.Generator, view: View) -> None:
    """Meadows up to the horizon and a far row of trees, seen between the houses."""
    day[int(view.horizon) :] = (96, 142, 122)
    for column in np.arange(-0.02, 1.02, 0.012) * view.width:
        leaf = np.array((92, 128, 100)) * rng.uniform(0.85, 1.1)
        radius = rng.uniform(0.008, 0.02) * view.width
        fill(day, disc(float(column), view.horizon + rng.uniform(0.0, 0.6) * radius, radius), leaf.tolist())


def _shade(day: Image, figure: Figure, view: View) -> None:
    """A soft patch of shade on the ground at the foot of a post."""
    x1, _, x2, y2 = figure.bounds()
    soft: Image = np.zeros(day.shape[:2], dtype=np.uint8)
    half = 0.3 * min(x2 - x1, 0.12 * view.width)
    cv2.ellipse(soft, (int((x1 + x2) / 2 + half), int(y2)), (int(half * 1.6), int(half * 0.3) + 1), 0, 0, 360, 90, -1)
    cv2.GaussianBlur(soft, (0, 0), 0.004 * view.width, soft)
    np.multiply(day, 1 - soft[:, :, None] / 255.0, out=day, casting="unsafe")


def _occluder(figure: Figure, depth: float, view: View) -> Occluder:
    x1, y1, x2, y2 = figure.bounds()
    left, top = max(int(x1) - 1, 0), max(int(y1) - 1, 0)
    right, bottom = max(min(int(x2) + 2, view.width), left), max(min(int(y2) + 2, view.height), top)
    mask = np.zeros((bottom - top, right - left), dtype=np.uint8)
    if mask.size:
        figure.stamp(mask, 255, x=left, y=top)
    return Occluder(depth, left, top, mask)


def _lamp_glow(lights: Image, post: Post, view: View) -> None:
    """A halo around the lamp's head and a pool of light on the ground."""
    scale = view.focal / view.depth(post.x, post.y)
    (x, y), (foot_x, foot_y) = view.project(np.array(((post.x, post.y, 4.68), (post.x, post.y, 0.0))))
    x, foot_x = x + 0.57 * scale, foot_x + 0.57 * scale
    across, down = np.arange(view.width)[None] + 0.5, np.arange(view.height)[:, None] + 0.5
    halo = np.exp(-(np.hypot(across - x, down - y) / (0.4 * scale)))
    pool = np.exp(-(((across - foot_x) / (2.2 * scale)) ** 2 + ((down - foot_y) / (0.75 * scale)) ** 2))
    glow = (0.6 * halo + 0.2 * pool)[:, :, None] * np.asarray(GLOW)
    np.copyto(lights, np.minimum(lights + glow, 255.0), casting="unsafe")


def _grain(image: Image, rng: np.random.Generator) -> Image:
    """A little uneven texture, as of real surfaces."""
    height, width = image.shape[:2]
    blotches = cv2.resize(rng.normal(0, 4.0, (height // 24, width // 24)).astype(np.float32), (width, height))
    return np.clip(image + (blotches + rng.normal(0, 1.5, (height, width)))[:, :, None], 0, 255).astype(np.uint8)
