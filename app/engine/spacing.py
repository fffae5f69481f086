"""When an overloaded stream starts its frames, so that those that are tracked are evenly apart: pure, no clock."""

from collections import deque
from math import inf

_CROWDED = 8
"""Starts for which a stream counts as overloaded after a frame gave way."""

_LEAST = 0.8
"""Of the mean interval between starts, the least that two are apart. At 1 every hesitation would be kept for ever."""

_WINDOW = 32
"""Starts over which the mean interval is taken: several rounds of as many callers as one machine pays."""

_PAUSE = 16
"""Of the mean interval; what is longer is a pause, as when a call hangs, and counts no start before it."""


class Spacing:
    """Keeps the starts of one stream apart while it sends more than can be looked at.

    Several callers of a detector that finish together would start together again, with two frames that show almost the
    same and a long gap after them, for as long as every call takes the same time. One that waits once for its share of
    the mean interval is out of step from then on, and waits no more.
    """

    def __init__(self) -> None:
        self._crowded = 0
        self._starts: deque[float] = deque(maxlen=_WINDOW)

    @property
    def crowded(self) -> bool:
        """Whether frames gave way of late."""
        return self._crowded > 0

    def give_way(self) -> None:
        """A frame made room for a newer one."""
        self._crowded = _CROWDED

    def start(self, now_s: float) -> None:
        """A frame is started."""
        if not self._crowded:
            self._starts.clear()
            return
        self._crowded -= 1
        if len(self._starts) > _PAUSE and now_s - self._starts[-1] > _PAUSE * self._interval_s:
            self._starts.clear()
        self._starts.append(now_s)

    @property
    def due_s(self) -> float:
        """The earliest time at which a further frame should be started."""
        if not self._crowded or not self._starts:
            return -inf
        return self._starts[-1] + _LEAST * self._interval_s

    @property
    def _interval_s(self) -> float:
        return (self._starts[-1] - self._starts[0]) / max(1, len(self._starts) - 1)
