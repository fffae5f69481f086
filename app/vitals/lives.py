"""The tracks that are in view or may come back: when they were seen, and where they are expected next."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tracker import ByteTrackConfig

BRIEF_HITS = 3
"""A track that was seen in no more frames than this lived briefly."""

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """How many tracks ended, for how long they had lived together, and how many had been brief or broken."""

    tracks: int
    lived_s: float
    brief: int
    broken: int


@dataclass(slots=True, eq=False)
class Lived:
    """What is known of R tracks.

    Attributes:
        track_id, class_id: (R,) int64.
        hits: (R,) int64, the frames that it was seen in.
        born, pts, found: (R,) float64, media times of when it was seen first, last, and last found again.
        xyxy, velocity: (R, 4) the box that was shown last, which moves along with the camera, and (R, 2) px/s.
    """

    # Columns of their own: NumPy takes rows of records field by field, which takes ten times as long.
    track_id: Rows
    class_id: Rows
    hits: Rows
    born: Floats
    pts: Floats
    found: Floats
    xyxy: Floats
    velocity: Floats

    @classmethod
    def unknown(cls, number: int) -> Self:
        """So many rows of which nothing is known."""
        ids, times = np.zeros(number, np.int64), np.full(number, -np.inf)
        return cls(
            ids, ids.copy(), ids.copy(), times, times.copy(), times.copy(), np.zeros((number, 4)), np.zeros((number, 2))
        )

    def __len__(self) -> int:
        return len(self.track_id)

    def _columns(self) -> list[NDArray[Any]]:
        return [getattr(self, name) for name in self.__slots__]

    def at(self, rows: Rows) -> Self:
        """Some of the rows, copied."""
        return type(self)(*(column.take(rows, axis=0) for column in self._columns()))

    def put(self, rows: Rows, other: Self) -> None:
        """Write these rows anew."""
        for column, new in zip(self._columns(), other._columns(), strict=True):
            column[rows] = new

    def joined(self, other: Self) -> Self:
        """Both, by rising track_id."""
        order = np.argsort(np.concatenate([self.track_id, other.track_id]), kind="stable")
        pairs = zip(self._columns(), other._columns(), strict=True)
        return type(self)(*(np.concatenate(pair)[order] for pair in pairs))


def kept_s(config: ByteTrackConfig) -> float:
    """How many seconds a tracker keeps a lost track."""
    return config.max_lost / config.frame_rate


class Lives:
    """Owns a row for each track that was seen within the time that lost ones are kept, by rising track_id.

    `seen_pts` is when tracks were looked for last, None before that; `newest_id` the newest id that was ever seen.
    """

    def __init__(self) -> None:
        self.tracks = Lived.unknown(0)
        self.seen_pts: float | None = None
        self.newest_id = 0

    def __len__(self) -> int:
        return len(self.tracks)

    def find(self, ids: Rows) -> tuple[Rows, NDArray[np.bool_]]:
        """The rows of some tracks, and which of them are known."""
        if not len(self):
            return np.zeros(len(ids), np.int64), np.zeros(len(ids), np.bool_)
        rows = np.minimum(self.tracks.track_id.searchsorted(ids), len(self) - 1)
        known: NDArray[np.bool_] = self.tracks.track_id[rows] == ids
        return rows, known

    def told(self, rows: Rows, known: NDArray[np.bool_]) -> Lived:
        """What is known of what `find` found; nothing certain of those that are not known."""
        return self.tracks.at(rows) if known.any() else Lived.unknown(len(rows))

    def write(self, rows: Rows, known: NDArray[np.bool_], told: Lived) -> None:
        """Write what is known by now of what `find` found, and take in those that were not known."""
        if known.all():
            self.tracks.put(rows, told)
            return
        self.tracks.put(rows[known], told.at(known.nonzero()[0]))
        begun = told.at((~known).nonzero()[0])
        self.tracks = self.tracks.joined(begun)
        self.newest_id = max(self.newest_id, int(begun.track_id.max()))

    def end(self, before: float, window_begins: float) -> Ended:
        """Forget the tracks that were seen last before `before`, and tell of them."""
        gone = self.tracks.pts < before
        ended = self.tracks.at(gone.nonzero()[0])
        if len(ended):
            self.tracks = self.tracks.at((~gone).nonzero()[0])
        return Ended(
            len(ended),
            float((ended.pts - ended.born).sum()),
            int((ended.hits <= BRIEF_HITS).sum()),
            int((ended.found >= window_begins).sum()),
        )

    def broken(self, since: float) -> int:
        """How many of the tracks that are kept were lost and found again since then."""
        return int((self.tracks.found >= since).sum())
