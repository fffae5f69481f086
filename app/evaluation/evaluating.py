"""Tracking, where that is asked for, and scoring one sequence."""

from typing import Protocol

from app.evaluation.plan import EvaluationPlan, Tracking
from app.evaluation.preparing import PreparedSequence
from app.evaluation.results import PEDESTRIANS, SequenceResult
from app.evaluation.running import Run, run_tracker
from app.scoring import Measures, class_frames, measure, pedestrian_frames, pedestrian_shaped
from tracker import MotRows
from tracker.interpolation import fill_gaps


class Watcher(Protocol):
    """Told how far the evaluation of one sequence is. What it raises ends the evaluation."""

    def tracked(self, frames: int) -> None:
        """So many frames are tracked."""

    def scoring(self) -> None:
        """All are tracked, and scoring begins."""


def evaluate(
    one: PreparedSequence, plan: EvaluationPlan, classes: tuple[int, ...] | None, watcher: Watcher
) -> SequenceResult:
    """Evaluate one sequence; `classes` are those scored each on its own, None scores pedestrians.

    Raises:
        SourceError: the detections or the motion of a frame are not usable.
        ScoringUnavailable: TrackEval is not installed.
    """
    run = _run(one, plan, watcher)
    watcher.scoring()
    rows = run.rows
    if not plan.by_class and not plan.any_shape:
        rows = pedestrian_shaped(rows)
    if plan.interpolate is not None:
        rows = fill_gaps(rows, plan.interpolate, plan.max_gap)
    return SequenceResult(
        name=one.sequence.name,
        first_frame=one.span.first,
        frames=len(one.span),
        tracks=rows,
        by_class=_measured(one, rows, classes),
        origin=str(one.origin),
        config=run.config,
        median_ms=run.median_ms,
        camera_motion=one.motion is not None,
    )


def _run(one: PreparedSequence, plan: EvaluationPlan, watcher: Watcher) -> Run:
    if not isinstance(plan.tracks, Tracking):
        return Run(one.rows)
    config = plan.tracks.config(plan.tracks.frame_rate or one.sequence.frame_rate)
    return run_tracker(one.rows, one.span, config, one.motion, origin=one.origin, on_frame=watcher.tracked)


def _measured(one: PreparedSequence, rows: MotRows, classes: tuple[int, ...] | None) -> dict[str, Measures]:
    frames = len(one.span)
    if classes is None:
        return {PEDESTRIANS: measure(pedestrian_frames(one.truth, rows, frames, one.benchmark))}
    return {str(class_id): measure(class_frames(one.truth, rows, frames, class_id)) for class_id in classes}
