"""The exact truth about one frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.sources.demo.backdrop import Backdrop
from app.sources.demo.figure import Image
from app.sources.demo.scene import Shown, visible_part
from app.sources.demo.view import View

SCORED_VISIBILITY = 0.25
"""A detector or tracker is only held to objects of which at least this share can be seen; the others are to be ignored."""

MASK_WIDTH_PX = 480


@dataclass(frozen=True, slots=True, eq=False)
class DemoTruth:
    """All K objects with any pixel in the picture.

    `object_id` (K,) int64, unique for ever under one seed; `xyxy` (K, 4) float64 pixels, the tight box cut at the picture's borders,
    hidden parts included; `class_id` (K,) int64, a place in CLASSES; `visibility` (K,) float64, the share of the object's pixels
    that is inside the picture and not hidden.
    """

    object_id: NDArray[np.int64]
    xyxy: NDArray[np.float64]
    class_id: NDArray[np.int64]
    visibility: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.object_id)


def tell_truth(shown: list[Shown], backdrop: Backdrop, view: View) -> DemoTruth:
    """The truth about objects that are painted in this order (farthest first)."""
    inside = [(item, part) for item in shown if (part := visible_part(item.box, view)) is not None]
    rows = [item.actor.traveller for item, _ in inside]
    return DemoTruth(
        np.array([row.object_id for row in rows], dtype=np.int64),
        np.array([part for _, part in inside], dtype=np.float64).reshape(-1, 4),
        np.array([row.class_id for row in rows], dtype=np.int64),
        _visibility([item for item, _ in inside], backdrop, view),
    )


def _visibility(items: list[Shown], backdrop: Backdrop, view: View) -> NDArray[np.float64]:
    """Stamps every silhouette into one mask in painting order and counts what is left of each."""
    scale = min(1.0, MASK_WIDTH_PX / view.width)
    mask = np.zeros((round(view.height * scale), round(view.width * scale)), dtype=np.uint8)
    waiting = list(backdrop.occluders)
    for number, item in enumerate(items, start=1):
        while waiting and waiting[0].depth > item.depth:
            waiting.pop(0).figure.stamp(mask, 0, scale)
        item.figure.stamp(mask, number, scale)
    for occluder in waiting:
        occluder.figure.stamp(mask, 0, scale)
    seen = np.bincount(mask.ravel(), minlength=len(items) + 1)[1:]
    whole = np.array([_pixels(item, scale) for item in items], dtype=np.float64)
    return np.minimum(seen[: len(items)] / np.maximum(whole, 1.0), 1.0)


def _pixels(item: Shown, scale: float) -> int:
    """How many pixels of the mask the whole silhouette has, beyond the picture's borders too."""
    x1, y1, x2, y2 = item.box
    left, top = np.floor(x1 * scale) / scale, np.floor(y1 * scale) / scale
    alone: Image = np.zeros((int((y2 - top) * scale) + 2, int((x2 - left) * scale) + 2), dtype=np.uint8)
    item.figure.stamp(alone, 1, scale, left, top)
    return int(alone.sum())
