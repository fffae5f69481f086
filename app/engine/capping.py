"""Which frames of a stream are tracked when it has more per second than it may: pure, no clock."""

_EARLY = 0.45
"""How much of the stream's own interval a frame may be ahead of its turn: of two frames around a turn the nearer one is
taken. A little under one half, so that a stream at 3/2 of its cap, whose every other turn lies half-way between two
frames, is not decided by rounding."""

_SHARE = 1 / 8
"""Of the newest interval in the mean of those before, as RFC 6298 smooths round trips."""


class FrameCap:
    """Takes at most so many frames per second, evenly.

    Turns lie on a grid, one interval of the cap apart, that does not move with the frames that are taken: one that is a
    little early or late takes its own turn and nobody else's, so that jitter costs no frames. A stream that was silent
    for longer begins a new grid, at most one frame in debt. A stream with no more frames than the cap loses none.
    """

    def __init__(self, max_fps: float) -> None:
        """`max_fps` is in frames per second, above zero."""
        self.max_fps = max_fps
        self._period_s = 1.0 / max_fps
        self._due_s: float | None = None
        self._last_s = 0.0
        self._interval_s = 0.0

    def takes(self, at_s: float) -> bool:
        """Whether the next frame, of this time in seconds, is tracked. Times do not go back."""
        if self._due_s is None:
            self._due_s, self._last_s = at_s + self._period_s, at_s
            return True
        self._measure(max(at_s - self._last_s, 0.0))
        self._last_s = max(at_s, self._last_s)
        if at_s < self._due_s - _EARLY * min(self._interval_s, self._period_s):
            return False
        self._due_s = max(self._due_s + self._period_s, at_s)
        return True

    def _measure(self, passed_s: float) -> None:
        """A gap counts as twice the interval at most: frames that are missing do not make a stream slow."""
        if self._interval_s == 0.0:
            self._interval_s = passed_s
        else:
            self._interval_s += (min(passed_s, 2 * self._interval_s) - self._interval_s) * _SHARE
