"""From what a client sent to detections: sniff, decode in a small pool, detect in a batch."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.engine.clock import loop_s
from app.engine.fleet import Fleet
from app.engine.loaded import Loaded
from app.engine.pending import PATIENT, Patience, too_old
from app.engine.port import DetectionsIn, FrameIn
from app.errors import TooLarge
from app.imaging.decode import decode
from app.imaging.header import ImageHeader
from app.imaging.sniff import check_limits, sniff
from app.limits import Limits
from models import Glimpse, take_glimpse
from models.tiling import View
from models.viewing import Sight, cover, cut
from tracker import Detections

_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Admitted:
    """A frame whose header was read and found within the limits, and how it waits.

    `header` is None where nothing needs decoding.
    """

    frame: FrameIn | DetectionsIn
    header: ImageHeader | None
    size: tuple[int, int]
    patience: Patience = PATIENT


@dataclass(frozen=True, slots=True)
class Perceived:
    """A frame's detections, in pixels of the full image, a glimpse of it where that was wanted, and the milliseconds
    they took. `labels` are the class names of the model that saw it; `looked` is False where none did, because the
    stream detects in every k-th frame only."""

    detections: Detections
    labels: Sequence[str]
    decode_ms: float = 0.0
    queue_ms: float = 0.0
    detect_ms: float = 0.0
    glimpse: Glimpse | None = None
    glimpse_ms: float = 0.0
    looked: bool = True


class Perception:
    """Turns frames into detections. Shared by all sessions; holds no state of any stream."""

    def __init__(self, fleet: Fleet, decoders: ThreadPoolExecutor, limits: Limits) -> None:
        self._fleet = fleet
        self._decoders = decoders
        self._limits = limits

    def model(self, name: str | None) -> Loaded:
        """The version of a named model that sees the next frame; None names the default."""
        return self._fleet[name]

    def admit(self, frame: FrameIn | DetectionsIn) -> Admitted:
        """Check a frame by its header alone; no decoder runs.

        Raises:
            TooLarge, UnsupportedMedia, InvalidInput: see `hardening`: over a limit, no image, a broken image.
        """
        if isinstance(frame, DetectionsIn):
            return Admitted(frame, None, (frame.width, frame.height))
        if frame.data is None:
            assert frame.image is not None, "a frame has bytes or pixels"
            return Admitted(frame, None, (frame.image.shape[1], frame.image.shape[0]))
        if len(frame.data) > self._limits.image_bytes:
            raise TooLarge(f"the image has {len(frame.data)} bytes", limit=self._limits.image_bytes)
        header = sniff(frame.data)
        check_limits(header, max_side=self._limits.image_side, max_pixels=self._limits.image_pixels)
        return Admitted(frame, header, (header.width, header.height))

    def perceive(
        self,
        stream_id: str,
        admitted: Admitted,
        sight: Sight,
        *,
        model: str | None = None,
        glimpse: bool = False,
    ) -> asyncio.Future[Perceived]:
        """The detections of one admitted frame, looked at as `sight` says, and a glimpse of its picture if wanted.

        The frame belongs to the version of the model that serves now, whatever takes its place meanwhile.

        Raises:
            InvalidInput: the image turned out to be broken.
            FrameDropped: its patience is exhausted, with the reason `superseded` or `too_old`.
            DetectorFailed: the detector raised or took too long, or did so too often of late.
            ValueError: a picture of its size cannot be looked at in this way.
        """
        frame = admitted.frame
        loaded = self.model(model)
        if isinstance(frame, DetectionsIn):
            return _known(Perceived(frame.detections, loaded.labels))
        seeing = asyncio.ensure_future(self._see(loaded, stream_id, admitted, frame, sight, glimpse))
        loaded.hold(seeing)
        return seeing

    def in_thread(self, call: Callable[..., _R], *arguments: object) -> asyncio.Future[_R]:
        """Start a function that computes beside the event loop."""
        return asyncio.get_running_loop().run_in_executor(self._decoders, call, *arguments)

    def unseen(self, model: str | None) -> asyncio.Future[Perceived]:
        """What is known of a frame that nobody looks at, at once."""
        return _known(Perceived(Detections.empty(), self.model(model).labels, looked=False))

    async def _see(
        self, loaded: Loaded, stream_id: str, admitted: Admitted, frame: FrameIn, sight: Sight, wanted: bool
    ) -> Perceived:
        started = perf_counter()
        if admitted.patience.exhausted(loop_s()):  # before anything is spent on it
            raise too_old()
        size = admitted.size
        views = sight.views(size, loaded.info.runs_at)
        image = frame.image if frame.data is None else await self._decode(loaded, admitted, views)
        assert image is not None, "admit saw bytes or pixels"
        decode_ms = (perf_counter() - started) * 1e3
        looking = self.in_thread(_timed_glimpse, image, size) if wanted else None
        parts, sizes = [cut(image, size, view) for view in views], [view.size for view in views]
        found = await loaded.batcher.submit_views(stream_id, parts, sizes, admitted.patience)
        detections = await self._joined(sight, found.views, views)
        seen, glimpse_ms = await looking if looking is not None else (None, 0.0)
        return Perceived(detections, loaded.labels, decode_ms, found.queue_ms, found.detect_ms, seen, glimpse_ms)

    async def _joined(self, sight: Sight, found: Sequence[Detections], views: Sequence[View]) -> Detections:
        # What two views show has to be compared, which takes a while in a crowd.
        return sight.joined(found, views) if len(views) == 1 else await self.in_thread(sight.joined, found, views)

    async def _decode(self, loaded: Loaded, admitted: Admitted, views: Sequence[View]) -> NDArray[np.uint8]:
        """The image at the smallest scale that still covers the detector's input with each view."""
        assert isinstance(admitted.frame, FrameIn), "detections need no decoding"
        assert admitted.frame.data is not None, "pixels need no decoding"
        assert admitted.header is not None, "bytes were sniffed"
        needed = cover(loaded.detector, admitted.size, views)
        return await self.in_thread(decode, admitted.frame.data, admitted.header, needed)


def _known(seen: Perceived) -> asyncio.Future[Perceived]:
    future: asyncio.Future[Perceived] = asyncio.get_running_loop().create_future()
    future.set_result(seen)
    return future


def _timed_glimpse(image: NDArray[np.uint8], size: tuple[int, int]) -> tuple[Glimpse, float]:
    started = perf_counter()
    return take_glimpse(image, size), (perf_counter() - started) * 1e3
