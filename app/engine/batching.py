"""Micro-batches across streams: an idle device starts at once, a busy one takes everything that queued meanwhile."""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
import structlog
from numpy.typing import NDArray

from app.errors import DetectorFailed, ShuttingDown, TrackdError
from models import Detector
from tracker import Detections

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Detected:
    """What the detector found in one image, and the milliseconds it waited and took."""

    detections: Detections
    queue_ms: float
    detect_ms: float
    batch: int


@dataclass(slots=True)
class _Pending:
    image: NDArray[np.uint8]
    size: tuple[int, int]
    future: asyncio.Future[Detected]
    queued_at: float = field(default_factory=perf_counter)


class Batcher:
    """Owns the waiting images and the threads that call the detector.

    `callers` threads call `detector.detect` side by side, each with at most `max_batch` images, taken round robin from
    the streams. Images of one stream keep their order. A batch that fails is run again image by image, so that one bad
    image fails its own caller and nobody else's.
    """

    def __init__(self, detector: Detector, *, callers: int, max_batch: int, timeout_s: float) -> None:
        self._detector = detector
        self._max_batch = max_batch
        self._timeout_s = timeout_s
        self._queues: dict[str, deque[_Pending]] = {}
        self._available = asyncio.Event()
        self._threads = [ThreadPoolExecutor(1, f"detector-{n}") for n in range(callers)]
        self._workers: list[asyncio.Task[None]] = []
        self._stuck = 0
        self._stopped = False

    def start(self) -> None:
        """Begin to take images; needs a running loop."""
        self._workers = [asyncio.create_task(self._work(thread), name="batcher") for thread in self._threads]

    @property
    def callers(self) -> int:
        """How many threads call the detector."""
        return len(self._threads)

    @property
    def trouble(self) -> str | None:
        """What keeps the batcher from working, or None."""
        if self._stopped or not self._workers or any(worker.done() for worker in self._workers):
            return "the batcher is not running"
        if self._stuck == len(self._threads):
            return f"the detector has not answered within {self._timeout_s:g} s"
        return None

    def submit(self, stream_id: str, image: NDArray[np.uint8], size: tuple[int, int]) -> asyncio.Future[Detected]:
        """Queue one BGR image whose full size is (width, height) `size`; cancel the future to give it up.

        Raises:
            ShuttingDown: the batcher was stopped.
            DetectorFailed: every thread hangs in the detector.
        """
        if self._stopped:
            raise ShuttingDown("the service is shutting down")
        if trouble := self.trouble:
            raise DetectorFailed(trouble)
        pending = _Pending(image, size, asyncio.get_running_loop().create_future())
        self._queues.setdefault(stream_id, deque()).append(pending)
        self._available.set()
        return pending.future

    async def stop(self) -> None:
        """Fail all who wait and free the threads. Idempotent."""
        self._stopped = True
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        _fail([p for queue in self._queues.values() for p in queue], ShuttingDown("the service is shutting down"))
        self._queues.clear()
        for thread in self._threads:
            thread.shutdown(wait=False, cancel_futures=True)

    async def _work(self, thread: ThreadPoolExecutor) -> None:
        while True:
            await self._available.wait()
            batch = self._take()
            if not batch:
                self._available.clear()
                continue
            try:
                await self._run(thread, batch)
            finally:
                _fail(batch, ShuttingDown("the service is shutting down"))

    def _take(self) -> list[_Pending]:
        """The oldest image of each stream in turn, until the batch is full or nothing waits."""
        batch: list[_Pending] = []
        while self._queues and len(batch) < self._max_batch:
            stream_id = next(iter(self._queues))
            queue = self._queues.pop(stream_id)
            pending = queue.popleft()
            if queue:
                self._queues[stream_id] = queue  # to the back of the round
            if not pending.future.done():
                batch.append(pending)
        return batch

    async def _run(self, thread: ThreadPoolExecutor, batch: list[_Pending]) -> None:
        started = perf_counter()
        try:
            found = await self._call(thread, batch)
        except TrackdError as error:
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001  # whatever a model raises must reach its callers and end nothing else
            _log.warning("detector_failed", error=repr(error), batch=len(batch))
            if len(batch) == 1:
                _fail(batch, DetectorFailed(f"the detector failed: {type(error).__name__}: {error}"))
            for pending in batch if len(batch) > 1 else ():
                await self._run(thread, [pending])
        else:
            detect_ms = (perf_counter() - started) * 1e3
            for pending, detections in zip(batch, found, strict=True):
                if not pending.future.done():
                    waited_ms = (started - pending.queued_at) * 1e3
                    pending.future.set_result(Detected(detections, waited_ms, detect_ms, len(batch)))

    async def _call(self, thread: ThreadPoolExecutor, batch: list[_Pending]) -> list[Detections]:
        images, sizes = [p.image for p in batch], [p.size for p in batch]
        call = asyncio.get_running_loop().run_in_executor(thread, self._detector.detect, images, sizes)
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await asyncio.shield(call)
        except TimeoutError:
            await self._outwait(call, batch)
            raise DetectorFailed(f"the detector took longer than {self._timeout_s:g} s") from None
        if len(found) != len(batch):
            raise ValueError(f"the detector answered {len(found)} results for {len(batch)} images")
        return found

    async def _outwait(self, call: asyncio.Future[list[Detections]], batch: list[_Pending]) -> None:
        """Fail a hanging call's frames now, and keep its thread from new work until the call comes back."""
        error = DetectorFailed(f"the detector took longer than {self._timeout_s:g} s")
        _log.error("detector_hangs", batch=len(batch), timeout_s=self._timeout_s)
        _fail(batch, error)
        self._stuck += 1
        if self._stuck == len(self._threads):
            _fail([p for queue in self._queues.values() for p in queue], error)
            self._queues.clear()
        try:
            await asyncio.wait([call])
        finally:
            self._stuck -= 1
        if not call.cancelled() and (late := call.exception()) is not None:
            _log.warning("detector_failed", error=repr(late), batch=len(batch))


def _fail(batch: list[_Pending], error: TrackdError) -> None:
    for pending in batch:
        if not pending.future.done():
            pending.future.set_exception(error)
