"""The books of one stream: what became of every frame, how fast they come, how long they take."""

from collections import Counter, deque
from dataclasses import dataclass, field

from app.engine.views import AccountsView
from app.wire import DropReason

WINDOW = 60


@dataclass(slots=True)
class Accounts:
    """Counts of one stream. `in_flight` and `drops`, by reason, are counted by themselves, so that the balance is a
    check and not a definition."""

    received: int = 0
    tracked: int = 0
    dropped: int = 0
    rejected: int = 0
    replayed: int = 0
    in_flight: int = 0
    drops: Counter[DropReason] = field(default_factory=Counter)

    def drop(self, reason: DropReason) -> None:
        """A frame was given up."""
        self.dropped += 1
        self.drops[reason] += 1

    def view(self) -> AccountsView:
        """A copy to show."""
        return AccountsView(
            received=self.received,
            tracked=self.tracked,
            dropped=self.dropped,
            rejected=self.rejected,
            in_flight=self.in_flight,
            replayed=self.replayed,
        )


@dataclass(slots=True)
class Pace:
    """Rate and latency over the last frames."""

    _done_at: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _latency_ms: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))

    def note(self, now_s: float, latency_ms: float) -> None:
        """One frame was answered."""
        self._done_at.append(now_s)
        self._latency_ms.append(latency_ms)

    def fps(self, now_s: float) -> float:
        """Frames per second over the last frames, falling towards zero when none come."""
        if len(self._done_at) < 2:
            return 0.0
        span_s = max(now_s - self._done_at[0], 1e-3)
        quiet = now_s - self._done_at[-1] > 2 * (self._done_at[-1] - self._done_at[0]) / (len(self._done_at) - 1)
        if not quiet:
            span_s = max(self._done_at[-1] - self._done_at[0], 1e-3)
        return (len(self._done_at) - 1) / span_s

    @property
    def latency_ms(self) -> float | None:
        """The median latency of the last frames, from receipt to answer."""
        return sorted(self._latency_ms)[len(self._latency_ms) // 2] if self._latency_ms else None
