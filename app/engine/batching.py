"""Micro-batches across streams: an idle device starts at once, a busy one takes everything that queued meanwhile."""

import asyncio
from collections.abc import Callable, Sequence
from random import SystemRandom
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from app.engine.attempts import Attempts, Wait, wait_for
from app.engine.breaker import State
from app.engine.calling import Caller, Spares
from app.engine.pending import PATIENT, Detected, Patience, Pending, fail, superseded, too_old
from app.engine.rounds import Rounds
from app.engine.tally import Tally
from app.engine.trust import Trust
from app.errors import DetectorFailed, ShuttingDown
from models import Detector

GRACE_S = 2.0
"""Seconds that an aborted call may take to come back: an onnxruntime session looks up at its next node."""

MOST_LEFT_BEHIND = 4
"""Threads in calls that never come back: each may hold a core, and the memory of a batch, for good."""


class Batcher:
    """Owns the waiting images and the threads that call the detector.

    `callers` threads call `detector.detect` side by side. A free one takes everything that waits, up to `max_batch`
    images, in the order that `Rounds` says. A batch that fails is run again frame by frame, so that one bad image fails
    its own caller and nobody else's. One that hangs fails at once and is not run again: its call is aborted, and its
    thread left behind if need be. `Trust` says who is heard at all after failures.
    """

    def __init__(
        self,
        detector: Detector,
        *,
        callers: int,
        max_batch: int,
        timeout_s: float,
        name: str = "detector",
        grace_s: float = GRACE_S,
        clock: Callable[[], float] = perf_counter,
        now: Callable[[], float] | None = None,
        chance: Callable[[], float] | None = None,
        wait: Wait = wait_for,
    ) -> None:
        """`name` names the threads; `grace_s` is how long an aborted call may take to come back.

        `clock` measures spans. `now` has the seconds that `Patience` counts in, those of `clock` where it is None: the
        loop's own clock may count whole milliseconds, as uvloop's does. `chance`, from 0 to 1, spreads the times at
        which a failed detector is tried again; `wait` waits for a call for at most `timeout_s`.
        """
        self._timeout_s = timeout_s
        self._clock = clock
        self._now = now or clock
        self._waiting: Rounds[Pending] = Rounds()
        self._trust = Trust(window_s=3 * timeout_s, clock=clock, chance=chance or SystemRandom().random)
        self._attempts = Attempts(
            self._trust,
            max_batch=max_batch,
            timeout_s=timeout_s,
            clock=clock,
            wait=wait,
        )
        self._changed = asyncio.Event()
        spares = Spares(MOST_LEFT_BEHIND)
        self._callers = [Caller(detector, f"{name}-{n}", spares, grace_s) for n in range(callers)]
        self._workers: list[asyncio.Task[None]] = []
        self._stopped = False

    def start(self) -> None:
        """Begin to take images; needs a running loop."""
        self._workers = [asyncio.create_task(self._work(caller), name="batcher") for caller in self._callers]

    @property
    def callers(self) -> int:
        """How many threads call the detector."""
        return len(self._callers)

    @property
    def tally(self) -> Tally:
        """What became of the calls so far."""
        return self._attempts.tally

    @property
    def breaker(self) -> State:
        """Whether the detector is called: `open` means not at present, `half-open` once, to see what comes of it."""
        return self._trust.state

    @property
    def trouble(self) -> str | None:
        """What keeps the batcher from working, or None.

        After failures it is None again as soon as a frame would be tried: whoever sends none to a service that is not
        ready would otherwise never learn that it has recovered.
        """
        if self._stopped or not self._workers or any(worker.done() for worker in self._workers):
            return "the batcher is not running"
        if all(caller.stuck for caller in self._callers):
            return f"the detector hangs: calls did not come back within {self._timeout_s:g} s, nor when aborted"
        return self._trust.trouble

    def submit(
        self,
        stream_id: str,
        image: NDArray[np.uint8],
        size: tuple[int, int],
        patience: Patience = PATIENT,
    ) -> asyncio.Future[Detected]:
        """Queue one BGR image whose full size is (width, height) `size`; otherwise as `submit_views`."""
        return self.submit_views(stream_id, [image], [size], patience)

    def submit_views(
        self,
        stream_id: str,
        images: Sequence[NDArray[np.uint8]],
        sizes: Sequence[tuple[int, int]],
        patience: Patience = PATIENT,
    ) -> asyncio.Future[Detected]:
        """Queue the views of one frame: they go into one batch and come back together. Cancel the future to give up.

        Args:
            stream_id: whose turn it takes.
            images: BGR images, at least one. More than a batch holds are looked at in a call of their own.
            sizes: (width, height) of each in full.
            patience: when the frame is given up. The future then raises FrameDropped, with the reason `superseded` or
                `too_old`.

        Raises:
            ShuttingDown: the batcher was stopped.
            DetectorFailed: the detector failed too often of late, or every thread hangs in it.
        """
        if self._stopped:
            raise ShuttingDown("the service is shutting down")
        if refusal := self._refusal(stream_id):
            raise refusal
        future: asyncio.Future[Detected] = asyncio.get_running_loop().create_future()
        self._waiting.put(Pending(stream_id, images, sizes, patience, future, self._clock()))
        self._changed.set()
        return future

    async def stop(self) -> None:
        """Fail all who wait, abort what runs and let the threads end, for which a moment is waited. Idempotent."""
        self._stopped = True
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        fail(self._waiting.pop_all(), ShuttingDown("the service is shutting down"))
        await asyncio.gather(*(caller.end() for caller in self._callers))

    async def _work(self, caller: Caller) -> None:
        while True:
            await self._changed.wait()
            batch = self._take()
            if not batch:
                self._changed.clear()
                continue
            streams = {pending.stream_id for pending in batch}
            self._trust.begin(streams)
            try:
                outcome = await self._attempts.run(caller, batch)
            finally:
                fail(batch, ShuttingDown("the service is shutting down"))
                self._trust.end(streams)
                self._changed.set()
            if outcome != "answered":
                self._fail_refused()
                await caller.recover(self._fail_refused)

    def _take(self) -> list[Pending]:
        if not self._trust.may_call():
            return []  # the one call that is under way decides for all
        taken = self._waiting.take(self._attempts.room, self._now(), self._trust.alone, self._trust.barred)
        fail(taken.too_old, too_old())
        fail(taken.superseded, superseded())
        return taken.batch

    def _refusal(self, stream_id: str) -> DetectorFailed | None:
        """Why a frame of this stream would not be looked at now, or None."""
        if (refusal := self._trust.refusal(stream_id)) is not None:
            return refusal
        trouble = self.trouble
        return None if trouble is None else DetectorFailed(trouble, retry_after_s=self._timeout_s)

    def _fail_refused(self) -> None:
        """Nobody waits for what would not be looked at."""
        if self._stopped:
            return  # `stop` has its own word for them
        for pending in self._waiting:
            if (refusal := self._refusal(pending.stream_id)) is not None:
                fail([pending], refusal)
