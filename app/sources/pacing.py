"""The pace of a source that would come as fast as it is read."""

from collections.abc import Callable

BEHIND_S = 1.0


class Pacer:
    """Says when a frame is due, so that media time passes like time."""

    def __init__(self, clock: Callable[[], float], longest_s: float) -> None:
        """`clock` gives seconds. No frame is waited for longer than `longest_s`: a gap in a file is not sat out."""
        self._clock = clock
        self._longest_s = longest_s
        self._start: float | None = None

    def wait_s(self, pts_s: float) -> float:
        """How long until the frame of this media time, in seconds, is due; 0 where it is late.

        What is behind by more than `BEHIND_S` is not made up for.
        """
        now = self._clock()
        if self._start is None:
            self._start = now - pts_s
        wait_s = self._start + pts_s - now
        if wait_s < -BEHIND_S:
            wait_s = 0.0
            self._start = now - pts_s
        elif wait_s > self._longest_s:
            self._start -= wait_s - self._longest_s
            wait_s = self._longest_s
        return max(0.0, wait_s)
