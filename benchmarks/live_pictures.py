"""Pictures of the demo street, made before anything is measured."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from app.sources.demo import DemoCamera
from benchmarks.live_code import BITS, square

Pixels = NDArray[np.uint8]
FRAMES = 12
STEP = 3
"""Frames of the street, at 30 a second, between two pictures."""


@cache
def street(width: int, height: int) -> tuple[Pixels, ...]:
    """BGR pictures (H, W, 3), there and back again, so that nobody jumps."""
    camera = DemoCamera(seed=1, width=width, height=height)
    pictures = tuple(camera.frame(index * STEP) for index in range(FRAMES))
    return pictures + pictures[-2:0:-1]


@cache
def planes(width: int, height: int) -> tuple[Pixels, ...]:
    """The same as YUV 4:2:0 (3 H / 2, W), grey where a number will stand."""
    return tuple(cv2.cvtColor(_with_strip(picture), cv2.COLOR_BGR2YUV_I420) for picture in street(width, height))


def _with_strip(picture: Pixels) -> Pixels:
    side, marked = square(picture.shape[1]), picture.copy()
    marked[:side, : 2 * BITS * side] = 128
    return marked
