"""Tracks that walk as a test says, and what a counter tells of them."""

import numpy as np

from app.counting.counter import Counter
from app.counting_settings import CountingSettings
from tracker import Tracks

SIZE = (1000, 1000)
LABELS = ("person", "car")
FPS = 10.0
HEIGHT = 40.0


def tracks(rows, class_ids=None, seen=True):
    """Tracks from {track_id: (x, y)} of the middle of the lower edge, or from {track_id: (x, y, height)}."""
    ids = np.array(list(rows), np.int64)
    feet = np.array([place[:2] for place in rows.values()], np.float64).reshape(-1, 2)
    heights = np.array([place[2] if len(place) > 2 else HEIGHT for place in rows.values()], np.float64)
    count = len(ids)
    xyxy = np.column_stack((feet[:, 0] - 10, feet[:, 1] - heights, feet[:, 0] + 10, feet[:, 1])).reshape(-1, 4)
    return Tracks(
        ids,
        xyxy,
        np.full(count, 0.9),
        np.array([(class_ids or {}).get(i, 0) for i in rows], np.int64),
        np.arange(count) if seen else np.full(count, -1),
        np.zeros((count, 2)),
        np.zeros(count),
        np.empty(0, np.uint8),
        np.empty(0, np.int64),
    )


class Walk:
    """A counter, fed frame by frame at `FPS` in pictures of `SIZE`."""

    def __init__(self, lost_s=1.0, fps=FPS, **settings):
        self.counter = Counter(CountingSettings.model_validate(settings), lost_s)
        self.told, self.seq, self.fps, self.size = [], 0, fps, SIZE

    def see(self, rows, class_ids=None, seen=True):
        """One frame; returns what it told."""
        self.seq += 1
        now = self.counter.update(tracks(rows, class_ids, seen), self.seq, self.seq / self.fps, self.size, LABELS)
        self.told += now
        return now

    def walk(self, track_id, places, class_id=0):
        """One track through places."""
        for place in places:
            self.see({track_id: place}, {track_id: class_id})
        return self

    def kinds(self, *of):
        return [h.kind for h in self.told if not of or h.kind in of]

    def zone(self, name="a"):
        t = self.counter.zones[name]
        return t.occupancy, t.entered, t.appeared, t.exited, t.vanished

    def line(self, name="l"):
        t = self.counter.lines[name]
        return t.forward, t.backward


def square(low=300, high=600, **more):
    """A zone of pixels."""
    return {"points": [(low, low), (high, low), (high, high), (low, high)], "unit": "pixels", **more}


def straight(start, end, steps):
    """Places on the straight way, both ends included."""
    return [tuple(p) for p in np.linspace(start, end, steps)]
