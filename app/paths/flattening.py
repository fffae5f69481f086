"""Some frames' tracks as columns: NumPy takes as long for one frame's few rows as for those of thirty frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.paths.frame import TrackedRows
from app.paths.summary import NEVER

Rows = NDArray[np.int64]
_T = TypeVar("_T", np.int64, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """R rows, frame by frame, of T different tracks.

    Attributes:
        frames: the frames.
        track_ids: (T,) int64, rising.
        first: (T,) the first row of each track.
        slot: (R,) which of the T tracks a row shows.
        index: (R,) which of the frames it is of.
        pts: (R,) float64, the frame's time.
        seq: (R,) int64, the frame's number.
        xyxy: (R, 4) float64, pixels.
        score: (R,) float64.
        class_id: (R,) int64.
        seen: (R,) bool, whether a detection is behind the box.
    """

    frames: Sequence[TrackedRows]
    track_ids: NDArray[np.int64]
    first: Rows
    slot: Rows
    index: Rows
    pts: NDArray[np.float64]
    seq: NDArray[np.int64]
    xyxy: NDArray[np.float64]
    score: NDArray[np.float64]
    class_id: NDArray[np.int64]
    seen: NDArray[np.bool_]

    @classmethod
    def of(cls, frames: Sequence[TrackedRows]) -> Self:
        """The rows of at least one frame."""
        tracks = [frame.tracks for frame in frames]
        index = np.repeat(np.arange(len(frames)), [len(rows) for rows in tracks])
        track_ids, first, slot = np.unique(
            np.concatenate([rows.track_id for rows in tracks]), return_index=True, return_inverse=True
        )
        detection = np.concatenate([rows.detection for rows in tracks])
        return cls(
            frames=frames,
            track_ids=track_ids,
            first=first,
            slot=slot,
            index=index,
            pts=np.array([frame.pts for frame in frames])[index],
            seq=np.array([frame.seq for frame in frames])[index],
            xyxy=np.concatenate([rows.xyxy for rows in tracks]),
            score=np.concatenate([rows.score for rows in tracks]),
            class_id=np.concatenate([rows.class_id for rows in tracks]),
            seen=(detection >= 0) & np.array([frame.looked for frame in frames])[index],
        )

    @property
    def edges(self) -> list[tuple[int, int]]:
        """Where the rows of each frame begin and end."""
        return list(pairwise(np.searchsorted(self.index, np.arange(len(self.frames) + 1)).tolist()))

    def due(self, appears: NDArray[np.bool_], kept_pts: NDArray[np.float64], spacing_s: float) -> Rows:
        """The rows that are kept as points: where a track `appears`, (R,), and each `spacing_s` after its last point.

        `kept_pts` (T,) are the times of the tracks' last points, and afterwards those of the new ones.
        """
        kept, due = kept_pts.tolist(), []
        # Each depends on the one before: in lists that is a tenth of a microsecond a row.
        for row, (slot, pts, comes) in enumerate(
            zip(self.slot.tolist(), self.pts.tolist(), appears.tolist(), strict=True)
        ):
            if comes or pts - kept[slot] >= spacing_s:
                kept[slot] = pts
                due.append(row)
        kept_pts[:] = kept
        return np.array(due, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The same rows track by track, each track's in order of time.

    Attributes:
        order: (R,) the rows in this order; what follows is in it too.
        begins: (R,) bool, whether a row is the first of its track here.
        last: (T,) where the last row of each track stands in this order.
    """

    order: Rows
    begins: NDArray[np.bool_]
    last: Rows

    @classmethod
    def of(cls, flat: Flat) -> Self:
        """The rows of `flat`."""
        order = np.argsort(flat.slot, kind="stable")
        slot = flat.slot[order]
        change = slot[1:] != slot[:-1]
        begins, ends = np.ones(len(slot), np.bool_), np.ones(len(slot), np.bool_)
        begins[1:] = ends[:-1] = change
        return cls(order, begins, np.flatnonzero(ends))

    def before(self, values: NDArray[_T], first: NDArray[_T]) -> NDArray[_T]:
        """Of each row the value of its track's row before, and `first` (T,) where that is of an earlier time."""
        found = np.empty(len(values), values.dtype)
        found[1:] = values[:-1]
        found[self.begins] = first
        return found

    def newest(self, values: Rows, first: Rows) -> Rows:
        """Of each row the newest of its track's `values` so far that is not `NEVER`; `first` (T,) before there is
        one."""
        filled = values.copy()
        none = self.begins & (values == NEVER)
        filled[none] = first[none[self.begins]]
        there = np.where(self.begins | (values != NEVER), np.arange(len(values)), 0)
        return filled[np.maximum.accumulate(there)]
