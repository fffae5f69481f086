"""The tracks that are in view or may come back: when they were seen, and where they are expected next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.counting.handover import successors
from app.vitals.frame import VitalFrame
from tracker import ByteTrackConfig

_PLACE = np.dtype(
    [("track_id", "<i8"), ("pts", "<f8"), ("class_id", "<i8"), ("xyxy", "<f8", (4,)), ("velocity", "<f8", (2,))]
)
"""What tells whether one track goes on in the place of another."""

BRIEF_HITS = 3
"""A track that was seen in no more frames than this lived briefly."""

SUCCESSION_S = 3.0
"""A new id goes on in the place of one that vanished at most so long ago."""

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """How many tracks ended, for how long they had lived together, and how many had been brief or broken."""

    tracks: int
    lived_s: float
    brief: int
    broken: int


@dataclass(frozen=True, slots=True)
class Begun:
    """How many ids are new, and how many of these go on where another track of their class vanished a moment before:
    `late` when the tracker kept that one no longer, `passed_over` when it still did."""

    ids: int
    late: int
    passed_over: int


def kept_s(config: ByteTrackConfig) -> float:
    """How many seconds a tracker keeps a lost track."""
    return config.max_lost / config.frame_rate


class Lives:
    """Owns a row for each track that was seen within the time that lost ones are kept, by rising track_id.

    Attributes:
        track_id, class_id: (R,) int64.
        hits: (R,) int64, the frames that it was seen in.
        born, pts, found: (R,) float64, media times of when it was seen first, last, and last found again.
        xyxy, velocity: (R, 4) the box that was shown last, which moves along with the camera, and (R, 2) px/s.
        seen_pts: when tracks were looked for last, None before that.
    """

    def __init__(self) -> None:
        # Columns of their own: NumPy takes rows of records field by field, which takes ten times as long.
        self.track_id = np.empty(0, np.int64)
        self.class_id = np.empty(0, np.int64)
        self.hits = np.empty(0, np.int64)
        self.born, self.pts, self.found = np.empty(0), np.empty(0), np.empty(0)
        self.xyxy, self.velocity = np.empty((0, 4)), np.empty((0, 2))
        self.seen_pts: float | None = None
        self._newest_id = 0

    def __len__(self) -> int:
        return len(self.track_id)

    def find(self, ids: NDArray[np.int64]) -> tuple[Rows, NDArray[np.bool_]]:
        """The rows of some tracks, and which of them are known."""
        if not len(self):
            return np.zeros(len(ids), np.int64), np.zeros(len(ids), np.bool_)
        rows = np.minimum(self.track_id.searchsorted(ids), len(self) - 1)
        known: NDArray[np.bool_] = self.track_id[rows] == ids
        return rows, known

    def move(self, motion: Floats) -> None:
        """The camera moved: boxes stand elsewhere by now. Corners move each by itself, and stay corners."""
        corners = self.xyxy.reshape(-1, 2, 2) @ motion[:, :2].T + motion[:, 2]
        self.xyxy[:, :2], self.xyxy[:, 2:] = corners.min(axis=1), corners.max(axis=1)
        self.velocity = self.velocity @ motion[:, :2].T

    def expected(self, rows: Rows, pts: float) -> Floats:
        """(K, 4) where tracks are expected at `pts`: the box that was shown last, moved on by its velocity."""
        boxes: Floats = self.xyxy[rows]
        step = self.velocity[rows] * (pts - self.pts[rows])[:, None]
        boxes[:, :2] += step
        boxes[:, 2:] += step
        return boxes

    def see(self, rows: Rows, frame: VitalFrame, seen: slice | NDArray[np.bool_]) -> None:
        """The tracks of these rows were seen; `seen` says which rows of the frame's tracks they are."""
        self.pts[rows] = frame.pts
        self.hits[rows] += 1
        self.xyxy[rows] = frame.tracks.xyxy[seen]
        self.velocity[rows] = frame.tracks.velocity[seen]

    def missed(self, rows: Rows) -> NDArray[np.bool_]:
        """Which tracks were not seen when they were looked for last. Call it before `see`."""
        not_seen: NDArray[np.bool_] = self.pts[rows] < (-np.inf if self.seen_pts is None else self.seen_pts)
        return not_seen

    def begin(self, frame: VitalFrame, begun: NDArray[np.bool_]) -> Begun:
        """Take in the tracks of the frame that are not known."""
        # The first detection was a frame before the track got its id, but in the first frame of all.
        first = self.seen_pts is None
        born = frame.pts if self.seen_pts is None else self.seen_pts
        arrived = self._places(frame, begun, born)
        new = arrived[arrived["track_id"] > self._newest_id]
        begins = self._judge(new, frame, born)
        count = len(arrived)
        order = np.argsort(np.concatenate([self.track_id, arrived["track_id"]]), kind="stable")
        self.track_id = np.concatenate([self.track_id, arrived["track_id"]])[order]
        self.class_id = np.concatenate([self.class_id, arrived["class_id"]])[order]
        self.hits = np.concatenate([self.hits, np.full(count, 1 if first else 2)])[order]
        self.born = np.concatenate([self.born, np.full(count, born)])[order]
        self.pts = np.concatenate([self.pts, np.full(count, frame.pts)])[order]
        self.found = np.concatenate([self.found, np.full(count, -np.inf)])[order]
        self.xyxy = np.concatenate([self.xyxy, arrived["xyxy"]])[order]
        self.velocity = np.concatenate([self.velocity, arrived["velocity"]])[order]
        self._newest_id = max(self._newest_id, int(arrived["track_id"].max(initial=0)))
        return begins

    def end(self, before: float, window_begins: float) -> Ended:
        """Forget the tracks that were seen last before `before`, and tell of them."""
        gone = self.pts < before
        ended = Ended(
            int(gone.sum()),
            float((self.pts - self.born)[gone].sum()),
            int((self.hits[gone] <= BRIEF_HITS).sum()),
            int((self.found[gone] >= window_begins).sum()),
        )
        if ended.tracks:
            for name in ("track_id", "class_id", "hits", "born", "pts", "found", "xyxy", "velocity"):
                setattr(self, name, getattr(self, name)[~gone])
        return ended

    def broken(self, since: float) -> int:
        """How many of the tracks that are kept were lost and found again since then."""
        return int((self.found >= since).sum())

    def _judge(self, new: NDArray[np.void], frame: VitalFrame, born: float) -> Begun:
        lost = np.flatnonzero((self.pts < born) & (self.pts >= born - SUCCESSION_S))
        if not len(new) or not len(lost):
            return Begun(len(new), 0, 0)
        vanished = np.zeros(len(lost), _PLACE)
        for name in ("track_id", "pts", "class_id", "xyxy", "velocity"):
            vanished[name] = getattr(self, name)[lost]
        pairs = successors(vanished, new, frame.pts, frame.size)
        late = sum(born - float(vanished["pts"][old]) > kept_s(frame.config) for old, _ in pairs)
        return Begun(len(new), late, len(pairs) - late)

    @staticmethod
    def _places(frame: VitalFrame, begun: NDArray[np.bool_], born: float) -> NDArray[np.void]:
        places = np.zeros(int(begun.sum()), _PLACE)
        for name in ("track_id", "class_id", "xyxy", "velocity"):
            places[name] = getattr(frame.tracks, name)[begun]
        places["pts"] = born
        return places
