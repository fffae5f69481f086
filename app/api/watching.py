"""WS /v1/pictures: the pictures of many streams over one socket, each when the client asks for it.

A page that shows sixteen cameras would make 160 requests a second for their pictures; here it asks and is answered in a
few bytes. Nothing is sent that was not asked for, so a client that is slow gets fewer pictures and no old ones.
"""

import asyncio
import struct
from typing import Annotated, Any

from fastapi import APIRouter, WebSocket
from msgspec import Meta, Struct

from app.api.access import engine_of
from app.api.body import decode_json
from app.api.feed import EVENTS_ONLY, Feed, open_feed
from app.api.problem import problem_of
from app.api.sockets import RESTART, UNSUPPORTED, ClientAck, Closing, Socket, accepted
from app.api.tasks import first_of
from app.engine.port import Engine
from app.errors import InvalidInput, TrackdError
from app.settings import STREAM_ID_PATTERN
from app.wire import ByeMessage, Encoded

MAGIC = b"TRKP"
HEADER = struct.Struct("<4sHHIQ")
"""Magic, bytes of the stream's name, reserved, epoch, seq; 20 bytes, little-endian. Name and JPEG follow."""
MIN_WIDTH = 16


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    """The newest picture of a stream, at most `width` pixels wide, without boxes unless `annotate`."""

    stream: Annotated[str, Meta(pattern=STREAM_ID_PATTERN)]
    width: Annotated[int, Meta(ge=MIN_WIDTH)] | None = None
    annotate: bool = False


class WantMessage(Struct, frozen=True, tag="want", forbid_unknown_fields=True):
    """A client asks for pictures. Of a stream that is asked for again before its turn, the newer wish counts."""

    pictures: Annotated[list[Wanted], Meta(max_length=1000)]


_WORDS: Any = WantMessage | ByeMessage | ClientAck


def router() -> APIRouter:
    """The socket of pictures."""
    api = APIRouter()
    api.websocket("/v1/pictures")(watch)
    return api


async def watch(websocket: WebSocket) -> None:
    """Answers each wish with one binary message, or with an `error` that names the stream."""
    engine = engine_of(websocket)
    async with accepted(websocket, engine) as socket:
        if socket is None:
            return
        feed = open_feed(engine, EVENTS_ONLY)  # counts as a reader, and knows when the service drains
        wishes = Wishes(engine.settings.limits.streams)
        try:
            await first_of(_write(socket, engine, wishes), _read(socket, wishes), _until_the_end(feed))
        finally:
            feed.close()


class Wishes:
    """What a client has asked for and not got yet, one wish for each stream, the oldest first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[str, Wanted] = {}
        self._some = asyncio.Event()

    def add(self, wanted: Wanted) -> None:
        """Take a wish; those beyond as many streams as there can be are not kept."""
        if wanted.stream in self._waiting or len(self._waiting) < self._most:
            self._waiting[wanted.stream] = wanted
            self._some.set()

    async def next(self) -> Wanted:
        """The oldest wish."""
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        return self._waiting.pop(next(iter(self._waiting)))


async def _read(socket: Socket, wishes: Wishes) -> None:
    while True:
        text = await socket.receive()
        if isinstance(text, bytes):
            raise Closing(UNSUPPORTED, "wishes only", InvalidInput("this socket takes `want` messages, not pictures"))
        try:
            message = decode_json(text, _WORDS)
        except InvalidInput as error:
            await socket.send(Encoded(problem_of(error)))
            continue
        if isinstance(message, ByeMessage):
            return
        if isinstance(message, WantMessage):
            for wanted in message.pictures:
                wishes.add(wanted)


async def _write(socket: Socket, engine: Engine, wishes: Wishes) -> None:
    while True:
        wanted = await wishes.next()
        width = None if wanted.width is None else min(wanted.width, engine.settings.limits.image_side)
        try:
            jpeg, message = await engine.picture(wanted.stream, annotate=wanted.annotate, width=width)
        except TrackdError as error:
            await socket.send(Encoded(problem_of(error, stream=wanted.stream)))
            continue
        await socket.send_bytes(framed(wanted.stream, message.epoch, message.seq, jpeg))


def framed(stream: str, epoch: int, seq: int, jpeg: bytes) -> bytes:
    """One picture as it stands on the socket."""
    name = stream.encode()
    return HEADER.pack(MAGIC, len(name), 0, epoch, seq) + name + jpeg


async def _until_the_end(feed: Feed) -> None:
    async for _ in feed.messages():
        pass
    raise Closing(RESTART, "the service is shutting down")
