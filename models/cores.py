"""How many processor cores this process may use, which in a container is seldom what the machine has."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def available_cores(root: Path = Path("/")) -> int:
    """The cores of this process: its affinity, or the quota of its container if that is smaller; at least 1.

    Args:
        root: where /proc and /sys lie.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # Rounded, not cut: with 1.9 cores two threads are idle for a twentieth, one leaves half of them unused.
    return max(1, min([cores, *(round(quota) for quota in _quotas(root))]))


def _quotas(root: Path) -> Iterator[float]:
    """The quota in cores of every group that this process is in, also of those around its own.

    Each level may have one and the smallest holds. What /proc says is a path in the host's tree or in the container's,
    and of the host's only a part may be mounted: levels that are not there are passed over.
    """
    for line in _read(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        levels = [level.relative_to("/") for level in (PurePosixPath(path), *PurePosixPath(path).parents)]
        if number == "0":
            for folder in ("sys/fs/cgroup", "sys/fs/cgroup/unified"):
                yield from (q for level in levels if (q := _second_version(root / folder / level)) is not None)
        elif "cpu" in controllers.split(","):
            for folder in ("sys/fs/cgroup/cpu", f"sys/fs/cgroup/{controllers}"):
                yield from (q for level in levels if (q := _first_version(root / folder / level)) is not None)


def _second_version(group: Path) -> float | None:
    quota, _, period = _read(group / "cpu.max").strip().partition(" ")
    return _ratio(quota, period)


def _first_version(group: Path) -> float | None:
    return _ratio(_read(group / "cpu.cfs_quota_us").strip(), _read(group / "cpu.cfs_period_us").strip())


def _ratio(quota: str, period: str) -> float | None:
    """None where there is no limit: `max` in the second version, -1 in the first, or no such file."""
    if not (quota.isdecimal() and period.isdecimal() and int(period)):
        return None
    return int(quota) / int(period)


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
