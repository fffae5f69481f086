"""How old are tracks when they are read, what does a frame cost, and what a stream, a camera and a reader?

`trackd serve` in a process of its own, with the bundled detector; beside it a process that sends, one that plays RTSP
cameras, one that reads and notes, and one with readers who only read. Three ways in: detections of 20 objects, and
pictures as JPEG, over a WebSocket for each stream, and H.264 cameras that the service reads by itself. A picture is
taken where the clock is read, before it is encoded; from then until its tracks are read everything counts: encoder,
network, decoder, detector, tracker, sockets. The number of a camera's picture is drawn in it, so that nobody's idea of
its time is needed. Frames come so fast that 60 % of what others leave of the processors are taken, senders and readers
included, or 60 % of the event loop, which is measured first; at most 30 a second of one stream.

    python -m benchmarks.live [--rounds 3] [--seconds 4] [--streams 1 8 32] [--ways detections jpeg rtsp]

Every figure is the median of the rounds. Those of cameras follow each other, since 32 decoders take their time to
start; the other rows take turns.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from benchmarks.live_report import Result, print_report
from benchmarks.live_rows import Row, Way
from benchmarks.live_run import CORES, Bench
from benchmarks.machine import stamp

SMALL, LARGE = (640, 360), (1920, 1080)
SIZES: dict[Way, tuple[tuple[int, int] | None, ...]] = {"detections": (None,), "jpeg": (SMALL, LARGE), "rtsp": (SMALL,)}
LOAD, OVERLOAD = 0.6, 2.0
MOST_FPS = 30.0
TRIED_FPS, TRIED_STREAMS = 10.0, 2
READERS = 64
LEAST_LEFT = 0.25
"""Share of the machine that is ours in any case: whoever else is there has to share."""


def main() -> None:
    """Measure and print."""
    options = _options()
    print(f"{stamp()}\nload     {os.getloadavg()[0]:.1f}", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bench = Bench(stack, folder, options.ways)
        capacity = _capacities(bench, options)
        results = [Result(row) for row in plan(capacity, options.streams, options.readers)]
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            for result in _turn(results, number):
                _measure(bench, result, options, number)
    print_report(results, capacity)
    if options.json:
        told = {"stamp": stamp().splitlines(), "results": [asdict(result) for result in results]}
        options.json.write_text(json.dumps(told, indent=1) + "\n")


def plan(capacity: dict[tuple[Way, tuple[int, int] | None], float], streams: list[int], readers: int) -> Iterator[Row]:
    """The rows. Of one way the fewest streams come first and the most next, so that what lies between is memory."""
    fewest, most = min(streams), max(streams)
    order = [fewest, *([most] if most > fewest else []), *(n for n in sorted(streams) if fewest < n < most)]
    for (way, size), rate in capacity.items():
        for count in order:
            yield Row(way, size, count, min(MOST_FPS, LOAD * rate / count))
        if size == SMALL and way == "jpeg":
            yield Row(way, size, most, OVERLOAD * rate / most, note="twice too many")
        if size != LARGE and way != "rtsp" and readers:
            yield Row(way, size, 1, min(MOST_FPS, LOAD * rate), readers, f"{readers} readers")


def _capacities(bench: Bench, options: argparse.Namespace) -> dict[tuple[Way, tuple[int, int] | None], float]:
    """Frames per second at which the processors, as far as nobody else has them, or the event loop would be taken, by
    what a frame takes of them when there are few."""
    found: dict[tuple[Way, tuple[int, int] | None], float] = {}
    for way in options.ways:
        for size in SIZES[way]:
            windows, _ = bench.measure(Row(way, size, TRIED_STREAMS, TRIED_FPS), options.seconds / 2)
            if not windows:
                raise SystemExit("this machine is too busy: hardly a frame was tracked")
            left = max(LEAST_LEFT, 1 - windows[0].others)
            found[way, size] = left * min(CORES / windows[0].whole, 1 / windows[0].loop) * 1e3
    return found


def _turn(results: list[Result], number: int) -> list[Result]:
    """Each round begins with another row; the first in the order of the plan, for the memory."""
    start = number * len(results) // 3 % len(results)
    return results[start:] + results[:start]


def _measure(bench: Bench, result: Result, options: argparse.Namespace, number: int) -> None:
    camera = result.row.way == "rtsp"
    if camera and number:
        return
    print(f"  {result.row.title}", file=sys.stderr)
    windows, memory = bench.measure(result.row, options.seconds, options.rounds if camera else 1)
    result.windows += windows
    if not number:
        result.memory_mb = memory


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="for one row in one round")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--ways", nargs="+", choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--readers", type=int, default=READERS, help="who only read, in two rows; 0: none")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every window")
    return parser.parse_args()


if __name__ == "__main__":
    main()
