"""The constant-velocity filter of ByteTrack, in closed form, on one row of `table.TRACK` at a time, in place.

Source: N. Wojke, A. Bewley, D. Paulus, "Simple Online and Realtime Tracking with a Deep Association Metric", ICIP 2017,
section 2.1 (the state and its noise), as used by Y. Zhang et al., "ByteTrack: Multi-Object Tracking by Associating
Every Detection Box", ECCV 2022.

The state is (x, y, a, h), centre, aspect and height, with one velocity each. Every matrix of that eight-dimensional
filter is block-diagonal by coordinate, so it is four independent filters of two states: no matrix is ever inverted.
Velocities are per nominal frame.
"""

import numpy as np

from tracker.compiled import kernel
from tracker.table import Record
from tracker.types import Floats

POSITION_WEIGHT = 1 / 20
VELOCITY_WEIGHT = 1 / 160

ASPECT, HEIGHT = 2, 3

FARTHEST = 1e9
"""Pixels beyond which nothing is carried by camera motion, so that no sequence of motions makes the state overflow."""

UNIT_STEPS_AT_MOST = 1000
"""A longer gap is crossed in this many steps of one frame and a single step for all the rest."""


@kernel
def initiate(track: Record, box: Floats) -> None:
    """Start the filter at a first corner box: at rest, and unsure in proportion to the height."""
    _measure(track["position"], box)
    h = track["position"][HEIGHT]
    for k in range(4):
        track["velocity"][k] = 0.0
        track["var_position"][k] = _noise(2 * POSITION_WEIGHT, h, 1e-2, k)
        track["covariance"][k] = 0.0
        track["var_velocity"][k] = _noise(10 * VELOCITY_WEIGHT, h, 1e-5, k)


@kernel
def predict(track: Record, d: float) -> None:
    """Move the filter on by `d` nominal frames in one step.

    With F(d) = [[1, d], [0, 1]] and Q(d) = [[d qp + qv d(d-1)(2d-1)/6, qv d(d-1)/2], [., d qv]]; the noise is scaled by
    the mean height before the step. At d = 1 this is exactly ByteTrack's prediction; Q(a+b) = F(b) Q(a) F(b)' + Q(b).
    """
    p, v, a = track["position"], track["velocity"], track["var_position"]
    b, c = track["covariance"], track["var_velocity"]
    h = p[HEIGHT]
    for k in range(4):
        qp, qv = _noise(POSITION_WEIGHT, h, 1e-2, k), _noise(VELOCITY_WEIGHT, h, 1e-5, k)
        p[k] = p[k] + d * v[k]
        a[k] = a[k] + 2 * d * b[k] + d * d * c[k] + d * qp + (d * (d - 1) * (2 * d - 1) / 6) * qv
        b[k] = b[k] + d * c[k] + (d * (d - 1) / 2) * qv
        c[k] = c[k] + d * qv


@kernel
def advance(track: Record, frames: float) -> None:
    """Move the filter on by `frames` nominal frames, in steps of one frame and a remainder.

    The height of a track that was not seen does not go on changing: a lost track's height velocity is zeroed before the
    first step, and, because nobody was seen in the frames that a gap skipped, everybody's after it.
    """
    if track["lost"]:
        track["velocity"][HEIGHT] = 0.0
    remaining = frames
    for step in range(UNIT_STEPS_AT_MOST):
        if remaining < 1.0:
            break
        predict(track, 1.0)
        remaining -= 1.0
        if step == 0 and remaining > 0.0:
            track["velocity"][HEIGHT] = 0.0
    if remaining > 0.0:
        predict(track, remaining)


@kernel
def warp(track: Record, motion: Floats) -> None:
    """Move the filter along with the picture, `motion` (2, 3) maps pixels of the last frame to pixels of this one.

    The mean goes through the affine and its velocity through the linear part; height and spread are scaled with the
    picture and the aspect stays. A rotation would couple x with y: it turns the mean only. A track that would end up
    `FARTHEST` from the picture stays where it is.

    Source: N. Aharon, R. Orfaig, B.-Z. Bobrovsky, "BoT-SORT: Robust Associations Multi-Pedestrian Tracking", arXiv
    2206.14651, section 3.2, with one uniform scale in place of the coupling of width and height.
    """
    p, v = track["position"], track["velocity"]
    scale = np.sqrt(abs(motion[0, 0] * motion[1, 1] - motion[0, 1] * motion[1, 0]))
    x = motion[0, 0] * p[0] + motion[0, 1] * p[1] + motion[0, 2]
    y = motion[1, 0] * p[0] + motion[1, 1] * p[1] + motion[1, 2]
    if not (abs(x) < FARTHEST and abs(y) < FARTHEST and p[HEIGHT] * scale < FARTHEST):
        return
    p[0], p[1] = x, y
    v[0], v[1] = motion[0, 0] * v[0] + motion[0, 1] * v[1], motion[1, 0] * v[0] + motion[1, 1] * v[1]
    p[HEIGHT] *= scale
    v[HEIGHT] *= scale
    for k in range(4):
        if k != ASPECT:
            track["var_position"][k] *= scale * scale
            track["covariance"][k] *= scale * scale
            track["var_velocity"][k] *= scale * scale


@kernel
def update(track: Record, box: Floats) -> None:
    """Correct the filter by one measured corner box."""
    p, v, a = track["position"], track["velocity"], track["var_position"]
    b, c = track["covariance"], track["var_velocity"]
    h = p[HEIGHT]
    z = np.empty(4)
    _measure(z, box)
    for k in range(4):
        r = _noise(POSITION_WEIGHT, h, 1e-1, k)
        s = a[k] + r
        y = z[k] - p[k]
        p[k] = p[k] + a[k] * y / s
        v[k] = v[k] + b[k] * y / s
        c[k] = c[k] - b[k] * b[k] / s
        a[k] = a[k] * (r / s)
        b[k] = b[k] * (r / s)


@kernel
def _noise(weight: float, height: float, aspect: float, k: int) -> float:
    """The variance (weight * height)^2 of coordinate k, and `aspect`^2 where that is the aspect."""
    deviation = aspect if k == ASPECT else weight * height
    return deviation * deviation


@kernel
def to_xyxy(track: Record, box: Floats) -> None:
    """Write the corners of the filter's mean into `box`, (4,)."""
    p = track["position"]
    half_width, half_height = p[ASPECT] * p[HEIGHT] / 2, p[HEIGHT] / 2
    box[0], box[1] = p[0] - half_width, p[1] - half_height
    box[2], box[3] = p[0] + half_width, p[1] + half_height


@kernel
def _measure(z: Floats, box: Floats) -> None:
    """Write the centre, aspect and height of a corner box into `z`, (4,)."""
    width, height = box[2] - box[0], box[3] - box[1]
    z[0] = box[0] + width / 2
    z[1] = box[1] + height / 2
    z[2] = width / height
    z[3] = height
