"""One stream: its frames in order through perception and its tracker, its books, its readers.

The main path of a frame is `submit` -> `_pump` -> `_finish`:

    detections = await perceive(frame)
    tracks = tracker.update(detections, pts, camera_motion)
    publish(answer)
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import perf_counter

import structlog

from app.engine.accounts import Accounts, Pace
from app.engine.broadcast import Broadcast
from app.engine.cadence import Cadence
from app.engine.camera import Camera, Moved
from app.engine.job import FrameJob, Job, ResetJob
from app.engine.loaded import Loaded
from app.engine.pending import patience_for
from app.engine.perception import Admitted, Perceived, Perception
from app.engine.port import Answer, DetectionsIn, FrameIn
from app.engine.timeline import Timeline
from app.engine.tracking import Tracking
from app.engine.waiting import Waiting
from app.errors import FrameDropped, InvalidInput, OutOfOrder, TrackdError
from app.limits import Limits
from app.settings import StreamSettings
from app.wire import DropMessage, Encoded, EventMessage

_log = structlog.get_logger(__name__)


class Session:
    """Everything that belongs to one stream. All calls come from the event loop."""

    def __init__(
        self,
        stream_id: str,
        settings: StreamSettings,
        perception: Perception,
        limits: Limits,
        on_tracked: Callable[[Answer], None],
        on_dropped: Callable[[str], None],
    ) -> None:
        """`on_dropped` is told the reason.

        Raises:
            InvalidInput: the settings name a class that the stream's model does not know.
        """
        self.stream_id = stream_id
        self.settings = settings
        self.broadcast = Broadcast()
        self.accounts = Accounts()
        self.pace = Pace()
        self.opened_at = self.touched_at = asyncio.get_running_loop().time()
        self.epoch = 1
        self.closed = False
        self.newest: tuple[Answer, Admitted] | None = None
        self._perception = perception
        self._on_tracked = on_tracked
        self._on_dropped = on_dropped
        self._tracking = Tracking(stream_id, settings, perception.model(settings.model).labels)
        self._camera = Camera(perception)
        self._sight = settings.detection.sight()
        self._cadence = Cadence()
        self._timeline = Timeline(settings.tracker.frame_rate)
        self._waiting = Waiting(limits)
        self._started: asyncio.Queue[Job] = asyncio.Queue()
        self._ahead = 0
        self._deepest = 0
        self._finishing: Job | None = None
        self._last_job: FrameJob | None = None
        self._carried = 0  # dropped frames that no frame in the queue will report
        self._changed = asyncio.Event()
        self._finisher = asyncio.create_task(self._finish_all(), name=f"session {stream_id}")

    @property
    def next_seq(self) -> int:
        """The smallest sequence number that would be taken."""
        return self._timeline.next_seq

    @property
    def ids(self) -> int:
        """How many identities this epoch has given out."""
        return self._tracking.ids

    @property
    def credit(self) -> int:
        """How many frames may be unanswered at once. What was promised holds, whatever model comes next."""
        return self._deepen() + self._waiting.capacity(self.settings)

    async def changed(self) -> None:
        """Return when something happened that `announce` was called for: a frame was tracked, dropped or rejected."""
        await self._changed.wait()

    def announce(self) -> None:
        """Let those who wait for a change look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    # -- the main path ---------------------------------------------------------------------------------------------

    def submit(self, frame: FrameIn | DetectionsIn) -> asyncio.Future[Answer]:
        """Take one frame; the future is its answer. The order of calls is the order of frames.

        Raises:
            OutOfOrder, Overloaded, TooLarge, UnsupportedMedia, InvalidInput: refused; only the books have changed.
        """
        self.touched_at = asyncio.get_running_loop().time()
        if (replay := self._replay(frame.seq)) is not None:
            return replay
        self.accounts.received += 1
        try:
            job = self._admit(frame)
        except FrameDropped as drop:
            self.accounts.dropped += 1
            self._carried += 1
            self._on_dropped(str(drop.members["reason"]))
            raise
        except TrackdError:
            self.accounts.rejected += 1
            raise
        self.accounts.in_flight += 1
        if not self._has_room:
            for old in self._waiting.give_way(job, self.settings):
                self._drop(old, "superseded", "it gave way to a newer one")
        self._last_job = job
        self._waiting.append(job)
        self._pump()
        return job.future

    def _admit(self, frame: FrameIn | DetectionsIn) -> FrameJob:
        if self.closed:
            raise FrameDropped(f"stream {self.stream_id!r} was closed", reason="closed")
        admitted = self._perception.admit(frame)
        self._waiting.refuse_when_full(self.settings, self._deepen() - self._ahead)
        admitted = replace(admitted, patience=patience_for(self.settings, perf_counter()))
        moved = frame.camera_motion if isinstance(frame, DetectionsIn) else None
        try:
            place = self._timeline.admit(frame.seq, frame.capture_ts)
            return FrameJob(self.epoch, admitted, place, camera_motion=moved)
        except OutOfOrder as error:
            if self.settings.order == "skip_late":
                raise FrameDropped(error.detail, reason="late", **error.members) from None
            raise

    def _pump(self) -> None:
        """Start waiting jobs as long as perception has room for this stream."""
        while self._waiting and not self.closed:
            if not self._has_room:
                if not self._ahead:
                    self._model.line.wait(self.stream_id, self._pump)
                return
            job = self._waiting.pop()
            self._ahead += 1
            if isinstance(job, FrameJob):
                job.perceived = self._perceive(job)
            else:
                self._cadence.restart()
            self._started.put_nowait(job)

    def _perceive(self, job: FrameJob) -> asyncio.Future[Perceived]:
        """Have each k-th frame looked at, the first of an epoch in any case."""
        model, due = self.settings.model, self._is_due(job)
        self._cadence.begin(looked_at=due)
        if not due:
            return self._perception.unseen(model)
        glimpse = self.settings.camera_motion
        return self._perception.perceive(self.stream_id, job.admitted, self._sight, model=model, glimpse=glimpse)

    def _is_due(self, job: FrameJob) -> bool:
        return isinstance(job.admitted.frame, DetectionsIn) or self._cadence.is_due(self.settings.detection.every)

    @property
    def _has_room(self) -> bool:
        """A stream has one frame in perception if there is a place, more only while the detector is not busy with its
        neighbours."""
        if self._ahead == 0:
            return self._model.line.has_place or not self._waits_for_place
        depth = self._model.depth * self.settings.detection.every  # the frames between cost nothing
        return self._ahead < depth and self._model.hungry

    @property
    def _waits_for_place(self) -> bool:
        """Whether the next job is a picture that somebody has to look at."""
        job = self._waiting.first
        return isinstance(job, FrameJob) and isinstance(job.admitted.frame, FrameIn) and self._is_due(job)

    def _deepen(self) -> int:
        """The most frames in perception that any model of this stream had room for, as far as anybody was told."""
        self._deepest = max(self._deepest, self._model.depth)
        return self._deepest

    @property
    def _model(self) -> Loaded:
        """The version of the stream's model that sees the next frame."""
        return self._perception.model(self.settings.model)

    async def _finish_all(self) -> None:
        while True:
            self._finishing = job = await self._started.get()
            if isinstance(job, FrameJob):
                await self._finish(job)
            else:
                self._begin_epoch(job)
            self._finishing = None
            self._ahead -= 1
            self._pump()

    async def _finish(self, job: FrameJob) -> None:
        assert job.perceived is not None, "a started frame is being perceived"
        try:
            seen = await job.perceived
            moved = await self._moved(job, seen)
            answer = self._tracking.answer(job, seen, moved, job.dropped_before + self._carried)
        except FrameDropped as given_up:  # while it waited for the detector
            self._pass_over(job)
            self._carried += 1
            self._drop(job, str(given_up.members["reason"]), given_up.detail)
        except TrackdError as error:
            self._reject(job, error)
        except ValueError as error:  # the tracker's word on arrays that no reader of input had refused
            self._camera.reset()
            self._reject(job, InvalidInput(str(error)))
        except Exception as error:  # noqa: BLE001  # a defect in one frame's path must not end the stream
            _log.exception("frame_failed", stream=self.stream_id)
            self._camera.reset()
            self._reject(job, TrackdError(f"{type(error).__name__} while the frame was handled"))
        else:
            self._carried = 0
            self.accounts.tracked += 1
            self.accounts.in_flight -= 1
            self._publish(job, answer)

    async def _moved(self, job: FrameJob, seen: Perceived) -> Moved:
        """How the camera moved since the last frame that was looked at. One that was not tells nothing, and the motion
        of the next spans it."""
        if not seen.looked:
            return Moved(None)
        return await self._camera.moved(job, seen, partial(self._tracking.boxes_of, job))

    def _publish(self, job: FrameJob, answer: Answer) -> None:
        self.newest = (answer, job.admitted)
        self.pace.note(asyncio.get_running_loop().time(), answer.message.timing_ms.total)
        job.answer(answer)
        self.broadcast.publish(answer.encoded)
        self._on_tracked(answer)
        self.announce()

    # -- frames that are not tracked -------------------------------------------------------------------------------

    def _replay(self, seq: int | None) -> asyncio.Future[Answer] | None:
        """The answer of the last frame, when the very same number is sent again."""
        last = self._last_job
        if seq is None or last is None or last.place.seq != seq:
            return None
        self.accounts.replayed += 1
        return last.future

    def _drop(self, job: FrameJob, reason: str, detail: str) -> None:
        self.accounts.dropped += 1
        self.accounts.in_flight -= 1
        self._on_dropped(reason)
        seq = job.place.seq
        job.fail(FrameDropped(f"frame {seq}: {detail}", seq=seq, reason=reason))
        self.broadcast.publish(Encoded(DropMessage(self.stream_id, job.epoch, seq, reason)))
        self.announce()

    def _reject(self, job: FrameJob, error: TrackdError) -> None:
        self.accounts.rejected += 1
        self.accounts.in_flight -= 1
        self._pass_over(job)
        job.fail(error)
        self.announce()

    def _pass_over(self, job: FrameJob) -> None:
        """A frame that was started is not tracked."""
        self._carried += job.dropped_before
        self._cadence.restart()  # the frames between are shown what was seen last: that must not be long ago
        if job is self._last_job:  # nobody came after it: the same number may be sent again
            self._timeline.release(job.place)
            self._last_job = None

    # -- changes ---------------------------------------------------------------------------------------------------

    def configure(self, settings: StreamSettings) -> None:
        """Take new settings for the frames that follow. Tracks live on.

        Raises:
            InvalidInput: a class name that the model does not know; nothing has changed.
        """
        self._tracking.configure(settings, self._perception.model(settings.model).labels)
        self._timeline.frame_rate = settings.tracker.frame_rate
        self._sight = settings.detection.sight()
        self.settings = settings
        self.touched_at = asyncio.get_running_loop().time()
        self._pump()  # another model may have a place

    async def reset(self) -> None:
        """Begin a new epoch once every frame taken before is answered."""
        self.epoch += 1
        self._timeline = Timeline(self.settings.tracker.frame_rate)
        self._last_job = None
        job = ResetJob(self.epoch)
        self._waiting.append(job)
        self._pump()
        await job.done.wait()

    def _begin_epoch(self, job: ResetJob) -> None:
        self._tracking.restart()
        self._camera.reset()
        self.newest = None
        self._carried = 0
        self.broadcast.publish(Encoded(EventMessage("reset", self.stream_id, job.epoch)))
        job.done.set()
        self.announce()

    async def drained(self) -> None:
        """Return when nothing is in flight."""
        while self.accounts.in_flight:
            await self.changed()

    async def close(self) -> None:
        """Give up what waits, finish nothing more. The readers are the engine's to end. Idempotent."""
        self.closed = True
        self._finisher.cancel()
        await asyncio.gather(self._finisher, return_exceptions=True)
        started = [self._started.get_nowait() for _ in range(self._started.qsize())]
        for job in [*([self._finishing] if self._finishing else []), *started, *self._waiting.pop_all()]:
            self._give_up(job)
        self._finishing = None
        self.announce()

    def _give_up(self, job: Job) -> None:
        if isinstance(job, ResetJob):
            job.done.set()
            return
        if job.perceived is not None:
            job.perceived.cancel()
        self._drop(job, "closed", "the stream was closed")
