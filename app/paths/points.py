"""Points of tracks as a caller gets them, and the span of media time that they are asked for."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

SEEN, BEGINS = 1, 2

POINT = np.dtype(
    [
        ("pts", "<f8"),
        ("seq", "<i8"),
        ("track_id", "<i8"),
        ("x", "<f4"),
        ("y", "<f4"),
        ("width", "<f4"),
        ("height", "<f4"),
        ("score", "<f4"),
        ("class_id", "<i4"),
        ("held_s", "<f4"),
        ("flags", "u1"),
    ]
)
"""One point as it is kept, in 53 bytes: the columns of `PathPoints`, whose last two are bits of `flags`."""


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds of media time, from `begins` to `ends`."""

    begins: float
    ends: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.ends - self.begins


@dataclass(frozen=True, slots=True, eq=False)
class PathPoints:
    """K points where tracks were, in order of time.

    Attributes:
        pts: (K,) float64, seconds of media time.
        seq: (K,) int64, the frame's number.
        track_id: (K,) int64.
        x: (K,) float32, the middle of the box's lower edge, where feet stand; pixels of the full image.
        y: (K,) float32, the lower edge.
        width: (K,) float32, of the box.
        height: (K,) float32, of the box.
        score: (K,) float32, of the detection that was matched last.
        class_id: (K,) int32.
        held_s: (K,) float64, for how long, within the span that was asked for, the track was seen on from here until
            its next point. Their sum is the time that tracks spent in the picture.
        seen: (K,) bool, False where no detection is behind the box: the track was expected there.
        begins: (K,) bool, whether the track was not there in the frame before: its line begins here, or again.
    """

    pts: NDArray[np.float64]
    seq: NDArray[np.int64]
    track_id: NDArray[np.int64]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    width: NDArray[np.float32]
    height: NDArray[np.float32]
    score: NDArray[np.float32]
    class_id: NDArray[np.int32]
    held_s: NDArray[np.float64]
    seen: NDArray[np.bool_]
    begins: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.pts)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Self:
        """Some of the points, by row numbers or by a mask."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))

    def by_track(self) -> "list[PathPoints]":
        """The points of each track in order of time, by rising track_id."""
        if not len(self):
            return []
        order = np.argsort(self.track_id, kind="stable")
        ordered = self.take(order)
        cuts = np.flatnonzero(np.diff(ordered.track_id)) + 1
        edges = [0, *cuts.tolist(), len(ordered)]
        return [ordered.take(np.arange(start, end)) for start, end in pairwise(edges)]

    def thinned(self, most: int) -> Self:
        """At most `most` of the points, evenly, the first and the last among them."""
        if len(self) <= most:
            return self
        if most == 1:
            return self.take(np.array([len(self) - 1]))
        return self.take(np.unique(np.linspace(0, len(self) - 1, most).round().astype(np.int64)))


def points_within(records: NDArray[np.void], span: Span, class_ids: Collection[int] | None = None) -> PathPoints:
    """The points, out of `records` of the kind `POINT` in order of time, in which tracks were within a span: all, or
    those of some classes."""
    wanted = records["pts"] <= span.ends
    wanted &= (records["pts"] >= span.begins) | (records["pts"] + records["held_s"] > span.begins)
    if class_ids is not None:
        wanted &= np.isin(records["class_id"], list(class_ids))
    found = records[wanted]
    within = np.minimum(found["pts"] + found["held_s"], span.ends) - np.maximum(found["pts"], span.begins)
    return PathPoints(
        pts=found["pts"],
        seq=found["seq"],
        track_id=found["track_id"],
        x=found["x"],
        y=found["y"],
        width=found["width"],
        height=found["height"],
        score=found["score"],
        class_id=found["class_id"],
        held_s=np.maximum(within, 0.0),
        seen=(found["flags"] & SEEN) > 0,
        begins=(found["flags"] & BEGINS) > 0,
    )
