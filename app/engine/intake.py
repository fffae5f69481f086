"""How frames get into a stream: read by their header, put in order, refused where there is no room."""

from dataclasses import replace
from time import perf_counter

from app.engine.job import FrameJob
from app.engine.pending import patience_for
from app.engine.perception import Admitted
from app.engine.port import DetectionsIn, FrameIn
from app.engine.timeline import Timeline
from app.errors import FrameDropped, OutOfOrder
from app.settings import StreamSettings


class Intake:
    """Owns the order of one stream's frames, and knows the last one that was taken."""

    def __init__(self, frame_rate: float) -> None:
        """Nothing was taken. `frame_rate` is the nominal one, in frames per second."""
        self._timeline = Timeline(frame_rate)
        self._last: FrameJob | None = None

    @property
    def next_seq(self) -> int:
        """The smallest sequence number that would be taken."""
        return self._timeline.next_seq

    def last(self, seq: int | None) -> FrameJob | None:
        """The last frame, when the very same number is sent again."""
        return self._last if seq is not None and self._last is not None and self._last.place.seq == seq else None

    def take(self, frame: FrameIn | DetectionsIn, admitted: Admitted, epoch: int, settings: StreamSettings) -> FrameJob:
        """Give a frame its place behind all others.

        Raises:
            OutOfOrder, InvalidInput: it has no place; nothing has changed.
            FrameDropped: it is late, and the settings say that late frames are dropped.
        """
        admitted = replace(admitted, patience=patience_for(settings, perf_counter()))
        moved = frame.camera_motion if isinstance(frame, DetectionsIn) else None
        try:
            place = self._timeline.admit(frame.seq, frame.capture_ts)
        except OutOfOrder as error:
            if settings.order == "skip_late":
                raise FrameDropped(error.detail, reason="late", **error.members) from None
            raise
        self._last = FrameJob(epoch, admitted, place, camera_motion=moved)
        return self._last

    def give_back(self, job: FrameJob) -> None:
        """A frame is not tracked: where nobody came after it the same number may be sent again."""
        if job is self._last:
            self._timeline.release(job.place)
            self._last = None

    def configure(self, frame_rate: float) -> None:
        """Count with another nominal rate, in frames per second, from here on."""
        self._timeline.frame_rate = frame_rate

    def restart(self, frame_rate: float) -> None:
        """Numbers and times begin anew."""
        self._timeline = Timeline(frame_rate)
        self._last = None
