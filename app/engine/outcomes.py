"""What becomes of a stream's frames: the books, and who is told."""

import asyncio
from collections.abc import Callable

from app.engine.accounts import Accounts, Pace
from app.engine.broadcast import Broadcast
from app.engine.events import EventLog
from app.engine.job import FrameJob
from app.engine.perception import Admitted
from app.engine.port import Answer
from app.errors import FrameDropped, TrackdError
from app.limits import Limits
from app.wire import DropMessage, DropReason, Encoded, EventMessage


class Outcomes:
    """Owns the books of one stream. A frame that was taken ends once: tracked, dropped or rejected.

    Its caller is told first, then the readers of the stream, then those who wait for a change.
    """

    def __init__(
        self,
        stream_id: str,
        limits: Limits,
        events: EventLog,
        on_tracked: Callable[[Answer], None],
        on_dropped: Callable[[str], None],
    ) -> None:
        """`on_dropped` is told the reason."""
        self.broadcast = Broadcast(stream_id, limits.history_messages, limits.history_bytes)
        self.accounts = Accounts()
        self.pace = Pace()
        self.newest: tuple[Answer, Admitted] | None = None
        self._stream_id = stream_id
        self._events = events
        self._on_tracked = on_tracked
        self._on_dropped = on_dropped
        self._carried = 0  # dropped frames that no frame in the queue will report
        self._changed: asyncio.Event | None = None  # made when somebody waits

    async def changed(self) -> None:
        """Return when something happened that `announce` was called for: a frame was tracked, dropped or rejected."""
        if self._changed is None:
            self._changed = asyncio.Event()
        await self._changed.wait()

    def announce(self) -> None:
        """Let those who wait for a change look again."""
        if self._changed is not None:
            self._changed.set()
            self._changed = None

    def dropped_before(self, job: FrameJob) -> int:
        """How many frames were dropped since the last one that was tracked, if this one is the next."""
        return job.dropped_before + self._carried

    # -- before a frame is begun -----------------------------------------------------------------------------------

    def receive(self) -> None:
        """A frame came."""
        self.accounts.received += 1

    def take(self) -> None:
        """It is in flight."""
        self.accounts.in_flight += 1

    def refuse(self, error: TrackdError, epoch: int) -> None:
        """It is not taken, and whoever sent it is told by whoever calls."""
        if isinstance(error, FrameDropped):
            self.accounts.drop(error.reason)
            self._carried += 1
            self._on_dropped(error.reason)
            if isinstance(seq := error.members.get("seq"), int):
                self.broadcast.publish(Encoded(DropMessage(self._stream_id, epoch, seq, error.reason)))
        else:
            self.accounts.rejected += 1

    # -- ends ------------------------------------------------------------------------------------------------------

    def track(self, job: FrameJob, answer: Answer) -> None:
        """A frame was tracked."""
        self._carried = 0
        self.accounts.tracked += 1
        self.accounts.in_flight -= 1
        self.newest = (answer, job.admitted)
        self.pace.note(asyncio.get_running_loop().time(), answer.message.timing_ms.total)
        job.answer(answer)
        self.broadcast.publish(answer.encoded)
        for event in answer.events:
            self.tell(event)
        self._on_tracked(answer)
        self.announce()

    def drop(self, job: FrameJob, reason: DropReason, detail: str) -> None:
        """A frame is given up, and the one that takes its place reports it."""
        self.accounts.drop(reason)
        self.accounts.in_flight -= 1
        self._on_dropped(reason)
        seq = job.place.seq
        job.fail(FrameDropped(f"frame {seq}: {detail}", seq=seq, epoch=job.epoch, reason=reason))
        self.broadcast.publish(Encoded(DropMessage(self._stream_id, job.epoch, seq, reason)))
        self.announce()

    def lose(self, job: FrameJob, given_up: FrameDropped) -> None:
        """A frame that was begun is given up, and the next one that is tracked reports it."""
        self._carried += job.dropped_before + 1
        self.drop(job, given_up.reason, given_up.detail)

    def reject(self, job: FrameJob, error: TrackdError) -> None:
        """A frame that was begun cannot be tracked."""
        self._carried += job.dropped_before
        self.accounts.rejected += 1
        self.accounts.in_flight -= 1
        job.fail(error)
        self.announce()

    def begin_epoch(self, epoch: int) -> None:
        """What was tracked before is of no epoch that goes on."""
        self.newest = None
        self._carried = 0
        self.tell(EventMessage("reset", self._stream_id, epoch))

    def tell(self, event: EventMessage) -> None:
        """Something happened to the stream, or to a track in it: it is numbered, kept, and the readers learn of it."""
        self.broadcast.publish(Encoded(self._events.stamp(event)))
