"""One stream: its frames in order through perception and its tracker.

The main path of a frame is `submit` -> `_advance` -> `Lineup` -> `_finish`:

    detections = await perceive(frame)
    tracks = tracker.update(detections, pts, camera_motion)
    outcomes.track(answer)

How frames get in is `Intake`'s, which may start `Starting`'s, what they show `Scene`'s, what becomes of them
`Outcomes`'.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

import structlog

from app.engine.checking import Checking
from app.engine.clock import loop_s
from app.engine.credit import Credit
from app.engine.events import EventLog
from app.engine.intake import Intake, Passed
from app.engine.job import FrameJob, Job, ResetJob
from app.engine.lineup import Lineup
from app.engine.outcomes import Outcomes
from app.engine.perception import Perception
from app.engine.port import Answer, DetectionsIn, FrameIn
from app.engine.scene import Scene
from app.engine.starting import Starting
from app.engine.waiting import Waiting
from app.errors import FrameDropped, InvalidInput, TrackdError
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
        checking = Checking(stream_id, self.outcomes.accounts)
        self.scene = Scene(stream_id, settings, perception, limits.path_points, checking)
        self._intake = Intake(settings, limits)
        self._lineup = Lineup(Waiting(limits), partial(Starting, stream_id, settings, perception))
        self._starting = self._lineup.starting
        self._credit = Credit(self.outcomes.accounts, self._intake, self._lineup.waiting, self._starting)
        self._alarm: asyncio.TimerHandle | None = None
        self._finisher = asyncio.create_task(self._finish_all(), name=f"session {stream_id}")

    @property
    def next_seq(self) -> int:
        """The smallest sequence number that would be taken."""
        return self._intake.next_seq

    @property
    def credit(self) -> int:
        """How many frames may be unanswered at once. What was promised holds, whatever model comes next."""
        return self._credit.promise(self.settings)

    def welcome(self) -> None:
        """Promise a new writer its whole credit, whatever is still in flight of those before.

        Raises:
            Overloaded: that is more than one credit already.
        """
        self._credit.welcome()

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
        self._credit.refuse_when_full(self.settings)
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
        for old in self._lineup.make_room(job, self.settings):
            self.outcomes.drop(old, "superseded", "it gave way to a newer one")
        self._lineup.append(job)

    async def _finish_all(self) -> None:
        while True:
            job = await self._lineup.next()
            if isinstance(job, FrameJob):
                await self._finish(job)
            else:
                self._begin_epoch(job)
            self._lineup.end()

    async def _finish(self, job: FrameJob) -> None:
        assert job.perceived is not None, "a started frame is being perceived"
        try:
            answer = await self.scene.answer(job, await job.perceived, self.outcomes.dropped_before)
        except FrameDropped as given_up:  # while it waited for the detector
            self._pass_over(job)
            self.outcomes.lose(job, given_up)
        except TrackdError as error:
            self._reject(job, error)
        except ValueError as error:  # the tracker's word on arrays that no reader of input had refused
            self.scene.lose_sight()
            self._reject(job, InvalidInput(str(error)))
        except Exception as error:  # noqa: BLE001  # a defect in one frame's path must not end the stream
            _log.exception("frame_failed", stream=self.stream_id)
            self.scene.lose_sight()
            self._reject(job, TrackdError(f"{type(error).__name__} while the frame was handled"))
        else:
            self.outcomes.track(job, answer)
            self.scene.checking.tell(job.epoch, job.place.seq, self.outcomes.tell)

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
        self.scene.configure(settings, self._perception.model(settings.model).labels)
        self._credit.promise(self.settings)  # so many may be in flight
        self._intake.configure(settings)
        self._starting.configure(settings)
        self.settings = settings
        self.touched_at = now_s = loop_s()
        self._advance(now_s)  # nothing may be held back any more
        self._lineup.pump()  # another model may have a place

    async def reset(self) -> None:
        """Begin a new epoch once every frame taken before is answered."""
        self._let_in(self._intake.clear())
        self.epoch += 1
        self._intake.restart()
        job = ResetJob(self.epoch)
        self._lineup.append(job)
        await job.done.wait()

    def counts(self) -> StreamCounts:
        """What zones and lines came to by the newest frame."""
        newest = self.outcomes.newest
        answer = None if newest is None else newest[0]
        return self.scene.counts(self.epoch if answer is None else answer.message.epoch, answer)

    def _begin_epoch(self, job: ResetJob) -> None:
        self.scene.restart()
        self.outcomes.begin_epoch(job.epoch)
        self.scene.checking.tell(job.epoch, None, self.outcomes.tell)
        job.done.set()
        self.outcomes.announce()

    async def drained(self) -> None:
        """Return when nothing is in flight. No frame is held back for others from here on."""
        self._intake.hurry()
        self._advance(loop_s())
        while self.outcomes.accounts.in_flight:
            await self.outcomes.changed()

    def stop(self) -> None:
        """Take and start nothing more. Idempotent."""
        self.closed = True
        self._lineup.close()

    async def close(self) -> None:
        """Give up what waits, finish nothing more. The readers are the engine's to end. Idempotent."""
        self.stop()
        if self._alarm is not None:
            self._alarm.cancel()
        held = self._intake.give_up()
        self._finisher.cancel()
        await asyncio.gather(self._finisher, return_exceptions=True)
        for job in [*self._lineup.pop_all(), *held]:
            self._give_up(job)
        self.outcomes.announce()

    def _give_up(self, job: Job) -> None:
        if isinstance(job, ResetJob):
            job.done.set()
            return
        if job.perceived is not None:
            job.perceived.cancel()
        self.outcomes.drop(job, "closed", "the stream was closed")
