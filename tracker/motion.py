"""Camera motion: where the picture as a whole has gone since the last frame."""

from typing import Any

import numpy as np

from tracker.errors import MotionError
from tracker.types import COORDINATE_LIMIT, Floats

STRETCH_LIMIT = 4.0
"""The most that a picture may grow or shrink between two frames, along any direction."""

NO_MOTION: Floats = np.broadcast_to(0.0, (0, 3))
"""What the kernels take for a camera that stands still, (0, 3)."""


def checked(motion: Any) -> Floats:
    """A camera motion as the kernels take it, (2, 3) float64, read-only.

    Args:
        motion: the affine that maps pixels (x, y, 1) of the last frame to pixels (x, y) of this one.

    Raises:
        MotionError: it is not a (2, 3) array of finite numbers, mirrors the picture, moves it by more than
            `COORDINATE_LIMIT` or stretches or shrinks it by more than `STRETCH_LIMIT`.
    """
    affine = np.array(motion, np.float64, order="C")
    if affine.shape != (2, 3):
        raise MotionError(f"motion has the shape {affine.shape}: a (2, 3) affine is needed")
    if not np.isfinite(affine).all() or np.abs(affine[:, 2]).max() > COORDINATE_LIMIT:
        raise MotionError(f"motion is {affine.tolist()}: finite numbers within {COORDINATE_LIMIT:g} pixels are needed")
    largest, smallest = np.linalg.svd(affine[:, :2], compute_uv=False)
    if np.linalg.det(affine[:, :2]) <= 0 or largest > STRETCH_LIMIT or smallest < 1 / STRETCH_LIMIT:
        raise MotionError(
            f"motion is {affine.tolist()}: it must not mirror the picture, nor stretch or shrink it by more than "
            f"{STRETCH_LIMIT:g}"
        )
    affine.setflags(write=False)
    return affine
