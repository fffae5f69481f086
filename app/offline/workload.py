"""How many frames to detect at once: callers of the detector, threads inside one call, frames of one batch."""

import os
from dataclasses import dataclass

CALLERS_ON_GPU = 2  # one prepares its batch while the other's runs
BATCH_ON_GPU = 8
MOST_CALLERS = 8  # beyond it reading and writing are the bottleneck, and frames wait in memory


@dataclass(frozen=True, slots=True)
class Workload:
    """`threads` None leaves the choice to the detector."""

    callers: int
    threads: int | None


def plan_cpu(callers: int | None, threads: int | None) -> Workload:
    """Callers and threads for the cores of this process, where the user left them open.

    Several callers of one thread each give more frames per second than one caller of several threads; a frame takes
    longer, which does not matter here.
    """
    cores = available_cores()
    if callers is None:
        callers = max(1, min(cores // (threads or 1), MOST_CALLERS))
    return Workload(callers, threads or max(1, cores // callers))


def available_cores() -> int:
    """The cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
