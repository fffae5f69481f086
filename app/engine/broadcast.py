"""Fan-out of a stream's messages: encoded once, one bounded queue per reader, a slow reader slows nobody."""

import asyncio
from collections import deque
from collections.abc import Callable, Set

from app.wire import Encoded, EventMessage


class Reader:
    """One reader's queue. When it is full the oldest messages go, and the reader learns how many."""

    def __init__(
        self,
        max_messages: int,
        max_bytes: int,
        on_close: "Callable[[Reader], None]" = lambda reader: None,
        *,
        events_only: bool = False,
    ) -> None:
        """`events_only` leaves out what every frame brings: for who writes a stream and gets answers by another way."""
        self.events_only = events_only
        self._queue: deque[Encoded] = deque()
        self._bytes = 0
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._missed = 0
        self._wake = asyncio.Event()
        self._ended = False
        self._broadcasts: set[Broadcast] = set()
        self._on_close = on_close

    def offer(self, message: Encoded) -> None:
        """Queue a message; never waits."""
        if self._ended or (self.events_only and not isinstance(message.message, EventMessage)):
            return
        self._queue.append(message)
        self._bytes += len(message.json())
        while len(self._queue) > 1 and (len(self._queue) > self._max_messages or self._bytes > self._max_bytes):
            self._bytes -= len(self._queue.popleft().json())
            self._missed += 1
        self._wake.set()

    async def next(self) -> tuple[Encoded, int] | None:
        """The next message and how many were skipped before it; None when the stream has ended and all was read."""
        while not self._queue:
            if self._ended:
                return None
            self._wake.clear()
            await self._wake.wait()
        message = self._queue.popleft()
        self._bytes -= len(message.json())
        missed, self._missed = self._missed, 0
        return message, missed

    def join(self, broadcast: "Broadcast") -> None:
        """Read this broadcast too."""
        self._broadcasts.add(broadcast)
        broadcast.add(self)

    def end(self) -> None:
        """No more messages will be offered; what is queued can still be read."""
        self._ended = True
        self._wake.set()

    def close(self) -> None:
        """Leave every broadcast. Idempotent."""
        self.end()
        for broadcast in self._broadcasts:
            broadcast.discard(self)
        self._broadcasts.clear()
        self._on_close(self)

    def leave(self, broadcast: "Broadcast") -> None:
        """Forget a broadcast that has ended; the reader itself ends when `end` is called."""
        self._broadcasts.discard(broadcast)

    @property
    def broadcasts(self) -> int:
        """How many broadcasts are being read."""
        return len(self._broadcasts)


class Broadcast:
    """The readers of one stream."""

    def __init__(self) -> None:
        self._readers: set[Reader] = set()

    def __len__(self) -> int:
        return sum(not reader.events_only for reader in self._readers)

    def add(self, reader: Reader) -> None:
        """Let a reader in; called by the reader."""
        self._readers.add(reader)

    def discard(self, reader: Reader) -> None:
        """Let a reader go; called by the reader."""
        self._readers.discard(reader)

    def publish(self, message: Encoded) -> None:
        """Offer a message to every reader; the bytes are made once, and only when somebody reads."""
        for reader in self._readers:
            reader.offer(message)

    def end(self, *, keep: Set[Reader] = frozenset()) -> None:
        """The stream is over: readers that read nothing else end, except those in `keep`."""
        for reader in self._readers:
            reader.leave(self)
            if not reader.broadcasts and reader not in keep:
                reader.end()
        self._readers.clear()
