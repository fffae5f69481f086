"""The tracks that are known: those that are seen, and those that may come back."""

import numpy as np
from numpy.typing import NDArray

from tracker import Tracks

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Table = NDArray[np.void]

TRACK = np.dtype(
    [
        ("track_id", "<i8"),
        ("seq", "<i8"),
        ("pts", "<f8"),
        ("xyxy", "<f8", 4),
        ("velocity", "<f8", 2),
        ("score", "<f8"),
        ("class_id", "<i8"),
        ("votes", "<i8"),
        ("place", "<f8", 2),
        ("pace", "<f8", 2),
        ("weight", "<f8"),
        ("gone_on", "?"),
    ]
)
"""One track as it was seen last.

class_id, votes: the class that most of its detections had, and by how many it leads, as R. S. Boyer, J. S. Moore count
    ("MJRTY: A Fast Majority Vote Algorithm", 1991).
place, pace, weight: on the ground, in metres and m/s, see `pace.py`; weight is how much of a pace is known, 0 to 1.
gone_on: another id goes on in its place.
"""

NEVER = -np.inf
MOST_VOTES = 90  # detections of another class after which the class changes at the latest


class Roster:
    """Owns what is known of each track, in rows by rising id.

    Whoever keeps something beside it follows `admit` and `drop` by the row numbers that they return.
    """

    def __init__(self) -> None:
        self.table: Table = np.zeros(0, TRACK)
        self._asked: tuple[bytes, Rows] | None = None  # the ids of the newest frame, and their rows

    def __len__(self) -> int:
        return len(self.table)

    def rows_of(self, track_id: NDArray[np.int64]) -> Rows:
        """(M,) the rows of ids that are all known."""
        rows = np.searchsorted(self.table["track_id"], track_id)
        self._asked = track_id.tobytes(), rows
        return rows

    def rows_again(self, track_id: NDArray[np.int64]) -> Rows | None:
        """(M,) the rows of ids that are the same as in the frame before, None where they are others."""
        return self._asked[1] if self._asked is not None and self._asked[0] == track_id.tobytes() else None

    def find(self, track_id: NDArray[np.int64]) -> tuple[Rows, Rows]:
        """Which of the ids (M,) are known, and their rows."""
        if (again := self.rows_again(track_id)) is not None:
            return np.arange(len(again)), again
        if not len(self.table):
            return np.empty(0, np.intp), np.empty(0, np.intp)
        rows = np.minimum(np.searchsorted(self.table["track_id"], track_id), len(self.table) - 1)
        at = np.flatnonzero(self.table["track_id"][rows] == track_id)
        return at, rows[at]

    def missing(self, rows: Rows) -> Rows:
        """The rows that are not among `rows`."""
        here = np.zeros(len(self.table), bool)
        here[rows] = True
        return np.flatnonzero(~here)

    def unknown(self, track_id: NDArray[np.int64]) -> NDArray[np.int64]:
        """The ids of (M,) that have no row, rising."""
        at, _ = self.find(track_id)
        return track_id[:0] if len(at) == len(track_id) else np.unique(np.delete(track_id, at))

    def admit(self, new_ids: NDArray[np.int64]) -> Rows:
        """Give new ids their rows; returns the old row of each row, -1 for a new one."""
        fresh = np.zeros(len(new_ids), TRACK)
        fresh["track_id"], fresh["pts"] = new_ids, NEVER
        joined = np.concatenate((self.table, fresh))
        order = np.argsort(joined["track_id"], kind="stable")
        self.table, self._asked = joined[order], None
        return np.where(order < len(joined) - len(new_ids), order, -1)

    def drop(self, rows: Rows) -> Rows:
        """Forget rows; returns the old row of each row that is left."""
        kept = self.missing(rows)
        self.table, self._asked = self.table[kept], None
        return kept

    def write(self, rows: Rows, tracks: Table) -> None:
        """Note how the tracks of a frame stand; see `stand`."""
        self.table[rows] = tracks

    def hand_over(self, old: int, new: int) -> None:
        """One row goes on in the place of another."""
        track_id = self.table["track_id"][new]
        self.table[new] = self.table[old]
        self.table["track_id"][new] = track_id
        self.table["gone_on"][old] = True

    def scale(self, by: Floats) -> None:
        """Pictures have another size from here on: `by` (2,) times the width and the height."""
        self.table["xyxy"] *= np.concatenate((by, by))
        self.table["velocity"] *= by


def stand(tracks: Table, seq: int, pts: float, seen: Tracks) -> None:
    """Bring tracks (M,) to where they are `seen` in a frame."""
    tracks["seq"] = seq
    tracks["pts"] = pts
    tracks["xyxy"] = seen.xyxy
    tracks["velocity"] = seen.velocity
    tracks["score"] = seen.score
    tracks["gone_on"] = False


def vote(tracks: Table, class_id: NDArray[np.int64]) -> None:
    """Count the classes (M,) that tracks have in a frame."""
    leader, votes = tracks["class_id"], tracks["votes"]
    agrees = leader == class_id
    if agrees.all():
        tracks["votes"] = np.minimum(votes + 1, MOST_VOTES)
        return
    turned = ~agrees & (votes == 0)
    tracks["class_id"] = np.where(turned, class_id, leader)
    tracks["votes"] = np.where(agrees | turned, np.minimum(votes + 1, MOST_VOTES), votes - 1)
