"""The process that sends: JPEGs, or detections of nobody's detector, over a WebSocket for each stream.

A picture is taken when its turn comes: the clock is read, then it is encoded and sent, whether or not those before were
answered. Turns that the clock has passed by are left out.
"""

import asyncio
import random
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec
import simplejpeg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Data

from app.framing import Codec, FrameHeader, pack
from benchmarks.live_children import answer
from benchmarks.live_pictures import street
from benchmarks.tracker_scene import make_scene

OBJECTS, FRAMES = 20, 120
QUALITY = 80
Take = Callable[[int, float], Data]
"""From a frame's number and capture time to what is sent."""


class Sender:
    """Streams that are being sent, and when each of their frames was taken."""

    def __init__(self) -> None:
        """Nothing is sent."""
        self._tasks: list[asyncio.Task[None]] = []
        self._taken: dict[str, list[tuple[int, float]]] = {}

    async def open(
        self, address: str, streams: list[str], fps: float, size: tuple[int, int] | None, seed: int
    ) -> dict[str, Any]:
        """Begin: pictures of `size`, detections where it is None; each stream at a moment of its own."""
        phases = random.Random(seed)
        for index, stream in enumerate(streams):
            take = _detections() if size is None else pictures(size, index)
            self._taken[stream] = []
            sending = _send(f"{address}/v1/streams/{stream}/ws", take, fps, phases.random(), self._taken[stream])
            self._tasks.append(asyncio.create_task(sending))
        return {}

    async def close(self) -> dict[str, Any]:
        """End, and tell of each stream (number, taken at) of all frames."""
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        for end in ended:
            if not isinstance(end, asyncio.CancelledError):
                raise RuntimeError(f"a stream was not sent to the end: {end!r}")
        taken, self._taken, self._tasks = self._taken, {}, []
        return {"taken": taken}


async def _send(address: str, take: Take, fps: float, phase: float, taken: list[tuple[int, float]]) -> None:
    async with connect(address, max_size=None, compression=None, proxy=None) as socket:
        await socket.recv()  # hello
        loop = asyncio.get_running_loop()
        begun = loop.time() + phase / fps
        async with asyncio.TaskGroup() as group:
            group.create_task(_read(socket))
            for step in count():
                wait_s = begun + step / fps - loop.time()
                if wait_s < -1 / fps:
                    continue
                await asyncio.sleep(wait_s)
                number, now = len(taken) + 1, time.time()
                taken.append((number, now))
                await socket.send(take(number, now))


async def _read(socket: ClientConnection) -> None:
    """What the service answers its sender is not measured."""
    async for _ in socket:
        pass


def pictures(size: tuple[int, int], first: int) -> Take:
    """JPEGs of a size, taken as they are asked for; neighbours begin with other ones."""
    scenes = street(*size)

    def take(number: int, at: float) -> bytes:
        header = pack(FrameHeader(Codec.JPEG, number, at))
        return header + simplejpeg.encode_jpeg(scenes[(first + number) % len(scenes)], QUALITY, "BGR", "420")

    return take


def _detections() -> Take:
    frames = [
        [
            {"bbox": box, "score": score, "class_id": 0}
            for box, score in zip(frame.xyxy.round(2).tolist(), frame.score.round(4).tolist(), strict=True)
        ]
        for frame in make_scene(OBJECTS, FRAMES)
    ]

    def take(number: int, at: float) -> str:
        body = {"type": "detections", "width": 1920, "height": 1080, "seq": number, "capture_ts": at}
        return msgspec.json.encode(body | {"detections": frames[number % FRAMES]}).decode()

    return take


async def main() -> None:
    """Send as asked."""
    sender = Sender()
    await answer({"open": sender.open, "close": sender.close})


if __name__ == "__main__":
    asyncio.run(main())
