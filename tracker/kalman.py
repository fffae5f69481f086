"""The constant-velocity filter of ByteTrack, in closed form over many tracks at once.

Source: N. Wojke, A. Bewley, D. Paulus, "Simple Online and Realtime Tracking with a Deep Association Metric", ICIP 2017,
section 2.1 (the state and its noise), as used by Y. Zhang et al., "ByteTrack: Multi-Object Tracking by Associating
Every Detection Box", ECCV 2022.

The state is (x, y, a, h), centre, aspect and height, with one velocity each. Every matrix of that eight-dimensional
filter is block-diagonal by coordinate, so it is four independent filters of two states: no matrix is ever inverted.
Functions map arrays to new arrays and keep nothing. Velocities are per nominal frame.
"""

from typing import NamedTuple

import numpy as np

from tracker.types import Bools, Floats, Ints

POSITION_WEIGHT = 1 / 20
VELOCITY_WEIGHT = 1 / 160

ASPECT, HEIGHT = 2, 3

UNIT_STEPS_AT_MOST = 1000
"""A longer gap is crossed in this many steps of one frame and a single step for all the rest."""


class Motion(NamedTuple):
    """The filters of N tracks, five (N, 4) float64 arrays over (x, y, aspect, height).

    Attributes:
        position: the mean.
        velocity: the mean rate of change, per nominal frame.
        var_position: the variance of the position, A.
        covariance: between position and velocity, B.
        var_velocity: the variance of the velocity, C.
    """

    position: Floats
    velocity: Floats
    var_position: Floats
    covariance: Floats
    var_velocity: Floats

    def take(self, rows: Ints) -> "Motion":
        """A copy of some rows."""
        return Motion(*(column[rows] for column in self))

    def with_rows(self, rows: Ints, motion: "Motion") -> "Motion":
        """A copy in which `rows` are replaced by those of `motion`."""
        columns = [column.copy() for column in self]
        for column, new in zip(columns, motion, strict=True):
            column[rows] = new
        return Motion(*columns)


def initiate(xyah: Floats) -> Motion:
    """Filters for (N, 4) first measurements, at rest and unsure in proportion to the height."""
    still = np.zeros_like(xyah)
    var_position = _squared_scale(2 * POSITION_WEIGHT, xyah[:, HEIGHT], aspect=1e-2)
    var_velocity = _squared_scale(10 * VELOCITY_WEIGHT, xyah[:, HEIGHT], aspect=1e-5)
    return Motion(xyah.copy(), still, var_position, still.copy(), var_velocity)


def predict(motion: Motion, frames: float = 1.0) -> Motion:
    """The filters `frames` nominal frames later, in one step.

    With F(d) = [[1, d], [0, 1]] and Q(d) = [[d qp + qv d(d-1)(2d-1)/6, qv d(d-1)/2], [., d qv]]; the noise is scaled by
    the mean height before the step. At d = 1 this is exactly ByteTrack's prediction; Q(a+b) = F(b) Q(a) F(b)' + Q(b).
    """
    d = frames
    p, v, a, b, c = motion
    qp = _squared_scale(POSITION_WEIGHT, p[:, HEIGHT], aspect=1e-2)
    qv = _squared_scale(VELOCITY_WEIGHT, p[:, HEIGHT], aspect=1e-5)
    return Motion(
        position=p + d * v,
        velocity=v.copy(),
        var_position=a + 2 * d * b + d * d * c + d * qp + (d * (d - 1) * (2 * d - 1) / 6) * qv,
        covariance=b + d * c + (d * (d - 1) / 2) * qv,
        var_velocity=c + d * qv,
    )


def advance(motion: Motion, lost: Bools, frames: float) -> Motion:
    """The filters of tracked and lost tracks `frames` nominal frames later, in steps of one frame and a remainder.

    The height of a track that was not seen does not go on changing: a lost track's height velocity is zeroed before the
    first step, and, because nobody was seen in the frames that a gap skipped, everybody's after it.

    Args:
        motion: the filters of N tracks.
        lost: (N,) which of them were lost before.
        frames: the time that has passed, positive.
    """
    motion = motion._replace(velocity=motion.velocity.copy())
    motion.velocity[lost, HEIGHT] = 0.0
    remaining = frames
    for step in range(UNIT_STEPS_AT_MOST):
        if remaining < 1.0:
            break
        motion = predict(motion)
        remaining -= 1.0
        if step == 0 and remaining > 0.0:
            motion.velocity[:, HEIGHT] = 0.0
    return predict(motion, remaining) if remaining > 0.0 else motion


def update(motion: Motion, xyah: Floats) -> Motion:
    """The posterior of N filters, given one (N, 4) measurement each."""
    p, v, a, b, c = motion
    r = _squared_scale(POSITION_WEIGHT, p[:, HEIGHT], aspect=1e-1)
    s = a + r
    y = xyah - p
    return Motion(
        position=p + a * y / s,
        velocity=v + b * y / s,
        var_position=a * (r / s),
        covariance=b * (r / s),
        var_velocity=c - b * b / s,
    )


def _squared_scale(weight: float, height: Floats, aspect: float) -> Floats:
    """(N, 4) variances: (weight * height)^2, and `aspect`^2 in the column of the aspect."""
    deviation = weight * height
    variance = np.empty((len(height), 4))
    variance[:] = (deviation * deviation)[:, None]
    variance[:, ASPECT] = aspect * aspect
    return variance
