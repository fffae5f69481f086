"""How much of the detector's own rate is left after decoding, sockets, tracking and JSON?

One client sends 1080p JPEGs over one WebSocket to the real service; the peer is a bare `session.run` loop over one
ready-made tensor, with onnxruntime's default options. Both alternate; the answer is the median of the rounds' ratios.

    python -m benchmarks.service_throughput MODEL.onnx [--frames 300] [--rounds 5] [--pictures FOLDER]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import onnxruntime
from websockets.asyncio.client import connect

from app.imaging.draw import encode_jpeg
from app.sources.demo import DemoCamera
from benchmarks.machine import stamp
from benchmarks.serving import Service, serving

CONFIG = 'model = "{model}"\n[stream]\noverload = "lossless"\n'


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    pictures = _pictures(arguments.pictures)
    size_kb = statistics.mean(map(len, pictures)) / 1024
    print(stamp())
    print(f"{len(pictures)} pictures of 1920x1080, {size_kb:.0f} kB on average, {arguments.frames} frames a round\n")
    print(f"{'round':>5} {'session.run':>12} {'service':>12} {'ratio':>6}")
    config = CONFIG.format(model=arguments.model.resolve())
    ratios = []
    with tempfile.TemporaryDirectory() as folder, serving(config, Path(folder)) as service:
        asyncio.run(_send(service, "warm", pictures, 30))
        for number in range(1, arguments.rounds + 1):
            bare = _bare(arguments.model, arguments.frames)
            ours = asyncio.run(_send(service, f"round-{number}", pictures, arguments.frames))
            ratios.append(ours / bare)
            print(f"{number:>5} {bare:>8.1f} fps {ours:>8.1f} fps {ours / bare:>6.2f}")
    print(f"\nmedian ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def _bare(model: Path, frames: int) -> float:
    """Frames per second of a loop that does nothing but run the session."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    (first, *_) = session.get_inputs()
    shape = [side if isinstance(side, int) else 1 if axis == 0 else 416 for axis, side in enumerate(first.shape)]
    feed = {first.name: np.full(shape, 114, np.float32)}
    for _ in range(5):
        session.run(None, feed)
    started = time.perf_counter()
    for _ in range(frames):
        session.run(None, feed)
    return frames / (time.perf_counter() - started)


async def _send(service: Service, stream: str, pictures: list[bytes], frames: int) -> float:
    """Frames per second from the first byte sent to the last answer, within the credit that the service grants."""
    address = service.socket(f"/v1/streams/{stream}/ws")
    async with connect(address, subprotocols=["trackd.v1.msgpack"], max_size=None, compression=None) as socket:
        await socket.recv()  # hello
        credit = asyncio.Semaphore(8)
        started = time.perf_counter()

        async def write() -> None:
            for picture in islice(cycle(pictures), frames):
                await credit.acquire()
                await socket.send(picture)

        writing = asyncio.create_task(write())
        for _ in range(frames):
            answer = await socket.recv()
            if b"tracks" not in answer[:40]:
                raise RuntimeError(f"not tracked: {answer!r}")
            credit.release()
        await writing
        return frames / (time.perf_counter() - started)


def _pictures(folder: Path | None) -> list[bytes]:
    if folder is not None:
        return [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    camera = DemoCamera(seed=1, width=1920, height=1080)
    return [encode_jpeg(camera.frame(index * 5), quality=90) for index in range(12)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="an ONNX detector")
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=Path, help="a folder of 1080p JPEGs instead of the demo camera")
    return parser.parse_args()


if __name__ == "__main__":
    main()
