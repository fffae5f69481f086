"""GET /v1/events: what happened lately in all streams, as a list, a long poll, or an event stream."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Query, Request, Response

from app.api.access import EngineDep
from app.api.choosing import Classes, Events, Streams, Zones, queried
from app.api.descriptions import message_answer, problems
from app.api.feed import Feed
from app.api.live import KEEP_ALIVE_S, RETRY_MS, LiveResponse
from app.api.problem import invalid
from app.engine.events import EventPage
from app.engine.port import Engine
from app.engine.subscription import Subscription
from app.publish_settings import Selection
from app.wire import EventList, EventMessage

DEFAULT_ITEMS = 100
EVENT_STREAM = "text/event-stream"
_MOST_DIGITS = 16

After = Annotated[
    str | None, Query(pattern=rf"^\d{{1,{_MOST_DIGITS}}}$", description="only events beyond this id: a `next_cursor`")
]
Most = Annotated[int | None, Query(ge=1, description="events of one answer, 100 when not given")]
Wait = Annotated[float | None, Query(ge=0, allow_inf_nan=False, description="seconds to wait for the first of them")]
LastEventId = Annotated[str | None, Header(description="of the event stream before; counts more than `since`")]


def router() -> APIRouter:
    """The calls under /v1/events."""
    api = APIRouter(prefix="/v1/events", tags=["events"])
    answers = {**message_answer(EventList, "The events"), **problems(422, 429, 503)}
    answers[200]["content"][EVENT_STREAM] = {}
    api.get("", summary="What happened", response_class=Response, responses=answers)(get_events)
    return api


async def get_events(
    request: Request,
    engine: EngineDep,
    streams: Streams = None,
    events: Events = None,
    classes: Classes = None,
    zones: Zones = None,
    since: After = None,
    limit: Most = None,
    wait: Wait = None,
    last_event_id: LastEventId = None,
) -> Response:
    """Without `since` the newest events, with it those beyond; with `wait` a long poll for the first of them.

    With `Accept: text/event-stream` every event as it comes, with its id, so that a browser that was cut off goes on
    where it was. What is too old to be kept is told in a comment, `: missed N`.
    """
    limits = engine.settings.limits
    if limit is not None and limit > limits.list_items:
        raise invalid("/query/limit", f"{limit} is above {limits.list_items}")
    if wait is not None and wait > limits.long_poll_s:
        raise invalid("/query/wait", f"{wait:g} is above {limits.long_poll_s:g} s")
    selection = queried(streams, events, classes, zones).selection
    most = limit or min(DEFAULT_ITEMS, limits.list_items)
    if EVENT_STREAM in request.headers.get("accept", ""):
        seen = last_event_id if last_event_id is not None and last_event_id.isdecimal() else since
        follower = Follower(engine, selection, None if seen is None else int(seen[:_MOST_DIGITS]), most)
        return LiveResponse(follower.feed, follower.told(KEEP_ALIVE_S), EVENT_STREAM)
    page = await _page(engine, selection, None if since is None else int(since), most, wait or 0.0)
    answer = EventList(page.items, str(page.cursor), page.missed)
    return Response(msgspec.json.encode(answer), media_type="application/json", headers={"Cache-Control": "no-store"})


async def _page(engine: Engine, selection: Selection, since: int | None, most: int, wait_s: float) -> EventPage:
    page = engine.events(selection, since, most)
    if page.items or not wait_s:
        return page
    follower = Follower(engine, selection, page.cursor if since is None else since, most)
    try:
        async with asyncio.timeout(wait_s):
            return await follower.next() or page
    except TimeoutError:
        return engine.events(selection, since, most)
    finally:
        follower.feed.close()


class Follower:
    """Reads the log of events from an id on. The log is what is read; its feed only tells when there is more."""

    def __init__(self, engine: Engine, selection: Selection, since: int | None, most: int) -> None:
        """At most `most` events at a time."""
        self.feed = Feed(engine, _bell(selection))
        self._engine = engine
        self._selection = selection
        self._since = since
        self._most = most

    async def next(self) -> EventPage | None:
        """The next events, at least one; None at the end."""
        while True:
            page = self._engine.events(self._selection, self._since, self._most)
            self._since = page.cursor
            if page.items:
                return page
            if await self.feed.next() is None:
                return None

    async def told(self, keep_alive_s: float) -> AsyncIterator[bytes]:
        """The events as an event stream, with a comment whenever nothing came for `keep_alive_s`."""
        yield b"retry: %d\n\n" % RETRY_MS
        while True:
            try:
                async with asyncio.timeout(keep_alive_s):
                    page = await self.next()
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if page is None:
                return
            if page.missed != 0:
                yield b": missed %s\n\n" % str("unknown" if page.missed is None else page.missed).encode()
            yield b"".join(event(item) for item in page.items)


def event(message: EventMessage) -> bytes:
    """One event, whose id is its own."""
    return f"id: {message.id}\nevent: event\ndata: ".encode() + msgspec.json.encode(message) + b"\n\n"


def _bell(selection: Selection) -> Subscription:
    return Subscription(selection=selection, messages=("events",), wait=True, most_messages=1, counted=False)
