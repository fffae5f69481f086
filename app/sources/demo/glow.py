"""Soft light and shade that belong to the fixed things of a street."""

from collections.abc import Sequence

import cv2
import numpy as np

from app.sources.demo.figure import Figure, Image
from app.sources.demo.ground import Post
from app.sources.demo.posts import GLOW
from app.sources.demo.view import View

COARSE = 4
"""Soft things are worked out at a quarter of the size."""

LAMP_HEAD_M = (0.57, 4.68)
"""Where a lamp's light is, to the right of its foot and up."""


def shade_feet(day: Image, figures: Sequence[Figure], view: View) -> None:
    """Darkens the ground at the foot of each figure."""
    soft: Image = np.zeros(day.shape[:2], dtype=np.uint8)
    for figure in figures:
        x1, _, x2, y2 = figure.bounds()
        half = 0.3 * min(x2 - x1, 0.12 * view.width)
        spot, axes = (int((x1 + x2) / 2 + 0.8 * half), int(y2)), (int(half * 1.6), int(half * 0.3) + 1)
        cv2.ellipse(soft, spot, axes, 0, 0, 360, (90,), -1)
    keep = 255 - cv2.GaussianBlur(soft, (0, 0), 0.004 * view.width)
    cv2.multiply(day, cv2.cvtColor(keep, cv2.COLOR_GRAY2BGR), day, 1 / 255)


def light_lamps(lights: Image, posts: Sequence[Post], view: View) -> None:
    """Adds a halo around the head of each lamp and a pool of light on the ground."""
    x = (np.arange(0, view.width, COARSE, dtype=np.float32)[None] + COARSE / 2) - view.width / 2
    y = np.arange(0, view.height, COARSE, dtype=np.float32)[:, None] + COARSE / 2
    glow = np.zeros((y.size, x.size), dtype=np.float32)
    for post in posts:
        if post.kind != "lamp":
            continue
        scale = view.focal / view.depth(post.x, post.y)
        foot_x, foot_y = view.spot(post.x, post.y)
        foot_x += LAMP_HEAD_M[0] * scale - view.width / 2
        far = np.hypot(x - foot_x, y - (foot_y - LAMP_HEAD_M[1] * scale))
        glow += 0.6 * np.exp(far * (-1 / (0.4 * scale)))
        glow += 0.2 * np.exp(-(((x - foot_x) / (2.2 * scale)) ** 2)) * np.exp(-(((y - foot_y) / (0.75 * scale)) ** 2))
    tinted = (glow[:, :, None] * np.asarray(GLOW, dtype=np.float32)).clip(0, 255).astype(np.uint8)
    cv2.add(lights, cv2.resize(tinted, (view.width, view.height)), lights)
    blurred = cv2.GaussianBlur(cv2.resize(lights, (x.size, y.size)), (0, 0), view.width / 320 / COARSE)
    cv2.add(lights, cv2.resize(blurred, (view.width, view.height)), lights)
