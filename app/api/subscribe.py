"""WS /v1/subscribe: the tracks of several streams, read only."""

import re
from typing import Any

from fastapi import APIRouter, WebSocket

from app.api.access import engine_of
from app.api.body import decode_json
from app.api.feed import Feed, open_feed
from app.api.problem import invalid, problem_of
from app.api.sockets import RESTART, UNSUPPORTED, ClientAck, Closing, Socket, accepted
from app.api.tasks import first_of
from app.engine.port import Engine
from app.errors import InvalidInput
from app.settings import STREAM_ID_PATTERN
from app.wire import ByeMessage, Encoded, HelloMessage

_WORDS: Any = ByeMessage | ClientAck


def router() -> APIRouter:
    """The subscribe socket."""
    api = APIRouter()
    api.websocket("/v1/subscribe")(subscribe)
    return api


async def subscribe(websocket: WebSocket) -> None:
    """`?streams=a,b` names streams that are open; without it all present and future ones are read."""
    engine = engine_of(websocket)
    async with accepted(websocket, engine) as socket:
        if socket is None:
            return
        stream_ids = _asked(websocket.query_params.get("streams"))
        feed = open_feed(engine, stream_ids)
        try:
            await socket.send(Encoded(_hello(engine, stream_ids)))
            await first_of(_write(socket, feed), _read(socket))
        finally:
            feed.close()


async def _write(socket: Socket, feed: Feed) -> None:
    async for encoded in feed.messages():
        await socket.send(encoded)
    if not feed.streams_closed:
        raise Closing(RESTART, "the service is shutting down")


async def _read(socket: Socket) -> None:
    """Wait for the client's goodbye. Its acknowledgements mean nothing here, what else it says is an error."""
    while True:
        message = await socket.receive()
        if isinstance(message, bytes):
            raise Closing(UNSUPPORTED, "read only", InvalidInput("this socket is read only; send frames to .../ws"))
        try:
            if isinstance(decode_json(message, _WORDS), ByeMessage):
                return
        except InvalidInput as error:
            await socket.send(Encoded(problem_of(error)))


def _asked(streams: str | None) -> list[str] | None:
    if streams is None:
        return None
    stream_ids = list(dict.fromkeys(streams.split(",")))
    for stream_id in stream_ids:
        if not re.fullmatch(STREAM_ID_PATTERN, stream_id):
            raise invalid("/query/streams", f"{stream_id!r} must match {STREAM_ID_PATTERN}")
    return stream_ids


def _hello(engine: Engine, stream_ids: list[str] | None) -> HelloMessage:
    """Of one stream the epoch and the next number are told, of several there is nothing to tell."""
    if stream_ids is None or len(stream_ids) != 1:
        return HelloMessage(stream=None, epoch=0, credit=0, next_seq=0)
    view = engine.stream(stream_ids[0])
    return HelloMessage(stream=view.stream, epoch=view.epoch, credit=0, next_seq=view.next_seq)
