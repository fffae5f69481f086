"""What a program gives to be sent, as it comes: from its own loop, or from a thread where it may block."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
_LEAVE_S = 2.0


def items(given: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[T]:
    """The items of an iterable of either kind.

    A plain one is read in a thread of its own, one item ahead at most: a camera that blocks holds up nobody.
    """
    if isinstance(given, AsyncIterable):
        return _of_loop(given)
    return _of_thread(iter(given))


async def _of_loop(given: AsyncIterable[T]) -> AsyncGenerator[T]:
    iterator = aiter(given)
    try:
        async for item in iterator:
            yield item
    finally:
        if hasattr(iterator, "aclose"):
            await iterator.aclose()


async def _of_thread(given: Iterator[T]) -> AsyncGenerator[T]:
    reader = _Reader(given, asyncio.get_running_loop())
    try:
        while True:
            done, item = await reader.next()
            if done:
                return
            yield item
    finally:
        await reader.leave()


class _Reader:
    """Reads an iterator in a daemon thread: one that hangs in a driver does not hold up the end of the program."""

    def __init__(self, given: Iterator[Any], loop: asyncio.AbstractEventLoop) -> None:
        self._given = given
        self._loop = loop
        self._wanted = threading.Semaphore(0)
        self._leaving = False
        self._came: asyncio.Future[tuple[bool, Any]] | None = None
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._read, name="trackd client: frames", daemon=True)
        self._thread.start()

    async def next(self) -> tuple[bool, Any]:
        """Whether it is over, and the next item. Raises what the iterator raises."""
        self._came = self._loop.create_future()
        self._wanted.release()
        return await self._came

    async def leave(self) -> None:
        """Close the iterator, if it comes back from what it is doing."""
        self._leaving = True
        self._wanted.release()
        try:
            async with asyncio.timeout(_LEAVE_S):
                await self._ended.wait()
        except TimeoutError:
            pass

    def _read(self) -> None:
        try:
            while not self._step():
                pass
        finally:
            close = getattr(self._given, "close", None)
            try:
                if close is not None:
                    close()
            finally:
                self._tell(self._ended.set)

    def _step(self) -> bool:
        """Read one item; True at the end."""
        self._wanted.acquire()
        if self._leaving:
            return True
        try:
            result: tuple[bool, Any] = (False, next(self._given))
        except StopIteration:
            result = (True, None)
        except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to whoever takes the answers
            self._tell(self._fail, error)
            return True
        except BaseException as error:  # noqa: BLE001  # sys.exit in this thread must not end the loop that waits
            ended = RuntimeError(f"{type(error).__name__} where frames are made: {error}")
            ended.__cause__ = error
            self._tell(self._fail, ended)
            return True
        self._tell(self._give, result)
        return result[0]

    def _tell(self, call: Any, *arguments: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *arguments)
        except RuntimeError:  # the loop was closed: nobody waits
            self._leaving = True

    def _give(self, result: tuple[bool, Any]) -> None:
        if self._came is not None and not self._came.done():
            self._came.set_result(result)

    def _fail(self, error: BaseException) -> None:
        if self._came is not None and not self._came.done():
            self._came.set_exception(error)
