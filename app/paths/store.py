"""The points of one stream's tracks: written once per tracked frame, bounded, asked for spans of media time."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from app.paths.frame import TrackedRows
from app.paths.points import BEGINS, POINT, SEEN, PathPoints, Span, points_within
from app.paths.ring import Ring
from app.paths.summary import NEVER, TrackSummary
from app.paths.table import TrackTable

SPACING_S = 0.1
"""Seconds of media time between two points of a track: people and cars go straight for so long."""
_EARLY_S = 1e-3  # times of frames are rounded


class Paths:
    """Owns the newest `most` points of one epoch of a stream, and a summary of each track that has any.

    A track gets a point when it appears, when it comes back, and then one every `SPACING_S`; what lies between is told
    by how long each was held. Coordinates are pixels of the newest image: where its size changes, all that came before
    is scaled. One thread writes and asks; what it is told may be given to any.
    """

    def __init__(self, most: int) -> None:
        self._points = Ring(POINT, most)
        self._table = TrackTable()
        self._frames = 0
        self._first_pts: float | None = None
        self.newest_pts: float | None = None
        self.size: tuple[int, int] | None = None

    def __len__(self) -> int:
        """How many points are kept."""
        return len(self._points)

    @property
    def nbytes(self) -> int:
        """The memory that points and summaries take."""
        return self._points.nbytes + self._table.nbytes

    # -- written ---------------------------------------------------------------------------------------------------

    def add(self, frame: TrackedRows) -> None:
        """Take one frame. Its `pts` is after that of the one before."""
        self._resize(frame.size)
        self._frames += 1
        if len(frame.tracks):
            rows = self._table.enter(frame, self._points.oldest, self._frames - 1)
            told = self._table.read(rows)
            there_before = told["last_frame"] == self._frames - 1
            self._hold(frame.pts, told[there_before])
            self._keep(frame, told, ~there_before)
            self._note(frame, told, ~there_before)
            self._table.write(rows, told)
        else:
            self._table.pass_by(frame)
        self._first_pts = frame.pts if self._first_pts is None else self._first_pts
        self.newest_pts = frame.pts

    def _hold(self, pts: float, told: NDArray[np.void]) -> None:
        """Add the time since the last frame to the points of tracks that were in it too."""
        self._points.add("held_s", told["kept"], pts - told["last_pts"])

    def _keep(self, frame: TrackedRows, told: NDArray[np.void], appears: NDArray[np.bool_]) -> None:
        """Write a point for each track that needs one."""
        due = np.flatnonzero(appears | (frame.pts - told["kept_pts"] >= SPACING_S - _EARLY_S))
        if not len(due):
            return
        tracks, points = frame.tracks, np.empty(len(due), POINT)
        x1, y1, x2, y2 = tracks.xyxy[due].T
        points["pts"], points["seq"], points["track_id"] = frame.pts, frame.seq, tracks.track_id[due]
        points["x"], points["y"], points["width"], points["height"] = (x1 + x2) / 2, y2, x2 - x1, y2 - y1
        points["score"], points["class_id"], points["held_s"] = tracks.score[due], tracks.class_id[due], 0.0
        points["flags"] = ((tracks.detection[due] >= 0) & frame.looked) * SEEN + appears[due] * BEGINS
        told["kept"][due], told["kept_pts"][due] = self._points.append(points), frame.pts

    def _note(self, frame: TrackedRows, told: NDArray[np.void], appears: NDArray[np.bool_]) -> None:
        """Write how the frame shows its tracks into their summaries."""
        tracks = frame.tracks
        told["gaps"] += appears & (told["last_frame"] != NEVER)
        told["frames"] += 1
        told["last_seq"], told["last_pts"], told["last_frame"] = frame.seq, frame.pts, self._frames
        told["box"], told["score"], told["class_id"] = tracks.xyxy, tracks.score, tracks.class_id

    def _resize(self, size: tuple[int, int]) -> None:
        """Go over to the pixels of an image of another size."""
        if self.size is not None and self.size != size:
            across, down = size[0] / self.size[0], size[1] / self.size[1]
            for name, factor in (("x", across), ("width", across), ("y", down), ("height", down)):
                self._points.scale(name, factor)
            for name in ("box", "born_box"):
                self._table.rows[name] *= np.array([across, down, across, down], np.float32)
        self.size = size

    # -- asked -----------------------------------------------------------------------------------------------------

    def span(self, begins: float | None = None, ends: float | None = None) -> Span | None:
        """From the oldest time that is known to the newest, as far as nothing else is asked; None before a frame."""
        if self.newest_pts is None or self._first_pts is None:
            return None
        oldest = self._points.oldest
        known_since = self._first_pts if not oldest else float(self._points.column("pts", np.array([oldest]))[0])
        return Span(known_since if begins is None else begins, self.newest_pts if ends is None else ends)

    def between(self, span: Span, class_ids: Collection[int] | None = None, track_id: int | None = None) -> PathPoints:
        """The points in which tracks were within a span, those of some classes or of one track alone."""
        records = self._points.copy() if track_id is None else self._points.where("track_id", track_id)
        return points_within(records, span, class_ids)

    def records(self) -> NDArray[np.void]:
        """All points, as `points_within` takes them: a copy, from which any thread may choose."""
        return self._points.copy()

    def track(self, track_id: int) -> TrackSummary | None:
        """One track as a whole, None where it is not known, or no longer."""
        return self._table.told(track_id, self._frames)
