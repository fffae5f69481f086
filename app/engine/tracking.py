"""One stream's tracker, and the answers made from its tracks."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from app.answers import in_rows_of, tracks_message
from app.engine.camera import Moved
from app.engine.job import FrameJob
from app.engine.perception import Perceived
from app.engine.port import Answer, DetectionsIn
from app.errors import InvalidInput
from app.settings import StreamSettings
from app.wire import Encoded, Timing
from tracker import ByteTracker, Detections, Tracks


class Tracking:
    """Owns the track table of one stream and what its settings say about classes."""

    def __init__(self, stream_id: str, settings: StreamSettings, labels: Sequence[str]) -> None:
        """`labels` are the detector's class names.

        Raises:
            InvalidInput: the settings name a class that nobody knows.
        """
        self._stream_id = stream_id
        self._detector_labels = labels
        self._settings = settings
        self._classes = class_ids(settings, labels)
        self._tracker = ByteTracker(settings.tracker.config())

    @property
    def ids(self) -> int:
        """How many identities were given out since the last restart."""
        return self._tracker.snapshot().next_id - 1

    def configure(self, settings: StreamSettings) -> None:
        """Take new settings; tracks live on.

        Raises:
            InvalidInput: the settings name a class that nobody knows; nothing has changed.
        """
        classes = class_ids(settings, self._detector_labels)
        if settings.tracker != self._settings.tracker:
            self._tracker.reconfigure(settings.tracker.config())
        self._classes = classes
        self._settings = settings

    def restart(self) -> None:
        """Forget every track and give out ids from 1 again."""
        self._tracker = ByteTracker(self._settings.tracker.config())

    def boxes_of(self, detections: Detections) -> NDArray[np.float64]:
        """The boxes that the tracker is given, (K, 4): those of the classes that are kept."""
        return detections.xyxy if self._classes is None else detections.xyxy[_rows_of(self._classes, detections)]

    def answer(self, job: FrameJob, seen: Perceived, moved: Moved, dropped: int) -> Answer:
        """Track one frame.

        Raises:
            ValueError: the tracker refuses the frame; its state has not changed.
        """
        started = perf_counter()
        tracks = self._update(seen.detections, job.place.pts, moved.affine)
        done = perf_counter()
        timing = Timing(
            decode=round(seen.decode_ms, 2),
            queue=round(seen.queue_ms, 2),
            detect=round(seen.detect_ms, 2),
            track=round((done - started) * 1e3, 2),
            total=round((done - job.received_at) * 1e3, 2),
            motion=UNSET if moved.spent_ms is None else round(moved.spent_ms, 2),
        )
        labels = self._labels(job)
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
        )
        return Answer(Encoded(message), message, seen.detections, tracks, labels, moved.finding)

    def _update(self, detections: Detections, pts: float, motion: NDArray[np.float64] | None) -> Tracks:
        """The tracks of the classes that are kept; their rows count in `detections` all the same."""
        if self._classes is None:
            return self._tracker.update(detections, pts, motion)
        kept = _rows_of(self._classes, detections)
        few = Detections(detections.xyxy[kept], detections.score[kept], detections.class_id[kept])
        return in_rows_of(len(detections), kept, self._tracker.update(few, pts, motion))

    def _labels(self, job: FrameJob) -> Sequence[str]:
        """The stream's own names; else the detector's, unless somebody else's detector found the boxes."""
        if self._settings.labels is not None:
            return self._settings.labels
        return () if isinstance(job.admitted.frame, DetectionsIn) else self._detector_labels


def _rows_of(classes: Sequence[int], detections: Detections) -> NDArray[np.int64]:
    return np.flatnonzero(np.isin(detections.class_id, classes))


def class_ids(settings: StreamSettings, detector_labels: Sequence[str]) -> list[int] | None:
    """Class ids for the ids and names in `settings.classes`; None keeps all.

    Raises:
        InvalidInput: a name that is no label.
    """
    if settings.classes is None:
        return None
    names = list(settings.labels if settings.labels is not None else detector_labels)
    unknown = [c for c in settings.classes if isinstance(c, str) and c not in names]
    if unknown:
        raise InvalidInput(
            f"unknown class {unknown[0]!r}; known are {', '.join(names) or 'none'}",
            errors=[{"pointer": "/classes", "detail": f"no label {name!r}"} for name in unknown],
        )
    return [names.index(c) if isinstance(c, str) else c for c in settings.classes]
