"""The service's end of the memory in which a child process lays its frames."""

import ctypes
import os
import weakref
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.decoding import memory
from app.sources.source import SourceError

SPARE = 2
"""Of so many slots a frame is copied, so that a reader that keeps frames never stops the source."""


class Slots:
    """Hands out frames where they lie, and tells when nobody looks at one any more."""

    def __init__(self, slot_bytes: int) -> None:
        """All are free."""
        self.descriptor = memory.make(slot_bytes)
        self._slot_bytes = memory.rounded(slot_bytes)
        self._memory = memory.attach(self.descriptor, slot_bytes)
        self._tell_free: Callable[[int], None] = _nobody
        self._held: set[int] = set()

    def serve(self, free: Callable[[int], None]) -> None:
        """Have `free` told each slot that may be written again; it must take calls from any thread."""
        self._tell_free = free

    def close(self) -> None:
        """Close the descriptor; the memory goes when the last frame in it does. Idempotent."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def bytes_of(self, slot: int, length: int) -> bytes:
        """A copy of what a slot holds, which is free then."""
        self._check(slot, length)
        start = slot * self._slot_bytes
        data = bytes(self._memory[start : start + length])
        self._tell_free(slot)
        return data

    def image(self, slot: int, width: int, height: int) -> NDArray[np.uint8]:
        """The picture that a slot holds, which is free when nobody has it any more; read only."""
        length = 3 * max(0, width) * max(0, height)
        self._check(slot, length)
        raw = (ctypes.c_ubyte * length).from_buffer(self._memory, slot * self._slot_bytes)
        image = np.frombuffer(memoryview(raw), np.uint8).reshape(height, width, 3)
        if len(self._held) >= memory.SLOTS - SPARE:
            image = image.copy()
            self._tell_free(slot)
        else:
            self._held.add(slot)
            weakref.finalize(raw, self._free, slot).atexit = False
        image.flags.writeable = False
        return image

    def _free(self, slot: int) -> None:
        self._held.discard(slot)
        self._tell_free(slot)

    def _check(self, slot: int, length: int) -> None:
        """The child decodes what strangers send: its word is not taken for it."""
        if not 0 <= slot < memory.SLOTS or slot in self._held or not 0 < length <= self._slot_bytes:
            raise SourceError("its decoder speaks nonsense, and was ended")


def _nobody(slot: int) -> None:
    """Nobody writes yet."""
