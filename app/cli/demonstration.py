"""`trackd demo`: what it does."""

import errno
import socket
from dataclasses import dataclass
from urllib.parse import urlencode

from app.cli.console import Reporter
from app.cli.detecting import BUNDLED, load_for_tracking
from app.cli.interrupt import Interruption
from app.cli.report import describe
from app.offline import Plan, Summary, TrackedFrame, track_source
from app.scoring import Score, ScoringUnavailable, TruthFrame, score
from app.settings import Settings, load_settings
from app.sources import open_source
from app.sources.demo import SCORED_VISIBILITY, DemoCamera
from app.sources.demo_url import parse_demo
from tracker import ByteTrackConfig, ByteTracker, Tracks

SCORED_SEED = 1
SHOWN_SEEDS = (1, 2)

# For the bundled detector: it is surest above 0.7, and its boxes follow swinging legs that the filter smooths away.
DEMO_TRACKER = {"track_thresh": 0.7, "emit": "detection"}
PORTS_TRIED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRequest:
    """The arguments of `trackd demo`."""

    seconds: float | None
    frames: int
    host: str
    port: int
    serve: bool


def run_demo(request: DemoRequest) -> int:
    """Track, score, serve; returns the exit code."""
    report = Reporter()
    code = _track_and_score(request.frames, report)
    if code or not request.serve:
        return code
    return _serve(request, report)


def _track_and_score(frames: int, report: Reporter) -> int:
    settings = load_settings({"model": BUNDLED, "stream": {"tracker": DEMO_TRACKER}})
    tracked: list[Tracks] = []
    with Interruption() as interruption:
        detector, load = load_for_tracking(settings, BUNDLED, None)
        source = open_source(f"demo:?{urlencode({'seed': SCORED_SEED, 'frames': frames})}")
        tracker = ByteTracker(_tracker_config(settings, source.frame_rate))
        plan = Plan(callers=load.callers, batch=load.batch)
        with report.progress(source.name, frames) as progress:

            def keep(frame: TrackedFrame, so_far: Summary) -> None:
                tracked.append(frame.tracks)
                progress.advance(frame, so_far)

            summary = track_source(source, detector, tracker, [], plan, stop=interruption.stop, on_frame=keep)
    detector.close()
    for line in describe(source, summary, detector.info, [], interruption):
        report.say(line)
    if not interruption.exit_code:
        _say_score(tracked, report)
    return interruption.exit_code


def _tracker_config(settings: Settings, frame_rate: float) -> ByteTrackConfig:
    return settings.stream.tracker.config(frame_rate=frame_rate)


def _say_score(tracked: list[Tracks], report: Reporter) -> None:
    try:
        result = score(demo_truth(SCORED_SEED, len(tracked)), tracked)
    except ScoringUnavailable as error:
        report.note(str(error))
    else:
        report.say(_score_line(result))


def demo_truth(seed: int, frames: int) -> list[TruthFrame]:
    """The exact truth about the first frames of a demo camera of default size; what is nearly hidden does not count."""
    address = parse_demo(f"demo:?seed={seed}")
    camera = DemoCamera(seed=seed, width=address.width, height=address.height, frame_rate=address.fps)
    truths = (camera.truth(index) for index in range(frames))
    return [
        TruthFrame(truth.object_id, truth.xyxy, truth.class_id, truth.visibility >= SCORED_VISIBILITY)
        for truth in truths
    ]


def _score_line(result: Score) -> str:
    return (
        f"  against the exact truth: HOTA {100 * result.hota:.1f}, MOTA {100 * result.mota:.1f}, "
        f"IDF1 {100 * result.idf1:.1f}; {result.switches} id switches, {result.tracks} ids for {result.objects} objects"
    )


def _serve(request: DemoRequest, report: Reporter) -> int:
    from app.cli.serving import run_service

    port = free_port(request.host, request.port)
    if port != request.port:
        report.note(f"port {request.port} is taken, using {port}")
    streams = {
        f"demo-{seed}": {"tracker": DEMO_TRACKER, "source": {"url": f"demo:?seed={seed}"}} for seed in SHOWN_SEEDS
    }
    settings = load_settings(
        {"model": BUNDLED, "host": request.host, "port": port, "streams": streams, "log_level": "warning"}
    )
    ends = "Ctrl-C ends" if request.seconds is None else f"ends after {request.seconds:g} s, or with Ctrl-C"
    run_service(
        settings,
        seconds=request.seconds,
        on_ready=lambda address: report.say(f"two demo cameras are live at {address} ({ends})"),
    )
    return 0


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next port above it that nobody listens on; `wanted` too where none is found or asking fails."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65_536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
                return wanted
            return port
    return wanted
