"""Boxes, names, ids and trails drawn on full pictures."""

from collections import deque

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from app.counting_settings import CountingSettings
from app.imaging.counts import draw_counts
from app.imaging.decode import decode
from app.imaging.draw import annotate
from app.imaging.sniff import sniff
from app.offline.sink import TrackedFrame
from app.sources.source import Image
from app.turned import turned_by_track
from tracker import Tracks

TRAIL_S = 1.5


class Painter:
    """Draws frame after frame of one stream; remembers where each visible track's centre was in the last moments."""

    def __init__(self, labels: tuple[str, ...], counting: CountingSettings | None = None) -> None:
        self._labels = labels
        self._counting = counting
        self._trails: dict[int, deque[tuple[float, float, float]]] = {}

    def paint(self, tracked: TrackedFrame) -> Image:
        """A new (H, W, 3) BGR picture of the full size with the frame's tracks on it."""
        self._extend_trails(tracked.tracks, tracked.frame.pts_s)
        points = self._points(tracked.tracks)
        turned = turned_by_track(tracked.detections, tracked.tracks)
        picture, counts = full_picture(tracked), tracked.counted.counts
        if self._counting is not None and counts is not UNSET:
            picture = draw_counts(picture, self._counting, counts, (picture.shape[1], picture.shape[0]), 1.0)
        return annotate(picture, tracked.tracks, self._labels, points, thin=tracked.filled, turned=turned)

    def _extend_trails(self, tracks: Tracks, pts_s: float) -> None:
        centres = (tracks.xyxy[:, :2] + tracks.xyxy[:, 2:]) / 2
        for track_id, (x, y) in zip(tracks.track_id.tolist(), centres.tolist(), strict=True):
            self._trails.setdefault(track_id, deque()).append((pts_s, x, y))
        for track_id, trail in list(self._trails.items()):
            while trail and trail[0][0] < pts_s - TRAIL_S:
                trail.popleft()
            if not trail:
                del self._trails[track_id]

    def _points(self, tracks: Tracks) -> dict[int, NDArray[np.float64]]:
        return {
            track_id: np.array([point[1:] for point in self._trails[track_id]]) for track_id in tracks.track_id.tolist()
        }


def full_picture(tracked: TrackedFrame) -> Image:
    """The frame's picture at full size: decoded once more where the detector had been given a smaller one."""
    frame = tracked.frame
    if frame.encoded is None or frame.image.shape[:2] == (frame.height, frame.width):
        return frame.image
    return decode(frame.encoded, sniff(frame.encoded))
