"""How to read a model: the head, what it is given, and what its numbers mean."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.detector import ModelUnsupported
from models.heads.layout import Array, Candidates, Head, Split, Terms
from models.heads.splits import alone, by_axis
from models.options import BoxUnit

LARGEST_FRACTION = 2.0
"""Boxes in fractions of the input reach a little beyond 1. A box within two pixels of the corner is no detection."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a model.

    Attributes:
        head: which function reads it, and the habits of its family.
        order: which outputs it takes, in which order.
        classes: how many classes the outputs show, None if they do not.
        split: how the outputs of a batch fall apart into images.
        overlapping: whether suppression is needed.
        boxes: unit of the boxes; None where the test card did not show it: then every image shows its own.
        reason: one line that says why the model is read like this.
    """

    head: Head
    order: tuple[int, ...]
    classes: int | None
    split: Split = by_axis
    overlapping: bool = True
    boxes: BoxUnit | None = "pixels"
    reason: str = ""

    def batch_limit(self, tried: int | None, declared: int | None) -> int | None:
        """Images per run.

        Args:
            tried: what a run of two showed, of outputs that have the batch as their first axis; None: any number.
            declared: what the graph says; None: any number.

        Raises:
            ModelUnsupported: the graph takes several images at once, and its outputs do not say whose they are.
        """
        if self.split is by_axis:
            return tried
        if self.split is not alone:
            return declared or 1
        if declared not in (None, 1):
            raise ModelUnsupported(f"the model takes {declared} images, but its outputs do not say whose a box is")
        return 1

    def images(self, outputs: Sequence[Array], count: int) -> Sequence[Sequence[Array]]:
        """What the head takes of the outputs of a run of `count` images, image by image."""
        return self.split([outputs[index] for index in self.order], count)

    def candidates(self, outputs: Sequence[Array], input_hw: tuple[int, int], floor: float) -> Candidates:
        """The candidates of one image in pixels of the input; `outputs` as `images` gives them."""
        found = self.head.decode(outputs, Terms(input_hw, floor, self.classes))
        if self.boxes == "pixels" or not len(found.score):
            return found
        if self.boxes is None and np.abs(found.xyxy).max() > LARGEST_FRACTION:
            return found
        return _in_pixels(found, input_hw)


def _in_pixels(found: Candidates, input_hw: tuple[int, int]) -> Candidates:
    """The same candidates, from fractions of the input to its pixels; an angle is measured in pixels already."""
    rows, columns = input_hw
    turned = found.oriented
    if turned is not None:
        turned = turned * np.array([columns, rows, columns, rows, 1], np.float32)
    return found._replace(xyxy=found.xyxy * np.array([columns, rows, columns, rows], np.float32), oriented=turned)
