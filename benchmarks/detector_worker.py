"""The process in which one script of `detector_scripts` is measured, with whatever Python its environment has.

    python -m benchmarks.detector_worker NAME SCRIPT MODEL PICTURES CALLERS [THREADS]

NAME only names its log. One JSON object a line on standard input asks, one on standard output answers.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.detector_scripts import SCRIPTS, Frame

WARM_UP = 5


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    _, script, model, pictures, callers, *threads = sys.argv[1:]
    try:
        frame = SCRIPTS[script](model, *(int(count) or None for count in threads))
        data = [path.read_bytes() for path in sorted(Path(pictures).glob("*.jpg"))]
        for index in range(WARM_UP):
            frame(data[index % len(data)])
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is the reason that the table gives
        answers.write(json.dumps({"error": " ".join(f"{type(error).__name__}: {error}".split())}) + "\n")
        return
    answers.write(json.dumps({"ready": np.__version__}) + "\n")
    for line in sys.stdin:
        task = json.loads(line)
        answers.write(json.dumps(measure(frame, data, task["seconds"], int(callers))) + "\n")


def measure(frame: Frame, data: Sequence[bytes], seconds: float, callers: int) -> dict[str, Any]:
    """Rate, processor milliseconds per frame of all threads of the process, and p50, p99 and mean of a frame."""
    took: list[float] = []
    started, ends = time.perf_counter(), time.perf_counter() + seconds

    def loop(first: int) -> None:
        pictures = cycle(data[first:] + data[:first])
        while (begun := time.perf_counter()) < ends:
            frame(next(pictures))
            took.append((time.perf_counter() - begun) * 1e3)

    before = time.process_time()
    threads = [threading.Thread(target=loop, args=(index % len(data),)) for index in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed, cpu_ms = time.perf_counter() - started, (time.process_time() - before) * 1e3
    p50, p99 = np.percentile(took, [50, 99])
    return {
        "rate": len(took) / elapsed, "cpu_ms": cpu_ms / len(took),
        "p50_ms": float(p50), "p99_ms": float(p99), "mean_ms": float(np.mean(took)),
    }  # fmt: skip


if __name__ == "__main__":
    main()
