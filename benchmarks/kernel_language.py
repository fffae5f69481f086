"""Numba or a compiled extension? One kernel in both, side by side.

The kernel is the sweep of `tracker.candidates`; `kernel_language.c` is the same sweep in C. Both get the same boxes of
the same frames in turn and must give the same pairs, bit for bit. Each is timed as Python calls it, repeated inside its
own language, and as a function that does nothing: the way in and out.

    python -m benchmarks.kernel_language [--sizes N ...] [--rounds R] [--flags=-march=native] [--no-costs]
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np

from benchmarks.kernel_costs import Costs, c_costs, numba_costs, whole_tracker
from benchmarks.kernel_port import Call, NoCompilerError, Port, compile_command, compile_port, compiler
from benchmarks.machine import stamp
from benchmarks.tracker_scene import Floats, make_scene
from tracker import ByteTrackConfig
from tracker.candidates import candidates
from tracker.compiled import kernel
from tracker.types import Bools, Indices

FRAMES = 8
BATCH_S = 0.02
"""How long a way is timed in one go."""
CONFIG = ByteTrackConfig()

Arguments = tuple[Any, ...]
Function = Callable[..., Any]
Way = Callable[[int], None]
"""Does all pairs so many times."""


class Pair(NamedTuple):
    """Two frames in a row: boxes in the place of predicted tracks, detections, and which of those take part."""

    first: Floats
    second: Floats
    used: Bools


@kernel
def repeated(first: Floats, second: Floats, used: Bools, limit: float, times: int) -> int:
    """How many pairs are found, so many times."""
    total = 0
    for _ in range(times):
        total += len(candidates(first, second, used, limit)[1])
    return total


@kernel
def nothing(first: Floats, second: Floats, used: Bools, limit: float) -> tuple[Indices, Indices, Floats]:
    """What the kernel takes and gives, and nothing between."""
    return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0)


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    if numba.config.DISABLE_JIT:
        print("skipped: NUMBA_DISABLE_JIT is set, so there is nothing compiled to measure")
        return
    try:
        compiler()
    except NoCompilerError as error:
        print(f"skipped: {error}")
        return
    print(f"{stamp()}\nload     {os.getloadavg()[0]:.1f}\ncc       {_said_of_compiler(arguments.flags)}\n", flush=True)
    with tempfile.TemporaryDirectory() as name:
        port = Port(compile_port(Path(name) / "port.so", *arguments.flags))
        _print_times({size: measure(port, size, arguments.rounds) for size in arguments.sizes})
        if not arguments.no_costs:
            folder, repeats = Path(name), arguments.repeats
            _print_costs(numba_costs(folder, repeats), c_costs(folder, repeats, arguments.flags), whole_tracker(folder))


def measure(port: Port, size: int, rounds: int) -> dict[str, float]:
    """Microseconds of processor time for each way, medians of rounds in turn, each round beginning with another way.

    Raises:
        RuntimeError: the two do not give the same pairs.
    """
    pairs = _pairs(port, size)
    room = 16 * max(len(pair.first) for pair in pairs)
    calls = [Call(*pair, CONFIG.match_thresh, room) for pair in pairs]
    ways, times = _ways(port, pairs, calls), {}
    for name, run in ways.items():
        run(1)
        times[name] = max(1, round(BATCH_S / _seconds(run, 1)))
    measured: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        order = list(ways)
        for name in order[number % len(order) :] + order[: number % len(order)]:
            measured[name].append(1e6 * _seconds(ways[name], times[name]) / (times[name] * len(pairs)))
    return {name: statistics.median(values) for name, values in measured.items()}


def _pairs(port: Port, size: int) -> list[Pair]:
    """What both are given, once it is clear that both make the same of it."""
    frames = list(make_scene(size, FRAMES + 1))
    pairs = [Pair(one.xyxy, other.xyxy, other.score > CONFIG.low_thresh) for one, other in pairwise(frames)]
    for pair in pairs:
        ours, theirs = candidates(*pair, CONFIG.match_thresh), port.candidates(*pair, CONFIG.match_thresh)
        if [column.tobytes() for column in ours] != [column.tobytes() for column in theirs]:
            raise RuntimeError(f"the port and the kernel do not give the same pairs at {size} boxes")
    return pairs


def _ways(port: Port, pairs: Sequence[Pair], calls: Sequence[Call]) -> dict[str, Way]:
    """The ways to be timed, good for as long as the calls are there: pointers lead to their arrays."""
    arrays = [(*pair, CONFIG.match_thresh) for pair in pairs]
    pointers = [call.arguments for call in calls]
    in_c, inside_c, nothing_c = (port.function(name) for name in ("candidates", "repeated", "nothing"))
    return {
        "numba": _each(candidates, arrays),
        "C": _each(in_c, pointers),
        "C wrapped": _each(_wrapped(in_c, calls[0].capacity), arrays),
        "numba inside": _inside(repeated, arrays),
        "C inside": _inside(inside_c, pointers),
        "numba nothing": _each(nothing, arrays),
        "C nothing": _each(nothing_c, pointers),
        "C nothing wrapped": _each(_wrapped(nothing_c, calls[0].capacity), arrays),
    }


def _each(function: Function, arguments: Sequence[Arguments]) -> Way:
    """Python calls it with each."""

    def run(times: int) -> None:
        for _ in range(times):
            for given in arguments:
                function(*given)

    return run


def _inside(function: Function, arguments: Sequence[Arguments]) -> Way:
    """Python calls it once with each, and it repeats itself."""

    def run(times: int) -> None:
        for given in arguments:
            function(*given, times)

    return run


def _wrapped(function: Function, capacity: int) -> Function:
    """A C function that takes arrays, checks them and makes the arrays of its results."""

    def call(first: Floats, second: Floats, used: Bools, limit: float) -> object:
        # Its name keeps the arrays alive that the pointers lead to.
        prepared = Call(first, second, used, limit, capacity)
        return function(*prepared.arguments)

    return call


def _seconds(run: Callable[[int], None], times: int) -> float:
    """Processor seconds: what else the machine does counts for less."""
    started = time.thread_time()
    run(times)
    return time.thread_time() - started


def _print_times(times: dict[int, dict[str, float]]) -> None:
    rows = (
        ("a call, numba", "numba", ""),
        ("a call, C through ctypes, pointers prepared", "C", "numba"),
        ("a call, C through ctypes, arrays checked and results made", "C wrapped", "numba"),
        ("inside, numba", "numba inside", ""),
        ("inside, C", "C inside", "numba inside"),
        ("the way in and out, numba", "numba nothing", ""),
        ("the way in and out, ctypes, pointers prepared", "C nothing", "numba nothing"),
        ("the way in and out, ctypes, arrays checked, results made", "C nothing wrapped", "numba nothing"),
    )
    print(f"{'us of processor time, and numba over C':60}" + "".join(f"{f'{size} boxes':>18}" for size in times))
    for title, name, against in rows:
        cells = []
        for measured in times.values():
            ratio = f"({measured[against] / measured[name]:.2f})" if against else ""
            cells.append(f"{measured[name]:10.2f} {ratio:>7}")
        print(f"{title:60}" + "".join(cells))


def _print_costs(of_numba: Costs, of_c: Costs, whole: Costs) -> None:
    print(f"\n{'':60}{'numba':>18}{'C':>18}{'numba, all kernels':>22}")
    rows = (
        ("compiled in a fresh process, s", "compile_s", 1.0, 2),
        ("the same, s of processor time", "compile_cpu_s", 1.0, 2),
        ("machine code kept, kB", "kept", 1e3, 0),
        ("installed to use it, MB", "installed", 1e6, 0),
        ("import beside numpy, ms", "import_ms", 1.0, 0),
        ("loaded by a later process, ms", "load_ms", 1.0, 1),
    )
    for title, name, unit, digits in rows:
        cells = [f"{of[name] / unit:.{digits}f}" if name in of else "" for of in (of_numba, of_c, whole)]
        print(f"{title:60}{cells[0]:>18}{cells[1]:>18}{cells[2]:>22}".rstrip())
    print(f"{'needed where it is installed':60}{'nothing':>18}{'compiler, headers':>18}{'nothing':>22}")


def _said_of_compiler(flags: Sequence[str]) -> str:
    command = compile_command(Path("port.so"), *flags)
    return " ".join(word for word in command if not word.endswith((".c", ".so")) and word != "-o")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10, 100, 1000], metavar="N", help="boxes of a frame")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--flags", nargs="+", default=[], help="more for the C compiler, as in --flags=-march=native")
    parser.add_argument("--repeats", type=int, default=3, help="of compiling and loading")
    parser.add_argument("--no-costs", action="store_true", help="leave out compiling, disk, imports and loading")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(f"kernel_language: {error}")
