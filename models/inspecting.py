"""The child process of `models.inspection` that tries a file: `python -m models.inspecting REQUEST < model.onnx`.

It takes limits upon itself, makes a detector of what it read and shows it the test card, as the process that asked
would do, and writes one line of JSON: what that took, or what is wrong with the file.
"""

import json
import math
import os
import re
import signal
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.detector import ModelBroken, ModelError
from models.graphcheck import check_graph, why_refused
from models.inspection import MEMORY
from models.onnx import OnnxDetector
from models.options import DetectorOptions
from models.runner import NO_MEMORY

if sys.platform != "win32":
    import resource

THREADS = 2
"""More make no difference to what is found out, and each takes address space."""

NICENESS = 10
"""Whoever serves meanwhile comes first."""

PR_SET_PDEATHSIG = 1
"""Of prctl(2): the signal that a process gets when its parent dies."""

_STATUS = Path("/proc/self/status")


def main() -> None:
    """Read the model from the standard input, and write what is to be said about it."""
    request = json.loads(sys.argv[1])
    _die_with_parent(request["parent"])
    content = sys.stdin.buffer.read()
    # What a library prints about a file of a stranger is of no use to anyone, and may be a lot.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    answers = os.dup(1)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    restrict(request["memory_bytes"], request["time_s"])
    answer = try_model(content, request["name"], options_from(request["options"]), request["device"])
    os.write(answers, json.dumps(answer).encode() + b"\n")


def try_model(content: bytes, name: str, options: DetectorOptions, device: str = "cpu") -> dict[str, object]:
    """The facts about a model that runs on the CPU, or the kind of its error and a message for who wants `device`."""
    before, started = _memory_bytes("VmRSS"), time.perf_counter()
    _forget_peak()
    try:
        check_graph(content, name)
        OnnxDetector(content, name, "cpu", options)
    except (ModelError, MemoryError) as error:
        if _is_memory(error):
            return {"error": MEMORY, "message": name}
        return {"error": type(error).__name__, "message": _explained(error, content, name, device)}
    except Exception as error:  # noqa: BLE001 - whatever else a stranger's file provokes is taken for its fault
        kind = MEMORY if _is_memory(error) else ModelBroken.__name__
        return {"error": kind, "message": f"{name} cannot be read: {type(error).__name__}: {error}"[:300]}
    peak = _memory_bytes("VmHWM")
    return {
        "memory_bytes": None if peak is None or before is None else max(0, peak - before),
        "seconds": round(time.perf_counter() - started, 3),
    }


def _explained(error: BaseException, content: bytes, name: str, device: str) -> str:
    reason = why_refused(content, name) if isinstance(error, ModelBroken) else None
    message = reason or str(error)
    if device != "cpu" and (reason or "NOT_IMPLEMENTED" in message):
        return f"{message} (tried on the CPU; where only {device!r} can run it, set inspect_models=false)"
    return message


def restrict(memory_bytes: int, time_s: float) -> None:
    """Limit this process for good: memory beyond what it has now, CPU time, no files, no core; first to be killed.

    Linux enforces all of it. macOS does not enforce the memory, and Windows has none of it: there the time that the
    parent waits is the only limit.
    """
    if sys.platform == "win32":
        return
    os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        # The parent measures the time; this is for a parent that is gone.
        (resource.RLIMIT_CPU, math.ceil(THREADS * time_s) + 1),
    ]
    in_use = _memory_bytes("VmSize")
    if in_use is not None:
        limits.append((resource.RLIMIT_AS, in_use + memory_bytes))
    for kind, most in limits:
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def options_from(given: dict[str, Any]) -> DetectorOptions:
    """The options that came as JSON, changed so that nothing is written and few threads run."""
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    if plain["labels"] is not None:
        plain["labels"] = tuple(map(str, range(plain["labels"])))
    options = DetectorOptions(**plain)
    return replace(options, threads=min(options.threads or THREADS, THREADS), graph_cache=None, spin=False)


def _die_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit("the process that asked is gone")


def _is_memory(error: BaseException) -> bool:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None:
        chain.append(link)
        link = link.__cause__ or link.__context__
    return any(isinstance(one, MemoryError) or NO_MEMORY.search(str(one)) for one in chain)


def _memory_bytes(field: str) -> int | None:
    """A figure of this process in /proc, where there is one: VmSize, VmRSS, or VmHWM, the highest VmRSS."""
    with suppress(OSError):
        found = re.search(rf"^{field}:\s+(\d+) kB", _STATUS.read_text(), re.MULTILINE)
        return int(found.group(1)) * 1024 if found else None
    return None


def _forget_peak() -> None:
    """Let VmHWM begin anew (proc(5), clear_refs): the imports are no part of what a model takes."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    main()
