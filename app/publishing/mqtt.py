"""Messages to an MQTT broker. Needs the extra `mqtt`."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiomqtt

from app.publish_settings import MqttSettings
from app.publishing.inbox import IN_HAND
from app.publishing.link import Link, Unreachable
from app.publishing.parcel import Message, Parcel
from app.publishing.trust import trusting
from app.wire import EventMessage

ONLINE, OFFLINE = "online", "offline"
_KEEP_ALIVE_S = 30  # after half as long again without a word a broker says that the service is gone
_FAREWELL_S = 1.0


class Mqtt:
    """One connection, over which all that waits is sent without waiting for each answer."""

    gather_s = 0.0
    greets = True
    retry_s: float | None = None

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings
        self._tls = trusting(settings) if settings.parts.scheme == "mqtts" else None
        self._log = logging.getLogger("aiomqtt")
        self._fresh: aiomqtt.Client | None = None

    @asynccontextmanager
    async def link(self) -> AsyncIterator[Link]:
        """Connect, and say that the service is online; at the end say that it is offline, and leave."""
        # A client that never came to a connection is used again: connecting closes its old socket, which nothing else
        # does. One that did is not: it would send once more what was not acknowledged, beside ourselves.
        client = self._fresh or self._client()
        self._fresh = client
        try:
            async with client:
                self._fresh = None
                await self._tell(client, ONLINE)
                try:
                    yield _Publishing(client, self._settings)
                finally:
                    with suppress(aiomqtt.MqttError, TimeoutError):
                        async with asyncio.timeout(_FAREWELL_S):
                            await self._tell(client, OFFLINE)
        except aiomqtt.MqttError as error:
            raise Unreachable(self._told(error)) from None

    async def close(self) -> None:
        """Close the socket of a client that waited for its broker's first word when it was ended. Idempotent."""
        client, self._fresh = self._fresh, None
        if client is not None:
            with suppress(aiomqtt.MqttError, TimeoutError):
                async with asyncio.timeout(0.0):  # it is closed at once; nobody will acknowledge it
                    await client.__aexit__(None, None, None)

    def _client(self) -> aiomqtt.Client:
        settings = self._settings
        client = aiomqtt.Client(
            settings.parts.hostname or "",
            settings.port,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else None,
            identifier=f"trackd-{secrets.token_hex(8)}",
            timeout=settings.timeout_s,
            keepalive=_KEEP_ALIVE_S,
            logger=self._log,
            tls_context=self._tls,
            will=aiomqtt.Will(self._status, OFFLINE, settings.qos, True) if settings.retain_state else None,
        )
        client.pending_calls_threshold = 2 * IN_HAND  # it warns beyond; so many are meant
        return client

    @property
    def _status(self) -> str:
        return f"{self._settings.topic}/status"

    async def _tell(self, client: aiomqtt.Client, state: str) -> None:
        if self._settings.retain_state:
            await client.publish(self._status, state, self._settings.qos, retain=True)

    def _told(self, error: Exception) -> str:
        text = str(error)[:200] or type(error).__name__
        password = self._settings.password
        return text.replace(password.get_secret_value(), "***") if password else text


class _Publishing:
    def __init__(self, client: aiomqtt.Client, settings: MqttSettings) -> None:
        self.refusal: str | None = None
        self._client = client
        self._settings = settings

    async def watch(self) -> None:
        """Nothing is subscribed to: what comes is the end of the connection, as an MqttError."""
        async for _ in self._client.messages:
            pass

    async def send(self, parcels: list[Parcel]) -> None:
        """Each call hands its message over before it waits, so that they leave in order."""
        results = await asyncio.gather(*map(self._publish, parcels), return_exceptions=True)
        for failure in filter(None, results):
            raise failure

    async def _publish(self, parcel: Parcel) -> None:
        await self._client.publish(topic_of(self._settings.topic, parcel.message), parcel.body, self._settings.qos)
        parcel.outcome = "sent"


def topic_of(beginning: str, message: Message) -> str:
    """Where a message goes."""
    if isinstance(message, EventMessage):
        return f"{beginning}/{message.stream}/events/{message.event}"
    return f"{beginning}/{message.stream}/tracks"
