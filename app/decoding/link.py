"""The child's end of the line to the service."""

import mmap
import os
import queue
import socket
import threading
from collections.abc import Sequence

from app.decoding.memory import SLOTS
from app.decoding.words import Free, Lost, Open, Opened, Over, Ready, Report, Shot, Stop, encode, orders


class Stopped(Exception):
    """The service wants no more of this source."""


class Link:
    """Takes orders in a thread of its own and ends the process when the service is gone."""

    def __init__(self, line: socket.socket, memory: mmap.mmap) -> None:
        self._line = line
        self._memory = memory
        self._slot_bytes = len(memory) // SLOTS
        self._opens: queue.SimpleQueue[Open] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._free = set(range(SLOTS))
        self._changed = threading.Condition()
        self._skipped = 0
        self._reason = ""
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def ready(self) -> None:
        """The process takes orders."""
        self._say(Ready())

    def order(self) -> Open:
        """The next source to read. Blocks."""
        order = self._opens.get()
        self._skipped, self._reason = 0, ""
        return order

    def check(self) -> None:
        """Raises Stopped when the service wants no more."""
        if self._stop.is_set():
            raise Stopped

    def opened(self, report: Opened) -> None:
        """The source is a video."""
        self._say(report)

    def skip(self, reason: str) -> None:
        """A frame is passed over."""
        self._skipped += 1
        self._reason = reason

    @property
    def why(self) -> str:
        """The last reason for which a frame was passed over, to put behind a message; empty where there is none."""
        return f": {self._reason}" if self._reason else ""

    def over(self) -> None:
        """The source was read to its end."""
        self._say(Over(self._skipped, self._reason))

    def lost(self, reason: str, *, silent: bool = False) -> None:
        """The source cannot be read."""
        self._say(Lost(reason, self._skipped, silent))

    def show(
        self,
        rows: Sequence[memoryview],
        size: tuple[int, int],
        pts: float | None,
        *,
        at: float,
        wait: bool,
        encoded: bool = False,
    ) -> None:
        """Pass a frame on, as the parts that make up its bytes.

        Where there is no slot, `wait` waits for one; else the frame is passed over.
        """
        length = sum(map(len, rows))
        if length > self._slot_bytes:
            self.skip(f"a picture of {length} bytes is larger than is allowed")
            return
        slot = self._take(wait)
        if slot is None:
            self.skip("the service was busy")
            return
        start = slot * self._slot_bytes
        for row in rows:
            self._memory[start : start + len(row)] = row
            start += len(row)
        told = length if encoded else 0
        self._say(Shot(slot, *size, at=at, pts=pts, encoded=told, skipped=self._skipped, reason=self._reason))

    def _take(self, wait: bool) -> int | None:
        with self._changed:
            while wait and not self._free and not self._stop.is_set():
                self._changed.wait()
            self.check()
            if not self._free:
                return None
            slot = min(self._free)  # the lowest, so that no more memory is touched than is needed
            self._free.remove(slot)
            return slot

    def _say(self, report: Report) -> None:
        try:
            self._line.sendall(encode(report) + b"\n")
        except OSError:
            os._exit(0)

    def _listen(self) -> None:
        with self._line.makefile("rb") as lines:
            for line in lines:
                order = orders.decode(line)
                if isinstance(order, Open):
                    self._stop.clear()  # one that came before was for the source before, and may have come too late
                    self._opens.put(order)
                with self._changed:
                    if isinstance(order, Free):
                        self._free.add(order.slot)
                    elif isinstance(order, Stop):
                        self._stop.set()
                    self._changed.notify()
        os._exit(0)  # nothing else may hold up the end, least of all a decoder that hangs
