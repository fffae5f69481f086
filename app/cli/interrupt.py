"""Ctrl-C and SIGTERM as a request to stop in good order."""

import signal
from threading import Event
from types import FrameType, TracebackType
from typing import Self


class Interruption:
    """While its block runs, the first SIGINT or SIGTERM sets `stop`; a second one raises KeyboardInterrupt.

    Usable in the main thread only, as Python's signal handlers are.
    """

    def __init__(self) -> None:
        self.stop = Event()
        self._number: int | None = None
        self._before: dict[signal.Signals, object] = {}

    @property
    def exit_code(self) -> int:
        """0, or 128 and the number of the signal that came, as shells have it."""
        return 0 if self._number is None else 128 + self._number

    @property
    def name(self) -> str:
        """The signal that came, for people."""
        return "Ctrl-C" if self._number in (None, signal.SIGINT) else signal.Signals(self._number).name

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # as `signal` gave it

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.stop.is_set():
            raise KeyboardInterrupt
        self._number = number
        self.stop.set()
