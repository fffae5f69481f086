"""Reading streams until they end, and telling why they did."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import msgspec

from app.api.sockets import OVERLOADED, Closing
from app.engine.port import Engine
from app.engine.subscription import Subscription
from app.errors import Overloaded
from app.wire import Encoded

EVENTS_ONLY: Final = Subscription(messages=("events",), counted=False)
"""For who writes a stream, and gets its answers by another way."""


class Feed:
    """The messages of one reader. Of what it missed of a stream the stream's next message tells."""

    def __init__(self, engine: Engine, wanted: Subscription) -> None:
        self._engine = engine
        self._reader = engine.subscribe(wanted)

    @property
    def streams_closed(self) -> bool:
        """Whether the feed ended because its streams were closed, and not because the service drains."""
        return self._reader.streams_closed

    async def messages(self) -> AsyncIterator[Encoded]:
        """Every message until the end."""
        while (following := await self.next()) is not None:
            yield following

    async def next(self) -> Encoded | None:
        """The next message; None at the end. May be cancelled without losing one."""
        found = await self._reader.next()
        if found is None:
            return None
        encoded, missed = found
        return encoded if missed == 0 else Encoded(msgspec.structs.replace(encoded.message, missed=missed))

    def choose(self, wanted: Subscription) -> None:
        """Read something else from here on. Raises StreamNotFound; then nothing has changed."""
        self._engine.choose(self._reader, wanted)

    def close(self) -> None:
        """Leave. Idempotent."""
        self._reader.close()


def open_feed(engine: Engine, wanted: Subscription) -> Feed:
    """A feed for a socket.

    Raises:
        StreamNotFound: no such stream.
        Closing: as many sockets are open as may be.
    """
    try:
        return Feed(engine, wanted)
    except Overloaded as error:
        raise Closing(OVERLOADED, "too many sockets", error) from None


def of_stream(stream_id: str, wanted: Subscription) -> Subscription:
    """The same, of one stream."""
    return replace(wanted, selection=wanted.selection.model_copy(update={"streams": (stream_id,)}))
