"""What the service takes of the machine: processor time of its parts, and memory."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor seconds, up to a moment or between two.

    Attributes:
        service: of the service's process, its event loop included.
        loop: of its first thread, which runs the event loop.
        decoders: of its children, which decode cameras.
        beside: of the processes that send and read.
        machine: of everybody on this machine.
    """

    at: float
    service: float
    loop: float
    decoders: float
    beside: float
    machine: float

    @classmethod
    def until_now(cls, service: int, beside: tuple[int, ...]) -> Self:
        """What has been spent by now."""
        times = psutil.cpu_times()
        return cls(
            time.perf_counter(),
            process_s(service),
            int(Path(f"/proc/{service}/task/{service}/schedstat").read_text().split()[0]) / 1e9,
            sum(process_s(child.pid) for child in psutil.Process(service).children(recursive=True)),
            sum(map(process_s, beside)),
            sum(times) - times.idle - times.iowait - times.guest - times.guest_nice,
        )

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(
            self.at - other.at,
            self.service - other.service,
            self.loop - other.loop,
            self.decoders - other.decoders,
            self.beside - other.beside,
            self.machine - other.machine,
        )


def process_s(pid: int) -> float:
    """Processor seconds of all threads of a process, to a microsecond: `clock_getcpuclockid` of POSIX as Linux numbers
    its clocks. 0 for one that has ended."""
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0


def memory_mb(service: int) -> tuple[float, float]:
    """Resident memory of the service, and of its children; pages that several of these share are counted once."""
    process = psutil.Process(service)
    children = process.children(recursive=True)
    return process.memory_info().rss / 2**20, sum(child.memory_full_info().pss for child in children) / 2**20
