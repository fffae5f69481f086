"""A camera that pans over a still scene in which one thing stands, for the scripted detector."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from app.engine.port import FrameIn

WIDTH, HEIGHT = 640, 360


@cache
def world() -> NDArray[np.uint8]:
    rng = np.random.default_rng(3)
    total = np.zeros((HEIGHT, 1400, 3), np.float32)
    for cells in (20, 70, 200):
        blotches = rng.normal(0, 1, (cells // 4, cells, 3)).astype(np.float32)
        total += cv2.resize(blotches, (1400, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.clip(128 + 30 * total, 0, 254).astype(np.uint8)


def panned(pan: int, seq: int | None = None, *, poisoned: bool = False) -> FrameIn:
    """What is seen after the camera has turned `pan` pixels to the left: everything, and the thing, moved to the right.

    The thing's box is 40 x 80, at x = 10 + `pan`, which must stay below 256.
    """
    image = world()[:, 400 - pan : 400 - pan + WIDTH].copy()
    image[0, 0] = (10 + pan, 100, 255 if poisoned else 0)
    return FrameIn(image=image, seq=seq)
