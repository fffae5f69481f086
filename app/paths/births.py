"""Which detection a new track began with.

A track has no id before a second frame confirms it (Y. Zhang et al., "ByteTrack", ECCV 2022, algorithm 1), so its first
detection is kept for one frame and claimed by whoever is confirmed in the next.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.paths.frame import TrackedRows
from tracker import Outcome

NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Births:
    """The detections of one frame that started tracks, in input order.

    Attributes:
        seq: the frame's number.
        pts: its time.
        high: what a score had to be above to start a track.
        least: what it had to reach.
        rows: (B,) where they stand among the frame's detections.
        xyxy: (B, 4) their boxes.
        score: (B,) their scores.
    """

    seq: int
    pts: float
    high: float
    least: float
    rows: NDArray[np.int64]
    xyxy: NDArray[np.float64]
    score: NDArray[np.float64]

    @classmethod
    def of(cls, frame: TrackedRows) -> Self | None:
        """Those of a frame that was looked at; None where its detections are not known."""
        found, config = frame.detections, frame.config
        if found is None:
            return None
        rows = np.flatnonzero(frame.tracks.outcome == Outcome.BORN)
        high, least = config.track_thresh, config.birth_thresh
        return cls(frame.seq, frame.pts, high, least, rows, found.xyxy[rows], found.score[rows])

    def claimed_by(self, xyxy: NDArray[np.float64]) -> NDArray[np.int64]:
        """Which births the tracks confirmed in the next frame come from, (K,); all `NONE` where there are too few.

        `xyxy` (K, 4) are the detections that confirmed them, by rising track_id. The tracker confirms in the order of
        birth, so this is the choice of K births in order that overlaps most.
        """
        count, births = len(xyxy), len(self.score)
        if count > births:
            return np.full(count, NONE)
        if count == births:
            return np.arange(count)
        overlap = _overlap(xyxy, self.xyxy)
        # best[k, b]: the most that the first k can overlap with the first b births, each of the k having one.
        best = np.full((count + 1, births + 1), -np.inf)
        best[0] = 0.0
        for k in range(count):
            best[k + 1, 1:] = np.maximum.accumulate(best[k, :-1] + overlap[k])
        chosen, end = np.empty(count, np.int64), births
        for k in range(count, 0, -1):
            chosen[k - 1] = end = int(np.argmax(best[k, : end + 1] == best[k, end])) - 1
        return chosen


def _overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of (K, 4) with (B, 4) corner boxes, (K, B)."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0.0, None), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (one, other)]
    overlap: NDArray[np.float64] = shared / (areas[0][:, None] + areas[1][None, :] - shared)
    return overlap
