"""From the arguments of `trackd explain` to a recording of what the tracker did."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from app.cli.console import Reporter
from app.cli.errors import UsageFailure
from app.cli.eval_plan import EvalRequest, evaluation_plan
from app.cli.interrupt import Interruption
from app.cli.model_request import ModelRequest
from app.cli.track_plan import TrackRequest, expected_frames
from app.cli.tracking import choose_model_for, open_run
from app.evaluation import EvaluationPlan, SpanChoice, Tracking
from app.explanation.comparing import Truth, demo_truth, sequence_truth
from app.explanation.recording import Recorder, Recording, record_detections
from app.explanation.sequence import GivenSequence, folder_of, holds_detections, read_sequence
from app.kernels import load_kernels
from app.offline import track_source
from app.sources.demo_url import is_demo
from tracker.explain import ExplainingTracker


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainRequest(ModelRequest):
    """The arguments of `trackd explain`; None means not given."""

    source: str
    track_id: int | None = None
    frame: int | None = None
    switches: bool = False
    close: float = 0.1
    json: str | None = None
    preset: str | None = None
    camera_motion: bool | None = None
    tracker: Mapping[str, Any]
    frames: str | None = None
    half_val: bool = False
    frame_rate: float | None = None
    classes: str | None = None
    detections: str | None = None


class Recorded(NamedTuple):
    """What the tracker did, and the truth about it where it is known."""

    recording: Recording
    truth: Truth | None


def record(request: ExplainRequest, report: Reporter, interruption: Interruption) -> Recorded:
    """Track the source of a request and keep the traces; an interruption ends it early.

    Raises:
        UsageFailure, SourceError, ModelError: the source cannot be tracked in this way.
    """
    if holds_detections(Path(request.source)):
        return _from_detections(request, interruption)
    return _from_pictures(request, report, interruption)


def _from_detections(request: ExplainRequest, interruption: Interruption) -> Recorded:
    _refuse(request, "detections", "--model", "--device", "--inference", "--config")
    plan = _evaluation_plan(request)
    assert isinstance(plan.tracks, Tracking)
    given = read_sequence(Path(request.source), plan, with_truth=request.switches)
    load_kernels(Reporter().note)  # said even where notes are not wanted: it takes so long
    recording = Recording(given.name, plan.tracks.config(request.frame_rate or given.frame_rate))
    record_detections(
        recording,
        given.rows,
        given.span,
        given.motion,
        origin=given.origin,
        go_on=lambda: not interruption.stop.is_set(),
    )
    return Recorded(recording, _truth(given, plan))


def _truth(given: GivenSequence, plan: EvaluationPlan) -> Truth | None:
    return None if given.prepared is None else sequence_truth(given.prepared, plan)


def _evaluation_plan(request: ExplainRequest) -> EvaluationPlan:
    place = Path(request.source)
    return evaluation_plan(
        EvalRequest(
            folders=[folder_of(place)],
            detections=place.name if place.is_file() else request.detections,
            half_val=request.half_val,
            frames=request.frames,
            classes=request.classes or "mot",
            preset=request.preset,
            tracker=request.tracker,
            camera_motion=request.camera_motion,
            frame_rate=request.frame_rate,
        )
    )


def _from_pictures(request: ExplainRequest, report: Reporter, interruption: Interruption) -> Recorded:
    _refuse(request, "pictures", "--detections", "--half-val")
    if request.switches and not is_demo(request.source):
        raise UsageFailure(f"--switches needs truth, and {request.source} has none; see `trackd explain --help`")
    asked = TrackRequest(
        source=request.source,
        model=request.model,
        device=request.device,
        inference=request.inference,
        classes=request.classes,
        preset=request.preset,
        camera_motion=request.camera_motion,
        tracker=request.tracker,
        frames=_count(request.frames),
        frame_rate=request.frame_rate,
        config=request.config,
        quiet=request.quiet,
    )
    settings = asked.settings()
    detector, source, plan, config = open_run(asked, settings, choose_model_for(asked, settings, report))
    recording = Recording(source.name, config, detector.info.labels)
    with report.progress(source.name, expected_frames(source, plan)) as progress:
        track_source(
            source,
            detector,
            ExplainingTracker(config),
            [Recorder(recording)],
            plan,
            stop=interruption.stop,
            on_frame=progress.advance,
        )
    detector.close()
    truth = demo_truth(request.source, len(recording.frames)) if request.switches else None
    return Recorded(recording, truth)


def _count(frames: str | None) -> int | None:
    """The number of frames that `:B` names."""
    if frames is None:
        return None
    try:
        choice = SpanChoice.parse(frames)
    except ValueError as error:
        raise UsageFailure(f"--frames: {error}") from None
    if choice.first != 1:
        raise UsageFailure(f"--frames is {frames}: pictures are tracked from the first on, as in :{choice.last or 300}")
    return choice.last


def _refuse(request: ExplainRequest, kind: str, *options: str) -> None:
    """Raises UsageFailure for options that say nothing about a source of this kind."""
    for option in options:
        if getattr(request, option.removeprefix("--").replace("-", "_")):
            raise UsageFailure(f"{option} is not for sources of {kind}, and {request.source} is one")
