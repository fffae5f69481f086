"""WS /v1/subscribe: what several streams bring, read only."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, WebSocket

from app.api.access import engine_of
from app.api.body import decode_json
from app.api.choosing import queried, selected
from app.api.feed import Feed, open_feed
from app.api.places import places
from app.api.problem import invalid, problem_of
from app.api.sockets import RESTART, UNSUPPORTED, ClientAck, Closing, Socket, accepted
from app.api.tasks import first_of
from app.engine.port import Engine
from app.engine.subscription import Subscription
from app.errors import InvalidInput, StreamNotFound
from app.wire import AckMessage, ByeMessage, Encoded, HelloMessage, SelectMessage

_WORDS: Any = ByeMessage | ClientAck | SelectMessage
_ASKED = ("streams", "events", "classes", "zones", "messages")
_YES, _NO = ("1", "true"), ("0", "false")


def router() -> APIRouter:
    """The subscribe socket."""
    api = APIRouter()
    api.websocket("/v1/subscribe")(subscribe)
    return api


async def subscribe(websocket: WebSocket) -> None:
    """`?streams=a,b` names streams that are open; without it all present and future ones are read.

    `events`, `classes`, `zones` and `messages` choose what of them; `since` goes on where a socket before ended;
    `wait=1` lets `streams` name some that are not open yet.
    """
    engine = engine_of(websocket)
    async with accepted(websocket, engine) as socket:
        if socket is None:
            return
        wanted = _asked(websocket)
        feed = open_feed(engine, wanted)
        try:
            await socket.send(Encoded(_hello(engine, wanted)))
            await first_of(_write(socket, feed), _read(socket, feed))
        finally:
            feed.close()


async def _write(socket: Socket, feed: Feed) -> None:
    async for encoded in feed.messages():
        await socket.send(encoded)
    if not feed.streams_closed:
        raise Closing(RESTART, "the service is shutting down")


async def _read(socket: Socket, feed: Feed) -> None:
    """Wait for the client's goodbye, and let it choose anew. Its acknowledgements mean nothing here."""
    while True:
        text = await socket.receive()
        if isinstance(text, bytes):
            raise Closing(UNSUPPORTED, "read only", InvalidInput("this socket is read only; send frames to .../ws"))
        try:
            message = decode_json(text, _WORDS)
            if isinstance(message, ByeMessage):
                return
            if isinstance(message, SelectMessage):
                feed.choose(selected(message))
                await socket.send(Encoded(AckMessage("select", None, 0, 0)))
        except (InvalidInput, StreamNotFound) as error:
            await socket.send(Encoded(problem_of(error)))


def _asked(websocket: WebSocket) -> Subscription:
    query = websocket.query_params
    wait = query.get("wait", "0").lower()
    if wait not in _YES + _NO:
        raise invalid("/query/wait", f"{wait!r} is neither 1 nor 0")
    wanted = queried(*(query.get(name) for name in _ASKED), wait=wait in _YES)
    return replace(wanted, since=places(query.get("since"), wanted.selection.streams))


def _hello(engine: Engine, wanted: Subscription) -> HelloMessage:
    """Of one stream the epoch and the next number are told, of several there is nothing to tell."""
    streams = wanted.selection.streams
    if streams is not None and len(streams) == 1:
        try:
            view = engine.stream(streams[0])
        except StreamNotFound:  # it is waited for
            return HelloMessage(stream=streams[0], epoch=0, credit=0, next_seq=0)
        return HelloMessage(stream=view.stream, epoch=view.epoch, credit=0, next_seq=view.next_seq)
    return HelloMessage(stream=None, epoch=0, credit=0, next_seq=0)
