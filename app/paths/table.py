"""The summaries of a stream's tracks: one row per track, sorted by track_id, so that a frame finds its rows at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.paths.births import NONE, Births
from app.paths.flattening import Flat, Rows
from app.paths.frame import TrackedRows
from app.paths.ring import raw
from app.paths.summary import NEVER, SUMMARY, TrackSummary, told

SPARE_ROWS = 64


class TrackTable:
    """Owns the summaries. A track that nobody asks `keeps` for any more is forgotten once most are."""

    def __init__(self) -> None:
        self._table = np.empty(0, SUMMARY)
        self._count = 0
        self._looked: TrackedRows | None = None  # the last frame that somebody looked at

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

    def enter(self, flat: Flat, oldest: int, newest_frame: int) -> Rows:
        """The rows of the frames' tracks; new ones begin theirs. Any other track may be forgotten that has no point at
        position `oldest` or after and was not in the frame `newest_frame`, the last one before these."""
        rows = np.searchsorted(self.rows["track_id"], flat.track_ids)
        known = np.zeros(len(rows), np.bool_)
        within = rows < self._count
        known[within] = self.rows["track_id"][rows[within]] == flat.track_ids[within]
        if not known.all():
            self._begin(flat, np.flatnonzero(~known), oldest, newest_frame)
            rows = np.searchsorted(self.rows["track_id"], flat.track_ids)
        self._looked = next((frame for frame in reversed(flat.frames) if frame.looked), self._looked)
        return rows

    def _begin(self, flat: Flat, new: Rows, oldest: int, newest_frame: int) -> None:
        """Begin a row for each of the new tracks, of which `new` are the places among all."""
        begun = np.zeros(len(new), SUMMARY)
        first = flat.first[new]
        begun["track_id"] = flat.track_ids[new]
        begun["first_seq"], begun["first_pts"] = flat.seq[first], flat.pts[first]
        begun["last_frame"], begun["kept"], begun["kept_pts"] = NEVER, NEVER, -np.inf
        begun["born_seq"] = NEVER
        edges = flat.edges
        for index in np.unique(flat.index[first]).tolist():
            mine = np.flatnonzero(flat.index[first] == index)
            self._trace(begun, mine, flat.frames[: index + 1], first[mine] - edges[index][0])
        self._make_room(len(begun), flat.track_ids, oldest, newest_frame)
        count = self._count
        self._table[count : count + len(begun)] = begun
        self._count = count + len(begun)
        if count and begun["track_id"][0] < self._table["track_id"][count - 1]:  # one that had been forgotten
            self._table[: self._count] = self.rows[np.argsort(self.rows["track_id"])]

    def _trace(self, begun: NDArray[np.void], mine: Rows, frames: Sequence[TrackedRows], shown: Rows) -> None:
        """Find the first detections of those of the new tracks, `mine`, that the last of some frames shows first, in
        its rows `shown`."""
        frame = frames[-1]
        detection = frame.tracks.detection[shown]
        born = Births.of(frame) if frame.looked else None
        if born is None or frame.detections is None or not (detection >= 0).all():
            return
        at_once = np.isin(detection, born.rows)
        self._christen(begun, mine[at_once], born, np.searchsorted(born.rows, detection[at_once]))
        later = mine[~at_once]
        before = next((past for past in reversed(frames[:-1]) if past.looked), self._looked)
        births = Births.of(before) if before is not None else None
        if births is not None and len(later):
            claims = births.claimed_by(frame.detections.xyxy[detection[~at_once]])
            self._christen(begun, later, births, claims)

    def _make_room(self, more: int, needed: NDArray[np.int64], oldest: int, newest_frame: int) -> None:
        if self._count + more <= len(self._table):
            return
        there = (self.rows["kept"] >= oldest) | (self.rows["last_frame"] >= newest_frame)
        left = self.rows[there | np.isin(self.rows["track_id"], needed)]
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
