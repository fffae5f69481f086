"""Does a camera that breaks off a thousand times leave anything behind? Memory, descriptors, threads, tasks, children.

`python -m benchmarks.reconnects [--cycles 1000]`. A service, the camera of the tests (RTSP over TCP, H.264, 160x96) and
everything between them in one process, but the decoder, which has its own. The camera resets the connection after four
frames or before any, and refuses the credentials, in turn; the service tries again at once instead of after 1 to 30 s.
"""

import argparse
import asyncio
import logging
import time

import structlog

from app.sources import backoff
from benchmarks.machine import stamp
from tests.sources.camera_service import source_of, watching
from tests.sources.clips import square_clip
from tests.sources.reconnecting import Held, reconnects
from tests.sources.rtsp_server import camera

ROWS = 10
MOST_MB = 8.0


def main() -> None:
    """Print a row for each tenth, and end with exit code 1 when something grew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=1000)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    backoff.LEAST_S = backoff.MOST_S = 0.0
    print(stamp() + "\n")
    rows = asyncio.run(_run(options.cycles))
    grown = _grown(rows[1], rows[-1])
    print("\n".join(grown) or "nothing grew")
    raise SystemExit(bool(grown))


async def _run(cycles: int) -> list[Held]:
    rows: list[Held] = []
    every = max(8, cycles // ROWS)
    print(f"{'cycles':>7} {'service MB':>11} {'decoder MB':>11} {'fds':>5} {'threads':>8} {'tasks':>6} {'children':>9}")
    async with camera(square_clip((160, 96)), fps=200.0) as found, watching() as service:
        started = time.perf_counter()
        async for row in reconnects(service, found, cycles, every):
            rows.append(row)
            print(
                f"{len(rows) * every:>7} {row.service_mb:>11.1f} {row.children_mb:>11.1f} {row.descriptors:>5}"
                f" {row.threads:>8} {row.tasks:>6} {row.children:>9}",
                flush=True,
            )
        spent = time.perf_counter() - started
        came, books = source_of(service), service.books("cam")
    print(f"\n{found.connections} connections, {came.connects} came to a frame, {books.tracked} frames were tracked")
    print(f"{1000 * spent / len(rows) / every:.0f} ms a cycle")
    return rows


def _grown(before: Held, after: Held) -> list[str]:
    """What grew since the second row; the first is of a service that has just begun."""
    memory = after.service_mb + after.children_mb - before.service_mb - before.children_mb
    found = [f"memory grew by {memory:.1f} MB"] if memory > MOST_MB else []
    pairs = zip(("descriptors", "threads", "tasks", "children"), before.counted, after.counted, strict=True)
    return found + [f"{name} grew from {old} to {new}" for name, old, new in pairs if new > old]


if __name__ == "__main__":
    main()
