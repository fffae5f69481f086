"""Who reads which streams: the readers of one service."""

import asyncio
from collections.abc import Sequence

import structlog

from app.engine.broadcast import Broadcast, Reader
from app.errors import Overloaded
from app.limits import Limits

_log = structlog.get_logger(__name__)

FAREWELL_S = 1.0  # for readers that still read; one that does not must not hold up the end of the service


class Readers:
    """Lets readers in up to the limit, joins those of all streams to each new one, and ends them all."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._readers: set[Reader] = set()
        self._of_all: set[Reader] = set()
        self._none_left = asyncio.Event()
        self._none_left.set()

    def open(self, broadcasts: Sequence[Broadcast], *, and_all_to_come: bool, events_only: bool = False) -> Reader:
        """A reader of these broadcasts, until it is closed.

        Raises:
            Overloaded: as many are open as may be.
        """
        if len(self._readers) >= self._limits.sockets:
            raise Overloaded(f"{len(self._readers)} readers are connected", limit=self._limits.sockets, retry_after_s=5)
        reader = Reader(self._limits.reader_messages, self._limits.reader_bytes, self._forget, events_only=events_only)
        self._readers.add(reader)
        self._none_left.clear()
        if and_all_to_come:
            self._of_all.add(reader)
        for broadcast in broadcasts:
            reader.join(broadcast)
        return reader

    def joined_by(self, broadcast: Broadcast) -> None:
        """A stream was opened: who reads all streams reads it too."""
        for reader in self._of_all:
            reader.join(broadcast)

    def left_by(self, broadcast: Broadcast) -> None:
        """A stream was closed: who read nothing else is at the end."""
        broadcast.end(keep=self._of_all)

    async def end(self) -> None:
        """End every reader, and give those who read a moment to say goodbye to their clients."""
        for reader in list(self._readers):
            reader.end()
        try:
            async with asyncio.timeout(FAREWELL_S):
                await self._none_left.wait()
        except TimeoutError:
            _log.info("readers_left_behind", readers=len(self._readers))

    def _forget(self, reader: Reader) -> None:
        self._readers.discard(reader)
        self._of_all.discard(reader)
        if not self._readers:
            self._none_left.set()
