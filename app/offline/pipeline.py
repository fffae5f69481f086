"""The main path of offline tracking: read, detect, track, write."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from threading import Event
from time import perf_counter

from app.offline.classes import keep_classes
from app.offline.detecting import DetectedFrame, detect_in_order
from app.offline.read_ahead import ReadAhead, ReadFrame
from app.offline.sink import Sink, TrackedFrame
from app.offline.write_behind import WriteBehind
from app.sources import Source
from app.wire import Timing
from models import Detector
from tracker import ByteTracker


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do with a source.

    `classes` None keeps all, `frames` None goes to the end, `every` takes each n-th frame, `callers` threads call the
    detector with `batch` frames each.
    """

    classes: frozenset[int] | None = None
    frames: int | None = None
    every: int = 1
    callers: int = 1
    batch: int = 1


@dataclass(slots=True)
class Summary:
    """What came of it so far."""

    frames: int = 0
    boxes: int = 0
    elapsed_s: float = 0.0
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
        for track_id, class_id in zip(tracked.tracks.track_id.tolist(), tracked.tracks.class_id.tolist(), strict=True):
            self._classes_of[track_id][class_id] += 1

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
    with WriteBehind(sinks) as writer, ReadAhead(source, every=plan.every) as ahead:
        frames = islice(_until(stop, ahead), plan.frames)
        with closing(detect_in_order(frames, detector, callers=plan.callers, batch=plan.batch)) as results:
            for detected in results:
                tracked = _track(tracker, detected, plan)
                writer.put(tracked)
                summary.add(tracked, perf_counter() - started)
                on_frame(tracked, summary)
    summary.elapsed_s = perf_counter() - started
    return summary


def _track(tracker: ByteTracker, detected: DetectedFrame, plan: Plan) -> TrackedFrame:
    started = perf_counter()
    detections = keep_classes(detected.detections, plan.classes)
    tracks = tracker.update(detections, detected.read.frame.pts_s)
    track_ms = (perf_counter() - started) * 1000
    decode_ms, detect_ms = detected.read.decode_ms, detected.detect_ms
    timing = Timing(
        decode=round(decode_ms, 3),
        queue=0.0,
        detect=round(detect_ms, 3),
        track=round(track_ms, 3),
        total=round(decode_ms + detect_ms + track_ms, 3),
    )
    return TrackedFrame(detected.read.frame, detections, tracks, timing)


def _until(stop: Event, frames: Iterable[ReadFrame]) -> Iterator[ReadFrame]:
    for frame in frames:
        if stop.is_set():
            return
        yield frame
