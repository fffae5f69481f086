"""Threads that call the detector, and can be left behind when a call does not come back."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from threading import Thread

import numpy as np
import structlog
from numpy.typing import NDArray

from models import Abort, Detector
from tracker import Detections

_log = structlog.get_logger(__name__)

Answers = list[Detections]
Call = asyncio.Future[Answers]


class CallThread:
    """One thread with calls one after the other. A daemon: one that never comes back keeps no process from ending."""

    def __init__(self, name: str) -> None:
        """The thread runs."""
        self._calls: SimpleQueue[tuple[Call, Callable[[], Answers]] | None] = SimpleQueue()
        Thread(target=self._work, name=name, daemon=True).start()

    def call(self, function: Callable[[], Answers]) -> Call:
        """Run a function after those before it; the future belongs to the running loop."""
        future: Call = asyncio.get_running_loop().create_future()
        self._calls.put((future, function))
        return future

    def end(self) -> None:
        """Let the thread end after its last call."""
        self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            future, function = call
            try:
                settle = partial(_settle, future, function(), None)
            except Exception as error:  # noqa: BLE001  # whatever a model raises is its caller's to handle
                settle = partial(_settle, future, None, error)
            try:
                future.get_loop().call_soon_threadsafe(settle)
            except RuntimeError:  # the loop was closed while the call ran
                return
            del call, future, function, settle  # while it waits a thread must not hold a batch of images


@dataclass(slots=True)
class Spares:
    """How many more threads may be left behind, each in a call that does not come back."""

    left: int


class Caller:
    """One call of the detector at a time, on a thread that is replaced when it hangs."""

    def __init__(self, detector: Detector, name: str, spares: Spares, grace_s: float) -> None:
        """`grace_s` is how long a call that was aborted may take to come back."""
        self._detector = detector
        self._name = name
        self._spares = spares
        self._grace_s = grace_s
        self._thread = CallThread(name)
        self._abort = Abort()
        self._call: Call | None = None
        self.stuck = False

    def begin(self, images: Sequence[NDArray[np.uint8]], sizes: Sequence[tuple[int, int]]) -> Call:
        """Start a call; the last one has come back, or `recover` has dealt with it."""
        self._abort = Abort()
        self._call = self._thread.call(partial(self._detector.detect, images, sizes, self._abort))
        self._call.add_done_callback(_retrieve)
        return self._call

    async def recover(self, on_stuck: Callable[[], None]) -> None:
        """End the call under way, if there is one; returns when there is a thread for the next one.

        The call is aborted. If it has not come back after `grace_s` its thread is left behind and replaced, while that
        may be done; after that the caller is `stuck` until the call comes back, and `on_stuck` is told so.
        """
        if (call := self._call) is None or call.done():
            return
        self._abort.set()
        await asyncio.wait([call], timeout=self._grace_s)
        if call.done():
            return
        if self._spares.left > 0:
            self._leave_behind(call)
            return
        _log.error("detector_thread_stuck", thread=self._name)
        self.stuck = True
        on_stuck()
        try:
            await asyncio.wait([call])
        finally:
            self.stuck = False

    async def end(self) -> None:
        """Abort what runs and let the thread end.

        Returns when the call has come back, for its memory is in use until then, or after `grace_s`.
        """
        self._abort.set()
        self._thread.end()
        if self._call is not None and not self._call.done():
            await asyncio.wait([self._call], timeout=self._grace_s)

    def _leave_behind(self, call: Call) -> None:
        _log.error("detector_thread_left_behind", thread=self._name, spares=self._spares.left - 1)
        self._spares.left -= 1
        call.add_done_callback(self._came_back)
        self._thread.end()
        self._thread = CallThread(self._name)

    def _came_back(self, _: Call) -> None:
        self._spares.left += 1


def _settle(future: Call, answers: Answers | None, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(answers or [])
    elif isinstance(error, StopIteration):  # no future takes it
        future.set_exception(RuntimeError(repr(error)))
    else:
        future.set_exception(error)


def _retrieve(call: Call) -> None:
    """Nobody waits any more for a call that took too long, and asyncio would complain of an error that nobody saw."""
    if not call.cancelled():
        call.exception()
