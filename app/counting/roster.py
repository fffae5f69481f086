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

    Whoever keeps something beside it follows its `place` and `without` with the row numbers that they return.
    """

    def __init__(self) -> None:
        self.table: Table = np.zeros(0, TRACK)

    def __len__(self) -> int:
        return len(self.table)

    def rows_of(self, track_id: NDArray[np.int64]) -> Rows:
        """(M,) the rows of ids that are all known."""
        return np.searchsorted(self.table["track_id"], track_id)

    def find(self, track_id: NDArray[np.int64]) -> tuple[Rows, Rows]:
        """Which of the ids (M,) are known, and their rows."""
        if not len(self.table):
            return np.empty(0, np.intp), np.empty(0, np.intp)
        rows = np.minimum(self.rows_of(track_id), len(self.table) - 1)
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
        self.table = joined[order]
        return np.where(order < len(joined) - len(new_ids), order, -1)

    def drop(self, rows: Rows) -> Rows:
        """Forget rows; returns the old row of each row that is left."""
        kept = self.missing(rows)
        self.table = self.table[kept]
        return kept

    def write(self, rows: Rows, seq: int, pts: float, seen: Tracks) -> None:
        """Note how the tracks of a frame stand."""
        table = self.table
        table["seq"][rows] = seq
        table["pts"][rows] = pts
        table["xyxy"][rows] = seen.xyxy
        table["velocity"][rows] = seen.velocity
        table["score"][rows] = seen.score
        table["gone_on"][rows] = False
        self._vote(rows, seen.class_id)

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

    def _vote(self, rows: Rows, class_id: NDArray[np.int64]) -> None:
        leader, votes = self.table["class_id"][rows], self.table["votes"][rows]
        agrees = leader == class_id
        turned = ~agrees & (votes == 0)
        self.table["class_id"][rows] = np.where(turned, class_id, leader)
        self.table["votes"][rows] = np.where(agrees | turned, np.minimum(votes + 1, MOST_VOTES), votes - 1)
