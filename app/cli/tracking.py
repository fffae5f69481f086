"""`trackd track`: what it does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from app.cli.console import Reporter
from app.cli.detecting import Load, choose_model, load_for_tracking
from app.cli.errors import UsageFailure
from app.cli.interrupt import Interruption
from app.cli.outputs import check_outputs, open_outputs
from app.cli.progress import Progress
from app.cli.report import describe
from app.cli.tracker_options import tracker_config
from app.offline import Plan, Sink, track_source
from app.offline.classes import class_ids
from app.offline.gap_filling import GapFilling
from app.offline.opening import STANDARD_OUTPUT
from app.settings import Settings, load_settings
from app.sources import Source, open_source
from app.sources.demo_url import is_demo
from models import Detector
from tracker import ByteTrackConfig, ByteTracker
from tracker.explain import ExplainingTracker
from tracker.interpolation import MAX_GAP, Method

DEMO_FRAMES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRequest:
    """The arguments of `trackd track`; None means not given."""

    source: str
    video: str | None = None
    mot: str | None = None
    json: str | None = None
    trace: str | None = None
    interpolate: Method | None = None
    max_gap: int | None = None
    model: str | None = None
    device: str | None = None
    head: str | None = None
    classes: str | None = None
    min_score: float | None = None
    preset: str | None = None
    camera_motion: bool | None = None
    tracker: Mapping[str, Any]
    frames: int | None = None
    every: int = 1
    frame_rate: float | None = None
    config: Path | None = None
    quiet: bool = False


class OpenedRun(NamedTuple):
    """What a run needs: everything is loaded, and nothing is read."""

    detector: Detector
    source: Source
    plan: Plan
    config: ByteTrackConfig


def run_track(request: TrackRequest) -> int:
    """Track a source as asked; returns the exit code."""
    inference = None if request.head is None else {"head": request.head}
    overrides = {"model": request.model, "device": request.device, "inference": inference}
    settings = load_settings(overrides, request.config)
    report = Reporter(quiet=request.quiet, rows_on_stdout=STANDARD_OUTPUT in (request.mot, request.json, request.trace))
    if request.max_gap is not None and request.interpolate is None:
        raise UsageFailure("--max-gap says which gaps are filled; add --interpolate linear or --interpolate gaussian")
    check_outputs(request.source, request.video, request.mot, request.json, request.trace)
    model = choose_model_for(request, settings, report)
    with Interruption() as interruption:
        detector, source, plan, config = open_run(request, settings, model)
        tracker = ByteTracker(config) if request.trace is None else ExplainingTracker(config)
        sinks = open_outputs(
            source, detector.info.labels, request.video, request.mot, request.json, _reopening(request), request.trace
        )
        with report.progress(source.name, expected_frames(source, plan)) as progress:
            gaps = _gap_filling(request, sinks, progress)
            outputs = [gaps] if gaps else sinks
            summary = track_source(
                source, detector, tracker, outputs, plan, stop=interruption.stop, on_frame=progress.advance
            )
    detector.close()
    for line in describe(source, summary, detector.info, [sink.target for sink in sinks], interruption, gaps):
        report.say(line)
    return interruption.exit_code


def choose_model_for(request: TrackRequest, settings: Settings, report: Reporter) -> str:
    """The model for a source, which is looked at first, so that a misspelt path is found out at once.

    Raises:
        SourceError: the source cannot be opened.
    """
    with open_source(request.source, frame_rate=request.frame_rate):
        pass
    return choose_model(settings, request.source, report)


def open_run(request: TrackRequest, settings: Settings, model: str) -> OpenedRun:
    """Load the detector and open the source, whose decoding depends on the model.

    Raises:
        ModelError, SourceError, UsageFailure: one of them cannot be used, or not in this way.
    """
    detector, load = load_for_tracking(settings, model, request.min_score)
    source = open_source(request.source, frame_rate=request.frame_rate, cover=detector.input_size_for)
    plan = _plan(request, settings, source, detector, load)
    return OpenedRun(detector, source, plan, _tracker_config(request, settings, source))


def _reopening(request: TrackRequest) -> Callable[[], Source] | None:
    if request.interpolate is None:
        return None
    return lambda: open_source(request.source, frame_rate=request.frame_rate)


def _gap_filling(request: TrackRequest, sinks: Sequence[Sink], progress: Progress) -> GapFilling | None:
    if request.interpolate is None:
        return None
    # Otherwise frames are written while the bar runs.
    on_hand_on = progress.written if request.interpolate == "gaussian" else None
    return GapFilling(sinks, request.interpolate, request.max_gap or MAX_GAP, on_hand_on)


def _plan(request: TrackRequest, settings: Settings, source: Source, detector: Detector, load: Load) -> Plan:
    frames = request.frames
    if frames is None and source.frame_count is None and is_demo(request.source):
        frames = DEMO_FRAMES
    return Plan(
        classes=_classes(request, settings, detector),
        frames=frames,
        every=request.every,
        callers=load.callers,
        batch=load.batch,
        camera_motion=_camera_motion(request, settings),
    )


def _camera_motion(request: TrackRequest, settings: Settings) -> bool:
    """As the flag says, else as the settings do; the preset that was measured with it has it without a word."""
    if request.camera_motion is not None:
        return request.camera_motion
    if "camera_motion" in settings.stream.model_fields_set:
        return settings.stream.camera_motion
    return (request.preset or settings.stream.tracker.preset) == "accurate"


def _classes(request: TrackRequest, settings: Settings, detector: Detector) -> frozenset[int] | None:
    if request.classes is not None:
        wanted = [name for name in request.classes.split(",") if name.strip()]
        origin = "--classes"
    elif settings.stream.classes is not None:
        wanted, origin = [str(name) for name in settings.stream.classes], "stream.classes"
    else:
        return None
    if not wanted:
        raise UsageFailure(f"{origin} names no class; leave it out to keep all")
    try:
        return class_ids(wanted, detector.info.labels)
    except ValueError as error:
        raise UsageFailure(f"{origin}: {error}") from None


def _tracker_config(request: TrackRequest, settings: Settings, source: Source) -> ByteTrackConfig:
    stated = settings.stream.tracker.model_dump(exclude_unset=True)
    preset = stated.pop("preset", "default")
    return tracker_config({**stated, **request.tracker}, source.frame_rate / request.every, request.preset or preset)


def expected_frames(source: Source, plan: Plan) -> int | None:
    """How many frames a run will have, None where nobody knows."""
    known = None if source.frame_count is None else -(-source.frame_count // plan.every)
    candidates = [count for count in (known, plan.frames) if count is not None]
    return min(candidates) if candidates else None
