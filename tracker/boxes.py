"""Box conversions and overlap, over (N, 4) arrays.

`xyxy` is x1, y1, x2, y2; `tlwh` is left, top, width, height; `xyah` is centre x, centre y, aspect (width / height),
height. All in pixels, with real-valued sides: only `iou` counts pixels inclusively.
"""

import numpy as np

from tracker.types import Floats


def xyxy_to_tlwh(xyxy: Floats) -> Floats:
    """Left, top, width, height of (N, 4) corner boxes."""
    return np.concatenate([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]], axis=1)


def tlwh_to_xyxy(tlwh: Floats) -> Floats:
    """Corners of (N, 4) left, top, width, height boxes."""
    return np.concatenate([tlwh[:, :2], tlwh[:, :2] + tlwh[:, 2:]], axis=1)


def xyxy_to_xyah(xyxy: Floats) -> Floats:
    """Centre, aspect and height of (N, 4) corner boxes: what the filter measures."""
    size = xyxy[:, 2:] - xyxy[:, :2]
    xyah = np.empty_like(xyxy)
    xyah[:, :2] = xyxy[:, :2] + size / 2
    xyah[:, 2] = size[:, 0] / size[:, 1]
    xyah[:, 3] = size[:, 1]
    return xyah


def xyah_to_xyxy(xyah: Floats) -> Floats:
    """Corners of (N, 4) centre, aspect, height boxes."""
    half = np.empty((len(xyah), 2))
    half[:, 0] = xyah[:, 2] * xyah[:, 3] / 2
    half[:, 1] = xyah[:, 3] / 2
    return np.concatenate([xyah[:, :2] - half, xyah[:, :2] + half], axis=1)


def iou(first: Floats, second: Floats) -> Floats:
    """Intersection over union of every box of `first` with every box of `second`.

    Sides count pixels inclusively (x2 - x1 + 1), as ByteTrack's reference implementation does. A predicted box whose
    height has turned negative overlaps nothing.

    Args:
        first: (N, 4) corner boxes.
        second: (M, 4) corner boxes.

    Returns:
        (N, M) float64 in [0, 1].
    """
    intersection = _overlaps(first, second, axis=0)
    intersection *= _overlaps(first, second, axis=1)
    union = np.add.outer(_areas(first), _areas(second))
    union -= intersection
    # Where nothing intersects the quotient stays 0, whatever the union of a box turned inside out is.
    return np.divide(intersection, union, out=intersection, where=intersection > 0)


def _overlaps(first: Floats, second: Floats, axis: int) -> Floats:
    """(N, M) pixels that every two boxes share along x (axis 0) or y (axis 1)."""
    shared: Floats = np.minimum.outer(first[:, 2 + axis], second[:, 2 + axis])
    shared -= np.maximum.outer(first[:, axis], second[:, axis])
    shared += 1
    return np.maximum(shared, 0, out=shared)


def _areas(xyxy: Floats) -> Floats:
    areas: Floats = (xyxy[:, 2] - xyxy[:, 0] + 1) * (xyxy[:, 3] - xyxy[:, 1] + 1)
    return areas
