"""Pictures of a stream for people: made when somebody looks, at most once per frame and form."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from app.engine.perception import Admitted
from app.engine.port import Answer, FrameIn
from app.errors import NothingYet
from app.imaging.counts import draw_counts
from app.imaging.decode import decode
from app.imaging.draw import annotate as draw_tracks
from app.imaging.draw import encode_jpeg
from app.turned import turned_by_track

Form = tuple[str, int, int, bool, int | None]


class Pictures:
    """Renders the newest frame of any stream; callers who want the same picture share one rendering."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._made: dict[tuple[str, bool, int | None], tuple[Form, asyncio.Future[bytes]]] = {}

    async def picture(self, newest: tuple[Answer, Admitted], *, annotate: bool, width: int | None) -> bytes:
        """JPEG of a tracked frame, at most `width` pixels wide.

        Raises:
            NothingYet: the stream's frames come as detections, without pictures.
        """
        answer, admitted = newest
        frame = admitted.frame
        if not isinstance(frame, FrameIn):
            raise NothingYet(f"stream {answer.message.stream!r} gets detections, not pictures")
        message = answer.message
        plain = not annotate and (width is None or width >= message.width)
        if plain and admitted.header is not None and frame.data and admitted.header.codec == "jpeg":
            return frame.data
        form: Form = (message.stream, message.epoch, message.seq, annotate, width)
        key = (message.stream, annotate, width)
        made = self._made.get(key)
        if made is None or made[0] != form:
            loop = asyncio.get_running_loop()
            made = form, loop.run_in_executor(self._threads, render, answer, admitted, annotate, width)
            self._made[key] = made
        return await asyncio.shield(made[1])

    def forget(self, stream_id: str) -> None:
        """Free what was made for a stream."""
        self._made = {key: made for key, made in self._made.items() if key[0] != stream_id}


def render(answer: Answer, admitted: Admitted, annotate: bool, width: int | None) -> bytes:
    """Decode, shrink, draw and encode one frame."""
    image = pixels(admitted, width)
    if width is not None and image.shape[1] > width:
        height = max(1, round(image.shape[0] * width / image.shape[1]))
        image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    if annotate:
        scale, message = image.shape[1] / answer.message.width, answer.message
        if answer.counting is not None and message.counts is not UNSET:
            image = draw_counts(image, answer.counting, message.counts, (message.width, message.height), scale)
        image = _drawn(image, answer, answer.labels, scale)
    return encode_jpeg(image)


def pixels(admitted: Admitted, width: int | None) -> NDArray[np.uint8]:
    """A frame's picture, BGR (H, W, 3): whole, or smaller and yet no narrower than `width`."""
    frame = admitted.frame
    assert isinstance(frame, FrameIn), "only frames have pixels"
    if frame.data is None or admitted.header is None:
        assert frame.image is not None, "a frame has bytes or pixels"
        return frame.image
    cover = None if width is None else (width, max(1, round(admitted.size[1] * width / admitted.size[0])))
    return decode(frame.data, admitted.header, cover)


def _drawn(image: NDArray[np.uint8], answer: Answer, labels: Sequence[str], scale: float) -> NDArray[np.uint8]:
    turned = turned_by_track(answer.detections, answer.tracks)
    return draw_tracks(image, answer.tracks, labels, scale=scale, turned=turned)
