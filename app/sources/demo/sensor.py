"""The camera's sensor: a little noise that is new in every frame."""

import cv2
import numpy as np

from app.sources.demo.figure import Image

ROOM_PX = 64
"""Noise is cut from a larger sheet at one of ROOM_PX x ROOM_PX places."""


class Sensor:
    """Adds noise that depends on nothing but the seed and the frame's index."""

    def __init__(self, seed: int, width: int, height: int) -> None:
        self._seed = seed
        rng = np.random.default_rng((seed, 5))
        sheet = rng.standard_normal((height + ROOM_PX, width + ROOM_PX, 3), dtype=np.float32)
        level = rng.uniform(2.0, 4.5)
        self._brighter: Image = np.asarray(cv2.convertScaleAbs(np.maximum(sheet, 0), alpha=level), np.uint8)
        self._darker: Image = np.asarray(cv2.convertScaleAbs(np.minimum(sheet, 0, out=sheet), alpha=level), np.uint8)

    def expose(self, image: Image, index: int) -> None:
        """Adds the noise of a frame to its picture, in place."""
        height, width = image.shape[:2]
        spot = _hash(self._seed * 0x9E3779B97F4A7C15 + index)
        y, x = spot % ROOM_PX, spot // ROOM_PX % ROOM_PX
        cv2.add(image, self._brighter[y : y + height, x : x + width], image)
        cv2.subtract(image, self._darker[y : y + height, x : x + width], image)


def _hash(value: int) -> int:
    """The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014)."""
    value &= 0xFFFFFFFFFFFFFFFF
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return value ^ (value >> 31)
