"""Streams: made, shown, changed, reset, closed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from app.api.access import EngineDep, StreamId
from app.api.body import read_object
from app.api.descriptions import json_body, problems
from app.api.problem import invalid
from app.engine.stream_settings import merged, validated
from app.engine.views import StreamView
from app.settings import StreamSettings

DEFAULT_ITEMS = 100


class StreamPage(BaseModel):
    """One page of the list of streams; `next_cursor` is null on the last one."""

    items: list[StreamView]
    next_cursor: str | None


def router() -> APIRouter:
    """The calls under /v1/streams that concern a stream as a whole."""
    api = APIRouter(prefix="/v1/streams", tags=["streams"])
    api.get("", summary="List streams", responses=problems(422))(list_streams)
    api.put(
        "/{stream_id}",
        summary="Open a stream, or give it these settings",
        responses={201: {"model": StreamView, "description": "Opened"}, **problems(409, 413, 415, 422, 429, 503)},
        openapi_extra=json_body(StreamSettings, required=False),
    )(put_stream)
    api.get("/{stream_id}", summary="Show a stream", responses=problems(404, 422))(get_stream)
    api.patch(
        "/{stream_id}",
        summary="Change some settings (RFC 7396)",
        responses=problems(404, 409, 413, 415, 422),
        openapi_extra=json_body(StreamSettings, "application/merge-patch+json"),
    )(patch_stream)
    api.delete("/{stream_id}", status_code=204, summary="Close a stream", responses=problems(404, 422))(delete_stream)
    api.post("/{stream_id}/reset", summary="Begin a new epoch", responses=problems(404, 422))(reset_stream)
    return api


async def list_streams(
    engine: EngineDep,
    limit: Annotated[int | None, Query(ge=1, description="items of one page, 100 when not given")] = None,
    cursor: Annotated[str | None, Query(max_length=64, description="`next_cursor` of the page before")] = None,
) -> StreamPage:
    """The streams by id, with their accounts and rates."""
    most = engine.settings.limits.list_items
    if limit is not None and limit > most:
        raise invalid("/query/limit", f"{limit} is above {most}")
    count = limit or min(DEFAULT_ITEMS, most)
    views = [view for view in engine.streams() if cursor is None or view.stream > cursor]
    return StreamPage(items=views[:count], next_cursor=views[count - 1].stream if len(views) > count else None)


async def put_stream(request: Request, response: Response, engine: EngineDep, stream_id: StreamId) -> StreamView:
    """Idempotent. What the body does not say is as the service's own settings say; tracks of an open stream live on.

    A source is refused with 409 while a socket writes to the stream: who writes first writes until he leaves."""
    body = await read_object(request, engine.settings.limits.json_body_bytes)
    settings = validated(StreamSettings, merged(engine.settings.stream.model_dump(exclude_unset=True), body))
    view, made = engine.put_stream(stream_id, settings)
    response.status_code = 201 if made else 200
    return view


async def get_stream(engine: EngineDep, stream_id: StreamId) -> StreamView:
    """One stream with its settings, accounts and rates."""
    return engine.stream(stream_id)


async def patch_stream(request: Request, engine: EngineDep, stream_id: StreamId) -> StreamView:
    """A JSON merge patch: null takes a setting back to its default, objects merge, everything else replaces."""
    change = await read_object(request, engine.settings.limits.json_body_bytes)
    return engine.patch_stream(stream_id, change)


async def delete_stream(engine: EngineDep, stream_id: StreamId) -> Response:
    """Frames that wait are dropped, readers learn of it."""
    await engine.delete_stream(stream_id)
    return Response(status_code=204)


async def reset_stream(engine: EngineDep, stream_id: StreamId) -> StreamView:
    """After what is in flight: no track lives on, sequence numbers start again."""
    return await engine.reset_stream(stream_id)
