"""Work that outlives whoever asked for it, and ends with the service."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from app.errors import ShuttingDown
from models import Abort

_R = TypeVar("_R")


class Errands:
    """Owns tasks that nobody may interrupt but the end of the service, and the threads that they wait for.

    All calls come from the event loop.
    """

    def __init__(self, threads: int, name: str) -> None:
        """At most `threads` calls run side by side; others wait for their turn."""
        self._threads = ThreadPoolExecutor(threads, name)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._abroad: set[asyncio.Task[Any]] = set()
        self._ending = asyncio.Event()
        self._ended = Abort()

    def begin(self, work: Coroutine[Any, Any, _R]) -> asyncio.Task[_R]:
        """Start something that is done even if nobody waits for it any more."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    async def outlast(self, task: asyncio.Task[_R]) -> _R:
        """The result of a task; ShuttingDown where the service ends before it is there."""
        ending = asyncio.create_task(self._ending.wait())
        try:
            await asyncio.wait({task, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
        if not task.done():
            self.refuse_when_ending()
        return task.result()

    @property
    def ended(self) -> Abort:
        """Set when `end` is called, for what a thread may be told to stop."""
        return self._ended

    async def in_thread(self, call: Callable[..., _R], *arguments: object) -> _R:
        """What a function that blocks returns. A task that waits here is given up when the service ends."""
        self.refuse_when_ending()
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        self._abroad.add(task)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call, *arguments)
        finally:
            self._abroad.discard(task)

    def refuse_when_ending(self) -> None:
        """Raises ShuttingDown once `end` was called."""
        if self._ending.is_set():
            raise ShuttingDown("the service is shutting down", retry_after_s=5)

    def end(self) -> None:
        """Begin nothing more in a thread, and let nobody wait for what is there. Idempotent."""
        self._ending.set()
        self._ended.set()

    async def close(self) -> None:
        """Give up what waits for a thread and finish the rest. Idempotent."""
        self.end()
        self._threads.shutdown(wait=False, cancel_futures=True)
        for task in self._abroad:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
