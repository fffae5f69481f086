"""What was found in overlapping views of one picture, made one: an object that several views show is told once.

Boxes of one view never remove each other: the detector, which saw them together, has told them apart. A box that
touches the border between two tiles may show half an object. It is trusted less than any box that does not, and gives
way to one of its class that covers it.

Sources: F. C. Akyon, S. O. Altinuc, A. Temizel, "Slicing Aided Hyper Inference and Fine-tuning for Small Object
Detection", ICIP 2022, section 3 (suppression over tiles, by intersection over the smaller area too); R. Solovyev,
W. Wang, T. Gabruseva, "Weighted boxes fusion: Ensembling boxes from different object detection models", Image and
Vision Computing 107, 2021, section 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.tiling import View
from tracker import Detections

Method = Literal["nms", "ios", "weighted"]

CUT_PX = 2.0
"""A box that ends so near a border between tiles, in pixels of the full picture, is cut by it."""

COVERED = 0.6
"""Share of a cut box that a whole one must cover to take its place."""

MOST_BOXES = 3000
"""Boxes of one picture that are compared, the best: what is beyond them is noise, and comparing is quadratic."""


ROWS_AT_ONCE = 256
"""Boxes that are compared with all others in one step, so that a crowd takes a few megabytes and no more."""


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """All boxes of all views: those that are trusted more first, that is the whole ones, then by score."""

    xyxy: NDArray[np.float64]
    score: NDArray[np.float64]
    class_id: NDArray[np.int64]
    oriented: NDArray[np.float64] | None
    view: NDArray[np.int64]
    cut: NDArray[np.bool_]


def merged(found: Sequence[Detections], views: Sequence[View], method: Method, overlap: float) -> Detections:
    """The detections of one picture, best score first, in pixels of the full picture.

    Args:
        found: what was found in each view, in pixels of the view.
        views: where each view lies, tiles and perhaps the area that they cover.
        method: `nms` keeps of two boxes of a class the more trusted one where their intersection over union is larger
            than `overlap`; `ios` does so where the intersection over the smaller area is; `weighted` puts a mean box,
            weighted by the scores, in the place of boxes that overlap as for `nms`. Turned boxes are not averaged.
            All give an object the best score that one of its boxes had, because the views see it at different scales;
            the mean that weighted boxes fusion takes would blame an object for being too small for the whole view.
        overlap: see `method`, in (0, 1].
    """
    every = _gathered(found, views)
    groups = _groups(every, method == "ios", overlap)
    leaders = np.array([group[0] for group in groups], np.intp)
    score = np.array([every.score[group].max() for group in groups])
    xyxy, oriented = every.xyxy[leaders], None if every.oriented is None else every.oriented[leaders]
    if method == "weighted" and oriented is None:
        xyxy = np.array([_mean_box(every, group) for group in groups]).reshape(-1, 4)
    order = np.argsort(-score, kind="stable")
    return Detections(
        xyxy=xyxy[order],
        score=score[order],
        class_id=every.class_id[leaders][order],
        oriented=None if oriented is None else oriented[order],
    )


def shifted(found: Detections, view: View) -> Detections:
    """Detections in pixels of a view, in pixels of the full picture."""
    if view.x1 == view.y1 == 0:
        return found
    corner = np.array([view.x1, view.y1], np.float64)
    oriented = found.oriented
    if oriented is not None:
        oriented = oriented + np.append(corner, np.zeros(3))
    return Detections(found.xyxy + np.tile(corner, 2), found.score, found.class_id, oriented)


def _gathered(found: Sequence[Detections], views: Sequence[View]) -> _Found:
    moved = [shifted(each, view) for each, view in zip(found, views, strict=True)]
    xyxy = np.concatenate([each.xyxy for each in moved])
    score = np.concatenate([each.score for each in moved])
    cut = np.concatenate([_cut(each.xyxy, view, views) for each, view in zip(moved, views, strict=True)])
    order = np.lexsort((-score, cut))
    if len(order) > MOST_BOXES:
        order = order[np.sort(np.argsort(-score[order], kind="stable")[:MOST_BOXES])]
    oriented = _turned(moved)
    return _Found(
        xyxy=xyxy[order],
        score=score[order],
        class_id=np.concatenate([each.class_id for each in moved])[order],
        oriented=None if oriented is None else oriented[order],
        view=np.repeat(np.arange(len(moved)), [len(each) for each in moved])[order],
        cut=cut[order],
    )


def _turned(found: Sequence[Detections]) -> NDArray[np.float64] | None:
    """The turned boxes of all views; a view in which nothing was found may have none."""
    columns = [each.oriented for each in found if each.oriented is not None and len(each)]
    return np.concatenate(columns) if columns else None


def _cut(xyxy: NDArray[np.float64], view: View, views: Sequence[View]) -> NDArray[np.bool_]:
    """(N,) which boxes touch a border of the view beyond which another view goes on."""
    edges = np.array(views)
    outer = [*edges[:, :2].min(axis=0), *edges[:, 2:].max(axis=0)]
    low = [(xyxy[:, k] <= view[k] + CUT_PX) & (view[k] > outer[k]) for k in (0, 1)]
    high = [(xyxy[:, k] >= view[k] - CUT_PX) & (view[k] < outer[k]) for k in (2, 3)]
    cut: NDArray[np.bool_] = np.logical_or.reduce([*low, *high])
    return cut


def _groups(every: _Found, by_smaller: bool, overlap: float) -> list[NDArray[np.intp]]:
    """The rows that are one object each, the one to be trusted most first."""
    alike = _alike(every, by_smaller, overlap)
    free = np.ones(len(alike), np.bool_)
    groups = []
    for row in range(len(alike)):
        if free[row]:
            others = np.flatnonzero(alike[row] & free)
            free[others] = False
            free[row] = False
            groups.append(np.concatenate([[row], others]).astype(np.intp))
    return groups


def _alike(every: _Found, by_smaller: bool, overlap: float) -> NDArray[np.bool_]:
    """(N, N) whether a box, by its row, takes another, by its column, for the object that it shows itself."""
    xyxy, cut = every.xyxy, every.cut
    area = (xyxy[:, 2] - xyxy[:, 0]) * (xyxy[:, 3] - xyxy[:, 1])
    alike = np.empty((len(xyxy), len(xyxy)), np.bool_)
    for start in range(0, len(xyxy), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        one = xyxy[rows, None]
        width = np.minimum(one[..., 2], xyxy[:, 2]) - np.maximum(one[..., 0], xyxy[:, 0])
        height = np.minimum(one[..., 3], xyxy[:, 3]) - np.maximum(one[..., 1], xyxy[:, 1])
        shared = np.maximum(width, 0.0) * np.maximum(height, 0.0)
        own = area[rows, None]
        same = shared > overlap * (np.minimum(own, area) if by_smaller else own + area - shared)
        same |= ~cut[rows, None] & cut & (shared > COVERED * area)
        same &= every.class_id[rows, None] == every.class_id
        alike[rows] = same & (every.view[rows, None] != every.view)
    return alike


def _mean_box(every: _Found, group: NDArray[np.intp]) -> NDArray[np.float64]:
    """The mean of the boxes by their scores. Boxes that are cut have no say beside one that is not."""
    if not every.cut[group[0]]:
        group = group[~every.cut[group]]
    boxes = every.xyxy[group]
    # The mean of one is off by a rounding.
    mean: NDArray[np.float64] = boxes[0] if len(group) == 1 else np.average(boxes, axis=0, weights=every.score[group])
    return mean
