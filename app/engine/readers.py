"""Who reads which streams: the readers of one service."""

import asyncio
from collections.abc import Iterable, Sequence

import structlog

from app.engine.broadcast import Broadcast
from app.engine.reader import Reader
from app.engine.subscription import Subscription
from app.errors import Overloaded
from app.limits import Limits

_log = structlog.get_logger(__name__)

FAREWELL_S = 1.0  # for readers that still read; one that does not must not hold up the end of the service


class Readers:
    """Lets readers in up to the limit, joins those of streams to come to each new one, and ends them all."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._readers: set[Reader] = set()
        self._clients: set[Reader] = set()
        self._of_streams_to_come: set[Reader] = set()
        self._none_left = asyncio.Event()
        self._none_left.set()

    def open(self, broadcasts: Iterable[Broadcast], wanted: Subscription) -> Reader:
        """A reader of these broadcasts, until it is closed.

        Raises:
            Overloaded: as many clients read as may.
        """
        limits = self._limits
        if wanted.client and len(self._clients) >= limits.sockets:
            raise Overloaded(f"{len(self._clients)} readers are connected", limit=limits.sockets, retry_after_s=5)
        reader = Reader(
            wanted.most_messages or limits.reader_messages,
            wanted.most_bytes or limits.reader_bytes,
            wanted.chosen,
            self._forget,
            counted=wanted.counted,
        )
        self._readers.add(reader)
        if wanted.client:
            self._clients.add(reader)
            self._none_left.clear()
        if wanted.to_come:
            self._of_streams_to_come.add(reader)
        for broadcast in broadcasts:
            reader.join(broadcast, since=wanted.since.get(broadcast.stream), state=wanted.state)
        return reader

    def choose(self, reader: Reader, broadcasts: Sequence[Broadcast], wanted: Subscription) -> None:
        """Let a reader read other streams, or something else of them."""
        reader.choose(wanted.chosen, broadcasts)
        if wanted.to_come:
            self._of_streams_to_come.add(reader)
        else:
            self._of_streams_to_come.discard(reader)

    def joined_by(self, broadcast: Broadcast) -> None:
        """A stream was opened: who reads streams to come reads it too, if it is chosen."""
        for reader in self._of_streams_to_come:
            if reader.chosen.wants(broadcast.stream):
                reader.join(broadcast)

    def left_by(self, broadcast: Broadcast) -> None:
        """A stream was closed: who read nothing else is at the end."""
        broadcast.end(keep=self._of_streams_to_come)

    async def end(self) -> None:
        """End every reader, and give those who read for clients a moment to say goodbye to them."""
        for reader in list(self._readers):
            reader.end()
        try:
            async with asyncio.timeout(FAREWELL_S):
                await self._none_left.wait()
        except TimeoutError:
            _log.info("readers_left_behind", readers=len(self._clients))

    def _forget(self, reader: Reader) -> None:
        for readers in (self._readers, self._clients, self._of_streams_to_come):
            readers.discard(reader)
        if not self._clients:
            self._none_left.set()
