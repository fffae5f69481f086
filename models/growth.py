"""Whether a model that is run at another size than its own answers as one of that size would.

A graph that holds the grids of its own size as constants mostly fails at another. Where both sizes have the same number
of cells it does not: yolov8n, fixed to 640 x 640, runs at 512 x 800 and writes as many boxes, all in wrong places. So
the number of rows is looked at, and where the graph itself computes the boxes, whether they lie about their own cells.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.heads.grid import STRIDE_SETS, cell_count, cells_of
from models.heads.matching.answer import Answer
from models.heads.reading import Reading

GRIDS_OUTSIDE = ("yolox", "nanodet", "nanodet_plus", "picodet")
"""Heads whose boxes are computed here, from the cells of the size that is run."""

LONE_STRIDES = ((64,), (128,))
"""Grids that only belong to larger pyramids; some models write each grid as an output of its own."""

MOST_ANCHORS = 9
FARTHEST_CELLS = 2.0
"""In strides, the median on either axis. Measured with yolov8n in int8 on the test card: 0.4 to 0.7 where the cells are
right, at inputs of 96 x 160 to 640 x 640, and 6 to 20 where they are those of another size."""

Grids = tuple[tuple[int, ...], int]
"""Strides of a pyramid, and boxes per cell."""


def grows(before: Answer, after: Answer, reading: Reading) -> bool:
    """Whether every output that is read has the rows of the new size's grids, and its boxes lie about their cells.

    Args:
        before: what the model wrote at its own size.
        after: what it wrote at the other one.
        reading: of `after`, by a head that has a row for each cell.
    """
    fitting = [_grids(before, after, index) for index in reading.order]
    if not all(fitting):
        return False
    return reading.head.name in GRIDS_OUTSIDE or _lie_about_their_cells(after, reading, set().union(*fitting))


def _grids(before: Answer, after: Answer, index: int) -> set[Grids]:
    """The grids that one output shows at both sizes; none where an axis has changed in another way."""
    old, new = before.arrays[index].shape[1:], after.arrays[index].shape[1:]
    if len(old) != len(new):
        return set()
    found: set[Grids] = set()
    for rows_before, rows_after in zip(old, new, strict=True):
        fitting = set(_fitting(rows_before, rows_after, before.input_hw, after.input_hw))
        if rows_before != rows_after and not fitting:
            return set()
        found |= fitting
    return found


def _fitting(old: int, new: int, old_hw: tuple[int, int], new_hw: tuple[int, int]) -> Iterator[Grids]:
    for strides in (*STRIDE_SETS, *LONE_STRIDES):
        anchors, left = divmod(old, cell_count(old_hw, strides))
        if not left and 1 <= anchors <= MOST_ANCHORS and new == anchors * cell_count(new_hw, strides):
            yield strides, anchors


def _lie_about_their_cells(answer: Answer, reading: Reading, fitting: set[Grids]) -> bool:
    everything = reading.candidates(reading.images(answer.arrays, 1)[0], answer.input_hw, -1.0).xyxy
    centres = (everything[:, :2] + everything[:, 2:]) / 2
    for strides, anchors in fitting:
        if len(centres) != anchors * cell_count(answer.input_hw, strides):
            continue
        for index in _orders(answer.input_hw, strides, anchors):
            cell, stride = cells_of(index, answer.input_hw, strides)
            offsets = np.abs(centres / stride - cell - 0.5)
            if np.median(offsets, axis=0).max() <= FARTHEST_CELLS:
                return True
    return False


def _orders(input_hw: tuple[int, int], strides: Sequence[int], anchors: int) -> Iterator[NDArray[np.intp]]:
    """The cell of each row: in each grid all cells for one anchor after the other, or all anchors cell by cell."""
    ends = np.cumsum([cell_count(input_hw, (stride,)) for stride in strides])
    levels = np.split(np.arange(ends[-1]), ends[:-1])
    yield np.concatenate([np.tile(level, anchors) for level in levels])
    yield np.concatenate([np.repeat(level, anchors) for level in levels])
