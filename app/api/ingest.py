"""WS /v1/streams/{id}/ws: frames in, tracks out, on one socket."""

import re

from fastapi import APIRouter, WebSocket

from app.api.access import engine_of
from app.api.conversation import Conversation
from app.api.feed import EVENTS_ONLY, Feed, of_stream, open_feed
from app.api.problem import invalid
from app.api.sockets import NO_STREAM, RESTART, Closing, Socket, accepted
from app.api.tasks import first_of
from app.engine.port import Engine, Writer
from app.errors import StreamNotFound
from app.settings import STREAM_ID_PATTERN
from app.wire import Encoded, EventMessage, HelloMessage


def router() -> APIRouter:
    """The ingest socket."""
    api = APIRouter()
    api.websocket("/v1/streams/{stream_id}/ws")(ingest)
    return api


async def ingest(websocket: WebSocket, stream_id: str) -> None:
    """The one writer of a stream; the stream is opened when it is not yet."""
    engine = engine_of(websocket)
    async with accepted(websocket, engine) as socket:
        if socket is None:
            return
        if not re.fullmatch(STREAM_ID_PATTERN, stream_id):
            raise invalid("/path/stream_id", f"{stream_id!r} must match {STREAM_ID_PATTERN}")
        writer = engine.attach_writer(stream_id)
        try:
            await _converse(socket, engine, writer, stream_id)
        finally:
            writer.close()


async def _converse(socket: Socket, engine: Engine, writer: Writer, stream_id: str) -> None:
    feed = open_feed(engine, of_stream(stream_id, EVENTS_ONLY))
    conversation = Conversation(socket, engine, writer, stream_id)
    try:
        view = writer.view()
        await socket.send(Encoded(HelloMessage(stream_id, view.epoch, writer.credit, view.next_seq)))
        await first_of(conversation.read(), conversation.write(), _follow(feed, conversation, stream_id))
    finally:
        conversation.end()
        feed.close()


async def _follow(feed: Feed, conversation: Conversation, stream_id: str) -> None:
    """Tell the writer what happens to its stream, until it is closed or the service drains."""
    while (encoded := await feed.next()) is not None:
        if isinstance(encoded.message, EventMessage):
            conversation.tell(encoded)
    await conversation.finish()
    if feed.streams_closed:
        gone = StreamNotFound(f"stream {stream_id!r} was closed", stream=stream_id)
        raise Closing(NO_STREAM, "stream closed", gone)
    raise Closing(RESTART, "the service is shutting down")
