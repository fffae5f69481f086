"""Frames for the store of paths: tracked by a real tracker, or said outright."""

from collections.abc import Mapping

import numpy as np

from app.paths import TrackedRows
from tracker import ByteTrackConfig, ByteTracker, Detections, Tracks

SIZE = (640, 480)
CONFIG = ByteTrackConfig()
Box = tuple[float, float, float, float]


def frame_of(seq: int, pts: float, boxes: Mapping[int, Box], size: tuple[int, int] = SIZE) -> TrackedRows:
    """A frame that shows tracks by their ids, in this order, with a detection of score 0.9 behind each."""
    xyxy = np.array(list(boxes.values()), np.float64).reshape(-1, 4)
    count = len(xyxy)
    tracks = Tracks(
        track_id=np.array(list(boxes), np.int64),
        xyxy=xyxy,
        score=np.full(count, 0.9),
        class_id=np.array([track_id % 3 for track_id in boxes], np.int64),
        detection=np.arange(count),
        velocity=np.zeros((count, 2)),
        age_s=np.zeros(count),
        outcome=np.full(count, 5, np.uint8),
        outcome_track_id=np.array(list(boxes), np.int64),
    )
    found = Detections(xyxy, np.full(count, 0.9), np.zeros(count, np.int64))
    return TrackedRows(seq, pts, size, tracks, found, CONFIG)


class Tracked:
    """Frames as a tracker makes them from detections, each (box, score)."""

    def __init__(self, config: ByteTrackConfig = CONFIG) -> None:
        self.tracker = ByteTracker(config)
        self.seq = 0

    def frame(self, *found: tuple[Box, float]) -> TrackedRows:
        self.seq += 1
        boxes = np.array([box for box, _ in found], np.float64).reshape(-1, 4)
        detections = Detections(boxes, np.array([score for _, score in found]), np.zeros(len(found), np.int64))
        pts = self.seq / 30
        tracks = self.tracker.update(detections, pts)
        return TrackedRows(self.seq, pts, SIZE, tracks, detections, self.tracker.config)
