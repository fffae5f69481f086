"""Streams of JPEGs over WebSockets to the real service: as fast as it takes them, or at a pace that it does not set."""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.serving import Service

WINDOW = 4
"""Frames of one stream that wait for their answers at once: enough to keep the service busy with one stream."""


Pace = tuple[int | None, float | None, float]
"""Of one stream: how many frames may wait (None: any number), and seconds between frames and before the first (None: as
soon as that allows)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen of one contestant in one round.

    Attributes:
        rate: frames per second.
        cpu_ms: processor time of its process per frame.
        p50_ms, p99_ms: from the moment a frame was to be sent to its answer; None where frames do not wait for one.
        mean_ms: likewise.
    """

    rate: float
    cpu_ms: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    mean_ms: float | None = None


def sample_of(answers: Sequence[tuple[float, float]], begins: float, ends: float, cpu_s: float) -> Sample:
    """The sample of the answers that came between two moments.

    Args:
        answers: (sent at, answered at) of each frame, in seconds of one clock.
        begins, ends: the moments, on the same clock.
        cpu_s: processor time between them.

    Raises:
        RuntimeError: fewer than two answers came.
    """
    took = sorted((back - sent) * 1e3 for sent, back in answers if begins <= back < ends)
    if len(took) < 2:
        raise RuntimeError(f"{len(took)} frames were answered in {ends - begins:.1f} s")
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return Sample(len(took) / (ends - begins), cpu_s / len(took) * 1e3, cuts[49], cuts[98], statistics.mean(took))


def flood(service: Service, pictures: Sequence[bytes], seconds: float, streams: int, window: int = WINDOW) -> Sample:
    """Every stream sends its next frame as soon as fewer than `window` of its frames wait."""
    return asyncio.run(_measure(service, pictures, seconds, [(window, None, 0.0)] * streams))


def pace(service: Service, pictures: Sequence[bytes], seconds: float, streams: int, rate: float, seed: int) -> Sample:
    """Frames come at `rate` per second in all, whether or not answers keep up: each stream at an even pace, as a camera
    sends, but begun at a moment of its own. Some beginnings make frames meet more often than others, so one `seed` is
    no measurement."""
    phases, gap = random.Random(seed), streams / rate
    paces = [(None, gap, phases.uniform(0, gap)) for _ in range(streams)]
    return asyncio.run(_measure(service, pictures, seconds, paces))


class _Run:
    """What the streams of one measurement share."""

    def __init__(self, streams: int) -> None:
        self.answers: list[tuple[float, float]] = []
        self.over = False
        self.all_at_work = asyncio.Event()
        self._idle = streams

    def answered(self, sent: float, first: bool) -> None:
        """Note a frame that was answered just now."""
        self.answers.append((sent, time.perf_counter()))
        self._idle -= first
        if not self._idle:
            self.all_at_work.set()


async def _measure(service: Service, pictures: Sequence[bytes], seconds: float, paces: Sequence[Pace]) -> Sample:
    """The frames that are answered from the moment that every stream has had an answer."""
    process, run = psutil.Process(service.pid), _Run(len(paces))
    async with asyncio.TaskGroup() as group:
        for one in paces:
            group.create_task(_send(service, pictures, run, *one))
        await run.all_at_work.wait()
        before, begins = _cpu_s(process), time.perf_counter()
        await asyncio.sleep(seconds)
        after, ends = _cpu_s(process), time.perf_counter()
        run.over = True
    return sample_of(run.answers, begins, ends, after - before)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def _send(
    service: Service, pictures: Sequence[bytes], run: _Run, window: int | None, gap: float | None, phase: float
) -> None:
    """One stream: `window` frames at once, or one every `gap` seconds, the first after `phase` seconds."""
    address = service.socket(f"/v1/streams/load-{uuid4().hex}/ws")
    async with connect(
        address, subprotocols=[Subprotocol("trackd.v1.msgpack")], max_size=None, compression=None
    ) as socket:
        await socket.recv()  # hello
        started = time.perf_counter() + phase
        sent: asyncio.Queue[float | None] = asyncio.Queue()
        room = asyncio.Semaphore(window or 2**31)
        async with asyncio.TaskGroup() as group:
            group.create_task(_read(socket, sent, run, room))
            for number in count():
                await room.acquire()
                due = time.perf_counter() if gap is None else started + number * gap
                await asyncio.sleep(due - time.perf_counter())
                if run.over:
                    break
                sent.put_nowait(due)
                await socket.send(pictures[number % len(pictures)])
            sent.put_nowait(None)


async def _read(
    socket: ClientConnection, sent: asyncio.Queue[float | None], run: _Run, room: asyncio.Semaphore
) -> None:
    """Note when each answer came; they come in the order of the frames."""
    first = True
    while (due := await sent.get()) is not None:
        answer = await socket.recv()
        if b"tracks" not in answer[:40]:
            raise RuntimeError(f"not tracked: {answer!r}")
        run.answered(due, first)
        first = False
        room.release()
