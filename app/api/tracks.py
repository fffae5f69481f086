"""Tracks out over plain HTTP: the current ones, a long poll, and an event stream."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.api.access import EngineDep, StreamId
from app.api.caching import is_fresh
from app.api.choosing import Classes, Events, Messages, Zones, queried
from app.api.descriptions import problems, tracks_answer
from app.api.feed import Feed
from app.api.frames import Wanted, body_of
from app.api.live import KEEP_ALIVE_S, RETRY_MS, LiveResponse
from app.api.places import NOWHERE, Seen, place, places, text_of
from app.api.problem import invalid
from app.framing import MAX_SEQ
from app.wire import Encoded

Since = Annotated[int | None, Query(ge=-1, le=MAX_SEQ, description="answer only with a frame beyond this number")]
Wait = Annotated[float | None, Query(ge=0, allow_inf_nan=False, description="seconds to wait for such a frame")]
LastEventId = Annotated[str | None, Header(description="of the connection before; counts more than `since`")]


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
        summary="What the stream brings (Server-Sent Events)",
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
    events: Events = None,
    classes: Classes = None,
    zones: Zones = None,
    messages: Messages = None,
    since: Seen = None,
    last_event_id: LastEventId = None,
) -> LiveResponse:
    """Begins behind the place that was seen last, else with the newest state.

    A slow reader gets events and the newest tracks; `missed` says how many messages it did not get.
    """
    wanted = queried(stream_id, events, classes, zones, messages)
    seen = places(since, [stream_id])
    if last_event_id is not None:  # the newer word: a browser says the same address again
        seen[stream_id] = place(last_event_id) or NOWHERE
    feed = Feed(engine, replace(wanted, since=seen))
    return LiveResponse(feed, told(feed, KEEP_ALIVE_S), "text/event-stream")


async def told(feed: Feed, keep_alive_s: float) -> AsyncIterator[bytes]:
    """A feed as an event stream, with a comment whenever nothing came for `keep_alive_s`."""
    yield b"retry: %d\n\n" % RETRY_MS
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
    """One event; its id is its place in the stream, so that a reader comes back with what it saw last."""
    kind = str(encoded.message.__struct_config__.tag)
    return f"id: {text_of(encoded)}\nevent: {kind}\ndata: ".encode() + encoded.json() + b"\n\n"
