"""What a figure needs beside it: machine, commit, command."""

import os
import platform
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def stamp() -> str:
    """Machine, commit and command in three lines."""
    return f"machine  {_cpu()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}\n" + (
        f"commit   {_commit()}\ncommand  python -m {_module()} {' '.join(sys.argv[1:])}"
    )


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=REPOSITORY, capture_output=True, text=True, check=False
        ).stdout.strip()

    return (git("rev-parse", "--short", "HEAD") or "unknown") + (
        " with changes" if git("status", "--porcelain", "-uno") else ""
    )


def _module() -> str:
    return ".".join(Path(sys.argv[0]).resolve().relative_to(REPOSITORY).with_suffix("").parts)
