"""NanoDet and PicoDet: class scores and distance distributions per grid cell, not decoded."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.heads.grid import cells_of, strides_for
from models.heads.layout import Array, Candidates, Terms, as_float32, candidates

SIDES = 4
REG_BINS = (32, 68)
"""Columns of four distributions: the largest distance is 7 strides in NanoDet and PicoDet, 16 in GFL."""


def decode_centred(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of (scores of all grids..., distributions of all grids...), distances seen from the cells' centres.

    Source: Li et al., Generalized Focal Loss, NeurIPS 2020, section 3: a distance is the mean of a softmax over its
    bins. RangiLyu/nanodet issue 373: version 0 measures from (cell + 0.5) * stride; so does PicoDet.
    """
    return _decode(*_joined(outputs), terms, 0.5)


def decode_cornered(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """The same, distances seen from the cells' top left corners: NanoDet-Plus (RangiLyu/nanodet issue 373)."""
    return _decode(*_joined(outputs), terms, 0.0)


def _joined(outputs: Sequence[Array]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Scores (N, C) and distributions (N, 4 * bins) of all grids, finest first."""
    if len(outputs) == 1:
        table = as_float32(outputs[0])
        return table[:, : -REG_BINS[0]], table[:, -REG_BINS[0] :]
    half = len(outputs) // 2
    scores, distances = outputs[:half], outputs[half:]
    if half == 1:
        return as_float32(scores[0]), as_float32(distances[0])
    return as_float32(np.concatenate(scores)), as_float32(np.concatenate(distances))


def _decode(scores: NDArray[np.float32], bins: NDArray[np.float32], terms: Terms, centre: float) -> Candidates:
    strides = strides_for(len(scores), terms.input_hw)
    if strides is None:
        raise ValueError(f"{len(scores)} rows are no grid over an input of {terms.input_hw}")
    index = np.flatnonzero(scores.max(axis=1, initial=0.0) > terms.floor)
    class_id = scores[index].argmax(axis=1)
    cell, stride = cells_of(index, terms.input_hw, strides)
    point = (cell + np.float32(centre)) * stride
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        distance = _expected(bins[index]) * stride
        boxes = np.concatenate([point - distance[:, :2], point + distance[:, 2:]], axis=1)
    return candidates(boxes, scores[index, class_id], class_id)


def _expected(bins: NDArray[np.float32]) -> NDArray[np.float32]:
    """(K, 4) left, top, right, bottom in strides: the mean of each side's softmax."""
    logits = bins.reshape(len(bins), SIDES, bins.shape[1] // SIDES)
    weight = np.exp(logits - logits.max(axis=2, keepdims=True))
    steps = np.arange(logits.shape[2], dtype=np.float32)
    return np.asarray((weight * steps).sum(axis=2) / weight.sum(axis=2), np.float32)
