"""When an overloaded stream starts its frames, so that those that are tracked are evenly apart: pure, no clock."""

from math import inf

_CROWDED = 8
"""Starts for which a stream counts as overloaded after a frame gave way."""

_LEAST = 0.8
"""Of the mean interval between starts, the least that two are apart. At 1 every hesitation would be kept for ever."""

_SHARE = 1 / 8
"""Of the newest interval in the mean of those before, as RFC 6298 smooths round trips."""


class Spacing:
    """Keeps the starts of one stream apart while it sends more than can be looked at.

    Several callers of a detector that finish together would start together again, with two frames that show almost the
    same and a long gap after them, for as long as every call takes the same time. One that waits once for its share of
    the mean interval is out of step from then on, and waits no more.
    """

    def __init__(self) -> None:
        self._crowded = 0
        self._last_s: float | None = None
        self._interval_s: float | None = None

    @property
    def crowded(self) -> bool:
        """Whether frames gave way of late."""
        return self._crowded > 0

    def give_way(self) -> None:
        """A frame made room for a newer one."""
        self._crowded = _CROWDED

    def start(self, now_s: float) -> None:
        """A frame is started."""
        if self._crowded:
            self._crowded -= 1
            self._measure(now_s)
        else:
            self._last_s = self._interval_s = None

    @property
    def due_s(self) -> float:
        """The earliest time at which a further frame should be started."""
        if not self._crowded or self._last_s is None or self._interval_s is None:
            return -inf
        return self._last_s + _LEAST * self._interval_s

    def _measure(self, now_s: float) -> None:
        if self._last_s is not None:
            passed_s = now_s - self._last_s
            if self._interval_s is None:
                self._interval_s = passed_s
            else:  # one that hangs does not make the others slow
                self._interval_s += (min(passed_s, 3 * self._interval_s) - self._interval_s) * _SHARE
        self._last_s = now_s
