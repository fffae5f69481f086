"""The summaries of a stream's tracks: one row per track, sorted by track_id, so that a frame finds its rows at once."""

import numpy as np
from numpy.typing import NDArray

from app.paths.births import NONE, Births
from app.paths.frame import TrackedRows
from app.paths.ring import raw
from app.paths.summary import NEVER, SUMMARY, TrackSummary, told

SPARE_ROWS = 64

Rows = NDArray[np.int64]


class TrackTable:
    """Owns the summaries. A track that nobody asks `keeps` for any more is forgotten once most are."""

    def __init__(self) -> None:
        self._table = np.empty(0, SUMMARY)
        self._count = 0
        self._births: Births | None = None

    @property
    def rows(self) -> NDArray[np.void]:
        """The rows, to be read and written in place."""
        return self._table[: self._count]

    def read(self, rows: Rows) -> NDArray[np.void]:
        """A copy of some rows."""
        return raw(self.rows)[rows].view(SUMMARY)

    def write(self, rows: Rows, told: NDArray[np.void]) -> None:
        """Put rows in the place of others."""
        raw(self.rows)[rows] = raw(told)

    @property
    def nbytes(self) -> int:
        """The memory of the rows."""
        return self._table.nbytes

    def find(self, track_id: int) -> NDArray[np.void] | None:
        """One track's row."""
        row = int(np.searchsorted(self.rows["track_id"], track_id))
        found = self.rows[row : row + 1]
        return found if len(found) and found["track_id"][0] == track_id else None

    def told(self, track_id: int, newest_frame: int) -> TrackSummary | None:
        """One track, None where it is not known."""
        found = self.find(track_id)
        return None if found is None else told(found[0], newest_frame)

    def enter(self, frame: TrackedRows, oldest: int, newest_frame: int) -> Rows:
        """The rows of the frame's tracks; new ones begin theirs. A track without a point at position `oldest` or after,
        that was not in the frame `newest_frame` either, may be forgotten."""
        ids = frame.tracks.track_id
        rows = np.searchsorted(self.rows["track_id"], ids)
        known = np.zeros(len(ids), np.bool_)
        within = rows < self._count
        known[within] = self.rows["track_id"][rows[within]] == ids[within]
        born = Births.of(frame) if frame.looked else self._births
        if not known.all():
            new = np.flatnonzero(~known)
            self._begin(frame, new[np.argsort(ids[new])], born, oldest, newest_frame)
            rows = np.searchsorted(self.rows["track_id"], ids)
        self._births = born
        return rows

    def pass_by(self, frame: TrackedRows) -> None:
        """A frame that shows no track may have the first detections of some."""
        if frame.looked:
            self._births = Births.of(frame)

    def _begin(self, frame: TrackedRows, new: Rows, born: Births | None, oldest: int, newest_frame: int) -> None:
        """Begin a row for each of the frame's tracks in `new`, which are sorted."""
        begun = np.zeros(len(new), SUMMARY)
        begun["track_id"] = frame.tracks.track_id[new]
        begun["first_seq"], begun["first_pts"] = frame.seq, frame.pts
        begun["last_frame"], begun["kept"], begun["kept_pts"] = NEVER, NEVER, -np.inf
        begun["born_seq"] = NEVER
        detection = frame.tracks.detection[new]
        if frame.looked and born is not None and frame.detections is not None and (detection >= 0).all():
            at_once = np.isin(detection, born.rows)
            self._christen(begun, np.flatnonzero(at_once), born, np.searchsorted(born.rows, detection[at_once]))
            later = np.flatnonzero(~at_once)
            if self._births is not None and len(later):
                claims = self._births.claimed_by(frame.detections.xyxy[detection[later]])
                self._christen(begun, later, self._births, claims)
        self._make_room(len(begun), oldest, newest_frame)
        count = self._count
        self._table[count : count + len(begun)] = begun
        self._count = count + len(begun)
        if count and begun["track_id"][0] < self._table["track_id"][count - 1]:  # one that had been forgotten
            self._table[: self._count] = self.rows[np.argsort(self.rows["track_id"])]

    def _make_room(self, more: int, oldest: int, newest_frame: int) -> None:
        if self._count + more <= len(self._table):
            return
        there = (self.rows["kept"] >= oldest) | (self.rows["last_frame"] >= newest_frame)
        left = self.rows[there]
        grown = np.empty(len(left) + more + max(SPARE_ROWS, len(left) // 2), SUMMARY)
        grown[: len(left)] = left
        self._table, self._count = grown, len(left)

    @staticmethod
    def _christen(begun: NDArray[np.void], rows: Rows, births: Births, claims: Rows) -> None:
        rows, claims = rows[claims != NONE], claims[claims != NONE]
        begun["born_seq"][rows], begun["born_pts"][rows] = births.seq, births.pts
        begun["born_high"][rows], begun["born_least"][rows] = births.high, births.least
        begun["born_score"][rows] = births.score[claims]
        begun["born_box"][rows] = births.xyxy[claims]
