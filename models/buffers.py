"""Input buffers that are borrowed and given back."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from numpy.typing import DTypeLike

from models.memory import Allocate, ordinary
from models.options import Layout
from models.preprocess import InputBuffer, Pixels

MOST_IDLE_BYTES = 256 * 2**20
"""Buffers beyond this are freed when they come back: what a burst of callers needed is not kept for ever."""


class BufferPool:
    """Input buffers for as many callers as there are at once; each caller has its own while it runs."""

    def __init__(
        self,
        input_hw: tuple[int, int],
        pixels: Pixels,
        dtype: DTypeLike,
        layout: Layout = "nchw",
        most_idle_bytes: int = MOST_IDLE_BYTES,
        allocate: Allocate = ordinary,
    ) -> None:
        """An empty pool; buffers are made when they are first needed, in memory of `allocate`."""
        self._input_hw = input_hw
        self._pixels = pixels
        self._dtype = dtype
        self._layout = layout
        self._most_idle_bytes = most_idle_bytes
        self._allocate = allocate
        self._lock = Lock()
        self._idle: list[InputBuffer] = []
        self._kept = True

    @contextmanager
    def borrow(self, slots: int) -> Iterator[InputBuffer]:
        """A buffer with at least so many slots, the caller's alone until the block ends."""
        buffer = self._take(slots) or self._made(slots)
        try:
            yield buffer
        finally:
            self._give_back(buffer)

    def clear(self) -> None:
        """Frees the idle buffers, and from now on each that comes back."""
        with self._lock:
            self._kept = False
            self._idle.clear()

    @property
    def idle_bytes(self) -> int:
        """Memory in buffers that nobody uses now."""
        return sum(buffer.array.nbytes for buffer in self._idle)

    def _made(self, slots: int) -> InputBuffer:
        return InputBuffer(slots, self._input_hw, self._pixels, self._dtype, self._layout, self._allocate)

    def _take(self, slots: int) -> InputBuffer | None:
        """The smallest idle buffer that is large enough."""
        with self._lock:
            fitting = [buffer for buffer in self._idle if len(buffer.array) >= slots]
            if not fitting:
                return None
            buffer = min(fitting, key=lambda candidate: len(candidate.array))
            self._idle.remove(buffer)
            return buffer

    def _give_back(self, buffer: InputBuffer) -> None:
        with self._lock:
            if self._kept:
                self._idle.append(buffer)
            while len(self._idle) > 1 and self.idle_bytes > self._most_idle_bytes:
                self._idle.pop(0)
