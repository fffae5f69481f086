"""How frames get into a stream: replayed, put in order, thinned out to the stream's rate, or refused."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.engine.capping import FrameCap
from app.engine.job import FrameJob
from app.engine.pending import patience_for
from app.engine.perception import Admitted
from app.engine.port import DetectionsIn
from app.engine.reordering import Reordering
from app.engine.replies import Replies
from app.engine.timeline import Timeline
from app.errors import FrameDropped, OutOfOrder, TrackdError
from app.limits import Limits
from app.settings import StreamSettings


class Passed(NamedTuple):
    """A frame whose turn it is, and why it goes no further, None where it does."""

    job: FrameJob
    refusal: TrackdError | None


class Intake:
    """Owns the order of one stream's frames. A frame that `take` took comes out of `pass_on` once, in order.

    With order `reorder` a frame is held back until those before it have come, or its wait is over; it is decoded only
    then, because it may have to give way to a newer one as any other.
    """

    def __init__(self, settings: StreamSettings, limits: Limits) -> None:
        """Nothing was taken."""
        self._settings = settings
        self._limits = limits
        self._timeline = Timeline(settings.tracker.frame_rate)
        self._replies = Replies(self._answered)
        self._reordering = Reordering(limits.reorder)
        self._cap = FrameCap(settings.max_fps) if settings.max_fps else None
        self._last: FrameJob | None = None
        # Dropped for the rate since the last one within it: how many, and how the camera moved over them.
        self._thinned: tuple[int, NDArray[np.float64] | None] = (0, None)
        self._straight: list[FrameJob] = []  # taken in order, not passed on yet
        self._hurried = False

    @property
    def next_seq(self) -> int:
        """The smallest sequence number that would be taken."""
        return self._timeline.next_seq

    @property
    def capacity(self) -> int:
        """How many frames may be held back."""
        return self._limits.reorder if self._settings.order == "reorder" else 0

    @property
    def _answered(self) -> int:
        """Frames that may be sent again after their answer: where frames overtake each other, so do their copies."""
        return self._limits.replays if self._settings.order == "reorder" else 1

    @property
    def replies(self) -> Replies:
        """What the newest frames were answered."""
        return self._replies

    def take(self, admitted: Admitted, epoch: int, now_s: float) -> FrameJob:
        """Give a frame its place, or hold it back until its turn. `now_s` is on the loop's clock.

        Raises:
            OutOfOrder, InvalidInput: it has no place; nothing has changed.
            FrameDropped: it is late, and the settings say that late frames are dropped.
        """
        frame, moved = admitted.frame, None
        if isinstance(frame, DetectionsIn):
            moved = frame.camera_motion
        else:  # it may have to wait for the detector
            admitted = replace(admitted, patience=patience_for(self._settings, now_s))
        held = self._settings.order == "reorder"
        try:
            place = (self._timeline.look if held else self._timeline.admit)(frame.seq, frame.capture_ts)
        except OutOfOrder as error:
            if self._settings.order == "strict":
                raise
            raise _late(error) from None
        job = FrameJob(epoch, admitted, place, camera_motion=moved, arrived_s=now_s)
        if held:
            self._reordering.hold(job)
        else:
            self._last = job
            self._straight.append(job)
        if not held or frame.seq is not None:
            self._replies.keep(place.seq, job.future)
        return job

    def pass_on(self, now_s: float) -> Iterator[Passed]:
        """The frames whose turn it is, in order."""
        straight, self._straight = self._straight, []
        for job in straight:
            yield Passed(job, self._thin(job))
        while len(self._reordering) and (held := self._release(now_s)) is not None:
            yield Passed(held, self._place(held) or self._thin(held))

    def due_s(self) -> float | None:
        """When `pass_on` should be called though no frame has come; None where it need not."""
        if not len(self._reordering):
            return None
        return self._reordering.due_s(self._settings.reorder_ms / 1e3)

    def give_back(self, job: FrameJob) -> None:
        """A frame is not tracked: where nobody came after it the same number may be sent again."""
        self._replies.forget(job.place.seq, job.future)
        if job is self._last:
            self._timeline.release(job.place)
            self._last = None

    def configure(self, settings: StreamSettings) -> None:
        """Take new settings for the frames that follow. What was held back for another order comes out next."""
        self._settings = settings
        self._timeline.frame_rate = settings.tracker.frame_rate
        self._replies.answered = self._answered
        if settings.max_fps != (self._cap.max_fps if self._cap else None):
            self._cap = FrameCap(settings.max_fps) if settings.max_fps else None

    def hurry(self) -> None:
        """Hold no frame back from here on."""
        self._hurried = True

    def restart(self) -> None:
        """Numbers and times begin anew. Call `clear` before."""
        self._timeline = Timeline(self._settings.tracker.frame_rate)
        self._replies.clear()
        self._last = None
        self._thinned = (0, None)
        self._cap = FrameCap(self._settings.max_fps) if self._settings.max_fps else None

    def clear(self) -> Iterator[Passed]:
        """What is held back, in order: nobody waits for what is missing."""
        for job in self._reordering.clear():
            yield Passed(job, self._place(job) or self._thin(job))

    def give_up(self) -> list[FrameJob]:
        """Take out what is held back: it will not be tracked."""
        return self._reordering.clear()

    def _release(self, now_s: float) -> FrameJob | None:
        waits = self._settings.order == "reorder" and not self._hurried
        patience_s = self._settings.reorder_ms / 1e3 if waits else 0.0
        return self._reordering.release(self.next_seq, now_s, patience_s)

    def _place(self, job: FrameJob) -> TrackdError | None:
        """The place of a frame that was held back; why it has none where one after it was faster."""
        frame = job.admitted.frame
        try:
            job.place = self._timeline.admit(frame.seq, frame.capture_ts)
        except OutOfOrder as error:
            return _late(error)
        except TrackdError as error:
            return error
        self._last = job
        self._replies.keep(job.place.seq, job.future)
        return None

    def _thin(self, job: FrameJob) -> TrackdError | None:
        """Nothing where the frame is within the stream's rate. The next one that is answers for those that are not."""
        if self._thinned[0]:
            job.follow(*self._thinned)
        at_s = job.arrived_s if job.place.capture_ts is None else job.place.capture_ts
        if self._cap is None or self._cap.takes(at_s):
            self._thinned = (0, None)
            return None
        self._thinned = (job.dropped_before + 1, job.camera_motion)
        detail = f"the stream has more than max_fps, {self._cap.max_fps:g}, frames per second"
        return FrameDropped(detail, reason="rate")


def _late(error: OutOfOrder) -> FrameDropped:
    return FrameDropped(error.detail, reason="late", **error.members)
