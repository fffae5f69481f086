"""The exact truth about one frame."""

from dataclasses import dataclass
from math import ceil, floor

import cv2
import numpy as np
from numpy.typing import NDArray

from app.sources.demo.backdrop import Backdrop, Occluder
from app.sources.demo.figure import Image
from app.sources.demo.scene import Shown, visible_part
from app.sources.demo.view import View

SCORED_VISIBILITY = 0.25
"""Detectors and trackers are only held to objects of which at least this share can be seen; ignore the others."""


@dataclass(frozen=True, slots=True, eq=False)
class DemoTruth:
    """All K objects with any pixel in the picture.

    `object_id` (K,) int64, unique for ever under one seed; `xyxy` (K, 4) float64 pixels, the tight box cut at the
    picture's borders, hidden parts included; `class_id` (K,) int64, a place in CLASSES; `visibility` (K,) float64, the
    share of the object's pixels that is inside the picture and not hidden.
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
    mask: Image = np.zeros((view.height, view.width), dtype=np.uint8)
    waiting = list(backdrop.occluders)
    for number, item in enumerate(items, start=1):
        while waiting and waiting[0].depth > item.depth:
            _hide(mask, waiting.pop(0))
        item.figure.stamp(mask, number)
    for occluder in waiting:
        _hide(mask, occluder)
    seen = np.bincount(mask.ravel(), minlength=len(items) + 1)[1:]
    whole = np.array([_pixels(item) for item in items], dtype=np.float64)
    return np.minimum(seen / np.maximum(whole, 1.0), 1.0)


def _hide(mask: Image, occluder: Occluder) -> None:
    height, width = occluder.mask.shape
    part = mask[occluder.top : occluder.top + height, occluder.left : occluder.left + width]
    if part.size:
        cv2.subtract(part, occluder.mask, part)


def _pixels(item: Shown) -> int:
    """How many pixels the whole silhouette has, beyond the picture's borders too."""
    x1, y1, x2, y2 = item.box
    left, top = floor(x1) - 1, floor(y1) - 1
    alone: Image = np.zeros((ceil(y2) + 2 - top, ceil(x2) + 2 - left), dtype=np.uint8)
    item.figure.stamp(alone, 1, left, top)
    return cv2.countNonZero(alone)
