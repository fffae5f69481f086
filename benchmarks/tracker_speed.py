"""How long does an update take, and how much longer in other trackers?

One stream of N moving objects (`benchmarks.tracker_scene`), the same arrays for all, each tracker in a process of its
own with one thread, in turn; medians of the frames, then of the rounds. Making what a tracker takes from three arrays
counts for everybody, ourselves included.

    python -m benchmarks.tracker_speed [--peers NAME ...] [--sizes N ...] [--frames F] [--rounds 3] [--json FILE]

The peers come from PyPI into environments under `--environment`, which is done once. BoxMOT's C++ is built there if
CMake, OpenCV 4 and Eigen 3 are at hand. A peer that cannot be had is named with the reason.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import REPOSITORY, stamp
from benchmarks.tracker_costs import measure_costs
from benchmarks.tracker_peers.catalogue import PEERS, Peer
from benchmarks.tracker_peers.environment import NoPeerError, prepare
from benchmarks.tracker_peers.process import Worker
from benchmarks.tracker_report import print_costs, print_speeds
from benchmarks.tracker_scene import make_scene

FRAMES = {10: 300, 50: 200, 100: 150, 200: 100, 500: 60, 1000: 40}
"""Frames of a run for each number of objects, the first `WARM_UP` of which are not counted."""
WARM_UP = 10
OURS = (
    Peer("trackd", "trackd", "trackd", "from tracker import ByteTracker"),
    Peer("accurate", "trackd, preset accurate", "trackd", "from tracker import ByteTracker"),
)


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    root: Path = arguments.environment
    root.mkdir(parents=True, exist_ok=True)
    pythons, missing = _interpreters(root, [peer for peer in PEERS if peer.name in arguments.peers])
    print(f"{stamp()}\nload     {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        scenes = {size: Path(folder) / f"{size}.npz" for size in {*arguments.sizes, 200}}
        for size, path in scenes.items():
            make_scene(size, arguments.frames or FRAMES.get(size, 40), arguments.seed).save(path)
        workers = _start(root, pythons, missing)
        speeds = _measure(workers, scenes, arguments, missing)
        print_speeds(arguments.sizes, speeds, missing)
        result: dict[str, Any] = {"stamp": stamp().splitlines(), "speeds": speeds, "missing": missing}
        if not arguments.no_costs:
            print("memory, imports, first updates, threads", file=sys.stderr)
            result["costs"] = measure_costs(root, [pythons[name] for name in speeds if name != "accurate"], scenes[200])
            print_costs(result["costs"])
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _interpreters(root: Path, peers: Sequence[Peer]) -> tuple[dict[str, tuple[Peer, Path]], dict[str, str]]:
    """The interpreter of each tracker that can be had, ours first, and why the others cannot."""
    found = {ours.name: (ours, Path(sys.executable)) for ours in OURS}
    missing = {}
    for peer in peers:
        try:
            found[peer.name] = (peer, prepare(root, peer))
        except NoPeerError as error:
            missing[peer.title] = str(error)
    return found, missing


def _start(
    root: Path, pythons: dict[str, tuple[Peer, Path]], missing: dict[str, str]
) -> dict[str, tuple[Peer, Worker]]:
    workers = {}
    for name, (peer, python) in pythons.items():
        try:
            workers[name] = (peer, Worker(python, name, root))
        except NoPeerError as error:
            if name == "trackd":
                raise
            missing[peer.title] = str(error)
    return workers


def _measure(
    workers: dict[str, tuple[Peer, Worker]],
    scenes: dict[int, Path],
    arguments: argparse.Namespace,
    missing: dict[str, str],
) -> dict[str, Any]:
    """All sizes and rounds, the trackers in turn, each round beginning with another one."""
    speeds: dict[str, Any] = {
        name: {"title": peer.title, "version": worker.version, "sizes": {}} for name, (peer, worker) in workers.items()
    }
    for size in arguments.sizes:
        for number in range(arguments.rounds):
            print(f"{size} objects, round {number + 1} of {arguments.rounds}", file=sys.stderr)
            order = list(workers)
            for name in order[number % len(order) :] + order[: number % len(order)]:
                peer, worker = workers[name]
                try:
                    said = worker.ask("time", scene=str(scenes[size]), budget_s=arguments.budget)
                except NoPeerError as error:
                    if name == "trackd":
                        raise
                    missing[f"{peer.title} at {size}"] = str(error)
                    del workers[name]
                    continue
                speeds[name]["sizes"].setdefault(size, []).append(_round(said))
    for _, worker in workers.values():
        worker.close()
    return speeds


def _round(said: dict[str, Any]) -> dict[str, Any]:
    """Medians of one run without its warm-up, or without its first frame where the budget left hardly more."""
    skipped = WARM_UP if len(said["update_ms"]) >= 2 * WARM_UP else 1
    prepared, updated = said.pop("prepare_ms")[skipped:], said.pop("update_ms")[skipped:]
    return {
        "ms": statistics.median(map(sum, zip(prepared, updated, strict=True))),
        "update_ms": statistics.median(updated),
        "frames": len(updated),
        **said,
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [peer.name for peer in PEERS]
    parser.add_argument("--peers", nargs="*", choices=names, default=names, metavar="NAME",
                        help=f"which to compare with, of: {', '.join(names)}; none if nothing follows")  # fmt: skip
    parser.add_argument("--sizes", nargs="+", type=_positive, default=list(FRAMES), metavar="N", help="objects")
    parser.add_argument("--frames", type=_positive, help="frames of a run, instead of fewer the more objects there are")
    parser.add_argument("--rounds", type=_positive, default=3)
    parser.add_argument("--seed", type=int, default=1, help="of the scenes")
    parser.add_argument("--budget", type=float, default=6.0, metavar="S", help="seconds after which a run is cut short")
    parser.add_argument("--environment", type=Path, default=REPOSITORY / ".venv-peers", metavar="DIR")
    parser.add_argument("--no-costs", action="store_true", help="leave out memory, imports and threads")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here too")
    return parser.parse_args()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 on")
    return number


if __name__ == "__main__":
    try:
        main()
    except NoPeerError as error:
        sys.exit(f"tracker_speed: {error}")
