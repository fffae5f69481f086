"""Messages to Redis Streams. Needs the extra `redis`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from app.publish_settings import RedisSettings
from app.publishing.link import Link, Unreachable
from app.publishing.parcel import Message, Parcel
from app.publishing.trust import trusting
from app.wire import EventMessage

_LOOK_S = 15.0  # how often a quiet connection is tried, so that the state that is shown is true
_OTHER_TYPE = "WRONGTYPE"  # the key holds something else, and will the next time


class RedisStreams:
    """What waits goes in one transaction: an entry each, in order, all or none."""

    gather_s = 0.0
    greets = True
    retry_s: float | None = None

    def __init__(self, settings: RedisSettings) -> None:
        self._settings = settings
        if settings.parts.scheme == "rediss":
            trusting(settings)

    @asynccontextmanager
    async def link(self) -> AsyncIterator[Link]:
        """Connect, with name and password, and leave at the end."""
        client = self._client()
        try:
            await client.ping()
            yield _Adding(client, self._settings)
        except (RedisError, OSError, TimeoutError) as error:
            raise Unreachable(self._told(error)) from None
        finally:
            await client.aclose()

    async def close(self) -> None:
        """Nothing is held beyond a connection."""

    def _client(self) -> Redis:
        settings = self._settings
        return Redis(
            host=settings.parts.hostname or "",
            port=settings.port,
            db=settings.database,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else None,
            socket_timeout=settings.timeout_s,
            socket_connect_timeout=settings.timeout_s,
            retry=Retry(NoBackoff(), 0),
            ssl=settings.parts.scheme == "rediss",
            ssl_ca_certs=str(settings.ca_file) if settings.ca_file else None,
            client_name="trackd",
            protocol=2,
        )

    def _told(self, error: Exception) -> str:
        text = str(error)[:200] or type(error).__name__
        password = self._settings.password
        return text.replace(password.get_secret_value(), "***") if password else text


class _Adding:
    def __init__(self, client: Redis, settings: RedisSettings) -> None:
        self.refusal: str | None = None
        self._client = client
        self._settings = settings

    async def watch(self) -> None:
        """Ask now and then whether the server is there."""
        while True:
            await asyncio.sleep(_LOOK_S)
            await self._client.ping()

    async def send(self, parcels: list[Parcel]) -> None:
        """One transaction. An entry whose key holds something else is refused, and the others are added."""
        self.refusal = None
        adding = self._client.pipeline(transaction=True)
        for parcel in parcels:
            adding.xadd(
                key_of(self._settings.key, parcel.message),
                fields_of(parcel),
                maxlen=self._settings.max_entries,
                approximate=True,
            )
        for parcel, result in zip(parcels, await adding.execute(raise_on_error=False), strict=True):
            if not isinstance(result, Exception):
                parcel.outcome = "sent"
            elif isinstance(result, ResponseError) and str(result).startswith(_OTHER_TYPE):
                parcel.outcome = "failed"
                self.refusal = f"{key_of(self._settings.key, parcel.message)}: {result}"
            else:
                raise result


def key_of(beginning: str, message: Message) -> str:
    """Where a message goes."""
    return f"{beginning}:{message.stream}:{'events' if isinstance(message, EventMessage) else 'tracks'}"


def fields_of(parcel: Parcel) -> dict[Any, Any]:
    """The fields of an entry: what a consumer may want to choose by, and the whole message as JSON."""
    message = parcel.message
    kind = message.event if isinstance(message, EventMessage) else "tracks"
    return {"kind": kind, "stream": message.stream, "data": parcel.body}
