"""Which boxes overlap: the pairs worth a thought, found by a sweep over x instead of a matrix of all.

Of R tracks and N detections in a picture only few pairs touch, some 1.3 per object in a street. Both sets are walked
through in the order of their left edges, each box is compared with the boxes of the other set that the sweep is inside
of, and everything else is never looked at.
"""

from typing import Any

import numpy as np

from tracker.compiled import kernel
from tracker.types import Bools, Floats, Indices


@kernel
def overlap(a: Floats, i: int, b: Floats, j: int) -> float:
    """Intersection over union of the corner boxes a[i] and b[j].

    Sides count pixels inclusively (x2 - x1 + 1), as ByteTrack's reference implementation does. A predicted box whose
    height has turned negative overlaps nothing.
    """
    height = min(a[i, 3], b[j, 3]) - max(a[i, 1], b[j, 1]) + 1
    if height <= 0:
        return 0.0
    width = min(a[i, 2], b[j, 2]) - max(a[i, 0], b[j, 0]) + 1
    if width <= 0:
        return 0.0
    intersection = width * height
    areas = (a[i, 2] - a[i, 0] + 1) * (a[i, 3] - a[i, 1] + 1) + (b[j, 2] - b[j, 0] + 1) * (b[j, 3] - b[j, 1] + 1)
    iou: float = intersection / (areas - intersection)
    return iou


@kernel
def candidates(first: Floats, second: Floats, used: Bools, limit: float) -> tuple[Indices, Indices, Floats]:
    """The pairs whose cost, 1 - IoU, is below a limit of at most 1, row by row.

    Args:
        first: (R, 4) corner boxes.
        second: (N, 4) corner boxes.
        used: (N,) which of `second` take part.
        limit: the cost from which a pair is of no use.

    Returns:
        `start` (R + 1,): the pairs of row r are start[r] to start[r + 1]; `column` (K,), ascending within a row; and
        `iou` (K,).
    """
    boxes, column_of = np.concatenate((first, second[used])), np.flatnonzero(used)
    rows, order = len(first), np.argsort(boxes[:, 0])
    # The boxes of either set that the sweep is inside of; one that it has left is taken out when it is met.
    inside, edges = np.empty((2, len(boxes)), np.int32), np.empty((2, len(boxes), 4))
    count = np.zeros(2, np.int32)
    row, column, iou = np.empty(256, np.int32), np.empty(256, np.int32), np.empty(256)
    found = 0
    for entering in order:
        side = 0 if entering < rows else 1
        other, left, k, waiting = edges[1 - side], boxes[entering, 0], 0, count[1 - side]
        if found + waiting > len(iou):
            size = 2 * (found + waiting)
            row, column, iou = _longer(row, size), _longer(column, size), _longer(iou, size)
        while k < waiting:
            # Written as in `overlap`, so that both round alike.
            if other[k, 2] - left + 1 <= 0:
                waiting -= 1
                inside[1 - side, k] = inside[1 - side, waiting]
                _set(other, k, other, waiting)
                continue
            value = overlap(boxes, entering, other, k)
            if 1.0 - value < limit:
                met = inside[1 - side, k]
                row[found], column[found] = min(entering, met), column_of[max(entering, met) - rows]
                iou[found] = value
                found += 1
            k += 1
        count[1 - side] = waiting
        inside[side, count[side]] = entering
        _set(edges[side], count[side], boxes, entering)
        count[side] += 1
    return _by_row(row[:found], column[:found], iou[:found], rows, len(second))


@kernel
def _set(a: Floats, i: int, b: Floats, j: int) -> None:
    """Put the box b[j] in the place of a[i]."""
    for k in range(4):
        a[i, k] = b[j, k]


@kernel
def _longer(array: Any, size: int) -> Any:
    """A longer array that begins with the same values."""
    longer = np.empty(size, array.dtype)
    longer[: len(array)] = array
    return longer


@kernel
def _by_row(row: Indices, column: Indices, iou: Floats, rows: int, columns: int) -> tuple[Indices, Indices, Floats]:
    """Pairs in any order, sorted by row and within a row by column: two passes of counting sort."""
    _, by_column = _buckets(column, np.arange(len(column)).astype(np.int32), columns)
    start, order = _buckets(row, by_column, rows)
    return start, column[order], iou[order]


@kernel
def _buckets(key: Indices, order: Indices, size: int) -> tuple[Indices, Indices]:
    """Where each key's bucket starts, and `order` sorted by key, equal keys left as they are."""
    start = np.zeros(size + 1, np.int32)
    for k in range(len(order)):
        start[key[order[k]] + 1] += 1
    for k in range(size):
        start[k + 1] += start[k]
    place, result = start.copy(), np.empty_like(order)
    for k in range(len(order)):
        result[place[key[order[k]]]] = order[k]
        place[key[order[k]]] += 1
    return start, result
