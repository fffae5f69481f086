"""Reading along: the messages of one or more streams, without a gap where the connection is cut."""

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import urlencode

from app.client.address import Address
from app.client.retries import Cut, Retries
from app.client.sockets import Connection, opened
from app.wire import ByeMessage, DropMessage, EventMessage, TracksMessage

Message: TypeAlias = TracksMessage | DropMessage | EventMessage
Names: TypeAlias = str | Sequence[str] | None


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
        await connection.hello()
        self._retries.connected_once = True
        self._retries.progress()
        while not isinstance(message := await connection.receive(), ByeMessage):
            if isinstance(message, TracksMessage | DropMessage | EventMessage):
                self._places[message.stream] = place_of(message)
                yield message

    def _path(self) -> str:
        query = dict(self._choice)
        if self._places:
            query["since"] = ",".join(f"{stream}:{place}" for stream, place in self._places.items())
        if "streams" in query and (self._wait or self._retries.connected_once):
            query["wait"] = "1"  # after a restart of the service its streams come back one by one
        return f"/v1/subscribe?{urlencode(query, safe=',:')}"
