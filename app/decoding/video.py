"""Videos and cameras through PyAV: packets in, upright BGR pictures out."""

import os
import time
from collections.abc import Iterator
from io import RawIOBase
from typing import TYPE_CHECKING

from av.error import ExitError, FFmpegError
from av.video.reformatter import VideoReformatter

from app.decoding.errors import Silent, Unreadable
from app.decoding.formats import frame_rate_of
from app.decoding.hardware import Device, find_device
from app.decoding.link import Link
from app.decoding.opening import opened
from app.decoding.words import Open, Opened

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

TURNS = (90, 180, 270)
MOST_THREADS = 4


def play(order: Open, link: Link, source: str | RawIOBase, *, live: bool) -> None:
    """Pass on every frame of a video, as it comes or as fast as there is a place for it.

    Raises:
        Stopped: the service wants no more of it.
        Unreadable: it is no video, breaks off, or holds no frame that decodes.
    """
    device = find_device() if order.hardware else Device()
    screen, told = _Screen(link, order.image_pixels), False
    with opened(order, source, device) as container:
        stream = _video_stream(container)
        screen.check_size(stream.codec_context.width, stream.codec_context.height)
        _use_threads(stream, live)
        for frame in _decoded(container, stream, link, live):
            if not told:
                link.opened(Opened(live, stream.codec_context.name, device.told(stream), frame_rate_of(stream)))
                told = True
            screen.show(frame, wait=not live)
    if live:
        raise Unreadable("the camera ended the connection")
    if not told:
        raise Unreadable(f"it holds no frame that decodes{link.why}")


def _decoded(container: "InputContainer", stream: "VideoStream", link: Link, live: bool) -> Iterator["VideoFrame"]:
    packets = container.demux(stream)
    while True:
        link.check()
        try:
            packet = next(packets)
        except StopIteration:
            return
        except FFmpegError as error:
            if not live:  # a file that breaks off ends there
                link.skip(f"it breaks off: {error.strerror}")
                return
            raise broken_off(error) from None
        try:
            frames = packet.decode()
        except MemoryError:
            raise
        except FFmpegError as error:
            link.skip(error.strerror or str(error))
            continue
        for frame in frames:
            if frame.is_corrupt:
                link.skip("a frame is damaged")
            else:
                yield frame


def broken_off(error: FFmpegError) -> Unreadable:
    """Why no more packets come."""
    if isinstance(error, ExitError):
        return Silent("it sends nothing any more")
    return Unreadable(f"the connection broke: {(error.strerror or str(error)).lower()}")


class _Screen:
    """Shows frames as upright BGR, with one conversion context for all of a size."""

    def __init__(self, link: Link, most_pixels: int) -> None:
        self._link = link
        self._most_pixels = most_pixels
        self._reformatter = VideoReformatter()

    def check_size(self, width: int, height: int) -> None:
        """Raises Unreadable where pictures of this size are too large."""
        if width * height > self._most_pixels:
            raise Unreadable(
                f"its pictures have {width} x {height} pixels, more than limits.image_pixels, {self._most_pixels}"
            )

    def show(self, frame: "VideoFrame", *, wait: bool) -> None:
        """Pass a frame on."""
        self.check_size(frame.width, frame.height)
        came_at = time.time()
        picture = self._reformatter.reformat(frame, format="bgr24")
        rows, size = _turned(picture, frame.rotation) if frame.rotation % 360 in TURNS else _rows(picture)
        pts = None if frame.pts is None else float(frame.time)
        self._link.show(rows, size, pts, at=came_at, wait=wait)


def _rows(picture: "VideoFrame") -> tuple[list[memoryview], tuple[int, int]]:
    """The bytes of a picture in parts, without what its rows are padded with."""
    plane = picture.planes[0]
    pixels, width = memoryview(plane).cast("B"), 3 * picture.width
    if plane.line_size == width:
        return [pixels[: width * picture.height]], (picture.width, picture.height)
    starts = range(0, plane.line_size * picture.height, plane.line_size)
    return [pixels[start : start + width] for start in starts], (picture.width, picture.height)


def _turned(picture: "VideoFrame", rotation: int) -> tuple[list[memoryview], tuple[int, int]]:
    import numpy as np  # only a phone's video needs it

    image = np.ascontiguousarray(np.rot90(picture.to_ndarray(), rotation // 90 % 4))
    return [memoryview(image.tobytes())], (image.shape[1], image.shape[0])


def _video_stream(container: "InputContainer") -> "VideoStream":
    if not container.streams.video:
        raise Unreadable("it has no video in it")
    stream = container.streams.video[0]
    if stream.codec_context is None:
        raise Unreadable("its video is in a format for which there is no decoder")
    return stream


def _use_threads(stream: "VideoStream", live: bool) -> None:
    """Whole frames at once for a file. Of a camera parts of one, because each frame more in hand is late by one."""
    stream.thread_type = "SLICE" if live else "AUTO"
    stream.codec_context.thread_count = min(MOST_THREADS, os.cpu_count() or 1)
