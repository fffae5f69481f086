"""Reading a source in its own thread, a few frames ahead of who needs them."""

from collections.abc import Iterator
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from time import perf_counter
from types import TracebackType
from typing import NamedTuple, Self

from app.sources import Source, SourceFrame


class ReadFrame(NamedTuple):
    """A frame and the milliseconds it took to decode."""

    frame: SourceFrame
    decode_ms: float


class ReadAhead:
    """Iterates over `source`, at most `depth` frames ahead; what the source raises is raised to who iterates.

    `every` keeps each n-th frame, counted from the first. Leaving the `with` block stops the thread and closes the
    source.
    """

    def __init__(self, source: Source, *, depth: int = 4, every: int = 1) -> None:
        self._source = source
        self._every = every
        self._slots = Semaphore(depth)
        self._ready: SimpleQueue[ReadFrame | BaseException | None] = SimpleQueue()
        self._closed = Event()
        self._thread = Thread(target=self._run, name="trackd-read", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._slots.release()
        self._thread.join()
        self._source.close()

    def __iter__(self) -> Iterator[ReadFrame]:
        while (item := self._ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            self._slots.release()
            yield item

    def _run(self) -> None:
        try:
            self._read()
        except BaseException as error:  # noqa: BLE001  carried to the thread that iterates
            self._ready.put(error)
        else:
            self._ready.put(None)

    def _read(self) -> None:
        started = perf_counter()
        for index, frame in enumerate(self._source):
            if index % self._every == 0:
                read = ReadFrame(frame, (perf_counter() - started) * 1000)
                self._slots.acquire()
                if self._closed.is_set():
                    return
                self._ready.put(read)
            started = perf_counter()
