"""The constant-velocity filter of ByteTrack, in closed form, on one row of `table.TRACK` at a time, in place.

Source: N. Wojke, A. Bewley, D. Paulus, "Simple Online and Realtime Tracking with a Deep Association Metric", ICIP 2017,
section 2.1 (the state and its noise), as used by Y. Zhang et al., "ByteTrack: Multi-Object Tracking by Associating
Every Detection Box", ECCV 2022.

The state is (x, y, a, h), centre, aspect and height, with one velocity each. Every matrix of that eight-dimensional
filter is block-diagonal by coordinate, so it is four independent filters of two states: no matrix is ever inverted.
Velocities are per nominal frame. With another `box_state` the width stands in the place of the aspect (N. Aharon et
al., "BoT-SORT", arXiv 2206.14651, section 3.1).
"""

import numpy as np

from tracker.compiled import kernel
from tracker.options import XYAH, XYWH
from tracker.table import Record
from tracker.types import Floats

POSITION_WEIGHT = 1 / 20
VELOCITY_WEIGHT = 1 / 160

SIZE, HEIGHT = 2, 3
"""The coordinates of the aspect, or width, and of the height."""

FARTHEST = 1e9
"""Pixels beyond which nothing is carried by camera motion, so that no sequence of motions makes the state overflow."""

LEAST_HEIGHT = 1e-9
"""The height, in pixels, below which camera motion makes nothing smaller, so that no spread becomes 0."""

UNIT_STEPS_AT_MOST = 1000
"""A longer gap is crossed in this many steps of one frame and a single step for all the rest."""


@kernel
def initiate(track: Record, box: Floats, state: int) -> None:
    """Start the filter at a first corner box: at rest, and unsure in proportion to the size. `state` is a code of
    `options`."""
    p = track["position"]
    _measure(p, box, state)
    w, h = p[SIZE], p[HEIGHT]
    for k in range(4):
        track["velocity"][k] = 0.0
        track["var_position"][k] = _noise(2 * POSITION_WEIGHT, w, h, 1e-2, k, state)
        track["covariance"][k] = 0.0
        track["var_velocity"][k] = _noise(10 * VELOCITY_WEIGHT, w, h, 1e-5, k, state)


@kernel
def predict(track: Record, d: float, state: int) -> None:
    """Move the filter on by `d` nominal frames in one step.

    With F(d) = [[1, d], [0, 1]] and Q(d) = [[d qp + qv d(d-1)(2d-1)/6, qv d(d-1)/2], [., d qv]]; the noise is scaled by
    the mean size before the step. At d = 1 this is exactly ByteTrack's prediction; Q(a+b) = F(b) Q(a) F(b)' + Q(b).
    """
    p, v, a = track["position"], track["velocity"], track["var_position"]
    b, c = track["covariance"], track["var_velocity"]
    w, h = p[SIZE], p[HEIGHT]
    for k in range(4):
        qp = _noise(POSITION_WEIGHT, w, h, 1e-2, k, state)
        qv = _noise(VELOCITY_WEIGHT, w, h, 1e-5, k, state)
        p[k] = p[k] + d * v[k]
        a[k] = a[k] + 2 * d * b[k] + d * d * c[k] + d * qp + (d * (d - 1) * (2 * d - 1) / 6) * qv
        b[k] = b[k] + d * c[k] + (d * (d - 1) / 2) * qv
        c[k] = c[k] + d * qv


@kernel
def advance(track: Record, frames: float, state: int) -> None:
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
        predict(track, 1.0, state)
        remaining -= 1.0
        if step == 0 and remaining > 0.0:
            track["velocity"][HEIGHT] = 0.0
    if remaining > 0.0:
        predict(track, remaining, state)


@kernel
def warp(track: Record, motion: Floats, state: int) -> None:
    """Move the filter along with the picture; `motion` (2, 3) maps pixels of the last frame to pixels of this one.

    The mean goes through the affine and its velocity through the linear part; sizes and all spreads are scaled with the
    picture, and an aspect stays. x and y are equally uncertain where noise goes by the height, so a rotation leaves
    their covariance as it is. A track that would end up `FARTHEST` from the picture stays where it is.

    Source: N. Aharon, R. Orfaig, B.-Z. Bobrovsky, "BoT-SORT: Robust Associations Multi-Pedestrian Tracking", arXiv
    2206.14651, section 3.2, with one uniform scale in place of the coupling of width and height.
    """
    p, v = track["position"], track["velocity"]
    scale = np.sqrt(abs(motion[0, 0] * motion[1, 1] - motion[0, 1] * motion[1, 0]))
    x = motion[0, 0] * p[0] + motion[0, 1] * p[1] + motion[0, 2]
    y = motion[1, 0] * p[0] + motion[1, 1] * p[1] + motion[1, 2]
    if not (abs(x) < FARTHEST and abs(y) < FARTHEST):
        return
    if not LEAST_HEIGHT < abs(p[HEIGHT]) * scale < FARTHEST:
        scale = 1.0
    p[0], p[1] = x, y
    v[0], v[1] = motion[0, 0] * v[0] + motion[0, 1] * v[1], motion[1, 0] * v[0] + motion[1, 1] * v[1]
    for k in range(4):
        if k == SIZE and state == XYAH:
            continue
        if k >= SIZE:
            p[k] *= scale
            v[k] *= scale
        track["var_position"][k] *= scale * scale
        track["covariance"][k] *= scale * scale
        track["var_velocity"][k] *= scale * scale


@kernel
def update(track: Record, box: Floats, noise_scale: float, state: int) -> None:
    """Correct the filter by one measured corner box, whose noise is multiplied with `noise_scale`, usually 1."""
    p, v, a = track["position"], track["velocity"], track["var_position"]
    b, c = track["covariance"], track["var_velocity"]
    w, h = p[SIZE], p[HEIGHT]
    z = np.empty(4)
    _measure(z, box, state)
    for k in range(4):
        r = _noise(POSITION_WEIGHT, w, h, 1e-1, k, state) * noise_scale
        s = a[k] + r
        y = z[k] - p[k]
        p[k] = p[k] + a[k] * y / s
        v[k] = v[k] + b[k] * y / s
        c[k] = c[k] - b[k] * b[k] / s
        a[k] = a[k] * (r / s)
        b[k] = b[k] * (r / s)


@kernel
def distance(track: Record, box: Floats, state: int) -> float:
    """The squared Mahalanobis distance of a corner box from the prediction, over the four coordinates."""
    p = track["position"]
    z, total = np.empty(4), 0.0
    _measure(z, box, state)
    for k in range(4):
        r = _noise(POSITION_WEIGHT, p[SIZE], p[HEIGHT], 1e-1, k, state)
        y = z[k] - p[k]
        total += y * y / (track["var_position"][k] + r)
    return total


@kernel
def to_xyxy(track: Record, box: Floats, state: int) -> None:
    """Write the corners of the filter's mean into `box`, (4,)."""
    p = track["position"]
    half_width, half_height = p[SIZE] / 2, p[HEIGHT] / 2
    if state == XYAH:
        half_width = p[SIZE] * p[HEIGHT] / 2
    box[0], box[1] = p[0] - half_width, p[1] - half_height
    box[2], box[3] = p[0] + half_width, p[1] + half_height


@kernel
def _noise(weight: float, size: float, height: float, aspect: float, k: int, state: int) -> float:
    """The variance of coordinate k: (weight * height)^2, where noise goes by the own side (weight * width)^2 for x and
    width, and `aspect`^2 for an aspect."""
    deviation = weight * height
    if k == SIZE and state == XYAH:
        deviation = aspect
    elif state == XYWH and k % 2 == 0:
        deviation = weight * size
    return deviation * deviation


@kernel
def _measure(z: Floats, box: Floats, state: int) -> None:
    """Write the centre, the aspect or width, and the height of a corner box into `z`, (4,)."""
    width, height = box[2] - box[0], box[3] - box[1]
    z[0] = box[0] + width / 2
    z[1] = box[1] + height / 2
    z[2] = width / height if state == XYAH else width
    z[3] = height
