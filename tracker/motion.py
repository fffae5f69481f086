"""Camera motion: where the picture as a whole has gone since the last frame."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tracker.errors import MotionError
from tracker.types import COORDINATE_LIMIT, Floats

STRETCH_LIMIT = 4.0
"""The most that a picture may grow or shrink between two frames, along any direction."""

SLACK = 1 + 1e-9
"""What rounding may add to a stretch."""

_STILL = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]

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
    try:
        if np.iscomplexobj(motion):
            raise TypeError("complex")
        affine = np.array(motion, np.float64, order="C")
    except (TypeError, ValueError):
        raise MotionError(f"motion is {motion!r:.80}: a (2, 3) affine of real numbers is needed") from None
    if affine.shape != (2, 3):
        raise MotionError(f"motion has the shape {affine.shape}: a (2, 3) affine is needed")
    if not np.isfinite(affine).all() or np.abs(affine[:, 2]).max() > COORDINATE_LIMIT:
        raise MotionError(f"motion is {affine.tolist()}: finite numbers within {COORDINATE_LIMIT:g} pixels are needed")
    largest, smallest = _stretches(affine)
    if largest > STRETCH_LIMIT * SLACK or smallest < 1 / (STRETCH_LIMIT * SLACK):
        raise MotionError(
            f"motion is {affine.tolist()}: it must not mirror the picture, nor stretch or shrink it by more than "
            f"{STRETCH_LIMIT:g}"
        )
    affine.setflags(write=False)
    return affine


def moving(motion: npt.ArrayLike | None) -> Floats:
    """A camera motion for the kernels, `NO_MOTION` where there is none or it moves nothing.

    Raises:
        MotionError: it is not what `checked` takes.
    """
    if motion is None:
        return NO_MOTION
    affine = checked(motion)
    return NO_MOTION if affine.tolist() == _STILL else affine


def _stretches(affine: Floats) -> tuple[float, float]:
    """How much the picture grows along the direction in which it grows most, and least; negative where it is mirrored.

    The singular values of the linear part in closed form: half the sum and half the difference of how far it is from a
    mirror image and from a rotation.
    """
    (a, b, _), (c, d, _) = affine.tolist()
    turn, mirror = math.hypot(a + d, c - b), math.hypot(a - d, b + c)
    return (turn + mirror) / 2, (turn - mirror) / 2
