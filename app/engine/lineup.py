"""The jobs of one stream between their intake and their end: first they wait, then they are in perception."""

import asyncio
from collections.abc import Callable

from app.engine.job import FrameJob, Job
from app.engine.starting import Starting
from app.engine.waiting import Waiting
from app.settings import StreamSettings


class Lineup:
    """Owns their order, which is that of their coming."""

    def __init__(self, waiting: Waiting, starting: Callable[[Callable[[], None]], Starting]) -> None:
        """`starting` is made with what has to be called when there may be room again."""
        self.waiting = waiting
        self.starting = starting(self.pump)
        self._started: asyncio.Queue[Job] = asyncio.Queue()
        self._ending: Job | None = None
        self._closed = False

    def make_room(self, job: FrameJob, settings: StreamSettings) -> list[FrameJob]:
        """Take out the frames that give way to a newer one."""
        if not self.waiting or self.starting.has_room(self.waiting.first):
            return []
        given_up = self.waiting.give_way(job, settings)
        for _ in given_up:
            self.starting.give_way()
        return given_up

    def append(self, job: Job) -> None:
        """Line up a job; it starts as soon as there is room."""
        self.waiting.append(job)
        self.pump()

    def pump(self) -> None:
        """Start waiting jobs as long as perception has room for this stream."""
        while self.waiting and not self._closed:
            if not self.starting.has_room(self.waiting.first):
                self.starting.call_when_room()
                return
            job = self.waiting.pop()
            self.starting.start(job)
            self._started.put_nowait(job)

    async def next(self) -> Job:
        """The oldest started job; call `end` when it is done with."""
        self._ending = await self._started.get()
        return self._ending

    def end(self) -> None:
        """The job that was given out last is done with: another may start."""
        self._ending = None
        self.starting.end()
        self.pump()

    def close(self) -> None:
        """Start nothing more. Idempotent."""
        self._closed = True
        self.starting.close()

    def pop_all(self) -> list[Job]:
        """Every job that is not done with, oldest first."""
        ending, self._ending = self._ending, None
        started = [self._started.get_nowait() for _ in range(self._started.qsize())]
        return [*([ending] if ending is not None else []), *started, *self.waiting.pop_all()]
