"""Processor time of processes with all their children, from /proc."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Load:
    """Seconds of processor time that some processes spend between `start` and `stop`, their children with them."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = roots
        self._before: dict[int, float] = {}

    def start(self) -> None:
        """Begin to count."""
        self._before = {pid: _seconds(pid) for root in self._roots.values() for pid in _tree(root)}

    def stop(self) -> dict[str, float]:
        """Seconds by the name of each root; a browser's renderer and graphics processes stand by themselves."""
        spent: dict[str, float] = {}
        for name, root in self._roots.items():
            for pid in _tree(root):
                kind = _kind(pid)
                key = f"{name} {kind}" if kind else name
                spent[key] = spent.get(key, 0.0) + _seconds(pid) - self._before.get(pid, 0.0)
        return spent


def _tree(root: int) -> Iterator[int]:
    yield root
    for task in Path(f"/proc/{root}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from _tree(int(child))


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _kind(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").split()  # children of a zygote write blanks
    return next((word.removeprefix(b"--type=").decode() for word in words if word.startswith(b"--type=")), "")
