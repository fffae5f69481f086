"""The process that plays cameras: the RTSP servers of the tests, with pictures that are encoded as they are taken."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

from benchmarks.live_children import answer
from benchmarks.live_code import draw
from benchmarks.live_pictures import planes
from tests.sources.clips import Clip, nal_units
from tests.sources.rtsp_server import camera

KEY_EVERY = 50
TUNING = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": f"keyint={KEY_EVERY}:scenecut=0:threads=1"}


class Lens:
    """The pictures of one camera, each taken when it is asked for: the clock is read, its number is drawn, and libx264
    encodes it without delay. To be asked in order, by one visitor."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.taken: list[tuple[int, float]] = []
        self.size = size
        self._planes = planes(*size)
        self._encoder = _encoder(size)

    def __len__(self) -> int:
        return 2**62  # the camera never comes to its end

    def __getitem__(self, index: int) -> tuple[bytes, ...]:
        """The NAL units of the next picture. Index 0 is a new visitor's first, who can begin with a key frame only."""
        if index == 0:
            self._encoder = _encoder(self.size)
        number, now = len(self.taken), time.time()
        self.taken.append((number, now))
        picture = self._planes[number % len(self._planes)].copy()
        draw(picture[: self.size[1]], number)
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = index
        return tuple(unit for packet in self._encoder.encode(frame) for unit in nal_units(bytes(packet)))


def _encoder(size: tuple[int, int]) -> av.VideoCodecContext:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, 25)  # its rate control does not matter: the quality is fixed
    encoder.options = TUNING
    return encoder


class Cameras:
    """The cameras that are on."""

    def __init__(self) -> None:
        """None is."""
        self._stack = AsyncExitStack()
        self._lenses: list[Lens] = []

    async def open(self, count: int, fps: float, size: tuple[int, int]) -> dict[str, Any]:
        """Their addresses. A camera takes pictures while somebody watches."""
        addresses = []
        for _ in range(count):
            lens = Lens((size[0], size[1]))
            found = await self._stack.enter_async_context(camera(_live(lens), fps=fps))
            self._lenses.append(lens)
            addresses.append(found.url())
        return {"addresses": addresses}

    async def close(self) -> dict[str, Any]:
        """Switch them off, and tell of each (number, taken at) of all its pictures."""
        await self._stack.aclose()
        lenses, self._lenses = self._lenses, []
        return {"taken": [lens.taken for lens in lenses]}


@dataclass(frozen=True)
class _Live(Clip):
    """A clip whose pictures are those of a lens, described by a picture of another."""

    described: Clip

    @property
    def parameter_sets(self) -> tuple[bytes, bytes]:
        return self.described.parameter_sets


def _live(lens: Lens) -> Clip:
    first = Clip("h264", lens.size, (Lens(lens.size)[0],))
    return _Live("h264", lens.size, lens, first)  # type: ignore[arg-type]  # a lens is indexed in order alone


async def main() -> None:
    """Play as asked."""
    cameras = Cameras()
    await answer({"open": cameras.open, "close": cameras.close})


if __name__ == "__main__":
    asyncio.run(main())
