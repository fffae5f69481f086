"""From the arguments of `trackd eval` to the plan of an evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.cli.errors import UsageFailure
from app.cli.tracker_options import tracker_config
from app.evaluation import EvaluationPlan, GivenTracks, SpanChoice, Tracking
from app.scoring import BENCHMARKS
from tracker.interpolation import MAX_GAP, Method

PEDESTRIANS = "mot"
ALL_CLASSES = "all"
MOVES_WITH_THE_CAMERA = "accurate"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalRequest:
    """The arguments of `trackd eval`; None means not given."""

    folders: list[Path]
    tracks: Path | None = None
    detections: str | None = None
    half_val: bool = False
    frames: str | None = None
    whole_tracks: bool = False
    classes: str = "mot"
    benchmark: str | None = None
    any_shape: bool = False
    interpolate: Method | None = None
    max_gap: int | None = None
    preset: str | None = None
    tracker: Mapping[str, Any]
    camera_motion: bool | None = None
    frame_rate: float | None = None
    json: str | None = None
    plot: str | None = None
    save_tracks: Path | None = None
    quiet: bool = False


def evaluation_plan(request: EvalRequest) -> EvaluationPlan:
    """The plan that the arguments ask for.

    Raises:
        UsageFailure: they contradict each other, or one is not of its form.
    """
    if request.max_gap is not None and request.interpolate is None:
        raise UsageFailure("--max-gap says which gaps are filled; add --interpolate linear or --interpolate gaussian")
    if request.benchmark is not None and request.benchmark not in BENCHMARKS:
        raise UsageFailure(f"--benchmark is {request.benchmark!r}; it is one of {', '.join(BENCHMARKS)}")
    return EvaluationPlan(
        tracks=_tracking(request) if request.tracks is None else _given(request),
        span=_span(request),
        classes=_classes(request.classes),
        benchmark=request.benchmark,
        any_shape=request.any_shape,
        interpolate=request.interpolate,
        max_gap=request.max_gap or MAX_GAP,
    )


def _tracking(request: EvalRequest) -> Tracking:
    if request.whole_tracks:
        raise UsageFailure("--whole-tracks is about --tracks, which is not given")
    config = partial(tracker_config, request.tracker, preset=request.preset or "default")
    config(30.0)  # what is wrong with the values is said before anything is read
    motion = request.camera_motion
    if motion is None and request.preset != MOVES_WITH_THE_CAMERA:
        motion = False
    return Tracking(
        config=config,
        detections=request.detections,
        camera_motion=motion,
        frame_rate=request.frame_rate,
    )


def _given(request: EvalRequest) -> GivenTracks:
    assert request.tracks is not None
    idle = {
        "--detections": request.detections,
        "--preset": request.preset,
        "--camera-motion": request.camera_motion,
        "--fps": request.frame_rate,
        **{f"--{name.replace('_', '-')}": value for name, value in request.tracker.items()},
    }
    named = next((name for name, value in idle.items() if value is not None), None)
    if named is not None:
        raise UsageFailure(f"{named} is about tracking, and --tracks scores what is there; leave one of them out")
    return GivenTracks(place=request.tracks, whole=request.whole_tracks)


def _span(request: EvalRequest) -> SpanChoice:
    if request.half_val and request.frames is not None:
        raise UsageFailure("--half-val and --frames both say which frames are scored; leave one of them out")
    try:
        return SpanChoice(half=request.half_val) if request.frames is None else SpanChoice.parse(request.frames)
    except ValueError as error:
        raise UsageFailure(f"--frames: {error}") from None


def _classes(text: str) -> tuple[int, ...] | None:
    if text == PEDESTRIANS:
        return None
    if text == ALL_CLASSES:
        return ()
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isdecimal() for part in parts):
        raise UsageFailure(f"--classes is {text!r}; it is {PEDESTRIANS}, {ALL_CLASSES} or numbers as in 1,4,9")
    return tuple(sorted({int(part) for part in parts}))
