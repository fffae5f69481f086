"""The points of one stream's tracks: written once per tracked frame, bounded, asked for spans of media time."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from app.paths.flattening import Flat, Rows, Ways
from app.paths.frame import TrackedRows
from app.paths.points import BEGINS, POINT, SEEN, PathPoints, Span, points_within
from app.paths.ring import Ring
from app.paths.summary import NEVER, TrackSummary
from app.paths.table import TrackTable

SPACING_S = 0.1
"""Seconds of media time between two points of a track: people and cars go straight for so long."""
_EARLY_S = 1e-3  # times of frames are rounded
_FRAMES, _ROWS = 64, 2048  # that wait at most, so that writing them takes less than a millisecond


class Paths:
    """Owns the newest `most` points of one epoch of a stream, and a summary of each track that has any.

    A track gets a point when it appears, when it comes back, and then one every `SPACING_S`; what lies between is told
    by how long each was held. Coordinates are pixels of the newest image: where its size changes, all that came before
    is scaled. One thread writes and asks; what it is told may be given to any.

    Frames wait, as they were given, until some are written at once or somebody asks: their arrays must not change.
    """

    def __init__(self, most: int) -> None:
        self._points = Ring(POINT, most)
        self._table = TrackTable()
        self._frames = 0  # that were written
        self._waiting: list[TrackedRows] = []
        self._rows = 0
        self._first_pts: float | None = None
        self.newest_pts: float | None = None
        self.size: tuple[int, int] | None = None

    def __len__(self) -> int:
        """How many points are kept."""
        self._settle()
        return len(self._points)

    @property
    def nbytes(self) -> int:
        """The memory that points and summaries take."""
        return self._points.nbytes + self._table.nbytes

    # -- written ---------------------------------------------------------------------------------------------------

    def add(self, frame: TrackedRows) -> None:
        """Take one frame. Its `pts` is after that of the one before."""
        if self.size != frame.size:
            self._resize(frame.size)
        if self._first_pts is None:
            self._first_pts = frame.pts
        self.newest_pts = frame.pts
        self._waiting.append(frame)
        self._rows += len(frame.tracks) + (0 if frame.detections is None else len(frame.detections))
        if len(self._waiting) >= _FRAMES or self._rows >= _ROWS:
            self._settle()

    def _settle(self) -> None:
        """Write the frames that wait."""
        frames, self._waiting, self._rows = self._waiting, [], 0
        if not frames:
            return
        flat = Flat.of(frames)
        rows = self._table.enter(flat, self._points.oldest, self._frames)
        if len(rows):
            told = self._table.read(rows)
            self._write(flat, told)
            self._table.write(rows, told)
        self._frames += len(frames)

    def _write(self, flat: Flat, told: NDArray[np.void]) -> None:
        """Write the points of some frames, and into the summaries `told` how these show their tracks."""
        ways = Ways.of(flat)
        numbers, pts = flat.index[ways.order] + (self._frames + 1), flat.pts[ways.order]
        number_before = ways.before(numbers, told["last_frame"])
        stays = number_before == numbers - 1
        appears = np.empty(len(stays), np.bool_)
        appears[ways.order] = ~stays
        kept = np.full(len(stays), NEVER)
        due = flat.due(appears, told["kept_pts"], SPACING_S - _EARLY_S)
        kept[due] = self._points.append(_points(flat, due, appears))
        kept = ways.newest(kept[ways.order], told["kept"])
        self._hold(ways.before(kept, told["kept"])[stays], (pts - ways.before(pts, told["last_pts"]))[stays])
        told["kept"] = kept[ways.last]
        told["last_frame"] = numbers[ways.last]
        returns = flat.slot[ways.order[~stays & (number_before != NEVER)]]
        told["gaps"] += np.bincount(returns, minlength=len(told)).astype(np.int32)
        _note(flat, ways, told)

    def _hold(self, kept: Rows, seconds: NDArray[np.float64]) -> None:
        """Add the time since the frame before to the newest points of tracks that were in it too."""
        positions, which = np.unique(kept, return_inverse=True)
        sums = np.zeros(len(positions))
        np.add.at(sums, which, seconds)
        self._points.add("held_s", positions, sums)

    def _resize(self, size: tuple[int, int]) -> None:
        """Go over to the pixels of an image of another size."""
        if self.size is not None:
            self._settle()
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
        self._settle()
        oldest = self._points.oldest
        known_since = self._first_pts if not oldest else float(self._points.column("pts", np.array([oldest]))[0])
        return Span(known_since if begins is None else begins, self.newest_pts if ends is None else ends)

    def between(self, span: Span, class_ids: Collection[int] | None = None, track_id: int | None = None) -> PathPoints:
        """The points in which tracks were within a span, those of some classes or of one track alone."""
        self._settle()
        records = self._points.copy() if track_id is None else self._points.where("track_id", track_id)
        return points_within(records, span, class_ids)

    def records(self) -> NDArray[np.void]:
        """All points, as `points_within` takes them: a copy, from which any thread may choose."""
        self._settle()
        return self._points.copy()

    def track(self, track_id: int) -> TrackSummary | None:
        """One track as a whole, None where it is not known, or no longer."""
        self._settle()
        return self._table.told(track_id, self._frames)


def _points(flat: Flat, rows: Rows, appears: NDArray[np.bool_]) -> NDArray[np.void]:
    points = np.empty(len(rows), POINT)
    x1, y1, x2, y2 = flat.xyxy[rows].T
    points["pts"], points["seq"], points["track_id"] = flat.pts[rows], flat.seq[rows], flat.track_ids[flat.slot[rows]]
    points["x"], points["y"], points["width"], points["height"] = (x1 + x2) / 2, y2, x2 - x1, y2 - y1
    points["score"], points["class_id"], points["held_s"] = flat.score[rows], flat.class_id[rows], 0.0
    points["flags"] = flat.seen[rows] * SEEN + appears[rows] * BEGINS
    return points


def _note(flat: Flat, ways: Ways, told: NDArray[np.void]) -> None:
    last = ways.order[ways.last]
    told["frames"] += np.bincount(flat.slot).astype(np.int32)
    told["last_seq"], told["last_pts"] = flat.seq[last], flat.pts[last]
    told["box"], told["score"], told["class_id"] = flat.xyxy[last], flat.score[last], flat.class_id[last]
