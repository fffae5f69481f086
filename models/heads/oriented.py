"""Turned boxes: what encloses them, and what they become when the picture is scaled."""

import numpy as np
from numpy.typing import NDArray


def enclosing(turned: NDArray[np.float32]) -> NDArray[np.float32]:
    """The upright boxes (K, 4) around turned ones (K, 5): centre, size, angle of the width in radians."""
    with np.errstate(over="ignore", invalid="ignore"):
        cos, sin = np.abs(np.cos(turned[:, 4:])), np.abs(np.sin(turned[:, 4:]))
        width, height = turned[:, 2:3], turned[:, 3:4]
        half = np.concatenate([width * cos + height * sin, width * sin + height * cos], axis=1) / 2
        return np.concatenate([turned[:, :2] - half, turned[:, :2] + half], axis=1)


def scaled(turned: NDArray[np.float64], scale_x: float, scale_y: float) -> NDArray[np.float64]:
    """Turned boxes (K, 5) of a picture that is stretched by `scale_x` and `scale_y`.

    A rectangle that is stretched along one axis becomes a parallelogram. The box keeps the stretched width with its new
    angle, and the parallelogram's area.
    """
    boxes = turned.copy()
    boxes[:, 0] *= scale_x
    boxes[:, 1] *= scale_y
    if scale_x == scale_y:
        boxes[:, 2:4] *= scale_x
        return boxes
    along_x, along_y = np.cos(turned[:, 4]) * scale_x, np.sin(turned[:, 4]) * scale_y
    stretch = np.hypot(along_x, along_y)
    boxes[:, 2] *= stretch
    boxes[:, 3] *= scale_x * scale_y / stretch
    boxes[:, 4] = np.arctan2(along_y, along_x)
    return boxes
