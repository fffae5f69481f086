"""Does the service stay whole for a while under more than it can do? Books, errors, memory, descriptors, threads.

Demo cameras rendered by the service itself feed as many streams, one subscriber reads them all.

    python -m benchmarks.soak [--streams 16] [--seconds 120] [--fps 10]
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

import httpx
import psutil
from websockets.asyncio.client import connect

from benchmarks.machine import stamp
from benchmarks.serving import Service, serving

STREAM = '[streams.demo-{n}.source]\nurl = "demo:?seed={n}&fps={fps}&width=640&height=360"\n'
SAMPLE_S = 5.0


def main() -> None:
    """Run, print a row every few seconds, and end with exit code 1 when something does not hold."""
    arguments = _arguments()
    config = "".join(STREAM.format(n=n, fps=arguments.fps) for n in range(1, arguments.streams + 1))
    print(stamp() + "\n")
    with tempfile.TemporaryDirectory() as folder, serving(config, Path(folder)) as service:
        problems = asyncio.run(_watch(service, arguments.streams, arguments.seconds))
    print("\n".join(problems) or "books balanced, nothing rejected, memory flat")
    raise SystemExit(bool(problems))


async def _watch(service: Service, streams: int, seconds: float) -> list[str]:
    process, rows = psutil.Process(service.pid), []
    reading = asyncio.create_task(_read(service))
    print(
        f"{'s':>5} {'RSS MB':>8} {'fds':>5} {'threads':>8} {'tracked':>8} {'dropped':>8} {'fps':>6} {'median ms':>10}"
    )
    started = time.monotonic()
    async with httpx.AsyncClient(base_url=service.address, timeout=30) as client:
        while time.monotonic() - started < seconds:
            await asyncio.sleep(SAMPLE_S)
            views = (await client.get("/v1/streams")).json()["items"]
            books = [view["accounts"] for view in views]
            rows.append((process.memory_info().rss / 2**20, process.num_fds(), process.num_threads(), books))
            latency = statistics.median(view["latency_ms"] or 0 for view in views)
            print(
                f"{time.monotonic() - started:>5.0f} {rows[-1][0]:>8.1f} {rows[-1][1]:>5} {rows[-1][2]:>8}"
                f" {sum(b['tracked'] for b in books):>8} {sum(b['dropped'] for b in books):>8}"
                f" {sum(view['fps'] for view in views):>6.1f} {latency:>10.1f}"
            )
        ready = (await client.get("/readyz")).status_code
    reading.cancel()
    (read,) = await asyncio.gather(reading, return_exceptions=True)
    if not isinstance(read, asyncio.CancelledError):
        return [f"the subscriber ended: {read!r}"]
    return list(_problems(rows, streams, ready))


async def _read(service: Service) -> None:
    async with connect(service.socket("/v1/subscribe"), max_size=None, compression=None) as socket:
        async for message in socket:
            if json.loads(message)["type"] == "error":
                raise RuntimeError(message)


def _problems(rows: list[tuple[float, int, int, list[dict[str, int]]]], streams: int, ready: int) -> list[str]:
    books = rows[-1][3]
    found = [] if len(books) == streams else [f"{len(books)} streams are open, not {streams}"]
    for b in books:
        if b["received"] != b["tracked"] + b["dropped"] + b["rejected"] + b["in_flight"]:
            found.append(f"books do not balance: {b}")
        if b["rejected"] or not b["tracked"]:
            found.append(f"frames were rejected, or none was tracked: {b}")
    half = len(rows) // 2
    before, after = (statistics.median(row[0] for row in part) for part in (rows[len(rows) // 4 : half], rows[half:]))
    if after > before * 1.05:
        found.append(f"memory grew from {before:.1f} to {after:.1f} MB")
    if rows[-1][1] > rows[half][1] + 8 or rows[-1][2] > rows[half][2] + 2:
        found.append(f"descriptors or threads grew: {rows[half][1:3]} to {rows[-1][1:3]}")
    return found + ([] if ready == 200 else [f"/readyz answers {ready}"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--fps", type=float, default=10.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
