"""One stream: its frames in order through perception, its tracker, its books, its readers.

The main path of a frame is `submit` -> `_pump` -> `_finish`:

    detections = await perceive(frame)
    tracks = tracker.update(detections, pts)
    publish(answer)
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal

import structlog

from app.answers import tracks_message
from app.engine.accounts import Accounts, Pace
from app.engine.broadcast import Broadcast
from app.engine.perception import Admitted, Perceived, Perception
from app.engine.port import Answer, DetectionsIn, FrameIn
from app.engine.timeline import Place, Timeline
from app.errors import FrameDropped, InvalidInput, OutOfOrder, Overloaded, TrackdError
from app.limits import Limits
from app.settings import StreamSettings
from app.wire import DropMessage, Encoded, EventMessage, Timing
from tracker import ByteTracker

_log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Job:
    """One frame between `submit` and its answer, or a reset that waits for its turn (`admitted` is None)."""

    epoch: int
    future: asyncio.Future[Answer]
    admitted: Admitted | None
    place: Place | None
    received_at: float
    dropped_before: int = 0
    perceived: asyncio.Future[Perceived] | None = None


class Session:
    """Everything that belongs to one stream. All calls come from the event loop."""

    def __init__(
        self,
        stream_id: str,
        settings: StreamSettings,
        perception: Perception,
        limits: Limits,
        on_tracked: Callable[[Answer], None],
    ) -> None:
        self.stream_id = stream_id
        self.broadcast = Broadcast()
        self.accounts = Accounts()
        self.pace = Pace()
        self.opened_at = self.touched_at = asyncio.get_running_loop().time()
        self._perception = perception
        self._limits = limits
        self._on_tracked = on_tracked
        self._epoch = 1
        self._waiting: deque[_Job] = deque()
        self._started: asyncio.Queue[_Job] = asyncio.Queue()
        self._finishing: _Job | None = None
        self._ahead = 0
        self._carried = 0  # drops that no frame in the queue will report
        self._last_job: _Job | None = None
        self._newest: tuple[Answer, Admitted] | None = None
        self._changed = asyncio.Event()
        self._closed = False
        self.settings = settings
        self._classes = class_ids(settings.classes, perception.labels, settings.labels)
        self._timeline = Timeline(settings.tracker.frame_rate)
        self._tracker = ByteTracker(settings.tracker.config())
        self._finisher = asyncio.create_task(self._finish_all(), name=f"session {stream_id}")

    # -- what others ask -------------------------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        """The epoch of the next frame."""
        return self._epoch

    @property
    def next_seq(self) -> int:
        """The smallest sequence number that would be taken."""
        return self._timeline.next_seq

    @property
    def newest(self) -> Answer | None:
        """The last tracked frame."""
        return self._newest[0] if self._newest else None

    @property
    def newest_picture(self) -> tuple[Answer, Admitted] | None:
        """The last tracked frame and what the client sent."""
        return self._newest

    @property
    def ids(self) -> int:
        """How many identities this epoch has given out."""
        return self._tracker.snapshot().next_id - 1

    @property
    def credit(self) -> int:
        """How many frames may be unanswered at once."""
        return self._perception.depth + self._capacity

    async def changed(self) -> None:
        """Return when the next frame has been tracked or the stream was closed."""
        await self._changed.wait()

    @property
    def closed(self) -> bool:
        """True once the stream takes no more frames."""
        return self._closed

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
            if self._closed:
                raise FrameDropped(f"stream {self.stream_id!r} was closed", reason="closed")
            admitted = self._perception.admit(frame)
            self._refuse_when_full()
            place = self._timeline.admit(frame.seq, frame.capture_ts)
        except OutOfOrder as error:
            if self.settings.order == "strict":
                self.accounts.rejected += 1
                raise
            self.accounts.dropped += 1
            self._carried += 1
            raise FrameDropped(error.detail, reason="late", **error.members) from None
        except TrackdError:
            self.accounts.rejected += 1
            raise
        return self._accept(admitted, place)

    def _accept(self, admitted: Admitted, place: Place) -> asyncio.Future[Answer]:
        job = _Job(self._epoch, _future(), admitted, place, perf_counter())
        self._supersede(job)
        self._last_job = job
        self.accounts.in_flight += 1
        self._waiting.append(job)
        self._pump()
        return job.future

    def _pump(self) -> None:
        """Start waiting jobs as long as perception has room for this stream."""
        while self._waiting and self._has_room:
            job = self._waiting.popleft()
            self._ahead += 1
            if job.admitted is not None:
                seen = self._perception.perceive(self.stream_id, job.admitted, self._classes)
                job.perceived = asyncio.ensure_future(seen)
            self._started.put_nowait(job)

    async def _finish_all(self) -> None:
        while True:
            self._finishing = await self._started.get()
            await self._finish(self._finishing)
            self._finishing = None
            self._ahead -= 1
            self._pump()

    async def _finish(self, job: _Job) -> None:
        if job.perceived is None:
            self._begin_epoch(job)
            return
        try:
            answer = self._track(job, await job.perceived)
        except TrackdError as error:
            self._reject(job, error)
        except ValueError as error:  # the tracker's word on arrays that no reader of input had refused
            self._reject(job, InvalidInput(str(error)))
        except Exception as error:  # noqa: BLE001  # a defect in one frame's path must not end the stream
            _log.exception("frame_failed", stream=self.stream_id)
            self._reject(job, TrackdError(f"{type(error).__name__} while the frame was handled"))
        else:
            self.accounts.tracked += 1
            self.accounts.in_flight -= 1
            self._publish(job, answer)

    def _track(self, job: _Job, seen: Perceived) -> Answer:
        assert job.place is not None, "a frame has its place"
        assert job.admitted is not None, "a frame was admitted"
        started = perf_counter()
        tracks = self._tracker.update(seen.detections, job.place.pts)
        done = perf_counter()
        timing = Timing(
            decode=round(seen.decode_ms, 2),
            queue=round(seen.queue_ms, 2),
            detect=round(seen.detect_ms, 2),
            track=round((done - started) * 1e3, 2),
            total=round((done - job.received_at) * 1e3, 2),
        )
        labels = self._labels(job.admitted)
        message = tracks_message(
            stream=self.stream_id,
            epoch=job.epoch,
            seq=job.place.seq,
            capture_ts=job.place.capture_ts,
            size=job.admitted.size,
            tracks=tracks,
            labels=labels,
            timing=timing,
            dropped_since_last=job.dropped_before + self._carried,
        )
        self._carried = 0
        return Answer(Encoded(message), message, seen.detections, tracks, labels)

    def _publish(self, job: _Job, answer: Answer) -> None:
        assert job.admitted is not None, "a frame was admitted"
        self._newest = (answer, job.admitted)
        self.pace.note(asyncio.get_running_loop().time(), answer.message.timing_ms.total)
        if not job.future.done():
            job.future.set_result(answer)
        self.broadcast.publish(answer.encoded)
        self._on_tracked(answer)
        self.announce()

    # -- overload and failure --------------------------------------------------------------------------------------

    @property
    def _has_room(self) -> bool:
        """A stream has always one frame in perception; more only while the detector is not busy with its neighbours."""
        return self._ahead == 0 or (self._ahead < self._perception.depth and self._perception.hungry)

    @property
    def _capacity(self) -> int:
        lossless = self.settings.overload == "lossless"
        return self._limits.waiting_lossless if lossless else self._limits.waiting_latest

    def _refuse_when_full(self) -> None:
        if self.settings.overload == "lossless" and len(self._waiting) >= self._capacity:
            raise Overloaded(
                f"{len(self._waiting)} frames of stream {self.stream_id!r} wait already; send after an answer came",
                limit=self._capacity,
                retry_after_s=1,
            )

    def _supersede(self, newest: _Job) -> None:
        """Policy latest: make room for the newest frame by giving up the oldest; the frame after it reports them."""
        if self.settings.overload != "latest" or self._has_room:
            return
        frames = [job for job in self._waiting if job.admitted is not None]
        excess = max(0, len(frames) - self._capacity + 1)
        for job, successor in zip(frames[:excess], [*frames[1:], newest], strict=False):
            self._waiting.remove(job)
            successor.dropped_before += job.dropped_before + 1
            self._drop(job, "superseded")

    def _drop(self, job: _Job, reason: Literal["superseded", "closed"]) -> None:
        assert job.place is not None, "a frame has its place"
        self.accounts.dropped += 1
        self.accounts.in_flight -= 1
        seq = job.place.seq
        if not job.future.done():
            detail = f"frame {seq} gave way to a newer one" if reason == "superseded" else f"frame {seq}: stream closed"
            job.future.set_exception(FrameDropped(detail, seq=seq, reason=reason))
        self.broadcast.publish(Encoded(DropMessage(self.stream_id, job.epoch, seq, reason)))
        self.announce()

    def _reject(self, job: _Job, error: TrackdError) -> None:
        assert job.place is not None, "a frame has its place"
        self.accounts.rejected += 1
        self.accounts.in_flight -= 1
        self._carried += job.dropped_before
        self._timeline.release(job.place)
        if self._last_job is job:
            self._last_job = None
        if not job.future.done():
            job.future.set_exception(error)
        self.announce()

    def _replay(self, seq: int | None) -> asyncio.Future[Answer] | None:
        """The answer of the last frame, when the very same number is sent again."""
        last = self._last_job
        if seq is None or last is None or last.place is None or last.place.seq != seq or last.epoch != self._epoch:
            return None
        self.accounts.replayed += 1
        return last.future

    # -- changes ---------------------------------------------------------------------------------------------------

    def configure(self, settings: StreamSettings) -> None:
        """Take new settings for the frames that follow. Tracks live on.

        Raises:
            InvalidInput: a class name that nobody knows.
        """
        classes = class_ids(settings.classes, self._perception.labels, settings.labels)
        if settings.tracker != self.settings.tracker:
            successor = ByteTracker(settings.tracker.config())
            successor.restore(replace(self._tracker.snapshot(), config=successor.config))
            self._tracker = successor
            self._timeline.frame_rate = settings.tracker.frame_rate
        self._classes = classes
        self.settings = settings
        self.touched_at = asyncio.get_running_loop().time()

    async def reset(self) -> None:
        """Begin a new epoch once every frame taken before is answered."""
        self._epoch += 1
        self._timeline = Timeline(self.settings.tracker.frame_rate)
        self._last_job = None
        job = _Job(self._epoch, _future(), None, None, perf_counter())
        self._waiting.append(job)
        self._pump()
        await asyncio.wait([job.future])

    def _begin_epoch(self, job: _Job) -> None:
        self._tracker = ByteTracker(self.settings.tracker.config())
        self._newest = None
        self._carried = 0
        self.broadcast.publish(Encoded(EventMessage("reset", self.stream_id, job.epoch)))
        job.future.cancel()
        self.announce()

    async def drained(self) -> None:
        """Return when nothing is in flight."""
        while self.accounts.in_flight:
            await self._changed.wait()

    async def close(self) -> None:
        """Give up what waits, finish nothing more. The readers are the engine's to end. Idempotent."""
        self._closed = True
        self._finisher.cancel()
        await asyncio.gather(self._finisher, return_exceptions=True)
        started = [self._started.get_nowait() for _ in range(self._started.qsize())]
        jobs = [*([self._finishing] if self._finishing else []), *started, *self._waiting]
        self._waiting.clear()
        for job in jobs:
            if job.perceived is not None:
                job.perceived.cancel()
            if job.admitted is not None:
                self._drop(job, "closed")
            else:
                job.future.cancel()
        self.announce()

    def announce(self) -> None:
        """Let those who wait for a change look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    def _labels(self, admitted: Admitted) -> Sequence[str]:
        if self.settings.labels is not None:
            return self.settings.labels
        return () if isinstance(admitted.frame, DetectionsIn) else self._perception.labels


def class_ids(
    classes: Sequence[int | str] | None, labels: Sequence[str], own_labels: Sequence[str] | None
) -> list[int] | None:
    """Class ids for ids and names; None keeps all.

    Raises:
        InvalidInput: a name that is no label.
    """
    if classes is None:
        return None
    names = list(own_labels if own_labels is not None else labels)
    unknown = [c for c in classes if isinstance(c, str) and c not in names]
    if unknown:
        raise InvalidInput(
            f"unknown class {unknown[0]!r}; known are {', '.join(names) or 'none'}",
            errors=[{"pointer": "/classes", "detail": f"no label {name!r}"} for name in unknown],
        )
    return [names.index(c) if isinstance(c, str) else c for c in classes]


def _future() -> asyncio.Future[Answer]:
    """A future whose error nobody has to fetch: the caller may have gone."""
    future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future
