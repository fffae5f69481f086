"""How much memory this machine and this container can still give."""

import re
from pathlib import Path

MACHINE = Path("/proc/meminfo")
CONTAINER = Path("/sys/fs/cgroup")
NO_LIMIT = 2**62


def spare_memory_bytes(machine: Path = MACHINE, container: Path = CONTAINER) -> int:
    """The smaller of both; `NO_LIMIT` where neither says, as outside of Linux.

    Args:
        machine: what the kernel says of its memory, as in proc(5).
        container: folder of the control group (version 2) that this process is in.
    """
    return min(_of_machine(machine), _of_container(container))


def _of_machine(path: Path) -> int:
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", path.read_text(), re.MULTILINE)
    except OSError:
        return NO_LIMIT
    return int(found.group(1)) * 1024 if found else NO_LIMIT


def _of_container(folder: Path) -> int:
    """What is left below the limit, where the kernel may kill everything in the container at once."""
    try:
        most = int((folder / "memory.max").read_text())
        used = int((folder / "memory.current").read_text())
        files = re.search(r"^inactive_file (\d+)$", (folder / "memory.stat").read_text(), re.MULTILINE)
    except (OSError, ValueError):  # the word "max" is no number, and no limit
        return NO_LIMIT
    # Pages of files that nobody reads now are given up first.
    return max(0, most - used + (int(files.group(1)) if files else 0))
