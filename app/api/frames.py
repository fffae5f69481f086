"""Frames in, their tracks out: pictures for the detector, or detections found elsewhere."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Query, Request, Response

from app.api.access import EngineDep, StreamId
from app.api.body import decode_json, read_body
from app.api.descriptions import json_body, problems, tracks_answer
from app.api.detections import detections_in
from app.api.multipart import read_file
from app.api.problem import invalid
from app.engine.port import Answer, FrameIn
from app.errors import TooLarge
from app.framing import MAX_CAPTURE_TS, MAX_SEQ
from app.imaging.raw import raw_frame
from app.imaging.sniff import check_size
from app.limits import Limits
from app.wire import DetectionsBody, Timing

Wanted = Annotated[bool, Query(description="add every detection, with its track or the reason why it has none")]
RawSide = Annotated[int | None, Query(ge=1, description="of a raw BGR frame, in pixels")]
FrameSeq = Annotated[int | None, Header(alias="Frame-Seq", ge=0, le=MAX_SEQ, description="number of the frame")]
CaptureTimestamp = Annotated[
    float | None,
    Header(alias="Capture-Timestamp", ge=0, le=MAX_CAPTURE_TS, allow_inf_nan=False, description="seconds"),
]

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORM = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
FRAME_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "one image: magic bytes decide, not the content type; with `width` and `height` raw BGR rows",
        "content": {
            **dict.fromkeys(("image/jpeg", "image/png", "image/webp", "application/octet-stream"), _BINARY),
            "multipart/form-data": {"schema": _FORM},
        },
    }
}


def router() -> APIRouter:
    """The two calls that take a frame."""
    api = APIRouter(prefix="/v1/streams/{stream_id}", tags=["frames"])
    refusals = problems(409, 413, 415, 422, 429, 503)
    api.post(
        "/frames",
        summary="Detect and track one frame",
        response_class=Response,
        responses={**tracks_answer(), **refusals},
        openapi_extra=FRAME_BODY,
    )(post_frame)
    api.post(
        "/detections",
        summary="Track one frame's detections",
        response_class=Response,
        responses={**tracks_answer(), **refusals},
        openapi_extra=json_body(DetectionsBody),
    )(post_detections)
    return api


async def post_frame(
    request: Request,
    engine: EngineDep,
    stream_id: StreamId,
    seq: FrameSeq = None,
    capture_ts: CaptureTimestamp = None,
    width: RawSide = None,
    height: RawSide = None,
    detections: Wanted = False,
) -> Response:
    """Opens the stream on its first frame. The answer comes when the frame is tracked, and has `received_at` and
    `sent_at`, in seconds since 1970.

    **Order.** A `Frame-Seq` or a time at or before the last is refused with 409 and `expected_seq` (order `strict`),
    dropped (`skip_late`), or put where it belongs as long as what comes after it waits, `reorder_ms` at most
    (`reorder`; a frame is decoded when its turn has come). The very same `Frame-Seq` as the last one gets the same
    answer again, and so does one that is not answered yet; with `reorder` also one of the last few.

    **Drops.** A frame that is given up is answered 429 with a `reason`: `superseded` (a newer one took its place,
    overload `latest`), `too_old` (`max_age_ms`), `late` (after a later one), `rate` (beyond `max_fps`) or `closed`.
    Sending it again does not help; `drops` of the stream counts them.

    **Writers.** While a socket writes to the stream, or the server reads its source, the answer is 409."""
    limits = engine.settings.limits
    if width is None and height is None:
        data = await _payload(request, limits.image_bytes, "the image")
        frame = FrameIn(data=data, seq=seq, capture_ts=capture_ts)
    elif width is None or height is None:
        raise invalid(f"/query/{'width' if width is None else 'height'}", "a raw frame needs both width and height")
    else:
        frame = await _raw(request, (width, height), limits, seq, capture_ts)
    return answered(await engine.submit(stream_id, frame), detections)


async def post_detections(
    request: Request, engine: EngineDep, stream_id: StreamId, detections: Wanted = False
) -> Response:
    """The same without the detector. Opens the stream on its first frame."""
    data = await read_body(request, engine.settings.limits.json_body_bytes)
    frame = detections_in(decode_json(data, DetectionsBody), engine.settings.limits)
    return answered(await engine.submit(stream_id, frame), detections)


def answered(answer: Answer, detections: bool) -> Response:
    """A frame's answer with its times in `Server-Timing`."""
    headers = {"Server-Timing": server_timing(answer.message.timing_ms)}
    return Response(body_of(answer, detections), headers=headers, media_type="application/json")


def body_of(answer: Answer, detections: bool) -> bytes:
    """A frame's answer as JSON, with every detection where they are wanted."""
    if not detections:
        return answer.encoded.json()
    return msgspec.json.encode(msgspec.structs.replace(answer.message, detections=answer.detection_rows()))


def server_timing(timing: Timing) -> str:
    """The value of the header, as browsers' developer tools show it."""
    return ", ".join(f"{stage};dur={spent_ms:g}" for stage, spent_ms in timing.stages().items())


async def _raw(
    request: Request, size: tuple[int, int], limits: Limits, seq: int | None, capture_ts: float | None
) -> FrameIn:
    check_size(*size, limits.image_side, limits.image_pixels)
    if 3 * size[0] * size[1] > limits.raw_frame_bytes:
        detail = f"a raw frame of {size[0]} x {size[1]} pixels has more than {limits.raw_frame_bytes} bytes"
        raise TooLarge(detail, limit=limits.raw_frame_bytes)
    data = await _payload(request, limits.raw_frame_bytes, "the raw frame")
    return FrameIn(image=raw_frame(data, *size, limits.image_side, limits.image_pixels), seq=seq, capture_ts=capture_ts)


async def _payload(request: Request, limit: int, what: str) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await read_file(request, limit, what)
    return await read_body(request, limit, what)
