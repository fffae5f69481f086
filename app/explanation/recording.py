"""Tracking with the traces kept: from detections that are there, or behind a detector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.evaluation.motion import Floats
from app.evaluation.span import Span
from app.offline.sink import TrackedFrame
from app.sources import SourceError
from tracker import ByteTrackConfig, DetectionsError, MotionError, MotRows, Tracks
from tracker.explain import ExplainingTracker, FrameTrace


@dataclass(frozen=True, slots=True, eq=False)
class RecordedFrame:
    """One frame: its number as the source has it, its media time in seconds if it has one, and what the tracker did."""

    number: int
    trace: FrameTrace
    pts_s: float | None = None

    @property
    def tracks(self) -> Tracks:
        """What the frame showed."""
        return self.trace.tracks


@dataclass(slots=True, eq=False)
class Recording:
    """The frames of a source in order. `labels` are the names of classes, where they have any."""

    name: str
    config: ByteTrackConfig
    labels: tuple[str, ...] = ()
    frames: list[RecordedFrame] = field(default_factory=list)

    @property
    def last_id(self) -> int:
        """The highest id that was given, 0 for none. Ids have no holes."""
        return max((int(frame.tracks.track_id.max(initial=0)) for frame in self.frames), default=0)

    def position(self, number: int) -> int | None:
        """Where the frame of this number is in `frames`."""
        return next((at for at, frame in enumerate(self.frames) if frame.number == number), None)

    def label(self, class_id: int) -> str:
        """The name of a class."""
        return self.labels[class_id] if class_id < len(self.labels) else f"class {class_id}"


class Recorder:
    """A sink that keeps the traces of a run into `recording`."""

    target = "recording"

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def write(self, tracked: TrackedFrame) -> None:
        """Keep one frame; its picture goes."""
        if tracked.trace is not None:
            frame = tracked.frame
            self._recording.frames.append(RecordedFrame(frame.seq, tracked.trace, frame.pts_s))

    def close(self) -> None:
        """Nothing is open."""


def record_detections(
    recording: Recording,
    detections: MotRows,
    span: Span,
    motion: Floats | None,
    *,
    origin: Path,
    go_on: Callable[[], bool] = lambda: True,
) -> None:
    """Track the frames of `span`, those without detections too, into `recording`.

    Args:
        recording: empty; its `config` is the tracker's.
        detections: counted from the first frame of `span`.
        motion: (F, 2, 3) affines, or None where the camera is taken to stand still.
        origin: the file that the detections are from, for the messages of errors.
        go_on: asked before each frame; False ends the recording there.

    Raises:
        SourceError: the detections of a frame, or its motion, are not usable.
    """
    tracker = ExplainingTracker(recording.config)
    for number in range(1, len(span) + 1):
        if not go_on():
            return
        try:
            tracker.update(detections.detections(number), motion=None if motion is None else motion[number - 1])
        except (DetectionsError, MotionError) as error:
            raise SourceError(f"{origin}, frame {span.first + number - 1}: {error}") from None
        assert tracker.trace is not None
        recording.frames.append(RecordedFrame(number, tracker.trace))


def shown_rows(frames: Sequence[RecordedFrame]) -> MotRows:
    """The tracks that were shown, as rows whose frames are positions in `frames`, from 1."""
    counts = [len(frame.tracks) for frame in frames]
    position: NDArray[np.int64] = np.repeat(np.arange(1, len(frames) + 1), counts)

    def column(name: str) -> NDArray[np.float64]:
        return np.concatenate([getattr(frame.tracks, name) for frame in frames])

    return MotRows(
        position,
        column("track_id").astype(np.int64),
        column("xyxy"),
        column("score"),
        column("class_id").astype(np.int64),
        np.full(len(position), -1.0),
    )
