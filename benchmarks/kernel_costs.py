"""What a compiled kernel costs besides its calls: compiling, disk, imports, loading; with numba and as a C library."""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

from benchmarks.kernel_port import compile_command
from benchmarks.machine import REPOSITORY
from benchmarks.tracker_costs import import_ms

ONE_KERNEL = ("candidates.py", "compiled.py", "types.py", "errors.py")
"""The files of `tracker/` that the one kernel needs."""

MAKE_READY = """
import json, time

from numba import float64, types

from tracker.candidates import candidates
from tracker.compiled import compiled

matrix, bools = types.Array(float64, 2, "C"), types.Array(types.boolean, 1, "C")
started = time.perf_counter()
kernel = compiled(candidates, matrix, matrix, bools, float64)
print(json.dumps([1e3 * (time.perf_counter() - started), sum(kernel.stats.cache_hits.values())]))
"""
LOAD = """
import ctypes, sys, time

started = time.perf_counter()
ctypes.CDLL(sys.argv[1])
print(1e3 * (time.perf_counter() - started))
"""

Costs = dict[str, float]


def numba_costs(folder: Path, repeats: int) -> Costs:
    """Seconds of compiling the one kernel in a fresh process, imports included, wall and processor; milliseconds of
    taking it from the cache; bytes of what is kept, and of numba and llvmlite as installed; milliseconds of the import.
    """
    runs, loads, kept = [], [], 0
    for number in range(repeats):
        home = folder / f"one{number}"
        (home / "tracker").mkdir(parents=True)
        (home / "tracker" / "__init__.py").touch()
        for name in ONE_KERNEL:
            shutil.copy2(REPOSITORY / "tracker" / name, home / "tracker")
        wall, cpu, _ = _timed([sys.executable, "-c", MAKE_READY], home)
        runs.append((wall, cpu))
        _, _, said = _timed([sys.executable, "-c", MAKE_READY], home)
        load_ms, hits = json.loads(said)
        if hits != 1:
            raise RuntimeError("the kernel was not taken from the cache")
        loads.append(load_ms)
        kept = _kept(home)
    numpy_ms, numba_ms = (import_ms(Path(sys.executable), f"import {name}", folder) for name in ("numpy", "numba"))
    return {
        "compile_s": statistics.median(wall for wall, _ in runs),
        "compile_cpu_s": statistics.median(cpu for _, cpu in runs),
        "load_ms": statistics.median(loads),
        "kept": kept,
        "installed": _installed("numba") + _installed("llvmlite"),
        "import_ms": numba_ms - numpy_ms,
    }


def c_costs(folder: Path, repeats: int, flags: Sequence[str]) -> Costs:
    """The same of the C port, which needs nothing installed where it is used, and imports ctypes."""
    library, runs, loads = folder / "port.so", [], []
    for _ in range(repeats):
        wall, cpu, _ = _timed(compile_command(library, *flags), folder)
        runs.append((wall, cpu))
        loads.append(float(_timed([sys.executable, "-c", LOAD, str(library)], folder)[2]))
    numpy_ms, both_ms = (
        import_ms(Path(sys.executable), f"import {names}", folder) for names in ("numpy", "numpy, ctypes")
    )
    return {
        "compile_s": statistics.median(wall for wall, _ in runs),
        "compile_cpu_s": statistics.median(cpu for _, cpu in runs),
        "load_ms": statistics.median(loads),
        "kept": library.stat().st_size,
        "installed": 0,
        "import_ms": max(0.0, both_ms - numpy_ms),
    }


def whole_tracker(folder: Path) -> Costs:
    """Seconds of compiling all kernels in a fresh process, wall and processor, and bytes of what is kept."""
    home = folder / "whole"
    shutil.copytree(REPOSITORY / "tracker", home / "tracker", ignore=shutil.ignore_patterns("__pycache__"))
    wall, cpu, _ = _timed([sys.executable, "-m", "tracker"], home)
    return {"compile_s": wall, "compile_cpu_s": cpu, "kept": _kept(home)}


def _timed(command: Sequence[str], home: Path) -> tuple[float, float, str]:
    """Wall and processor seconds of a process in a folder, with a cache of its own there, and what it wrote."""
    env = {**os.environ, "XDG_CACHE_HOME": str(home / "cache"), "HOME": str(home)}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, check=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def _kept(home: Path) -> int:
    return sum(file.stat().st_size for file in home.rglob("*.nb[ic]"))


def _installed(name: str) -> int:
    """Bytes of a distribution's files."""
    files = [Path(str(file.locate())) for file in distribution(name).files or ()]
    return sum(file.stat().st_size for file in files if file.is_file())
