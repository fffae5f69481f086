"""Reading along: the messages of one or more streams, without a gap where the connection is cut."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from itertools import accumulate
from typing import TypeAlias
from urllib.parse import quote, urlencode

from app.client.address import Address
from app.client.errors import Unreachable
from app.client.retries import Cut, Retries
from app.client.sockets import Connection, opened
from app.wire import ByeMessage, DropMessage, EventMessage, TracksMessage

Message: TypeAlias = TracksMessage | DropMessage | EventMessage
Names: TypeAlias = str | Sequence[str] | None

_QUERY_CHARACTERS = 7500  # servers take 8192 of the first line of a request
_MOST_PLACES = 1000


def place_of(message: Message) -> str:
    """Where a message stands in its stream: what `since` takes."""
    if isinstance(message, EventMessage):
        return f"e{message.id}"
    return f"{message.epoch}-{message.seq}{'d' if isinstance(message, DropMessage) else ''}"


def asked(**given: Names) -> dict[str, str]:
    """Query parameters that are lists with commas; those that are None are left out."""
    return {
        name: names if isinstance(names, str) else ",".join(names) for name, names in given.items() if names is not None
    }


class Subscription:
    """Owns the places up to which each stream was read."""

    def __init__(
        self,
        address: Address,
        retries: Retries,
        choice: Mapping[str, str],
        since: Mapping[str, str],
        *,
        wait: bool,
    ) -> None:
        """`choice` is the query; `since` maps a stream to the place after which to begin."""
        self._address = address
        self._retries = retries
        self._choice = choice
        self._places = dict(since)
        self._wait = wait

    async def messages(self) -> AsyncGenerator[Message]:
        """Every message in order, until all streams that are named are closed.

        Raises:
            ClientError: refused, or cut off for too long.
        """
        while True:
            try:
                async with opened(self._address, self._path()) as connection:
                    async with contextlib.aclosing(self._of(connection)) as coming:
                        async for message in coming:
                            yield message
                    return
            except Cut as cut:
                await self._retries.pause(cut)

    async def _of(self, connection: Connection) -> AsyncGenerator[Message]:
        try:
            async with asyncio.timeout(self._address.timeout_s):
                await connection.hello()
        except TimeoutError:
            raise Cut(Unreachable("the service did not say hello in time"), passing=True) from None
        self._retries.connected_once = True
        self._retries.progress()
        while not isinstance(message := await connection.receive(), ByeMessage):
            if isinstance(message, TracksMessage | DropMessage | EventMessage):
                self._remember(message)
                yield message

    def _remember(self, message: Message) -> None:
        """The streams that were heard last stand last; of those that come and go the oldest are forgotten."""
        self._places.pop(message.stream, None)
        self._places[message.stream] = place_of(message)
        if len(self._places) > _MOST_PLACES:
            del self._places[next(iter(self._places))]

    def _path(self) -> str:
        query = dict(self._choice)
        if since := self._since(_QUERY_CHARACTERS - len(_text(query))):
            query["since"] = since
        if "streams" in query and (self._wait or self._retries.connected_once):
            query["wait"] = "1"  # after a restart of the service its streams come back one by one
        return f"/v1/subscribe?{_text(query)}"

    def _since(self, room: int) -> str:
        """As many places as fit into so many characters, those of the streams that were heard last."""
        places = [f"{stream}:{place}" for stream, place in self._places.items()]
        lengths = accumulate(len(quote(place, safe=":")) + 1 for place in reversed(places))
        fit = sum(length <= room for length in lengths)
        return ",".join(places[len(places) - fit :])


def _text(query: Mapping[str, str]) -> str:
    return urlencode(query, safe=",:")
