"""An answer over HTTP as a file that PyAV reads."""

import http.client
import io
from collections.abc import Callable

from app.decoding.connecting import told
from app.decoding.errors import Silent, Unreadable
from app.decoding.fetching import fetch
from app.decoding.words import Open

WINDOW = 1 << 18
"""So many bytes forward are read over rather than jumped over."""


class Remote(io.RawIOBase):
    """An answer as a file that is read from its beginning to its end."""

    def __init__(self, order: Open, answer: http.client.HTTPResponse, check: Callable[[], None]) -> None:
        super().__init__()
        self._order = order
        self._answer = answer
        self._check = check

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """What has come, at most `size` bytes; nothing at the end."""
        self._check()
        try:
            return self._answer.read1(size)
        except (OSError, http.client.HTTPException) as error:
            raise broken_off(error, self._order) from None


class RemoteFile(Remote):
    """A finite answer as a file in which one can seek: each jump is a request for the rest of it."""

    def __init__(self, order: Open, answer: http.client.HTTPResponse, check: Callable[[], None]) -> None:
        super().__init__(order, answer, check)
        self._length = int(answer.headers["Content-Length"])
        self._at = self._wanted = 0

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted from the beginning, from here or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._wanted, io.SEEK_END: self._length}[whence]
        self._wanted = max(0, base + offset)
        return self._wanted

    def tell(self) -> int:
        """The place where the next byte is read."""
        return self._wanted

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes from where it stands; nothing at the end."""
        if self._wanted >= self._length:
            return b""
        self._go()
        piece = super().read(size)
        self._at = self._wanted = self._at + len(piece)
        return piece

    def close(self) -> None:
        """End the connection."""
        self._answer.close()
        super().close()

    def _go(self) -> None:
        """A short way forward is read over; else the rest is asked for anew."""
        while 0 < self._wanted - self._at <= WINDOW and (piece := super().read(self._wanted - self._at)):
            self._at += len(piece)
        if self._wanted == self._at:
            return
        self._answer.close()
        self._answer = fetch(self._order, f"{self._wanted}-")
        if self._answer.status != 206:
            raise Unreadable("its server sends no part of a file when asked for one")
        self._at = self._wanted


def seekable(order: Open, answer: http.client.HTTPResponse, check: Callable[[], None]) -> Remote:
    """A finite answer as a file; one can seek in it where its server gives parts of it."""
    ranges = answer.headers.get("Accept-Ranges", "").strip().lower() == "bytes"
    return RemoteFile(order, answer, check) if ranges else Remote(order, answer, check)


def broken_off(error: Exception, order: Open) -> Unreadable:
    """Why no more of an answer comes."""
    if isinstance(error, TimeoutError):
        return Silent("it sends nothing any more")
    reason = told(error, order.timeout_s) if isinstance(error, OSError) else "it ended too early"
    return Unreadable(f"the connection broke: {reason}")
