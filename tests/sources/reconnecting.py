"""What a service holds while a camera breaks off again and again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import astuple, dataclass

import psutil

from tests.api.live_service import Service, until
from tests.sources.camera_service import put, source_of
from tests.sources.rtsp_server import RtspCamera

FAULTS: Sequence[dict[str, object]] = (
    {"reset_after": 4},
    {"reset_after": 0},
    {"reset_after": 4, "resized": None},
    {"auth": "digest", "password": "another"},
)


@dataclass(frozen=True)
class Held:
    """What the service and its child processes hold together. Memory is resident, in MB."""

    service_mb: float
    children_mb: float
    descriptors: int
    threads: int
    tasks: int
    children: int

    @property
    def counted(self) -> tuple[int, ...]:
        """Everything but memory."""
        return self.descriptors, self.threads, self.tasks, self.children


async def reconnects(service: Service, found: RtspCamera, cycles: int, every: int) -> AsyncIterator[Held]:
    """The least that was held in the second half of each `every` cycles, during which the camera failed in turn in
    each way that is quick."""
    await put(service, "cam", found.url(credentials="admin:secret@"))
    for start in range(0, cycles, every):
        seen = []
        for cycle in range(start, start + every):
            before = found.connections
            found.requests.clear()
            found.behave(**{"reset_after": None, "auth": "", "password": "secret", **FAULTS[cycle % len(FAULTS)]})
            await until(lambda before=before: found.connections > before)  # type: ignore[misc]  # bound at once
            if cycle >= start + every // 2 and FAULTS[cycle % len(FAULTS)].get("reset_after") == 4:
                await until(lambda: source_of(service).state == "live")
                seen.append(held())
        yield Held(*(min(column) for column in zip(*map(astuple, seen), strict=True)))


def held() -> Held:
    """What this process and those it started hold now."""
    own = psutil.Process()
    family = [own, *own.children(recursive=True)]
    return Held(
        own.memory_info().rss / 2**20,
        sum(child.memory_info().rss for child in family[1:]) / 2**20,
        sum(process.num_fds() for process in family),
        sum(process.num_threads() for process in family),
        len(asyncio.all_tasks()),
        len(family) - 1,
    )
