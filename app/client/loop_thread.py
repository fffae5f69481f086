"""An event loop in a thread of its own, for programs that have none, and for notebooks, whose own is taken."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")
_LEAVE_S = 5.0


class LoopThread:
    """Runs coroutines for another thread, which waits for them and can be interrupted."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="trackd client", daemon=True)
        self._thread.start()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._loop.is_closed()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result. Ctrl-C cancels the work, lets it clean up, and is passed on."""
        if self._loop.is_closed():
            work.close()
            raise RuntimeError("the client is closed")
        left = threading.Event()
        future = asyncio.run_coroutine_threadsafe(_watched(work, left), self._loop)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            left.wait(_LEAVE_S)
            raise

    def iterate(self, coming: AsyncGenerator[T]) -> Generator[T]:
        """What an asynchronous generator yields; leaving the loop that reads it ends it."""
        try:
            while True:
                try:
                    item = self.run(_next(coming))
                except StopAsyncIteration:
                    return
                yield item
        finally:
            if not self._loop.is_closed():
                self.run(coming.aclose())

    def close(self) -> None:
        """End the loop and its thread. Idempotent."""
        if self._loop.is_closed():
            return
        self.run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_LEAVE_S)
        if not self._thread.is_alive():
            self._loop.close()


async def _next(coming: AsyncGenerator[T]) -> T:
    return await anext(coming)


async def _watched(work: Coroutine[Any, Any, T], left: threading.Event) -> T:
    try:
        return await work
    finally:
        left.set()
