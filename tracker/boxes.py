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
    start = np.maximum(first[:, None, :2], second[None, :, :2])
    stop = np.minimum(first[:, None, 2:], second[None, :, 2:])
    overlap = np.maximum(stop - start + 1, 0)
    intersection: Floats = overlap[..., 0] * overlap[..., 1]
    union = _areas(first)[:, None] + _areas(second)[None, :] - intersection
    ratio = np.zeros_like(intersection)
    np.divide(intersection, union, out=ratio, where=intersection > 0)
    return ratio


def _areas(xyxy: Floats) -> Floats:
    sides = xyxy[:, 2:] - xyxy[:, :2] + 1
    areas: Floats = sides[:, 0] * sides[:, 1]
    return areas
