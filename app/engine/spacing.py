"""When an overloaded stream starts its frames, so that those that are tracked are evenly apart: pure, no clock."""

from collections import deque

_CROWDED = 8
"""Starts for which a stream counts as overloaded after a frame gave way."""

_LEAST = 0.8
"""Of the mean interval between starts, the least that two are apart. At 1 every hesitation would be kept for ever."""

_SHARE = 0.03
"""Of the time, the most that is spent on waiting: whatever calls take, evenness costs no more than this."""

_PRICE = 0.1
"""What a second costs in which no frame waits decoded: where calls differ in length, callers are idle now and then."""

_ENOUGH = 2
"""Mean intervals that are saved up before any is spent."""

_MOST_S = 1.0
"""Seconds that are saved up at most."""

_WINDOW = 32
"""Starts over which the mean interval is taken: several rounds of as many callers as one machine pays."""

_PAUSE = 16
"""Of the mean interval; what is longer is a pause, as when a call hangs, and counts no start before it."""


class Spacing:
    """Keeps the starts of one stream apart while it sends more than can be looked at.

    Several callers of a detector that finish together would start together again, with two frames that show almost the
    same and a long gap after them, for as long as every call takes the same time. Now and then, when enough time was
    saved up for it, a start that comes too soon after the last is put off. Where calls take about the same time they
    are out of step from then on; where they do not, little can be done, and little is lost.
    """

    def __init__(self) -> None:
        self._crowded = 0
        self._starts: deque[float] = deque(maxlen=_WINDOW)
        self._spends = False
        self._last_s: float | None = None
        self._saved_s = 0.0  # for waiting
        self._held: tuple[float, float] | None = None  # since when a start is put off, and until when

    @property
    def spends(self) -> bool:
        """Whether starts are put off where they come too soon. No frame should wait decoded meanwhile: whichever caller
        is free first would take it at once."""
        return self._spends and self._crowded > 0

    @property
    def held_until_s(self) -> float | None:
        """Until when a start is put off, None where none is."""
        return None if self._held is None else self._held[1]

    def give_way(self) -> None:
        """A frame made room for a newer one."""
        self._crowded = _CROWDED

    def holds(self, now_s: float) -> bool:
        """Whether a frame that might start now should wait, which then counts as waiting until one starts."""
        if self._held is None and self.spends and self._starts and self._saved_s > 0.0:
            until_s = min(self._starts[-1] + _LEAST * self._interval_s, now_s + self._saved_s)
            if until_s > now_s:
                self._held = now_s, until_s
        return self._held is not None and now_s < self._held[1]

    def start(self, now_s: float) -> None:
        """A frame is started."""
        self._save(now_s)
        if not self._crowded:
            self._starts.clear()
            return
        self._crowded -= 1
        if len(self._starts) > _PAUSE and now_s - self._starts[-1] > _PAUSE * self._interval_s:
            self._starts.clear()
        self._starts.append(now_s)

    def _save(self, now_s: float) -> None:
        held, self._held = self._held, None
        waited_s = 0.0 if held is None else now_s - held[0]
        since_s = 0.0 if self._last_s is None else now_s - self._last_s
        gain = _SHARE - (_PRICE if self.spends else 0.0)
        self._saved_s = min(self._saved_s + gain * since_s - waited_s, _MOST_S)
        self._last_s = now_s
        enough_s = min(_ENOUGH * self._interval_s, _MOST_S) if len(self._starts) > 1 else _MOST_S
        self._spends = self._saved_s > 0.0 if self._spends else self._saved_s >= enough_s

    @property
    def _interval_s(self) -> float:
        return (self._starts[-1] - self._starts[0]) / max(1, len(self._starts) - 1)
