"""The association of one call: which track took which detection, and what became of every detection."""

import numpy as np

from tracker.assignment import assign
from tracker.boxes import iou
from tracker.config import ByteTrackConfig
from tracker.types import Bools, Detections, Floats, Ints, Outcome

NONE = -1
"""Stands for no detection, or no track."""


class Association:
    """Pairs of R tracks and N detections, made stage by stage; who is taken in one stage is not up for the next.

    Attributes:
        detection: (R,) int64, the detection that each track took, or `NONE`.
        outcome: (N,) uint8, an `Outcome` for each detection, as far as it is known.
        track_id: (N,) int64, the public id of the track that each detection ended in, -1 until one is known.
        high: rows of the detections scored above `track_thresh`, in the order of the input.
        low: rows of those scored between `low_thresh` and `track_thresh`, in the order of the input.
    """

    def __init__(self, xyxy: Floats, detections: Detections, config: ByteTrackConfig) -> None:
        self._xyxy = xyxy
        self._detections = detections
        self.detection = np.full(len(xyxy), NONE, np.int64)
        self.track_id = np.full(len(detections), NONE, np.int64)
        score = detections.score
        above_floor = score > config.low_thresh
        is_low = above_floor & (score < config.track_thresh)
        is_high = above_floor & (score > config.track_thresh)
        self.high, self.low = np.flatnonzero(is_high), np.flatnonzero(is_low)
        self.outcome = np.full(len(detections), Outcome.AT_THRESHOLD, np.uint8)
        self.outcome[~above_floor] = Outcome.BELOW_FLOOR
        self.outcome[is_low] = Outcome.LOW_UNMATCHED
        self.outcome[is_high] = Outcome.HIGH_UNMATCHED

    @property
    def matched(self) -> Bools:
        """(R,) whether each track took a detection."""
        matched: Bools = self.detection != NONE
        return matched

    def pair(self, tracks: Ints, detections: Ints, limit: float, fuse_score: bool, outcome: Outcome) -> None:
        """Assign the tracks and detections of these rows that are still free, by overlap.

        The cost of a pair is 1 - IoU, or 1 - IoU * score where `fuse_score` is set; `limit` is the cost limit.
        """
        tracks = tracks[self.detection[tracks] == NONE]
        if not len(tracks) or not len(detections):
            return
        overlap = iou(self._xyxy[tracks], self._detections.xyxy[detections])
        if fuse_score:
            overlap *= self._detections.score[detections]
        rows, columns = assign(1.0 - overlap, limit)
        self.detection[tracks[rows]] = detections[columns]
        self.outcome[detections[columns]] = outcome

    def free_high(self) -> Ints:
        """Rows of the high detections that no track has taken."""
        free: Ints = self.high[self.outcome[self.high] == Outcome.HIGH_UNMATCHED]
        return free
