"""What a fixed set of streams comes to, as one line: equal lines are equal bits of what a tracker tells and keeps."""

import hashlib

import numpy as np

from tests.tracker.scenes import crowd, everything
from tracker import ByteTrackConfig, ByteTracker, Tracks

CONFIGS = (
    ByteTrackConfig(),
    ByteTrackConfig(track_thresh=0.6, match_thresh=0.9, lost_buffer=5),
    ByteTrackConfig(match_thresh=1.0, second_match_thresh=1.0, duplicate_thresh=0.6, fuse_score=False),
    ByteTrackConfig.preset("accurate"),
    ByteTrackConfig(box_state="xywh", class_vote=True, replay=True, noise_floor=0.1, relink_distance=2.0),
    ByteTrackConfig(score_boost=0.65, boost_unlikely=True, expansion=0.2, class_aware=True, centre_distance=True),
    ByteTrackConfig(height_weight=0.7, confidence_weight=0.2, direction_weight=0.2),
)


def digest(frames: int = 60) -> str:
    """Of a crowd that is tracked before a still camera, with a jumping clock, and before a moving camera."""
    lines = hashlib.sha256()
    for config in CONFIGS:
        for kind in ("plain", "timed", "moving"):
            tracker, random, pts = ByteTracker(config), np.random.default_rng(6), 0.0
            for frame in crowd(5, frames, count=14):
                pts += float(random.choice([1.0, 1.4, 3.0, 0.2])) / 30
                turn, stretch = random.uniform(-0.05, 0.05), random.uniform(0.95, 1.05)
                motion = np.array([[stretch, -turn, random.normal(0, 9)], [turn, stretch, random.normal(0, 9)]])
                tracks = tracker.update(frame, pts if kind == "timed" else None, motion if kind == "moving" else None)
                for name in Tracks.__slots__:
                    lines.update(getattr(tracks, name).tobytes())
                lines.update(everything(tracker))
    return lines.hexdigest()
