"""The process in which one tracker is timed, with whatever Python its environment has.

    python -m benchmarks.tracker_peers.worker NAME

One JSON object a line on standard input asks, one on standard output answers; what the tracker prints goes to standard
error. It needs NumPy and the tracker alone.
"""

import ctypes
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from benchmarks.tracker_peers.adapter import Adapter
from benchmarks.tracker_peers.adapters import ADAPTERS
from benchmarks.tracker_peers.identity import Identity
from benchmarks.tracker_scene import Scene

LEAST = 3
"""Frames that are always run, whatever the budget."""


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        adapter = ADAPTERS[sys.argv[1]]()
        _check(adapter)
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is the reason that the table gives
        _answer(answers, {"error": " ".join(f"{type(error).__name__}: {error}".split())})
        return
    _answer(answers, {"ready": adapter.version})
    tasks: dict[str, Callable[..., dict[str, Any]]] = {"time": _time, "memory": _memory}
    for line in sys.stdin:
        task = json.loads(line)
        _answer(answers, tasks[task.pop("task")](adapter, **task))


def _answer(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _check(adapter: Adapter) -> None:
    """Two frames of two objects, so that a call that does not fit fails before anything is measured."""
    prepare, update = adapter.start()
    for _ in range(2):
        xyxy = np.array([[10.0, 10.0, 50.0, 90.0], [100.0, 100.0, 150.0, 190.0]])
        list(adapter.ids(update(prepare(xyxy, np.array([0.9, 0.8]), np.zeros(2, np.int64)))))


def _time(adapter: Adapter, scene: str, budget_s: float) -> dict[str, Any]:
    """Milliseconds of each frame, of making the detections and of the update; frames beyond the budget are left out."""
    frames = list(Scene.load(Path(scene)))
    prepare, update = adapter.start()
    prepared, updated = [], []
    identity = Identity()
    # The collector stays on, as it is for users, but what the imports left is not gone through again and again.
    gc.collect()
    gc.freeze()
    ends = time.perf_counter() + budget_s
    for number, (xyxy, score, class_id, truth) in enumerate(frames):
        if number >= LEAST and time.perf_counter() > ends:
            break
        started = time.perf_counter_ns()
        detections = prepare(xyxy, score, class_id)
        ready = time.perf_counter_ns()
        tracks = update(detections)
        done = time.perf_counter_ns()
        prepared.append((ready - started) / 1e6)
        updated.append((done - ready) / 1e6)
        identity.see(adapter.ids(tracks), truth, adapter.rows(tracks) if adapter.rows else None)
    gc.unfreeze()
    return {"prepare_ms": prepared, "update_ms": updated, **identity.summary()}


def _memory(adapter: Adapter, scene: str, trackers: int, frames: int) -> dict[str, Any]:
    """Bytes that the process grows by with that many trackers of the scene, all kept, after one that is not counted."""
    inputs = list(Scene.load(Path(scene)))[:frames]
    kept = [_fed(adapter, inputs)]
    before = _resident()
    kept += [_fed(adapter, inputs) for _ in range(trackers)]
    return {"bytes": _resident() - before}


def _fed(adapter: Adapter, inputs: list[Any]) -> tuple[Any, Any]:
    prepare, update = adapter.start()
    for xyxy, score, class_id, _ in inputs:
        update(prepare(xyxy.copy(), score.copy(), class_id.copy()))
    return prepare, update


def _resident() -> int:
    """Bytes of memory in use, once what is free has been handed back."""
    gc.collect()
    with suppress(OSError, AttributeError):  # only glibc has this
        ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
