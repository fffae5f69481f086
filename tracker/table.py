"""The live tracks of one tracker as columns: one row per track, no object per track."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tracker.kalman import Motion
from tracker.types import Bools, Floats, Ints

NO_ID = 0
"""Stands for the public id of a track that was never emitted."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The R live tracks: first the tracked ones in order of (re)appearance, then the lost ones in order of loss.

    That order is the order of rows in every assignment, so it also decides ties.

    Attributes:
        motion: the filters, five (R, 4) arrays.
        track_id: (R,) int64 public ids, `NO_ID` until the track is first emitted.
        score: (R,) float64, of the last matched detection.
        class_id: (R,) int64, of the last matched detection.
        start: (R,) float64, the nominal frame of the first detection.
        last: (R,) float64, the nominal frame of the last matched detection.
        activated: (R,) bool, False for a track that was hit only once.
        lost: (R,) bool, True where the last call did not match the track.
    """

    motion: Motion
    track_id: Ints
    score: Floats
    class_id: Ints
    start: Floats
    last: Floats
    activated: Bools
    lost: Bools

    @classmethod
    def of_columns(cls, columns: dict[str, npt.NDArray[Any]]) -> Self:
        """The table made of named columns, as `columns` yields them."""
        motion = Motion(*(columns[name] for name in Motion._fields))
        return cls(motion, **{name: columns[name] for name in _SCALARS})

    @classmethod
    def empty(cls) -> Self:
        """No tracks."""
        return cls.of_columns({name: np.empty((0, *shape), dtype) for name, (dtype, shape) in COLUMNS.items()})

    def columns(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        """Every column with its name, in the order of `COLUMNS`."""
        yield from zip(Motion._fields, self.motion, strict=True)
        for name in _SCALARS:
            yield name, getattr(self, name)

    def __len__(self) -> int:
        return len(self.track_id)

    def take(self, rows: Ints) -> Self:
        """The table of some rows, in their order."""
        return self.of_columns({name: column[rows] for name, column in self.columns()})

    def followed_by(self, other: Self) -> Self:
        """The table of these rows and then those of `other`."""
        pairs = zip(self.columns(), other.columns(), strict=True)
        return self.of_columns({name: np.concatenate([column, more]) for (name, column), (_, more) in pairs})

    def freeze(self) -> Self:
        """This table, its arrays made read-only."""
        for _, column in self.columns():
            column.setflags(write=False)
        return self


_SCALARS = ("track_id", "score", "class_id", "start", "last", "activated", "lost")

COLUMNS: dict[str, tuple[str, tuple[int, ...]]] = {
    **dict.fromkeys(Motion._fields, ("<f8", (4,))),
    "track_id": ("<i8", ()),
    "score": ("<f8", ()),
    "class_id": ("<i8", ()),
    "start": ("<f8", ()),
    "last": ("<f8", ()),
    "activated": ("|b1", ()),
    "lost": ("|b1", ()),
}
"""The type (little-endian, as in a snapshot) and the shape of a row of every column."""
