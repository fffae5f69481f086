"""Running the tracker over a file of detections."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from app.evaluation.motion import Floats
from app.evaluation.span import Span
from app.sources import SourceError
from tracker import ByteTrackConfig, ByteTracker, Detections, DetectionsError, MotionError, MotRows, Tracks


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Tracks of a sequence, the tracker that made them and its median time for one frame, if it ran here."""

    rows: MotRows
    config: ByteTrackConfig | None = None
    median_ms: float | None = None


def run_tracker(
    detections: MotRows,
    span: Span,
    config: ByteTrackConfig,
    motion: Floats | None,
    *,
    origin: Path,
    on_frame: Callable[[int], None],
) -> Run:
    """Track the frames of `span`, those without detections too.

    Args:
        detections: counted from the first frame of `span`, as `Span.cut` does.
        motion: (F, 2, 3) affines, or None where the camera is taken to stand still.
        origin: the file that the detections are from, for the messages of errors.
        on_frame: told the number of frames that are done.

    Raises:
        SourceError: the detections of a frame, or its motion, are not usable.
    """
    tracker = ByteTracker(config)
    found: list[Tracks] = []
    times_ms: list[float] = []
    for frame in range(1, len(span) + 1):
        try:
            given = detections.detections(frame)
            started = perf_counter()
            found.append(_update(tracker, given, None if motion is None else motion[frame - 1]))
            times_ms.append((perf_counter() - started) * 1000)
        except (DetectionsError, MotionError) as error:
            raise SourceError(f"{origin}, frame {span.first + frame - 1}: {error}") from None
        on_frame(frame)
    return Run(_rows(found), config, float(np.median(times_ms)))


def _update(tracker: ByteTracker, detections: Detections, motion: Floats | None) -> Tracks:
    return tracker.update(detections) if motion is None else tracker.update(detections, motion=motion)


def _rows(found: list[Tracks]) -> MotRows:
    counts = [len(tracks) for tracks in found]
    frame = np.repeat(np.arange(1, len(found) + 1), counts)
    return MotRows(
        frame,
        np.concatenate([tracks.track_id for tracks in found]),
        np.concatenate([tracks.xyxy for tracks in found]),
        np.concatenate([tracks.score for tracks in found]),
        np.concatenate([tracks.class_id for tracks in found]),
        np.full(len(frame), -1.0),
    )
