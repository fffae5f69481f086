"""What a stream's zones and lines came to."""

import msgspec
from fastapi import APIRouter, Response

from app.api.access import EngineDep, StreamId
from app.api.descriptions import message_answer, problems
from app.wire import StreamCounts


def router() -> APIRouter:
    """The calls that read a stream's counts and begin them anew."""
    api = APIRouter(prefix="/v1/streams/{stream_id}/counts", tags=["counts"])
    api.get(
        "",
        summary="The counts of a stream's zones and lines",
        response_class=Response,
        responses={**message_answer(StreamCounts, "The counts by the newest frame"), **problems(404, 422)},
    )(get_counts)
    api.post(
        "/reset",
        summary="Count anew",
        response_class=Response,
        responses={**message_answer(StreamCounts, "The counts as they begin"), **problems(404, 422)},
    )(reset_counts)
    return api


async def get_counts(engine: EngineDep, stream_id: StreamId) -> Response:
    """Occupancy, entries, exits and dwell of each zone, crossings of each line, since the epoch or the counts began."""
    return _answer(engine.counts(stream_id))


async def reset_counts(engine: EngineDep, stream_id: StreamId) -> Response:
    """Tracks live on and stay in their zones: those that are in one now count as appeared."""
    return _answer(engine.reset_counts(stream_id))


def _answer(counts: StreamCounts) -> Response:
    return Response(msgspec.json.encode(counts), headers={"Cache-Control": "no-cache"}, media_type="application/json")
