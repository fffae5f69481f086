"""What every head returns, and what a head says about the model it belongs to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.options import BoxUnit, Colour, Fit

Array = NDArray[Any]
Triple = tuple[float, float, float]

FARTHEST = 1e5
"""No model has an input so large that a box of it could reach this many pixels."""
MOST_CLASSES = 100_000
MOST_SCORE = 1.01
"""What half precision may make of a score of 1."""


class Candidates(NamedTuple):
    """Boxes of one image before suppression: finite, score above the floor, in no order.

    Attributes:
        xyxy: (K, 4) float32, pixels of the model's input, or fractions of it where the model writes those.
        score: (K,) float32, 0 to 1.
        class_id: (K,) int64.
        oriented: (K, 5) float32 where the model finds turned boxes, which `xyxy` then encloses: centre x, centre y,
            width, height, and the angle of the width in radians, clockwise as seen. None otherwise.
    """

    xyxy: NDArray[np.float32]
    score: NDArray[np.float32]
    class_id: NDArray[np.int64]
    oriented: NDArray[np.float32] | None = None

    def at(self, rows: Array) -> "Candidates":
        """The candidates of these rows, in their order: an index or a mask."""
        turned = None if self.oriented is None else self.oriented[rows]
        return Candidates(self.xyxy[rows], self.score[rows], self.class_id[rows], turned)


class Terms(NamedTuple):
    """What a head has to know beside the outputs.

    Attributes:
        input_hw: (height, width) of the model's input.
        floor: candidates with a score at or below it are dropped.
        classes: how many class columns there are, where other columns (masks, key points) may follow; None: the rest.
    """

    input_hw: tuple[int, int]
    floor: float
    classes: int | None = None


Decode = Callable[[Sequence[Array], Terms], Candidates]
"""(outputs of one image, terms) -> candidates."""

Split = Callable[[Sequence[Array], int], Sequence[Sequence[Array]]]
"""(outputs of a batch, images in it) -> outputs of each image."""


@dataclass(frozen=True, slots=True)
class Head:
    """One output layout with the habits of the family that exports it.

    Attributes:
        name: as in `DetectorOptions.head`.
        decode: the pure function that reads it.
        overlapping: whether several boxes per object come out, so that suppression is needed.
        colour, fit, pixel_max: the input that the family was trained on.
        normal: mean and deviation, in the order of `colour` and on the scale of `pixel_max`; None: neither.
        boxes: unit of the boxes it writes; None where exports differ, and the values tell.
        oriented: whether it finds turned boxes.
        first_class: the class id of the first label: 1 where id 0 is the background.
        pad: grey of the letterbox, out of 255.
    """

    name: str
    decode: Decode
    overlapping: bool
    colour: Colour
    fit: Fit
    pixel_max: float
    normal: tuple[Triple, Triple] | None = None
    boxes: BoxUnit | None = None
    oriented: bool = False
    first_class: int = 0
    pad: float = 114.0

    @property
    def mean(self) -> Triple | None:
        """What is subtracted per channel."""
        return self.normal[0] if self.normal else None

    @property
    def std(self) -> Triple | None:
        """What is divided by per channel."""
        return self.normal[1] if self.normal else None


def as_float32(output: Array) -> NDArray[np.float32]:
    """The output in single precision: half precision is slow in NumPy and too coarse for pixels.

    What single precision cannot hold becomes infinite, and is dropped with everything else that is no number.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return output.astype(np.float32, copy=False)


def as_class_id(column: Array) -> NDArray[np.int64]:
    """Class ids that a model wrote as floating point, whole numbers; what cannot be one is -1, which is dropped."""
    if not np.issubdtype(column.dtype, np.floating):
        with np.errstate(over="ignore", invalid="ignore"):
            return column.astype(np.int64)
    whole = np.rint(np.nan_to_num(as_float32(column), nan=-1.0, posinf=-1.0, neginf=-1.0))
    return np.where(np.abs(whole) < MOST_CLASSES, whole, -1).astype(np.int64)


def corners(cxcywh: NDArray[np.float32]) -> NDArray[np.float32]:
    """Boxes (K, 4) given by centre and size, as corners."""
    with np.errstate(over="ignore", invalid="ignore"):
        half = cxcywh[:, 2:4] / 2
        return np.concatenate([cxcywh[:, :2] - half, cxcywh[:, :2] + half], axis=1)


def candidates(
    xyxy: NDArray[np.float32], score: NDArray[np.float32], class_id: Array, oriented: NDArray[np.float32] | None = None
) -> Candidates:
    """The rows with numbers that a detection can have; scores a rounding above 1 become 1.

    A model in half precision, or one that was fed nonsense, writes NaN, infinity and boxes as large as a planet: those
    rows are no detections, and one of them would take all precision from the others in the suppression.
    """
    keep = (np.abs(xyxy) < FARTHEST).all(axis=1) & (score <= MOST_SCORE) & (class_id >= 0) & (class_id < MOST_CLASSES)
    if oriented is not None:
        keep &= (np.abs(oriented) < FARTHEST).all(axis=1) & (oriented[:, 2:4] > 0).all(axis=1)
        oriented = oriented[keep]
    return Candidates(xyxy[keep], np.minimum(score[keep], 1), class_id[keep].astype(np.int64), oriented)
