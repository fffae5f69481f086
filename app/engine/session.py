"""One stream: its frames in order through perception and its tracker.

The main path of a frame is `submit` -> `_advance` -> `_pump` -> `_finish`:

    detections = await perceive(frame)
    tracks = tracker.update(detections, pts, camera_motion)
    outcomes.track(answer)

How frames get in is `Intake`'s, which may start `Starting`'s, what becomes of them `Outcomes`'.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

import structlog

from app.engine.camera import Camera, Moved
from app.engine.checking import Checking
from app.engine.clock import loop_s
from app.engine.events import EventLog
from app.engine.following import Following
from app.engine.intake import Intake, Passed
from app.engine.job import FrameJob, Job, ResetJob
from app.engine.outcomes import Outcomes
from app.engine.perception import Perceived, Perception
from app.engine.port import Answer, DetectionsIn, FrameIn
from app.engine.starting import Starting
from app.engine.tracking import Tracking
from app.engine.waiting import Waiting
from app.errors import FrameDropped, InvalidInput, Overloaded, TrackdError
from app.limits import Limits
from app.settings import StreamSettings
from app.wire import Encoded, StreamCounts

_log = structlog.get_logger(__name__)


class Session:
    """Everything that belongs to one stream. All calls come from the event loop."""

    def __init__(
        self,
        stream_id: str,
        settings: StreamSettings,
        perception: Perception,
        limits: Limits,
        events: EventLog,
        on_tracked: Callable[[Answer], None],
        on_dropped: Callable[[str], None],
    ) -> None:
        """`on_dropped` is told the reason.

        Raises:
            InvalidInput: the settings name a class that the stream's model does not know.
        """
        self.stream_id = stream_id
        self.settings = settings
        self.outcomes = Outcomes(stream_id, limits, events, on_tracked, on_dropped)
        self.opened_at = self.touched_at = loop_s()
        self.epoch = 1
        self.closed = False
        self._perception = perception
        self._tracking = Tracking(stream_id, settings, perception.model(settings.model).labels)
        self.following = Following(limits.path_points)
        self.checking = Checking(stream_id, self.outcomes.accounts)
        self._camera = Camera(perception)
        self._intake = Intake(settings, limits)
        self._waiting = Waiting(limits)
        self._starting = Starting(stream_id, settings, perception, self._pump)
        self._promised = 0
        self._beside = 0  # in flight when the writer came
        self._started: asyncio.Queue[Job] = asyncio.Queue()
        self._alarm: asyncio.TimerHandle | None = None
        self._finishing: Job | None = None
        self._finisher = asyncio.create_task(self._finish_all(), name=f"session {stream_id}")

    @property
    def next_seq(self) -> int:
        """The smallest sequence number that would be taken."""
        return self._intake.next_seq

    @property
    def ids(self) -> int:
        """How many identities this epoch has given out."""
        return self._tracking.ids

    def has(self, track_id: int) -> bool:
        """Whether a track is in view, or lost and may come back."""
        return self._tracking.has(track_id)

    @property
    def credit(self) -> int:
        """How many frames may be unanswered at once. What was promised holds, whatever model comes next."""
        credit = self._starting.deepest + self._waiting.capacity(self.settings) + self._intake.capacity
        self._promised = max(self._promised, credit + self._beside)
        return credit

    def welcome(self) -> None:
        """Promise a new writer its whole credit, whatever is still in flight of those before.

        Raises:
            Overloaded: that is more than one credit already.
        """
        in_flight, most = self.outcomes.accounts.in_flight, self._starting.deepest + self._waiting.most
        if in_flight > most:
            raise Overloaded(f"{in_flight} frames wait already; come again when they are answered", retry_after_s=1)
        self._beside = in_flight

    # -- the main path ---------------------------------------------------------------------------------------------

    def submit(self, frame: FrameIn | DetectionsIn) -> asyncio.Future[Answer]:
        """Take one frame; the future is its answer. The order of calls is the order of frames.

        Raises:
            OutOfOrder, Overloaded, TooLarge, UnsupportedMedia, InvalidInput: refused; only the books have changed.
        """
        self.touched_at = now_s = loop_s()
        if (reply := self._intake.replies.get(frame.seq)) is not None:
            self.outcomes.accounts.replayed += 1
            return reply
        self.outcomes.receive()
        try:
            job = self._admit(frame, now_s)
        except TrackdError as error:
            self.outcomes.refuse(error, self.epoch)
            raise
        self.outcomes.take()
        self._advance(now_s)
        return job.future

    def told(self, seq: int | None) -> Encoded | None:
        """What a frame of this epoch, sent again, was answered, as long as readers that come back are told it too.

        None: it must be submitted, because it is new, is not answered yet, or has an answer that `submit` knows.
        """
        if seq is None or self._intake.replies.get(seq) is not None:
            return None
        encoded = self.outcomes.broadcast.history.answer(self.epoch, seq)
        if encoded is not None:
            self.outcomes.accounts.replayed += 1
        return encoded

    def _admit(self, frame: FrameIn | DetectionsIn, now_s: float) -> FrameJob:
        if self.closed:
            raise FrameDropped(f"stream {self.stream_id!r} was closed", reason="closed")
        admitted = self._perception.admit(frame)
        in_flight, promised = self.outcomes.accounts.in_flight, max(self.credit, self._promised)
        self._waiting.refuse_when_full(self.settings, in_flight, promised)
        return self._intake.take(admitted, self.epoch, now_s)

    def _advance(self, now_s: float) -> None:
        """Let in the frames whose turn it is, and see to it that those held back are not forgotten."""
        self._let_in(self._intake.pass_on(now_s))
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if (due_s := self._intake.due_s()) is not None:
            self._alarm = asyncio.get_running_loop().call_at(due_s, self._ring)

    def _ring(self) -> None:
        if not self.closed:
            self._advance(loop_s())

    def _let_in(self, frames: Iterable[Passed]) -> None:
        for job, refusal in frames:
            if refusal is None:
                self._line_up(job)
            elif not isinstance(refusal, FrameDropped):
                self._reject(job, refusal)
            elif refusal.reason == "rate":  # the next one that is within it answers for this one
                self.outcomes.drop(job, refusal.reason, refusal.detail)
            else:
                self.outcomes.lose(job, refusal)

    def _line_up(self, job: FrameJob) -> None:
        if not self._starting.has_room(self._waiting.first):
            for old in self._waiting.give_way(job, self.settings):
                self._starting.give_way()
                self.outcomes.drop(old, "superseded", "it gave way to a newer one")
        self._waiting.append(job)
        self._pump()

    def _pump(self) -> None:
        """Start waiting jobs as long as perception has room for this stream."""
        while self._waiting and not self.closed:
            if not self._starting.has_room(self._waiting.first):
                self._starting.call_when_room()
                return
            job = self._waiting.pop()
            self._starting.start(job)
            self._started.put_nowait(job)

    async def _finish_all(self) -> None:
        while True:
            self._finishing = job = await self._started.get()
            if isinstance(job, FrameJob):
                await self._finish(job)
            else:
                self._begin_epoch(job)
            self._finishing = None
            self._starting.end()
            self._pump()

    async def _finish(self, job: FrameJob) -> None:
        assert job.perceived is not None, "a started frame is being perceived"
        try:
            seen = await job.perceived
            moved = await self._moved(job, seen)
            answer = self._tracking.answer(job, seen, moved, self.outcomes.dropped_before(job))
            self.following.follow(job, answer, self._tracking.config)
            self.checking.follow(job, answer, moved, self._tracking.config)
        except FrameDropped as given_up:  # while it waited for the detector
            self._pass_over(job)
            self.outcomes.lose(job, given_up)
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
            self.outcomes.track(job, answer)
            self.checking.tell(job.epoch, job.place.seq, self.outcomes.tell)

    async def _moved(self, job: FrameJob, seen: Perceived) -> Moved:
        """How the camera moved since the last frame that was looked at. One that was not tells nothing, and the motion
        of the next spans it."""
        if not seen.looked:
            return Moved(None)
        return await self._camera.moved(job, seen, partial(self._tracking.boxes_of, job))

    def _reject(self, job: FrameJob, error: TrackdError) -> None:
        self._pass_over(job)
        self.outcomes.reject(job, error)

    def _pass_over(self, job: FrameJob) -> None:
        """A frame that was taken is not tracked."""
        self._starting.pass_over()
        self._intake.give_back(job)

    # -- changes ---------------------------------------------------------------------------------------------------

    def configure(self, settings: StreamSettings) -> None:
        """Take new settings for the frames that follow. Tracks live on.

        Raises:
            InvalidInput: a class name that the model does not know; nothing has changed.
        """
        self._tracking.configure(settings, self._perception.model(settings.model).labels)
        self._intake.configure(settings)
        self._starting.configure(settings)
        self.settings = settings
        self.touched_at = now_s = loop_s()
        self._advance(now_s)  # nothing may be held back any more
        self._pump()  # another model may have a place

    async def reset(self) -> None:
        """Begin a new epoch once every frame taken before is answered."""
        self._let_in(self._intake.clear())
        self.epoch += 1
        self._intake.restart()
        job = ResetJob(self.epoch)
        self._waiting.append(job)
        self._pump()
        await job.done.wait()

    def counts(self) -> StreamCounts:
        """What zones and lines came to by the newest frame."""
        newest = self.outcomes.newest
        answer = None if newest is None else newest[0]
        return self._tracking.counts(self.epoch if answer is None else answer.message.epoch, answer)

    def begin_counts(self) -> None:
        """Count anew; tracks stay where they are."""
        self._tracking.begin_counts()

    def _begin_epoch(self, job: ResetJob) -> None:
        self._tracking.restart()
        self.following.restart()
        self.checking.restart()
        self._camera.reset()
        self.outcomes.begin_epoch(job.epoch)
        self.checking.tell(job.epoch, None, self.outcomes.tell)
        job.done.set()
        self.outcomes.announce()

    async def drained(self) -> None:
        """Return when nothing is in flight. No frame is held back for others from here on."""
        self._intake.hurry()
        self._advance(loop_s())
        while self.outcomes.accounts.in_flight:
            await self.outcomes.changed()

    async def close(self) -> None:
        """Give up what waits, finish nothing more. The readers are the engine's to end. Idempotent."""
        self.closed = True
        self._starting.close()
        if self._alarm is not None:
            self._alarm.cancel()
        held = self._intake.give_up()
        self._finisher.cancel()
        await asyncio.gather(self._finisher, return_exceptions=True)
        started = [self._started.get_nowait() for _ in range(self._started.qsize())]
        for job in [*([self._finishing] if self._finishing else []), *started, *self._waiting.pop_all(), *held]:
            self._give_up(job)
        self._finishing = None
        self.outcomes.announce()

    def _give_up(self, job: Job) -> None:
        if isinstance(job, ResetJob):
            job.done.set()
            return
        if job.perceived is not None:
            job.perceived.cancel()
        self.outcomes.drop(job, "closed", "the stream was closed")
