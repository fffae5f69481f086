"""The frames of one stream that wait for perception, under its overload policy."""

from collections import deque

from app.engine.job import FrameJob, Job
from app.limits import Limits
from app.settings import StreamSettings


class Waiting:
    """In order of arrival. Policy latest makes room by giving up the oldest, lossless by refusing the newest."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._jobs: deque[Job] = deque()

    def __len__(self) -> int:
        return len(self._jobs)

    def capacity(self, settings: StreamSettings) -> int:
        """How many frames may wait."""
        return self._limits.waiting_lossless if settings.overload == "lossless" else self._limits.waiting_latest

    @property
    def most(self) -> int:
        """How many frames may wait under any settings, those included that are held back for others."""
        return max(self._limits.waiting_lossless, self._limits.waiting_latest) + self._limits.reorder

    def give_way(self, newest: FrameJob, settings: StreamSettings) -> list[FrameJob]:
        """Take out the frames that make way for the newest one; the frame after each will report it as dropped."""
        if settings.overload != "latest":
            return []
        frames = [job for job in self._jobs if isinstance(job, FrameJob)]
        excess = frames[: max(0, len(frames) - self.capacity(settings) + 1)]
        for job, successor in zip(excess, [*frames[1:], newest], strict=False):
            self._jobs.remove(job)
            successor.take_over(job)
        return excess

    def append(self, job: Job) -> None:
        """Queue a job."""
        self._jobs.append(job)

    @property
    def first(self) -> Job | None:
        """The oldest job."""
        return self._jobs[0] if self._jobs else None

    def pop(self) -> Job:
        """Take out the oldest job."""
        return self._jobs.popleft()

    def pop_all(self) -> list[Job]:
        """Every job, oldest first."""
        jobs = list(self._jobs)
        self._jobs.clear()
        return jobs
