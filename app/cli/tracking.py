"""`trackd track`: what it does."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from app.cli.console import Reporter
from app.cli.counting import check_classes, counting_settings
from app.cli.detecting import choose_model, load_for_tracking
from app.cli.errors import UsageFailure
from app.cli.interrupt import Interruption
from app.cli.looking import detection_settings
from app.cli.outputs import check_outputs, open_outputs
from app.cli.progress import Progress
from app.cli.report import describe
from app.cli.track_plan import TrackRequest, check_gaps, expected_frames, pixels_needed, plan_for, tracker_config_for
from app.counting_settings import CountingSettings
from app.imaging.shapes import shapes_of
from app.offline import Plan, Sink, track_source
from app.offline.gap_filling import GapFilling
from app.offline.opening import STANDARD_OUTPUT
from app.offline.pipeline import NOTHING
from app.settings import Settings
from app.sources import Source, open_source
from models import Detector
from tracker import ByteTrackConfig, ByteTracker
from tracker.explain import ExplainingTracker
from tracker.interpolation import MAX_GAP


class OpenedRun(NamedTuple):
    """What a run needs: everything is loaded, and nothing is read."""

    detector: Detector
    source: Source
    plan: Plan
    config: ByteTrackConfig


def run_track(request: TrackRequest) -> int:
    """Track a source as asked; returns the exit code."""
    settings = request.settings()
    report = Reporter(quiet=request.quiet, rows_on_stdout=STANDARD_OUTPUT in request.row_targets)
    if request.max_gap is not None and request.interpolate is None:
        raise UsageFailure("--max-gap says which gaps are filled; add --interpolate linear or --interpolate gaussian")
    check_outputs(
        request.source, request.video, request.mot, request.json, request.trace, request.pictures, request.events
    )
    counting = counting_settings(settings.stream.counting, request.zones, events=request.events is not None)
    model = choose_model_for(request, settings, report)
    with Interruption() as interruption:
        detector, source, plan, config = open_run(request, settings, model, counting)
        tracker = ByteTracker(config) if request.trace is None else ExplainingTracker(config)
        sinks = open_outputs(
            source,
            detector.info.labels,
            request.video,
            request.mot,
            request.json,
            _reopening(request),
            request.trace,
            request.pictures,
            shapes_of(counting, (source.width, source.height)),
            request.events,
            counting,
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


def open_run(request: TrackRequest, settings: Settings, model: str, counting: CountingSettings = NOTHING) -> OpenedRun:
    """Load the detector and open the source, whose decoding depends on the model.

    Raises:
        ModelError, SourceError, UsageFailure: one of them cannot be used, or not in this way.
    """
    detector, load = load_for_tracking(settings, model, request.min_score)
    looking = detection_settings(settings.stream.detection, request.detection)
    check_gaps(request, looking)
    cover = partial(pixels_needed, detector, looking.sight())
    source = open_source(request.source, frame_rate=request.frame_rate, cover=cover)
    pixels_needed(detector, looking.sight(), source.width, source.height)
    check_classes(counting, detector.info.labels)
    plan = plan_for(request, settings, source, detector, load, looking, counting)
    return OpenedRun(detector, source, plan, tracker_config_for(request, settings, source))


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
