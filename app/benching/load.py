"""Frames sent to an engine as fast as it takes them, or as cameras send them."""

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter

from app.errors import FrameDropped, Overloaded, TrackdError

Submit = Callable[[str, bytes], Awaitable[object]]
"""Sends one encoded picture of a stream and returns once it was answered."""


@dataclass(slots=True)
class Load:
    """What became of the frames: milliseconds from sending to the answer of each that was answered, and the others."""

    latencies_ms: list[float] = field(default_factory=list)
    dropped: int = 0
    failed: int = 0
    seconds: float = 0.0

    @property
    def sent(self) -> int:
        """All frames."""
        return len(self.latencies_ms) + self.dropped + self.failed

    @property
    def fps(self) -> float:
        """Answered frames per second."""
        return len(self.latencies_ms) / self.seconds if self.seconds > 0 else 0.0

    def percentile_ms(self, percent: int) -> float:
        """The latency that so many percent of the answers stayed below; 0 where there is none."""
        if len(self.latencies_ms) < 2:
            return max(self.latencies_ms, default=0.0)
        return statistics.quantiles(self.latencies_ms, n=100, method="inclusive")[percent - 1]


async def as_fast_as_taken(
    submit: Submit, pictures: Sequence[bytes], streams: Sequence[str], seconds: float, *, in_flight: int = 2
) -> Load:
    """Every stream keeps `in_flight` frames unanswered: the rate is what the engine can do."""
    load = Load()
    started = perf_counter()

    async def send(stream: str, offset: int) -> None:
        for picture in cycle([*pictures[offset:], *pictures[:offset]]):
            if perf_counter() - started >= seconds:
                return
            await _sent(submit, stream, picture, load)

    count = len(pictures)
    await asyncio.gather(*(send(s, (n + k) % count) for n, s in enumerate(streams) for k in range(in_flight)))
    load.seconds = perf_counter() - started
    return load


async def as_cameras_send(
    submit: Submit, pictures: Sequence[bytes], streams: Sequence[str], fps: float, seconds: float
) -> Load:
    """Every stream sends `fps` frames per second, answered or not; the streams take turns within 1 / fps."""
    load = Load()
    started = perf_counter()

    async def camera(stream: str, phase: float) -> None:
        sending: list[asyncio.Task[None]] = []
        for index, picture in zip(range(max(1, round(seconds * fps))), cycle(pictures), strict=False):
            await asyncio.sleep(max(0.0, started + (index + phase) / fps - perf_counter()))
            sending.append(asyncio.create_task(_sent(submit, stream, picture, load)))
        await asyncio.gather(*sending)

    await asyncio.gather(*(camera(stream, number / len(streams)) for number, stream in enumerate(streams)))
    load.seconds = perf_counter() - started
    return load


async def _sent(submit: Submit, stream: str, picture: bytes, load: Load) -> None:
    sent_at = perf_counter()
    try:
        await submit(stream, picture)
    except (FrameDropped, Overloaded):
        load.dropped += 1
    except TrackdError:
        load.failed += 1
    else:
        load.latencies_ms.append((perf_counter() - sent_at) * 1e3)
