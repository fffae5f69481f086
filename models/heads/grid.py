"""The grids that one-stage detectors lay over their input."""

import numpy as np
from numpy.typing import NDArray

STRIDE_SETS = (
    (8, 16, 32), (8, 16, 32, 64), (4, 8, 16, 32), (4, 8, 16), (8, 16, 32, 64, 128), (16, 32), (8, 16), (8,), (4,),
    (16,), (32,),
)  # fmt: skip
"""Pyramids that real models use, the usual one first."""


def cell_count(input_hw: tuple[int, int], strides: tuple[int, ...]) -> int:
    """How many cells all grids have together."""
    return sum(-(-input_hw[0] // stride) * -(-input_hw[1] // stride) for stride in strides)


def strides_for(rows: int, input_hw: tuple[int, int]) -> tuple[int, ...] | None:
    """The pyramid with exactly so many cells, None where there is none."""
    return next((strides for strides in STRIDE_SETS if cell_count(input_hw, strides) == rows), None)


def stride_for(rows: int, input_hw: tuple[int, int]) -> int | None:
    """The stride of the one grid with exactly so many cells, None where there is none."""
    return next((stride for stride in (4, 8, 16, 32, 64, 128) if cell_count(input_hw, (stride,)) == rows), None)


def cells_of(
    index: NDArray[np.intp], input_hw: tuple[int, int], strides: tuple[int, ...]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(K, 2) column and row of each output row in its own grid, and (K, 1) the stride of that grid.

    Only the rows asked for are computed: a few dozen survive the floor, thousands do not.
    """
    counts = [cell_count(input_hw, (stride,)) for stride in strides]
    ends = np.cumsum(counts)
    level = np.searchsorted(ends, index, side="right")
    stride = np.array(strides)[level]
    columns = -(-input_hw[1] // stride)
    within = index - (ends - counts)[level]
    cell = np.stack([within % columns, within // columns], axis=1)
    return cell.astype(np.float32), stride[:, None].astype(np.float32)
