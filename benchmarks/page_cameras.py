"""Sixteen cameras for the page, in a process of their own: pictures made once are sent again and again at a set rate.

`python -m benchmarks.page_cameras ADDRESS CAMERAS FPS WIDTH`; prints `sending` when every camera is open, and on
SIGTERM how many frames it sent.
"""

import asyncio
import signal
import sys
from collections.abc import Sequence
from itertools import count

import httpx
import simplejpeg
import websockets

from app.sources import open_source

FRAMES = 40
SCENES = 4
EVERY = 10  # frames that the detector looks at: its time is not what is measured


def scene(seed: int, width: int) -> list[bytes]:
    """A few seconds of the demo camera as JPEG, there and back again, so that nothing jumps."""
    url = f"demo:?seed={seed}&frames={FRAMES}&width={width}&height={width * 9 // 16}&fps=10"
    pictures = [simplejpeg.encode_jpeg(frame.image, 80, "BGR", "420") for frame in open_source(url)]
    return pictures + pictures[-2:0:-1]


async def camera(address: str, stream: str, pictures: Sequence[bytes], period_s: float, offset_s: float) -> int:
    """Send until cancelled; frames that the clock has passed are left out. How many were sent."""
    loop = asyncio.get_running_loop()
    sent = 0
    async with websockets.connect(f"{address.replace('http', 'ws', 1)}/v1/streams/{stream}/ws") as socket:
        reading = asyncio.create_task(_read(socket))
        begun = loop.time() + offset_s
        try:
            for step in count():
                wait_s = begun + step * period_s - loop.time()
                if wait_s < -period_s:
                    continue
                await asyncio.sleep(max(0.0, wait_s))
                await socket.send(pictures[step % len(pictures)])
                sent += 1
        except asyncio.CancelledError:
            return sent
        finally:
            reading.cancel()
    return sent


async def _read(socket: websockets.ClientConnection) -> None:
    async for _ in socket:
        pass


async def main(address: str, cameras: int, fps: float, width: int) -> None:
    """Open the streams, send until SIGTERM, say how many frames went out."""
    scenes = [scene(seed, width) for seed in range(1, SCENES + 1)]
    names = [f"cam{number}" for number in range(1, cameras + 1)]
    async with httpx.AsyncClient(base_url=address) as client:
        for name in names:
            (await client.put(f"/v1/streams/{name}", json={"detection": {"every": EVERY}})).raise_for_status()
    tasks = [
        asyncio.create_task(camera(address, name, scenes[at % SCENES], 1 / fps, at / fps / cameras))
        for at, name in enumerate(names)
    ]
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: [task.cancel() for task in tasks])
    print("sending", flush=True)
    print(sum(await asyncio.gather(*tasks)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
