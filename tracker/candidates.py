"""Which boxes overlap: the pairs worth a thought, found by a sweep over x instead of a matrix of all.

Of R tracks and N detections in a picture only few pairs touch, some 1.3 per object in a street. Both sets are walked
through in the order of their left edges, each box is compared with the boxes of the other set that the sweep is inside
of, and everything else is never looked at.
"""

import numpy as np

from tracker.compiled import kernel
from tracker.types import Bools, Floats, Indices


@kernel
def overlap(a: Floats, b: Floats) -> float:
    """Intersection over union of two corner boxes.

    Sides count pixels inclusively (x2 - x1 + 1), as ByteTrack's reference implementation does. A predicted box whose
    height has turned negative overlaps nothing.
    """
    width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    if width <= 0 or height <= 0:
        return 0.0
    intersection = width * height
    areas = (a[2] - a[0] + 1) * (a[3] - a[1] + 1) + (b[2] - b[0] + 1) * (b[3] - b[1] + 1)
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
    rows, columns = np.argsort(first[:, 0]), np.flatnonzero(used)
    columns = columns[np.argsort(second[columns, 0])]
    # The boxes that the sweep is inside of; those it has left are taken out when they are met.
    open_rows, open_columns = np.empty(len(rows), np.int32), np.empty(len(columns), np.int32)
    row_count = column_count = found = 0
    pair = np.empty((2, 4 * len(rows) + 16), np.int32)
    iou = np.empty(4 * len(rows) + 16)
    i = j = 0
    while i < len(rows) or j < len(columns):
        if i < len(rows) and (j == len(columns) or first[rows[i], 0] <= second[columns[j], 0]):
            row, k = rows[i], 0
            pair, iou = _room(pair, iou, found + column_count)
            while k < column_count:
                column = open_columns[k]
                if second[column, 2] + 1 <= first[row, 0]:
                    column_count -= 1
                    open_columns[k] = open_columns[column_count]
                    continue
                k += 1
                value = overlap(first[row], second[column])
                if 1.0 - value < limit:
                    pair[0, found], pair[1, found], iou[found] = row, column, value
                    found += 1
            open_rows[row_count] = row
            row_count += 1
            i += 1
        else:
            column, k = columns[j], 0
            pair, iou = _room(pair, iou, found + row_count)
            while k < row_count:
                row = open_rows[k]
                if first[row, 2] + 1 <= second[column, 0]:
                    row_count -= 1
                    open_rows[k] = open_rows[row_count]
                    continue
                k += 1
                value = overlap(first[row], second[column])
                if 1.0 - value < limit:
                    pair[0, found], pair[1, found], iou[found] = row, column, value
                    found += 1
            open_columns[column_count] = column
            column_count += 1
            j += 1
    return _by_row(pair[0, :found], pair[1, :found], iou[:found], len(first), len(second))


@kernel
def _room(pair: Indices, iou: Floats, wanted: int) -> tuple[Indices, Floats]:
    """The same arrays, or larger ones with the same content."""
    if wanted <= len(iou):
        return pair, iou
    size = 2 * wanted
    more_pair, more_iou = np.empty((2, size), np.int32), np.empty(size)
    more_pair[:, : len(iou)] = pair
    more_iou[: len(iou)] = iou
    return more_pair, more_iou


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
