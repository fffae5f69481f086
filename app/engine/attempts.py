"""One batch on one thread: answered, run again frame by frame where it failed, given up where it hangs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from app.engine.calling import Call, Caller
from app.engine.pending import Detected, Pending, fail
from app.engine.tally import Outcome, Tally
from app.engine.trust import Trust
from app.errors import DetectorFailed
from tracker import Detections

_log = structlog.get_logger(__name__)

Wait = Callable[[Call, float], Awaitable[None]]
"""Waits for a call for so many seconds at most."""

SMALL_BATCH_S = 60.0
"""Seconds for which batches are halved after one failed whose frames passed one by one, as when memory runs out."""


async def wait_for(call: Call, timeout_s: float) -> None:
    """Returns when a call has ended, or after `timeout_s`. The call goes on, also when the wait is cancelled."""
    await asyncio.wait([call], timeout=timeout_s)


class Attempts:
    """Runs batches and sees to it that every frame in them is answered or failed. Shared by a batcher's callers."""

    def __init__(
        self,
        trust: Trust,
        *,
        max_batch: int,
        timeout_s: float,
        clock: Callable[[], float],
        wait: Wait,
    ) -> None:
        """`wait` returns when a call has ended or its time is up."""
        self.tally = Tally()
        self._trust = trust
        self._max_batch = max_batch
        self._small_batch: tuple[int, float] | None = None  # a lesser limit, and until when
        self._timeout_s = timeout_s
        self._clock = clock
        self._wait = wait

    @property
    def room(self) -> int:
        """Images of a batch at most."""
        if self._small_batch is not None and self._clock() < self._small_batch[1]:
            return self._small_batch[0]
        return self._max_batch

    async def run(self, caller: Caller, batch: Sequence[Pending]) -> Outcome:
        """Have one batch looked at. After a call that hung the caller has to recover before it is given another."""
        started = self._clock()
        images = [image for pending in batch for image in pending.images]
        call = caller.begin(images, [size for pending in batch for size in pending.sizes])
        await self._wait(call, self._timeout_s)
        if not call.done():
            self._give_up(batch, len(images))
            return "hung"
        try:
            found = _checked(call.result(), len(images))
        except Exception as error:  # noqa: BLE001  # whatever a model raises must reach its callers and end nothing else
            self.tally.add(len(images), "failed")
            _log.warning("detector_failed", error=repr(error), images=len(images))
            return await self._look_closer(caller, batch, error)
        self.tally.add(len(images), "answered")
        self._trust.answered([pending.stream_id for pending in batch])
        self._answer(batch, found, started)
        return "answered"

    def _answer(self, batch: Sequence[Pending], found: Sequence[Detections], started: float) -> None:
        detect_ms, rest = (self._clock() - started) * 1e3, iter(found)
        for pending in batch:
            views = [next(rest) for _ in pending.images]
            if not pending.gone:
                waited_ms = (started - pending.queued_at) * 1e3
                pending.future.set_result(Detected(views, waited_ms, detect_ms, len(found)))

    async def _look_closer(self, caller: Caller, batch: Sequence[Pending], error: Exception) -> Outcome:
        """A batch failed: find the frames that it failed on."""
        if len(batch) == 1:
            self._trust.failed(batch[0].stream_id)
            fail(batch, DetectorFailed(f"the detector failed: {type(error).__name__}: {error}"))
            return "failed"
        outcomes: set[Outcome] = set()
        for pending in batch:
            if "hung" in outcomes:  # the thread is not free, and may never be
                fail([pending], DetectorFailed("the detector failed, and hung on another frame of the batch"))
            elif not pending.gone:
                outcomes.add(await self.run(caller, [pending]))
        if not outcomes:  # nobody waits any more: that it failed is all that will be known
            self._trust.failed(batch[0].stream_id)
        if outcomes == {"answered"}:
            self._shrink(sum(pending.weight for pending in batch))
        return "answered" if outcomes == {"answered"} else "failed"

    def _give_up(self, batch: Sequence[Pending], images: int) -> None:
        """Fail a hanging call's frames now, whenever it comes back."""
        self.tally.add(images, "hung")
        _log.error("detector_hangs", images=images, timeout_s=self._timeout_s)
        fail(batch, DetectorFailed(f"the detector took longer than {self._timeout_s:g} s"))
        self._trust.hung({pending.stream_id for pending in batch})

    def _shrink(self, failed: int) -> None:
        limit = max(1, min(failed, self.room) // 2)
        self._small_batch = (limit, self._clock() + SMALL_BATCH_S)
        _log.warning("batch_halved", failed=failed, limit=limit, for_s=SMALL_BATCH_S)


def _checked(found: list[Detections], images: int) -> list[Detections]:
    if len(found) != images:
        raise ValueError(f"the detector answered {len(found)} results for {images} images")
    return found
