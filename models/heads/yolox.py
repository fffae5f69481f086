"""YOLOX: [N, 5 + classes] per image, one row per grid cell, not decoded."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.heads.grid import cells_of, strides_for
from models.heads.layout import Array, Candidates, Terms, as_float32, candidates, corners


def decode(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of raw YOLOX rows (dx, dy, log w, log h, objectness, classes...), scores already sigmoided.

    A centre is (cell + d) * stride, a side exp(log) * stride, a score objectness * class.

    Source: Ge et al., YOLOX: Exceeding YOLO Series in 2021, arXiv 2107.08430, section 2; yolox/utils/demo_utils.py.
    """
    rows = as_float32(outputs[0])
    strides = strides_for(len(rows), terms.input_hw)
    if strides is None:
        raise ValueError(f"{len(rows)} rows are no YOLOX grid over an input of {terms.input_hw}")
    # A class score is at most 1, so objectness alone rules out nearly every row before anything is computed.
    index = np.flatnonzero(rows[:, 4] > terms.floor)
    index, score, class_id = best_class(rows, index, terms)
    cell, stride = cells_of(index, terms.input_hw, strides)
    raw = rows[index, :4]
    with np.errstate(over="ignore", invalid="ignore"):
        boxes = np.concatenate([(raw[:, :2] + cell) * stride, np.exp(raw[:, 2:]) * stride], axis=1)
    return candidates(corners(boxes), score, class_id)


def best_class(
    rows: NDArray[np.float32], index: NDArray[np.intp], terms: Terms
) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.intp]]:
    """Of the rows at `index`: those whose objectness times best class beats the floor, that score and that class."""
    classes = rows[index, 5 : None if terms.classes is None else 5 + terms.classes]
    class_id = classes.argmax(axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        score = rows[index, 4] * classes[np.arange(len(index)), class_id]
    keep = score > terms.floor
    return index[keep], score[keep], class_id[keep]
