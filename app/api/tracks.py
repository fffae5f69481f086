"""Tracks out over plain HTTP: the current ones, a long poll, and an event stream."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.api.access import EngineDep, StreamId
from app.api.caching import is_fresh
from app.api.descriptions import problems, tracks_answer
from app.api.feed import Feed
from app.api.frames import Wanted, body_of
from app.api.framing import MAX_SEQ
from app.api.live import LiveResponse
from app.api.problem import invalid
from app.wire import Encoded, TracksMessage

KEEP_ALIVE_S = 15.0
RETRY_MS = 2000

Since = Annotated[int | None, Query(ge=-1, le=MAX_SEQ, description="answer only with a frame beyond this number")]
Wait = Annotated[float | None, Query(ge=0, allow_inf_nan=False, description="seconds to wait for such a frame")]
LastEventId = Annotated[str | None, Header(description="of the connection before: that frame is not sent again")]


def router() -> APIRouter:
    """The calls that read a stream's tracks."""
    api = APIRouter(prefix="/v1/streams/{stream_id}", tags=["tracks"])
    api.get(
        "/tracks",
        summary="The current tracks, or the next ones",
        response_class=Response,
        responses={
            **tracks_answer("The newest frame's tracks"),
            204: {"description": "no frame beyond `since` came within `wait` seconds"},
            304: {"description": "still the frame of `If-None-Match`"},
            **problems(404, 422),
        },
    )(get_tracks)
    api.get(
        "/events",
        summary="One event per frame (Server-Sent Events)",
        response_class=StreamingResponse,
        responses={
            200: {"description": "`tracks`, `drop` and `event` messages", "content": {"text/event-stream": {}}},
            **problems(404, 422, 429, 503),
        },
    )(get_events)
    return api


async def get_tracks(
    request: Request,
    engine: EngineDep,
    stream_id: StreamId,
    since: Since = None,
    wait: Wait = None,
    detections: Wanted = False,
) -> Response:
    """Without `since` and `wait` the newest frame's tracks. With them a long poll: 200 with news, 204 without."""
    most_s = engine.settings.limits.long_poll_s
    if wait is not None and wait > most_s:
        raise invalid("/query/wait", f"{wait:g} is above {most_s:g} s")
    if since is None and wait is None:
        answer = engine.newest(stream_id)
    else:
        newer = await engine.newer(stream_id, -1 if since is None else since, wait or 0.0)
        if newer is None:
            return Response(status_code=204)
        answer = newer
    form = "-detections" if detections else ""
    headers = {"ETag": f'"{answer.message.epoch}-{answer.message.seq}{form}"', "Cache-Control": "no-cache"}
    if is_fresh(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body_of(answer, detections), headers=headers, media_type="application/json")


async def get_events(
    engine: EngineDep,
    stream_id: StreamId,
    last_event_id: LastEventId = None,
) -> LiveResponse:
    """Begins with the newest state. A slow reader gets the newest messages; `missed` says how many it did not get."""
    feed = Feed(engine, [stream_id])
    return LiveResponse(feed, events(feed, KEEP_ALIVE_S, last_event_id), "text/event-stream")


async def events(feed: Feed, keep_alive_s: float, last_event_id: str | None = None) -> AsyncIterator[bytes]:
    """A feed as an event stream, with a comment whenever nothing came for `keep_alive_s`."""
    yield b"retry: %d\n\n" % RETRY_MS
    for encoded in feed.first:
        if event_id(encoded) != last_event_id:
            yield event(encoded)
    while True:
        try:
            async with asyncio.timeout(keep_alive_s):
                following = await feed.next()
        except TimeoutError:
            yield b": still here\n\n"
            continue
        if following is None:
            return
        yield event(following)


def event(encoded: Encoded) -> bytes:
    """One event; only frames have an id, so that a reader comes back with the last frame it saw."""
    kind = str(encoded.message.__struct_config__.tag)
    identity = event_id(encoded)
    line = f"id: {identity}\n" if identity else ""
    return f"{line}event: {kind}\ndata: ".encode() + encoded.json() + b"\n\n"


def event_id(encoded: Encoded) -> str | None:
    """`epoch-seq` of a frame."""
    message = encoded.message
    return f"{message.epoch}-{message.seq}" if isinstance(message, TracksMessage) else None
