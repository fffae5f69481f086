"""The main path of offline tracking: read, detect, track, write."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import Event
from time import perf_counter

from msgspec import UNSET, UnsetType

from app.counted import Counting
from app.counting_settings import CountingSettings
from app.offline.detecting import WHOLE, DetectedFrame, detect_in_order
from app.offline.read_ahead import ReadAhead, ReadFrame
from app.offline.sink import Sink, TrackedFrame
from app.offline.write_behind import WriteBehind
from app.rules import Rules
from app.sources import Source
from app.vitals import Checkup, Concern, ConcernKind, VitalFrame
from app.wire import Counts, EventMessage, Timing
from models import CameraMotion, Detector, Finding
from models.viewing import Sight
from tracker import ByteTrackConfig, ByteTracker
from tracker.explain import ExplainingTracker

ANYTHING = Rules()
NOTHING = CountingSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do with a source.

    `frames` None goes to the end, `every` takes each n-th frame, `callers` threads call the detector with `batch`
    frames each. `sight` says how a picture is looked at, and `rules` what a detection must be to be tracked. With
    `detect_every` only each k-th of the frames that are taken is looked at, and the tracker says where its tracks are
    expected in the others. `camera_motion` measures in the pictures how the camera moved since the frame looked at
    before, and lets tracks move along. `counting` says what is counted.
    """

    rules: Rules = ANYTHING
    sight: Sight = WHOLE
    detect_every: int = 1
    frames: int | None = None
    every: int = 1
    callers: int = 1
    batch: int = 1
    camera_motion: bool = False
    counting: CountingSettings = NOTHING


@dataclass(slots=True)
class Summary:
    """What came of it so far. `camera` counts what the search for the camera's motion came to, frame by frame.

    `concerns` are those that appeared on the way, each as it was said first.
    """

    frames: int = 0
    boxes: int = 0
    elapsed_s: float = 0.0
    camera: Counter[Finding] = field(default_factory=Counter)
    counts: Counts | UnsetType = UNSET
    checkup: Checkup = field(default_factory=Checkup)
    concerns: dict[ConcernKind, Concern] = field(default_factory=dict)
    _classes_of: defaultdict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def ids(self) -> int:
        """How many identities were reported at least once."""
        return len(self._classes_of)

    @property
    def fps(self) -> float:
        """Frames per second from the first read to now."""
        return self.frames / self.elapsed_s if self.elapsed_s > 0 else 0.0

    def add(self, tracked: TrackedFrame, elapsed_s: float) -> None:
        """Count one frame."""
        self.frames += 1
        self.boxes += len(tracked.tracks)
        self.elapsed_s = elapsed_s
        self.counts = tracked.counted.counts
        if tracked.camera is not None:
            self.camera[tracked.camera] += 1
        for track_id, class_id in zip(tracked.tracks.track_id.tolist(), tracked.tracks.class_id.tolist(), strict=True):
            self._classes_of[track_id][class_id] += 1

    def check(self, tracked: TrackedFrame, config: ByteTrackConfig) -> None:
        """Look at how well tracking does; `config` is what the tracker goes by."""
        frame = tracked.frame
        changes = self.checkup.add(
            VitalFrame(
                pts=frame.pts_s,
                size=(frame.width, frame.height),
                tracks=tracked.tracks,
                detections=tracked.detections,
                config=config,
                looked=not tracked.predicted,
                motion=tracked.motion,
            )
        )
        for change in changes:
            self.concerns.setdefault(change.concern.kind, change.concern)

    def what_looks_wrong(self) -> list[Concern]:
        """The concerns that appeared, and those of a run that ended before they could."""
        late = [concern for concern in self.checkup.judged() if concern.kind not in self.concerns]
        return [*self.concerns.values(), *late]

    def ids_by_class(self) -> Counter[int]:
        """How many identities each class has. An identity counts for the class it was reported with most often."""
        return Counter(votes.most_common(1)[0][0] for votes in self._classes_of.values())


def track_source(
    source: Source,
    detector: Detector,
    tracker: ByteTracker,
    sinks: Sequence[Sink],
    plan: Plan,
    *,
    stop: Event,
    on_frame: Callable[[TrackedFrame, Summary], None] = lambda tracked, summary: None,
) -> Summary:
    """Track every frame of `source` and give it to `sinks`. Takes over source and sinks: both are closed at the end.

    When `stop` is set no further frame is begun; what was begun is tracked and written, and the outputs are completed.

    Raises:
        SourceError, models.DetectionFailed, OutputError: the outputs hold complete rows up to the failure.
    """
    summary = Summary()
    started = perf_counter()
    camera = CameraMotion() if plan.camera_motion else None
    counting = Counting(source.name, plan.counting, tracker.config) if plan.counting.in_use else None
    with WriteBehind(sinks) as writer, ReadAhead(source, every=plan.every) as ahead:
        frames = islice(_until(stop, ahead), plan.frames)
        found = detect_in_order(
            frames, detector, callers=plan.callers, batch=plan.batch, sight=plan.sight, every=plan.detect_every
        )
        with closing(found) as results:
            for detected in results:
                tracked = _track(tracker, camera, detected, plan)
                if counting is not None:
                    tracked = _count(counting, tracked, detector.info.labels)
                writer.put(tracked)
                summary.check(tracked, tracker.config)
                summary.add(tracked, perf_counter() - started)
                on_frame(tracked, summary)
    summary.elapsed_s = perf_counter() - started
    return summary


def _track(tracker: ByteTracker, camera: CameraMotion | None, detected: DetectedFrame, plan: Plan) -> TrackedFrame:
    """One frame, in its turn. It runs while the detector's threads are at the frames behind it."""
    frame = detected.read.frame
    if not detected.looked:
        return _expected(tracker, detected)
    size = frame.width, frame.height
    detections = plan.rules.allowed(detected.detections, size)
    started = perf_counter()
    moved = camera.estimate(frame.image, detections.xyxy, size) if camera else None
    looked = perf_counter()
    motion = moved.affine if moved is not None and moved.finding is Finding.MEASURED else None
    tracks = tracker.update(detections, frame.pts_s, motion)
    spent = _timing(detected, (perf_counter() - looked) * 1000, (looked - started) * 1000 if camera else None)
    trace = tracker.trace if isinstance(tracker, ExplainingTracker) else None
    finding = None if moved is None else moved.finding
    return TrackedFrame(frame, detections, tracks, spent, camera=finding, trace=trace, motion=motion)


def _count(counting: Counting, tracked: TrackedFrame, labels: tuple[str, ...]) -> TrackedFrame:
    """The frame with what was counted in it: the same as the service counts of the same tracks."""
    frame, tracks = tracked.frame, tracked.tracks
    events: Sequence[EventMessage] = ()
    if not tracked.predicted:
        size = frame.width, frame.height
        events = counting.update(
            tracks, epoch=1, seq=frame.seq, pts=frame.pts_s, size=size, labels=labels, names=labels
        )
    counted = counting.counted(tracks, labels)
    return replace(tracked, counted=counted, counted_ids=tracks.track_id.tolist(), events=events)


def _expected(tracker: ByteTracker, detected: DetectedFrame) -> TrackedFrame:
    """A frame that nobody looked at."""
    started = perf_counter()
    tracks = tracker.predicted(detected.read.frame.pts_s)
    spent = _timing(detected, (perf_counter() - started) * 1000, None)
    return TrackedFrame(detected.read.frame, detected.detections, tracks, spent, predicted=True)


def _timing(detected: DetectedFrame, track_ms: float, motion_ms: float | None) -> Timing:
    decode_ms, detect_ms = detected.read.decode_ms, detected.detect_ms
    return Timing(
        decode=round(decode_ms, 3),
        queue=0.0,
        detect=round(detect_ms, 3),
        track=round(track_ms, 3),
        total=round(decode_ms + detect_ms + (motion_ms or 0.0) + track_ms, 3),
        motion=UNSET if motion_ms is None else round(motion_ms, 3),
    )


def _until(stop: Event, frames: Iterable[ReadFrame]) -> Iterator[ReadFrame]:
    for frame in frames:
        if stop.is_set():
            return
        yield frame
