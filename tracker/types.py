"""What goes into a tracker and what comes out: frozen columns, one row per detection or per track."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tracker.errors import DetectionsError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]

COORDINATE_LIMIT = 1e6
"""The largest coordinate, in pixels, either side of zero. It bounds the filter's state, so that no input can make it
overflow."""

SMALLEST_SIDE = 1e-6
"""The smallest width and height of a box, in pixels: what float64 still tells apart at `COORDINATE_LIMIT`."""

NORMALISED_RANGE = (-0.5, 1.5)
"""A frame whose every coordinate lies in here is in fractions of the image, not in pixels (detectors overshoot the
edges a little)."""


class Outcome(IntEnum):
    """What became of a detection. The codes are stable: they are stored and sent."""

    BELOW_FLOOR = 0
    """Its score is at or below `low_thresh`."""
    AT_THRESHOLD = 1
    """Its score is exactly `track_thresh`, which is neither high nor low."""
    LOW_UNMATCHED = 2
    """Low, and no track took it: a low detection keeps a track alive but starts none."""
    HIGH_UNMATCHED = 3
    """High, no track took it, and its score is below `det_thresh`."""
    BORN = 4
    """It started a track, which gets its public id on the next hit (at once on the tracker's first call)."""
    MATCHED_HIGH = 5
    """Stage 1: it continued a track."""
    REACTIVATED = 6
    """Stage 1: it brought a lost track back under its old id."""
    MATCHED_LOW = 7
    """Stage 2: it kept a track alive that no high detection matched."""
    CONFIRMED = 8
    """Stage 3: it is the second hit of a new track, which is emitted from now on."""
    DUPLICATE = 9
    """It was matched or born, but its track turned out to be the twin of a lost one and was removed."""


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The N boxes that a detector found in one frame.

    The arrays are copied, checked and frozen when the object is made, so that nothing behind it has to check again.

    Attributes:
        xyxy: (N, 4) float64, corners x1, y1, x2, y2 in pixels of the source image.
        score: (N,) float64 in [0, 1]. Scores are compared as they are given: float32 scores are widened, not rounded.
        class_id: (N,) int64, not negative.
        oriented: (N, 5) float64, where the detector finds turned boxes: centre x, centre y, width, height in pixels of
            the source image, and the angle of the width in radians, clockwise as the picture is seen. None otherwise.
            `xyxy` encloses them; the tracker carries them along and looks at `xyxy` alone.

    Raises:
        DetectionsError: a shape, a type or a value is not as above, a box has no area or reaches beyond
            `COORDINATE_LIMIT`, or all boxes lie within `NORMALISED_RANGE`. The message names the row and its value.
    """

    xyxy: Floats
    score: Floats
    class_id: Ints
    oriented: Floats | None = None

    def __post_init__(self) -> None:
        score = _column(self.score, "score", "fiu", np.float64, ())
        object.__setattr__(self, "score", score)
        object.__setattr__(self, "xyxy", _column(self.xyxy, "xyxy", "fiu", np.float64, (4,)))
        object.__setattr__(self, "class_id", _column(self.class_id, "class_id", "iu", np.int64, ()))
        # The kernels are loaded when the first detections are made: a process that tracks nothing does without them.
        from tracker.entries import are_sound

        if not (len(self.xyxy) == len(score) == len(self.class_id)) or not are_sound(self.xyxy, score, self.class_id):
            self._refuse()
        if self.oriented is not None:
            object.__setattr__(self, "oriented", _turned(self.oriented, len(score)))

    def _refuse(self) -> None:
        """Raise the error that says what is wrong with these columns."""
        for name, array in (("xyxy", self.xyxy), ("class_id", self.class_id)):
            if len(array) != len(self.score):
                raise DetectionsError(f"{name} has {len(array)} rows but score has {len(self.score)}", name)
        _check_boxes(self.xyxy)
        _check_each(self.score, "score", (self.score >= 0.0) & (self.score <= 1.0), "must lie in [0, 1]")
        _check_each(self.class_id, "class_id", self.class_id >= 0, "must not be negative")

    @classmethod
    def empty(cls) -> Self:
        """No detections: a frame in which nothing was found, which still has to reach the tracker."""
        return cls(np.empty((0, 4)), np.empty(0), np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.score)


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """The M tracks that were seen in one frame, and what became of its N detections.

    Attributes:
        track_id: (M,) int64, from 1, given once and never again by the same tracker.
        xyxy: (M, 4) float64, the filter's posterior box in pixels of the source image.
        score: (M,) float64, of the detection that the track matched.
        class_id: (M,) int64, of the detection that the track matched.
        detection: (M,) int64, the row of that detection in the input.
        velocity: (M, 2) float64, of the box's centre, in pixels per second.
        age_s: (M,) float64, seconds since the first detection of the track, in nominal frames over the frame rate.
        outcome: (N,) uint8, an `Outcome` for each detection of the input.
        outcome_track_id: (N,) int64, the track concerned, or -1 where there is none or it has no public id yet.
    """

    track_id: Ints
    xyxy: Floats
    score: Floats
    class_id: Ints
    detection: Ints
    velocity: Floats
    age_s: Floats
    outcome: Codes
    outcome_track_id: Ints

    def __post_init__(self) -> None:
        for name in self.__slots__:
            getattr(self, name).setflags(write=False)

    def __len__(self) -> int:
        return len(self.track_id)


def _column(values: Any, name: str, kinds: str, dtype: type[np.generic], tail: tuple[int, ...]) -> npt.NDArray[Any]:
    """A frozen copy of `values` as an array of shape (N, *tail)."""
    given = np.asarray(values)
    if given.size == 0 and given.ndim <= 1 + len(tail):
        given = np.empty((0, *tail), dtype)
    if given.dtype.kind not in kinds:
        wanted = "integers" if kinds == "iu" else "numbers"
        raise DetectionsError(f"{name} must hold {wanted}, not {given.dtype}", name)
    if given.ndim != 1 + len(tail) or given.shape[1:] != tail:
        shape = f"(N, {tail[0]})" if tail else "(N,)"
        raise DetectionsError(f"{name} must have the shape {shape}, not {given.shape}", name)
    if given.dtype.kind == "u" and dtype is np.int64 and given.size and given.max() > np.iinfo(np.int64).max:
        row = int(given.argmax())
        raise DetectionsError(f"{name} of row {row} is {given[row]}: it must fit into 64 signed bits", name, row)
    array = given.astype(dtype, order="C", copy=True)
    array.setflags(write=False)
    return array


def _turned(values: Any, rows: int) -> Floats:
    """Checked turned boxes (N, 5)."""
    oriented: Floats = _column(values, "oriented", "fiu", np.float64, (5,))
    if len(oriented) != rows:
        raise DetectionsError(f"oriented has {len(oriented)} rows but score has {rows}", "oriented")
    _check_each(
        oriented,
        "oriented",
        (np.abs(oriented) <= COORDINATE_LIMIT).all(axis=1) & (oriented[:, 2:4] > 0.0).all(axis=1),
        "finite numbers and positive sides are needed",
    )
    return oriented


def _check_boxes(xyxy: Floats) -> None:
    within = np.abs(xyxy) <= COORDINATE_LIMIT
    _check_each(
        xyxy, "xyxy", within.all(axis=1), f"coordinates must be finite and within {COORDINATE_LIMIT:g} pixels of zero"
    )
    sides = xyxy[:, 2:] - xyxy[:, :2]
    _check_each(
        xyxy,
        "xyxy",
        (sides >= SMALLEST_SIDE).all(axis=1),
        f"x2 > x1 and y2 > y1 are needed, by {SMALLEST_SIDE:g} pixels",
    )
    if xyxy.max() <= NORMALISED_RANGE[1] and xyxy.min() >= NORMALISED_RANGE[0]:
        raise DetectionsError(
            f"xyxy looks normalised to [0, 1] (row 0 is {xyxy[0].tolist()}): pixels of the source image are needed, "
            "so multiply x by its width and y by its height", "xyxy", 0)  # fmt: skip


def _check_each(values: Floats | Ints, name: str, good: Bools | np.bool_, wanted: str) -> None:
    if not good.all():
        row = int(np.argmin(good))
        raise DetectionsError(f"{name} of row {row} is {values[row].tolist()}: {wanted}", name, row)
