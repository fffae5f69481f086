"""Reading a broadcast until it ends, and telling why it did."""

from collections.abc import AsyncIterator, Sequence

import msgspec

from app.api.sockets import OVERLOADED, Closing
from app.engine.broadcast import Reader
from app.engine.port import Engine
from app.errors import NothingYet, Overloaded
from app.wire import Encoded, EventMessage, TracksMessage


class Feed:
    """The messages of one reader. Of what it missed the next `tracks` message tells."""

    def __init__(self, engine: Engine, stream_ids: Sequence[str] | None, *, events_only: bool = False) -> None:
        self._reader: Reader = engine.subscribe(stream_ids, events_only=events_only)
        self.first = [encoded for stream in self._shown(engine, stream_ids) if (encoded := _newest(engine, stream))]
        self._open = None if stream_ids is None else set(stream_ids)
        self._missed = 0

    @property
    def streams_closed(self) -> bool:
        """Whether the feed ended because its streams were closed, and not because the service drains."""
        return self._open is not None and not self._open

    async def messages(self) -> AsyncIterator[Encoded]:
        """The newest state first, then every message until the end."""
        for encoded in self.first:
            yield encoded
        while (following := await self.next()) is not None:
            yield following

    async def next(self) -> Encoded | None:
        """The next message; None at the end. May be cancelled without losing one."""
        found = await self._reader.next()
        if found is None:
            return None
        encoded, missed = found
        message = encoded.message
        self._missed += missed
        if isinstance(message, EventMessage) and message.event == "closed" and self._open is not None:
            self._open.discard(message.stream)
        if isinstance(message, TracksMessage) and self._missed:
            encoded = Encoded(msgspec.structs.replace(message, missed=self._missed))
            self._missed = 0
        return encoded

    def close(self) -> None:
        """Leave. Idempotent."""
        self._reader.close()

    @staticmethod
    def _shown(engine: Engine, stream_ids: Sequence[str] | None) -> Sequence[str]:
        return [view.stream for view in engine.streams()] if stream_ids is None else stream_ids


def open_feed(engine: Engine, stream_ids: Sequence[str] | None, *, events_only: bool = False) -> Feed:
    """A feed for a socket.

    Raises:
        StreamNotFound: no such stream.
        Closing: as many sockets are open as may be.
    """
    try:
        return Feed(engine, stream_ids, events_only=events_only)
    except Overloaded as error:
        raise Closing(OVERLOADED, "too many sockets", error) from None


def _newest(engine: Engine, stream_id: str) -> Encoded | None:
    try:
        return engine.newest(stream_id).encoded
    except NothingYet:
        return None
