"""HOTA of the demo camera: detections of a model through the project's tracker against the exact truth.

After J. Luiten et al.: HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking, IJCV 2021, by its reference
implementation. Objects that cannot be scored, and tracks that follow one of them, are left out as in MOT17.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from trackeval.metrics import HOTA

import tracker
from app.sources.demo import SCORED_VISIBILITY, DemoCamera
from training.precision import overlaps

FRAMES = 450
Detect = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]]
Row = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def hota(detect: Detect, seed: int, frames: int = FRAMES) -> float:
    """HOTA in 0..1 of one street, all classes together."""
    camera = DemoCamera(seed)
    follow = tracker.ByteTracker(tracker.ByteTrackConfig(frame_rate=camera.frame_rate))
    rows = []
    for index in range(frames):
        boxes, score, class_id = detect(camera.frame(index))
        tracks = follow.update(
            tracker.Detections(xyxy=boxes, score=score, class_id=class_id), index / camera.frame_rate
        )
        truth = camera.truth(index)
        seen = truth.visibility >= SCORED_VISIBILITY
        ious = overlaps(truth.xyxy, tracks.xyxy)
        excused = ((ious[~seen] >= 0.5).any(axis=0)) & ~((ious[seen] >= 0.5).any(axis=0))
        rows.append((truth.object_id[seen], tracks.track_id[~excused], ious[seen][:, ~excused]))
    return float(np.mean(HOTA().eval_sequence(_table(rows))["HOTA"]))


def _table(rows: list[Row]) -> dict[str, object]:
    """The rows with ids counted from 0, as the reference implementation wants them."""
    true = np.unique(np.concatenate([row[0] for row in rows]))
    mine = np.unique(np.concatenate([row[1] for row in rows]))
    return {
        "num_timesteps": len(rows),
        "num_gt_ids": len(true),
        "num_tracker_ids": len(mine),
        "num_gt_dets": sum(len(row[0]) for row in rows),
        "num_tracker_dets": sum(len(row[1]) for row in rows),
        "gt_ids": [np.searchsorted(true, row[0]) for row in rows],
        "tracker_ids": [np.searchsorted(mine, row[1]) for row in rows],
        "similarity_scores": [row[2] for row in rows],
    }
