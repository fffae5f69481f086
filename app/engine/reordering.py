"""Frames that came before those that precede them: pure, the time is an argument."""

from app.engine.job import FrameJob


class Reordering:
    """Holds the frames of one stream that wait for others to go first, in order, each for so long at most.

    Two frames with numbers are ordered by them, others by their capture times; a frame with neither has its place
    behind those that came before it. With numbers it is known when nothing is missing, and a frame whose turn it is
    waits for nobody; with capture times alone it is not, and every frame waits.
    """

    def __init__(self, capacity: int) -> None:
        """When more than `capacity` frames wait, the first goes on without those before it."""
        self._capacity = capacity
        self._held: list[FrameJob] = []

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, job: FrameJob) -> None:
        """Put a frame where it belongs."""
        at = len(self._held)
        while at and _before(job, self._held[at - 1]):
            at -= 1
        self._held.insert(at, job)

    def release(self, next_seq: int, now_s: float, patience_s: float) -> FrameJob | None:
        """Take out the first frame if it need not wait: `next_seq` is its number, it or one behind it has waited for
        `patience_s`, or too many wait. None when all go on waiting."""
        if not self._held:
            return None
        first = self._held[0]
        due = _is_due(first, next_seq) or len(self._held) > self._capacity
        if due or self._oldest_s + patience_s <= now_s:
            return self._held.pop(0)
        return None

    def due_s(self, patience_s: float) -> float | None:
        """When a frame will have waited for long enough, if nothing comes before; None when none waits."""
        return self._oldest_s + patience_s if self._held else None

    @property
    def _oldest_s(self) -> float:
        return min(job.arrived_s for job in self._held)

    def clear(self) -> list[FrameJob]:
        """Take out every frame, in order."""
        held, self._held = self._held, []
        return held


def _is_due(first: FrameJob, next_seq: int) -> bool:
    wanted = first.admitted.frame
    return wanted.seq <= next_seq if wanted.seq is not None else wanted.capture_ts is None


def _before(one: FrameJob, other: FrameJob) -> bool:
    """Whether the first belongs before the second, as far as that can be told."""
    left, right = one.admitted.frame, other.admitted.frame
    if left.seq is not None and right.seq is not None:
        return left.seq < right.seq
    if left.capture_ts is not None and right.capture_ts is not None:
        return left.capture_ts < right.capture_ts
    return False
