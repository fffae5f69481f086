"""From the arguments of `trackd track` to the plan of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.cli.detecting import Load
from app.cli.errors import UsageFailure
from app.cli.looking import rules_for
from app.cli.model_request import ModelRequest
from app.cli.tracker_options import tracker_config
from app.counting_settings import CountingSettings
from app.detection_settings import DetectionSettings
from app.imaging.path_picture import Kind
from app.offline import Plan
from app.offline.classes import class_ids
from app.settings import Settings
from app.sources import Source, SourceError
from app.sources.demo_url import is_demo
from models import Detector
from models.region import RegionError
from models.tiling import TilingError
from models.viewing import Sight, cover
from tracker import ByteTrackConfig
from tracker.interpolation import MAX_GAP, Method

DEMO_FRAMES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRequest(ModelRequest):
    """The arguments of `trackd track`; None means not given."""

    source: str
    video: str | None = None
    mot: str | None = None
    json: str | None = None
    trace: str | None = None
    zones: str | None = None
    events: str | None = None
    heatmap: str | None = None
    trajectories: str | None = None
    interpolate: Method | None = None
    max_gap: int | None = None
    classes: str | None = None
    min_score: float | None = None
    detection: Mapping[str, Any] = field(default_factory=dict)
    preset: str | None = None
    camera_motion: bool | None = None
    tracker: Mapping[str, Any]
    frames: int | None = None
    every: int = 1
    frame_rate: float | None = None

    @property
    def row_targets(self) -> tuple[str | None, ...]:
        """The outputs that are lines of text: MOT rows, messages, traces, events."""
        return self.mot, self.json, self.trace, self.events

    @property
    def pictures(self) -> dict[Kind, str]:
        """The pictures of paths that are wanted, and where they go."""
        wanted: dict[Kind, str | None] = {"heatmap": self.heatmap, "trajectories": self.trajectories}
        return {kind: target for kind, target in wanted.items() if target is not None}


def check_gaps(request: TrackRequest, looking: DetectionSettings) -> None:
    """Raises UsageFailure where the frames between those that are looked at would not be filled."""
    max_gap = request.max_gap or MAX_GAP
    if request.interpolate is not None and looking.every > max_gap:
        raise UsageFailure(
            f"--detect-every {looking.every} leaves gaps that --max-gap {max_gap} does not fill; give it at least "
            f"{looking.every}"
        )


def pixels_needed(detector: Detector, sight: Sight, width: int, height: int) -> tuple[int, int]:
    """The pixels that a picture of this size needs.

    Raises:
        SourceError: it cannot be looked at in this way.
    """
    try:
        return cover(detector, (width, height), sight.views((width, height), detector.info.runs_at))
    except (RegionError, TilingError) as error:
        raise SourceError(str(error)) from None


def plan_for(
    request: TrackRequest,
    settings: Settings,
    source: Source,
    detector: Detector,
    load: Load,
    looking: DetectionSettings,
    counting: CountingSettings,
) -> Plan:
    """What to do with a source.

    Raises:
        UsageFailure: a class is named that the model does not know.
    """
    frames = request.frames
    if frames is None and source.frame_count is None and is_demo(request.source):
        frames = DEMO_FRAMES
    origin = "--class-score" if "scores" in request.detection else "stream.detection.scores"
    return Plan(
        rules=rules_for(looking, _classes(request, settings, detector), detector.info.labels, origin),
        sight=looking.sight(),
        detect_every=looking.every,
        frames=frames,
        every=request.every,
        callers=load.callers,
        batch=load.batch,
        camera_motion=_camera_motion(request, settings),
        counting=counting,
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


def tracker_config_for(request: TrackRequest, settings: Settings, source: Source) -> ByteTrackConfig:
    """The tracker's parameters at the source's frame rate.

    Raises:
        UsageFailure: a value is out of range, or there is no such preset.
    """
    stated = settings.stream.tracker.model_dump(exclude_unset=True)
    preset = stated.pop("preset", "default")
    return tracker_config({**stated, **request.tracker}, source.frame_rate / request.every, request.preset or preset)


def expected_frames(source: Source, plan: Plan) -> int | None:
    """How many frames a run will have, None where nobody knows."""
    known = None if source.frame_count is None else -(-source.frame_count // plan.every)
    candidates = [count for count in (known, plan.frames) if count is not None]
    return min(candidates) if candidates else None
