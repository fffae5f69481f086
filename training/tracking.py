"""HOTA of the demo camera: detections of a model through the project's tracker against the exact truth."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

import tracker
from app.scoring import TruthFrame, score
from app.sources.demo import SCORED_VISIBILITY, DemoCamera

FRAMES = 450
Detect = Callable[[NDArray[np.uint8]], tracker.Detections]


def hota(detect: Detect, seed: int, frames: int = FRAMES) -> float:
    """HOTA in 0..1 of the first frames of one street, all classes together; what is nearly hidden does not count."""
    camera = DemoCamera(seed)
    follow = tracker.ByteTracker(tracker.ByteTrackConfig(frame_rate=camera.frame_rate))
    truths, tracks = [], []
    for index in range(frames):
        tracks.append(follow.update(detect(camera.frame(index)), index / camera.frame_rate))
        truth = camera.truth(index)
        counted = truth.visibility >= SCORED_VISIBILITY
        truths.append(TruthFrame(truth.object_id, truth.xyxy, truth.class_id, counted))
    return score(truths, tracks).hota
