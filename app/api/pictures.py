"""Pictures out: the newest frame as JPEG, and the live picture as MJPEG."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.api.access import EngineDep, StreamId
from app.api.caching import is_fresh
from app.api.descriptions import problems
from app.api.feed import Feed, of_stream
from app.api.live import LiveResponse
from app.api.problem import invalid
from app.engine.port import Engine
from app.engine.subscription import Subscription
from app.errors import NothingYet, StreamNotFound
from app.wire import TracksMessage

_NEWEST_ONLY = Subscription(messages=("tracks",), state=True, most_messages=1)

MIN_WIDTH = 16
BOUNDARY = "trackd-frame"

Annotate = Annotated[bool, Query(description="draw boxes and ids")]
Width = Annotated[int | None, Query(ge=MIN_WIDTH, description="shrink to this width, in pixels")]
Fps = Annotated[float | None, Query(gt=0, le=1000, allow_inf_nan=False, description="frames per second at most")]


def router() -> APIRouter:
    """The calls that show a stream."""
    api = APIRouter(prefix="/v1/streams/{stream_id}", tags=["pictures"])
    api.get(
        "/snapshot.jpg",
        summary="The newest frame",
        response_class=Response,
        responses={
            200: {
                "description": "A JPEG; `Frame-Seq` and `Frame-Epoch` name its frame",
                "content": {"image/jpeg": {}},
            },
            304: {"description": "still the picture of `If-None-Match`"},
            **problems(404, 422),
        },
    )(get_snapshot)
    api.get(
        "/video.mjpeg",
        summary="The live picture",
        response_class=StreamingResponse,
        responses={
            200: {"description": "One JPEG per frame", "content": {"multipart/x-mixed-replace": {}}},
            **problems(404, 422, 429, 503),
        },
    )(get_video)
    return api


async def get_snapshot(
    request: Request, engine: EngineDep, stream_id: StreamId, annotate: Annotate = True, width: Width = None
) -> Response:
    """The newest tracked frame as JPEG, with boxes and ids unless `annotate=0`."""
    _check_width(engine, width)
    headers = _headers(engine.newest(stream_id).message, annotate, width)
    if is_fresh(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    picture, message = await engine.picture(stream_id, annotate=annotate, width=width)
    return Response(picture, headers=_headers(message, annotate, width), media_type="image/jpeg")


async def get_video(
    engine: EngineDep, stream_id: StreamId, annotate: Annotate = True, width: Width = None, fps: Fps = None
) -> LiveResponse:
    """The newest frame whenever there is one and the reader can take it; frames in between are passed over."""
    _check_width(engine, width)
    feed = Feed(engine, of_stream(stream_id, _NEWEST_ONLY))
    try:
        if engine.stream(stream_id).seq is not None:
            await engine.picture(stream_id, annotate=annotate, width=width)  # a stream without pictures is a 404
    except BaseException:
        feed.close()
        raise
    parts = video(engine, feed, stream_id, annotate=annotate, width=width, fps=fps)
    return LiveResponse(feed, parts, f"multipart/x-mixed-replace; boundary={BOUNDARY}")


async def video(
    engine: Engine, feed: Feed, stream_id: str, *, annotate: bool, width: int | None, fps: float | None
) -> AsyncIterator[bytes]:
    """The parts of a multipart stream. The boundary follows each picture at once: browsers show it when it comes."""
    loop = asyncio.get_running_loop()
    shown = (0, -1)
    yield f"--{BOUNDARY}\r\n".encode()
    async for encoded in feed.messages():
        message = encoded.message
        if not isinstance(message, TracksMessage) or (message.epoch, message.seq) <= shown:
            continue
        begun_s = loop.time()
        try:
            picture, drawn = await engine.picture(stream_id, annotate=annotate, width=width)
        except (NothingYet, StreamNotFound):  # a reset or the end came between
            continue
        shown = drawn.epoch, drawn.seq
        yield part(picture, drawn)
        if fps is not None:
            await asyncio.sleep(begun_s + 1 / fps - loop.time())


def part(picture: bytes, message: TracksMessage) -> bytes:
    """One picture and the boundary that ends it."""
    head = (
        f"Content-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n"
        f"Frame-Seq: {message.seq}\r\nFrame-Epoch: {message.epoch}\r\n\r\n"
    )
    return head.encode() + picture + f"\r\n--{BOUNDARY}\r\n".encode()


def _check_width(engine: Engine, width: int | None) -> None:
    most = engine.settings.limits.image_side
    if width is not None and width > most:
        raise invalid("/query/width", f"{width} is above {most}")


def _headers(message: TracksMessage, annotate: bool, width: int | None) -> dict[str, str]:
    return {
        "ETag": f'"{message.epoch}-{message.seq}-{int(annotate)}-{width or 0}"',
        "Frame-Seq": str(message.seq),
        "Frame-Epoch": str(message.epoch),
        "Cache-Control": "no-cache",
    }
