"""Truth to compare a recording with: that of a sequence of the MOT Challenge, or of the demo camera."""

from collections.abc import Callable, Sequence

import numpy as np

from app.evaluation import EvaluationPlan, PreparedSequence, scored_classes
from app.explanation.recording import Recording, shown_rows
from app.scoring import ComparedFrame, class_frames, counted_classes, pedestrian_frames, pedestrian_shaped
from app.sources.demo import SCORED_VISIBILITY, DemoCamera
from app.sources.demo_url import parse_demo
from tracker import MotRows

Truth = Callable[[Recording], list[Sequence[ComparedFrame]]]
"""Compares a recording with the truth, frame by frame, for each class that counts on its own."""


def sequence_truth(one: PreparedSequence, plan: EvaluationPlan) -> Truth:
    """The truth of a sequence, with everything that an evaluation leaves out left out."""
    classes = scored_classes([one], plan)

    def compare(recording: Recording) -> list[Sequence[ComparedFrame]]:
        rows, frames = shown_rows(recording.frames), len(recording.frames)
        if classes is None:
            return [pedestrian_frames(one.truth, pedestrian_shaped(rows), frames, one.benchmark)]
        return [class_frames(one.truth, rows, frames, class_id) for class_id in classes]

    return compare


def demo_truth(url: str, frames: int) -> Truth:
    """The exact truth about the first frames of the demo camera; what is nearly hidden does not count."""
    address = parse_demo(url)
    camera = DemoCamera(seed=address.seed, width=address.width, height=address.height, frame_rate=address.fps)
    truths = [camera.truth(index) for index in range(frames)]
    visibility = np.concatenate([truth.visibility for truth in truths])
    truth_rows = MotRows(
        np.repeat(np.arange(1, frames + 1), [len(truth.object_id) for truth in truths]),
        np.concatenate([truth.object_id for truth in truths]),
        np.concatenate([truth.xyxy for truth in truths]),
        (visibility >= SCORED_VISIBILITY).astype(np.float64),
        np.concatenate([truth.class_id for truth in truths]),
        visibility,
    )

    def compare(recording: Recording) -> list[Sequence[ComparedFrame]]:
        rows = shown_rows(recording.frames)
        return [class_frames(truth_rows, rows, frames, class_id) for class_id in counted_classes(truth_rows)]

    return compare
