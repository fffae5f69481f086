"""Writing outputs in their own thread, so that encoding overlaps with detection."""

from collections.abc import Sequence
from queue import SimpleQueue
from threading import Semaphore, Thread
from types import TracebackType
from typing import Self

from app.offline.sink import Sink, TrackedFrame


class WriteBehind:
    """Hands frames to `sinks` in order, at most `depth` behind.

    Leaving the `with` block writes what waits and closes all. The first error of a sink ends writing; it is raised by
    the next `put`, or at the end.
    """

    def __init__(self, sinks: Sequence[Sink], *, depth: int = 8) -> None:
        self._sinks = sinks
        self._slots = Semaphore(depth)
        self._waiting: SimpleQueue[TrackedFrame | None] = SimpleQueue()
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name="trackd-write", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.put(None)
        self._thread.join()
        if self._error is not None and (error is None or error is not self._error):
            raise self._error

    def put(self, tracked: TrackedFrame) -> None:
        """Queue a frame; waits while the queue is full. Raises what a sink raised."""
        self._slots.acquire()
        if self._error is not None:
            raise self._error
        self._waiting.put(tracked)

    def _run(self) -> None:
        while (tracked := self._waiting.get()) is not None:
            if self._error is None:
                self._write(tracked)
            self._slots.release()
        for sink in self._sinks:
            try:
                sink.close()
            except BaseException as error:  # noqa: BLE001  raised by `__exit__`; the others still get closed
                self._error = self._error or error

    def _write(self, tracked: TrackedFrame) -> None:
        try:
            for sink in self._sinks:
                sink.write(tracked)
        except BaseException as error:  # noqa: BLE001  raised by the next `put`
            self._error = error
