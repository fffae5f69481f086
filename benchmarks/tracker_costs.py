"""What a tracker costs besides its updates: memory, import, the first update, and streams beside each other.

Each figure comes from processes of its own: `python -m benchmarks.tracker_costs TASK` measures one and prints JSON, and
`benchmarks.tracker_speed` calls it.
"""

import gc
import hashlib
import json
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from pathlib import Path
from threading import Barrier
from typing import Any

from benchmarks.machine import REPOSITORY
from benchmarks.tracker_peers.catalogue import Peer
from benchmarks.tracker_peers.environment import NoPeerError, child_environment
from benchmarks.tracker_peers.process import Worker
from benchmarks.tracker_scene import make_scene

IMPORT = "import time; started = time.perf_counter(); {statement}; print(1e3 * (time.perf_counter() - started))"


MEMORY = {"trackers": 50, "frames": 3}
"""How memory is measured: so many trackers of 200 objects, each fed so many frames."""
THREADS = {10: "4000", 100: "1000", 1000: "200"}
"""Objects and frames of the streams that run beside each other."""


def measure_costs(root: Path, pythons: Sequence[tuple[Peer, Path]], scene: Path) -> dict[str, Any]:
    """Memory and imports of all, and our own first updates, state and threads. `scene` has 200 objects."""
    memory, imports = {}, {}
    for peer, python in pythons:
        memory[peer.title] = _memory(Worker(python, peer.name, root), scene)
        if not peer.home:
            imports[peer.title] = import_ms(python, peer.imports, root)
    return {
        "memory_per_1000": memory,
        "import_ms": imports,
        "numpy_import_ms": import_ms(Path(sys.executable), "import numpy", root),
        "first": first_ms(root),
        "state": in_process("state", root=root),
        "threads": {size: in_process("threads", str(size), frames, root=root) for size, frames in THREADS.items()},
    }


def _memory(worker: Worker, scene: Path) -> float:
    """Bytes per 1,000 tracks."""
    grown = worker.ask("memory", scene=str(scene), **MEMORY)["bytes"]
    worker.close()
    return float(grown) * 1000 / (200 * MEMORY["trackers"])


def import_ms(python: Path, statement: str, root: Path, repeats: int = 5) -> float:
    """Milliseconds that a fresh process takes for an import; the median, after one process that is not counted."""
    command = [str(python), "-c", IMPORT.format(statement=statement)]
    said = [_output(command, root) for _ in range(repeats + 1)]
    return statistics.median(float(text.splitlines()[-1]) for text in said[1:])


def in_process(task: str, *arguments: str, root: Path) -> dict[str, float]:
    """What one of this file's tasks measures, in a process of its own."""
    result: dict[str, float] = json.loads(
        _output([sys.executable, "-m", "benchmarks.tracker_costs", task, *arguments], root)
    )
    return result


def first_ms(root: Path, repeats: int = 5) -> dict[str, float]:
    """Medians over fresh processes of what `first` measures, after one that may have to compile."""
    said = [in_process("first", root=root) for _ in range(repeats + 1)][1:]
    return {name: statistics.median(one[name] for one in said) for name in said[0]}


def first() -> dict[str, float]:
    """Milliseconds of the import, of the first two updates with 100 detections, and of the tenth."""
    frames = list(make_scene(100, 10))
    started = time.perf_counter()
    from tracker import ByteTracker, Detections

    times = [time.perf_counter()]
    tracker = ByteTracker()
    for frame in frames:
        tracker.update(Detections(*frame[:3]))
        times.append(time.perf_counter())
    ms = [1e3 * (after - before) for before, after in zip([started, *times], times, strict=False)]
    return {"import_ms": ms[0], "first_ms": ms[1], "second_ms": ms[2], "tenth_ms": ms[10]}


def state(objects: int = 1000) -> dict[str, float]:
    """Bytes that one tracker of so many objects holds: of its arrays, and of all that Python has allocated for it."""
    from tracker import ByteTracker, Detections

    inputs = [Detections(*frame[:3]) for frame in make_scene(objects, 40)]
    ByteTracker().update(inputs[0])
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    tracker = ByteTracker()
    for detections in inputs[:-1]:
        tracker.update(detections)
    shown = len(tracker.update(inputs[-1]))
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    return {"live": shown, "arrays": _array_bytes(tracker.snapshot()), "traced": after - before}


def threads(objects: str = "200", frames: str = "400", rounds: int = 5) -> dict[str, float]:
    """Wall seconds of one stream on one thread and of two streams on two, and their ratio: 1 if they do not wait for
    each other, 2 if only one runs at a time. Medians of rounds in turn.

    The same ratio of hashing, which needs no interpreter lock, tells what the machine has to give just then.
    """
    from tracker import ByteTracker, Detections

    inputs = [Detections(*frame[:3]) for frame in make_scene(int(objects), int(frames))]
    block = bytes(1 << 20)

    def track() -> None:
        update = ByteTracker().update
        for detections in inputs:
            update(detections)

    def hash_blocks() -> None:
        for _ in range(150):
            hashlib.sha256(block).digest()

    _beside(track, 2)
    measured = [[_beside(work, streams) for work in (track, hash_blocks) for streams in (1, 2)] for _ in range(rounds)]
    one, two, _, _ = (statistics.median(column) for column in zip(*measured, strict=True))
    ratio = statistics.median(row[1] / row[0] for row in measured)
    return {"one_s": one, "two_s": two, "ratio": ratio, "hashing": statistics.median(r[3] / r[2] for r in measured)}


def _beside(work: Callable[[], None], count: int) -> float:
    """Wall seconds until the work is done as many times, each on a thread of its own."""
    barrier = Barrier(count + 1)

    def run() -> None:
        barrier.wait()
        work()

    with ThreadPoolExecutor(count) as pool:
        running = [pool.submit(run) for _ in range(count)]
        barrier.wait()
        started = time.perf_counter()
        for thread in running:
            thread.result()
        return time.perf_counter() - started


def _array_bytes(value: Any) -> int:
    if hasattr(value, "nbytes"):
        return int(value.nbytes)
    if is_dataclass(value):
        return sum(_array_bytes(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, tuple | list):
        return sum(map(_array_bytes, value))
    return 0


def _output(command: list[str], root: Path) -> str:
    done = subprocess.run(
        command, cwd=REPOSITORY, env=child_environment(root), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoPeerError(f"{' '.join(command[1:4])}: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout


TASKS: dict[str, Callable[..., dict[str, float]]] = {"first": first, "state": state, "threads": threads}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
