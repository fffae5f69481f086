"""One stream's tracker and counter, and the answers made from them."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from app.answers import NOT_COUNTED, in_rows_of, tracks_message
from app.counted import Counting
from app.engine.camera import Moved
from app.engine.class_filter import ClassFilter
from app.engine.job import FrameJob
from app.engine.perception import Perceived
from app.engine.port import Answer, DetectionsIn
from app.rules import ALLOWED, taken
from app.settings import StreamSettings
from app.wire import Encoded, EventMessage, StreamCounts, Timing
from tracker import ByteTrackConfig, ByteTracker, Tracks


class Tracking:
    """Owns the track table and the counts of one stream, and what its settings say about classes."""

    def __init__(self, stream_id: str, settings: StreamSettings, labels: Sequence[str]) -> None:
        """`labels` are the class names of the stream's model.

        Raises:
            InvalidInput: the settings name a class that the model does not know.
        """
        self._stream_id = stream_id
        self._settings = settings
        self._filter = ClassFilter(settings)
        self._filter.check(labels)
        config = settings.tracker.config()
        self._tracker = ByteTracker(config)
        self._counting = Counting(stream_id, settings.counting, config)

    @property
    def ids(self) -> int:
        """How many identities were given out since the last restart."""
        return self._tracker.snapshot().next_id - 1

    @property
    def config(self) -> ByteTrackConfig:
        """What the tracker goes by."""
        return self._tracker.config

    def has(self, track_id: int) -> bool:
        """Whether a track is in view, or lost and may come back."""
        return bool((self._tracker.snapshot().table["track_id"] == track_id).any())

    def configure(self, settings: StreamSettings, labels: Sequence[str]) -> None:
        """Take new settings; tracks live on. `labels` are the class names of the model that the settings name.

        Raises:
            InvalidInput: the settings name a class that the model does not know; nothing has changed.
        """
        wanted = ClassFilter(settings)
        wanted.check(labels)
        config = settings.tracker.config()
        if settings.tracker != self._settings.tracker:
            self._tracker.reconfigure(config)
        self._counting.configure(settings.counting, config)
        self._filter = wanted
        self._settings = settings

    def check_classes(self, labels: Sequence[str]) -> None:
        """Raises InvalidInput when a model with these class names does not know a class that the stream wants."""
        self._filter.check(labels)

    def restart(self) -> None:
        """Forget every track and count, and give out ids from 1 again."""
        self._tracker = ByteTracker(self._settings.tracker.config())
        self._counting.restart()

    def counts(self, epoch: int, newest: Answer | None) -> StreamCounts:
        """What the zones and lines came to by the newest answer, if there is one."""
        counts = self._counting.counts(() if newest is None else newest.labels)
        seq, pts = (None, None) if newest is None else (newest.message.seq, newest.pts)
        since_pts = self._counting.since_pts
        return StreamCounts(self._stream_id, epoch, seq, pts, since_pts, counts.zones, counts.lines)

    def begin_counts(self) -> None:
        """Count anew; tracks stay where they are."""
        self._counting.begin()

    def boxes_of(self, job: FrameJob, seen: Perceived) -> NDArray[np.float64]:
        """The boxes that the tracker is given, (K, 4): those that the stream's rules allow."""
        verdicts = self._verdicts(job, seen)
        return seen.detections.xyxy if verdicts is None else seen.detections.xyxy[verdicts == ALLOWED]

    def answer(self, job: FrameJob, seen: Perceived, moved: Moved, dropped: int) -> Answer:
        """Track one frame, or say where its tracks are expected where nobody looked at it.

        Raises:
            ValueError: the tracker refuses the frame, or the stream's region is not in it; no state has changed.
        """
        started = perf_counter()
        pts = job.place.pts
        tracks = self._update(job, seen, pts, moved.affine) if seen.looked else self._tracker.predicted(pts)
        labels = self._labels(job, seen)
        events = self._count(job, seen, tracks, labels) if seen.looked else ()
        done = perf_counter()
        total_s = done - job.taken_s
        timing = Timing(
            decode=round(seen.decode_ms, 2),
            queue=round(seen.queue_ms, 2),
            detect=round(seen.detect_ms, 2),
            track=round((done - started) * 1e3, 2),
            total=round(total_s * 1e3, 2),
            motion=UNSET if moved.spent_ms is None else round(moved.spent_ms, 2),
        )
        message = tracks_message(
            stream=self._stream_id,
            epoch=job.epoch,
            seq=job.place.seq,
            capture_ts=job.place.capture_ts,
            size=job.admitted.size,
            tracks=tracks,
            labels=labels,
            timing=timing,
            dropped_since_last=dropped,
            detections=seen.detections,
            predicted=not seen.looked,
            received_at=round(job.received_at, 4),
            sent_at=round(job.received_at + total_s, 4),
            counted=self._counting.counted(tracks, labels) if self._settings.counting.in_use else NOT_COUNTED,
        )
        return Answer(
            Encoded(message),
            message,
            seen.detections,
            tracks,
            labels,
            moved.finding,
            pts,
            events,
            self._settings.counting,
        )

    def _count(self, job: FrameJob, seen: Perceived, tracks: Tracks, names: Sequence[str]) -> tuple[EventMessage, ...]:
        return self._counting.update(
            tracks,
            epoch=job.epoch,
            seq=job.place.seq,
            pts=job.place.pts,
            size=job.admitted.size,
            labels=self._filter.names(seen.labels),
            names=names,
        )

    def _update(self, job: FrameJob, seen: Perceived, pts: float, motion: NDArray[np.float64] | None) -> Tracks:
        """The tracks of the detections that are allowed; their rows count in all detections all the same."""
        verdicts = self._verdicts(job, seen)
        if verdicts is None:
            return self._tracker.update(seen.detections, pts, motion)
        few = taken(seen.detections, np.flatnonzero(verdicts == ALLOWED))
        return in_rows_of(verdicts, self._tracker.update(few, pts, motion))

    def _verdicts(self, job: FrameJob, seen: Perceived) -> NDArray[np.uint8] | None:
        return self._filter.rules(seen.labels).verdicts(seen.detections, job.admitted.size)

    def _labels(self, job: FrameJob, seen: Perceived) -> Sequence[str]:
        """The stream's own names; else the model's, unless somebody else's detector found the boxes."""
        if self._settings.labels is not None:
            return self._settings.labels
        return () if isinstance(job.admitted.frame, DetectionsIn) else seen.labels
