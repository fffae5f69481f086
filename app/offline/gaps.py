"""The gaps of tracks in a row of tracked frames, filled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from app.offline.sink import TrackedFrame
from tracker import Tracks
from tracker.interpolation import Method, find_gaps, smoothed
from tracker.types import Ints

# What a track has in a frame; the rest of `Tracks` is about the frame's detections.
COLUMNS = tuple(name for name in Tracks.__slots__ if not name.startswith("outcome"))
NO_DETECTION = -1


def with_gaps_filled(frames: Sequence[TrackedFrame], method: Method, max_gap: int) -> Iterator[TrackedFrame]:
    """The same frames, with a row for every track that is missing from one and is back within `max_gap` frames.

    Frames are counted as the source counts them. One that the source had and that is not among `frames`, because only
    every n-th was taken or because it was damaged, counts for the length of a gap and gets no row.

    Numbers of a filled row lie on the line between those before and after the gap, its class is that from before, its
    detection is -1. It stands behind the rows that its frame had. `gaussian` smooths all boxes, those seen too.
    """
    if not frames:
        return iter(())
    seen = _Rows.of(frames)
    filled = seen.lacking(max_gap)
    if method == "gaussian":
        seen, filled = _smooth(seen, filled)
    own, added = (rows.shared_out(frames) for rows in (seen, filled))
    return map(_completed, frames, own, added)


def none_of(tracks: Tracks) -> Tracks:
    """These tracks without a row."""
    return replace(tracks, **{name: getattr(tracks, name)[:0] for name in COLUMNS})


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Rows of tracks in ascending order of frames: `frame` (K,), and `columns` that are K long."""

    frame: Ints
    columns: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, frames: Sequence[TrackedFrame]) -> Self:
        """All rows of several frames, one below the other."""
        seqs = np.array([tracked.frame.seq for tracked in frames], np.int64)
        frame = np.repeat(seqs, [len(tracked.tracks) for tracked in frames])
        return cls(frame, {name: np.concatenate([getattr(each.tracks, name) for each in frames]) for name in COLUMNS})

    def lacking(self, max_gap: int) -> Self:
        """The rows that are missing from these."""
        gaps = find_gaps(self.frame, self.columns["track_id"], max_gap)
        order = np.argsort(gaps.frame, kind="stable")
        columns = {
            name: (gaps.between(column) if column.dtype.kind == "f" else column[gaps.before])[order]
            for name, column in self.columns.items()
        }
        columns["detection"] = np.full(len(gaps), NO_DETECTION, np.int64)
        return type(self)(gaps.frame[order], columns)

    def shared_out(self, frames: Sequence[TrackedFrame]) -> Iterator[dict[str, NDArray[Any]]]:
        """The columns of each frame; empty where it has no row."""
        seqs = [tracked.frame.seq for tracked in frames]
        starts, stops = (np.searchsorted(self.frame, seqs, side).tolist() for side in ("left", "right"))
        for start, stop in zip(starts, stops, strict=True):
            yield {name: column[start:stop] for name, column in self.columns.items()}


def _smooth(seen: _Rows, filled: _Rows) -> tuple[_Rows, _Rows]:
    """Both with smoothed boxes."""
    frame = np.concatenate([seen.frame, filled.frame])
    track_id, xyxy = (np.concatenate([seen.columns[name], filled.columns[name]]) for name in ("track_id", "xyxy"))
    boxes = np.split(smoothed(frame, track_id, xyxy), [len(seen.frame)])
    first, second = (
        replace(rows, columns=rows.columns | {"xyxy": part}) for rows, part in zip((seen, filled), boxes, strict=True)
    )
    return first, second


def _completed(tracked: TrackedFrame, own: dict[str, NDArray[Any]], added: dict[str, NDArray[Any]]) -> TrackedFrame:
    columns = {name: np.concatenate([own[name], added[name]]) for name in COLUMNS}
    return replace(tracked, tracks=replace(tracked.tracks, **columns), filled=frozenset(added["track_id"].tolist()))
