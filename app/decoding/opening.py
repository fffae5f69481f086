"""Opens a video with what this kind of source may do, and no more."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from time import monotonic
from typing import TYPE_CHECKING

import av
from av.error import ExitError, FFmpegError, InvalidDataError

from app.decoding.errors import Unreadable
from app.decoding.formats import FORMATS
from app.decoding.hardware import Device
from app.decoding.relay import RtspRelay
from app.decoding.words import Open

if TYPE_CHECKING:
    from av.container import InputContainer

NOTHING = "none"  # there is no protocol of this name
PROTOCOLS = {"file": "file", "rtsp": "tcp,udp,rtp", "rtsps": "tcp,udp,rtp"}
CAMERAS = ("rtsp", "rtsps")


@contextmanager
def opened(order: Open, source: str | RawIOBase, device: Device) -> Iterator["InputContainer"]:
    """The video while the block runs.

    Raises:
        Unreadable: nobody answers, or it is no video.
    """
    if order.scheme not in CAMERAS:
        with _container(order, source, device) as container:
            yield container
        return
    with RtspRelay(order) as relay:
        try:
            container = _container(order, relay.url, device)
        except Unreadable:
            if relay.refusal is None:
                raise
            raise Unreadable(relay.refusal) from None
        with container:
            yield container


def _container(order: Open, source: str | RawIOBase, device: Device) -> "InputContainer":
    began_s = monotonic()
    try:
        return av.open(
            source,
            mode="r",
            options={"max_pixels": str(order.image_pixels)},
            container_options=_options(order),
            metadata_errors="replace",
            timeout=None if order.scheme == "file" else order.timeout_s,
            hwaccel=device.accelerator,
        )
    except MemoryError:
        raise
    except FFmpegError as error:
        raise Unreadable(_why(error, order, monotonic() - began_s)) from None


def _options(order: Open) -> dict[str, str]:
    protocols = PROTOCOLS.get(order.scheme, NOTHING)
    if order.scheme not in CAMERAS:
        return {"protocol_whitelist": protocols, "format_whitelist": FORMATS}
    return {
        "protocol_whitelist": protocols,
        "format_whitelist": "rtsp",
        "rtsp_transport": "tcp" if order.scheme == "rtsps" else order.transport,  # packets over UDP are not encrypted
        "rtsp_flags": "filter_src",  # over UDP only what comes from the camera's address
        "allowed_media_types": "video",
        "user_agent": "trackd",
        "analyzeduration": "2000000",  # microseconds that opening may spend on finding out what comes
        "fpsprobesize": "0",  # the rate of a camera is what its frames say
    }


def _why(error: FFmpegError, order: Open, took_s: float) -> str:
    # Where FFmpeg gives up while it waits for an answer's first line, it says that the line is no answer.
    given_up = took_s >= order.timeout_s and isinstance(error, InvalidDataError) and order.scheme in CAMERAS
    if given_up or isinstance(error, ExitError):
        return f"no answer within {order.timeout_s:g} s"
    if order.scheme in CAMERAS:
        if isinstance(error, av.error.HTTPUnauthorizedError):
            return "it asks for another name or password (401)"
        return (error.strerror or str(error)).lower()
    return f"it is no video that is read here: {(error.strerror or str(error)).lower()}"
