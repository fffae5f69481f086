"""Whether a call of the detector is worth making: for everybody, and for each stream."""

from collections.abc import Callable, Collection, MutableMapping, Set
from typing import Any

from app.engine.breaker import Breaker, State
from app.errors import DetectorFailed

FAILURES = 5
"""Calls in a row that fail before no more are made for a while."""

HANG_WEIGHT = 3
"""A hanging call holds a thread for as long as it may: two in a row are enough."""

PROBATION = 8
"""Answers that a stream has to get by itself, after a call with its frame hung, before it shares a batch again."""

MOST_STREAMS = 1024
"""Streams that are remembered, of each kind: nobody says when one is gone for good."""


class Trust:
    """The breaker of one detector, and what is known of the streams whose frames it failed on.

    A frame that makes the detector hang takes the whole batch with it. So after a hang each of its streams gets its
    batches alone; one that hangs alone is refused for a while, and the others go on. What one stream's frames do does
    not open the breaker as long as another stream gets answers.
    """

    def __init__(self, *, window_s: float, clock: Callable[[], float], chance: Callable[[], float]) -> None:
        """Everybody is trusted. An answer is remembered for `window_s`."""
        self._clock = clock
        self._chance = chance
        self._window_s = window_s
        self._breaker = Breaker(threshold=FAILURES, clock=clock, chance=chance)
        self._fences: dict[str, Breaker] = {}
        self._probation: dict[str, int] = {}
        self._calling: dict[str, int] = {}
        self._failing: set[str] = set()
        self._answered_at: dict[str, float] = {}

    @property
    def state(self) -> State:
        """Of the detector's breaker."""
        return self._breaker.state

    @property
    def alone(self) -> Set[str]:
        """Streams that share no batch with others."""
        return self._probation.keys()

    @property
    def barred(self) -> Set[str]:
        """Of those the ones that have a call under way, and get no second one."""
        return self._probation.keys() & self._calling.keys()

    @property
    def trouble(self) -> str | None:
        """Why no call is made at present, or None."""
        if self._breaker.wait_s <= 0:
            return None
        return f"the detector failed {self._breaker.failures} times in a row; next try in {self._breaker.wait_s:.1f} s"

    def may_call(self) -> bool:
        """Whether a call may be made now."""
        return self._breaker.may_begin()

    def refusal(self, stream_id: str) -> DetectorFailed | None:
        """Why a frame of this stream cannot be seen at present, or None."""
        if trouble := self.trouble:
            return DetectorFailed(trouble, retry_after_s=round(self._breaker.wait_s, 1))
        fence = self._fences.get(stream_id)
        if fence is None or fence.wait_s <= 0:
            return None
        return DetectorFailed(
            f"frames of stream {stream_id!r} made the detector hang {fence.failures} times; "
            f"next try in {fence.wait_s:.1f} s",
            retry_after_s=round(fence.wait_s, 1),
        )

    def begin(self, streams: Collection[str]) -> None:
        """A call with frames of these streams is made."""
        self._breaker.begin()
        for stream_id in set(streams):
            self._calling[stream_id] = self._calling.get(stream_id, 0) + 1
            if stream_id in self._fences:
                self._fences[stream_id].begin()

    def end(self, streams: Collection[str]) -> None:
        """The call has ended, one way or the other."""
        for stream_id in set(streams):
            self._calling[stream_id] -= 1
            if not self._calling[stream_id]:
                del self._calling[stream_id]

    def answered(self, streams: Collection[str]) -> None:
        """The detector answered for frames of these streams."""
        now = self._clock()
        self._breaker.succeeded()
        self._failing.clear()
        for stream_id in set(streams):
            self._came_back(stream_id)
            self._answered_at.pop(stream_id, None)
            self._answered_at[stream_id] = now
        _forget(self._answered_at)

    def failed(self, stream_id: str) -> None:
        """The detector raised on one frame of this stream."""
        self._came_back(stream_id)
        self._failing.add(stream_id)
        self._breaker.failed(opens=not self._others_are_answered)

    def hung(self, streams: Collection[str]) -> None:
        """A call with frames of these streams did not come back in time."""
        for stream_id in set(streams):
            self._probation[stream_id] = PROBATION
        if len(set(streams)) == 1:
            fence = self._fences.setdefault(next(iter(streams)), self._fence())
            fence.failed()
        self._failing.update(streams)
        self._breaker.failed(HANG_WEIGHT, opens=not self._others_are_answered)
        _forget(self._fences)
        _forget(self._probation)

    @property
    def _others_are_answered(self) -> bool:
        """Whether a stream that no call has failed for was answered lately: then the detector itself is sound."""
        since = self._clock() - self._window_s
        return any(at >= since for stream_id, at in self._answered_at.items() if stream_id not in self._failing)

    def _came_back(self, stream_id: str) -> None:
        if stream_id in self._probation:
            self._probation[stream_id] -= 1
            if not self._probation[stream_id]:
                del self._probation[stream_id]
                self._fences.pop(stream_id, None)

    def _fence(self) -> Breaker:
        return Breaker(threshold=1, clock=self._clock, chance=self._chance)


def _forget(streams: MutableMapping[str, Any]) -> None:
    while len(streams) > MOST_STREAMS:
        del streams[next(iter(streams))]
