"""What an ingest socket still has to tell its client, bounded."""

import asyncio
from collections import deque

import msgspec

from app.wire import DropMessage, Encoded, EventMessage, TracksMessage


class Outbox:
    """A queue between the frames' answers and the socket.

    Answers are not lost unless `conflate` is called. A producer that waits for `room` before it takes more work bounds
    them; one that conflates when it is `full` keeps going at the price of old answers. Events come whether the client
    sends or not: of more than there may be messages the oldest go, and the next `tracks` message counts them too.
    """

    def __init__(self, max_messages: int, max_bytes: int) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._queue: deque[tuple[Encoded, int]] = deque()
        self._bytes = 0
        self._events = 0
        self._missed = 0
        self._ended = False
        self._in_hand = False
        self._changed = asyncio.Event()

    def put(self, message: Encoded) -> None:
        """Queue a message; never waits. What comes after `end` is forgotten: nobody will read it."""
        if self._ended:
            return
        if isinstance(message.message, EventMessage):
            self._make_way_for_an_event()
        self._queue.append((message, size := message.size))
        self._bytes += size
        self._announce()

    @property
    def full(self) -> bool:
        """Whether as much waits as may wait."""
        return len(self._queue) >= self._max_messages or self._bytes >= self._max_bytes

    async def room(self) -> None:
        """Return when the queue is not full."""
        while self.full and not self._ended:
            await self._changed.wait()

    async def empty(self) -> None:
        """Return when everything was taken and, since `take` was called again, sent."""
        while (self._queue or self._in_hand) and not self._ended:
            await self._changed.wait()

    def conflate(self) -> None:
        """Give up all answers but the newest state; the next `tracks` message tells how many were missed."""
        answers = [entry for entry in self._queue if isinstance(entry[0].message, TracksMessage | DropMessage)]
        newest = next((entry for entry in reversed(answers) if isinstance(entry[0].message, TracksMessage)), None)
        given_up = {id(entry) for entry in answers if entry is not newest}
        self._missed += len(given_up)
        self._queue = deque(entry for entry in self._queue if id(entry) not in given_up)
        self._bytes = sum(size for _, size in self._queue)
        self._announce()

    def _make_way_for_an_event(self) -> None:
        if self._events < self._max_messages:
            self._events += 1
            return
        oldest = next(entry for entry in self._queue if isinstance(entry[0].message, EventMessage))
        self._queue.remove(oldest)
        self._bytes -= oldest[1]
        self._missed += 1

    async def take(self) -> Encoded:
        """The next message, when there is one. The one before counts as sent now."""
        self._in_hand = False
        self._announce()
        while not self._queue:
            await self._changed.wait()
        self._in_hand = True
        encoded, size = self._queue.popleft()
        self._bytes -= size
        self._announce()
        message = encoded.message
        if isinstance(message, EventMessage):
            self._events -= 1
        if self._missed and isinstance(message, TracksMessage):
            encoded = Encoded(msgspec.structs.replace(message, missed=self._missed))
            self._missed = 0
        return encoded

    def end(self) -> None:
        """Nobody reads any more. Idempotent."""
        self._ended = True
        self._announce()

    def _announce(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
