"""Presentation times that strictly increase, whatever the container says."""

import math


class Timeline:
    """Hands out one time per frame: the container's where it is usable, else one frame interval after the last.

    Raw streams carry no times, broken muxers repeat them or step back; a tracker needs time that goes forward.
    """

    def __init__(self, frame_rate: float) -> None:
        self._interval_s = 1.0 / frame_rate
        self._last: float | None = None

    def next(self, pts: float | None) -> float:
        """The time in seconds of a frame whose container says `pts` (seconds, or None where it says nothing)."""
        if self._last is None:
            usable = pts is not None and math.isfinite(pts)
            self._last = pts if usable and pts is not None else 0.0
        elif pts is not None and math.isfinite(pts) and pts > self._last:
            self._last = pts
        else:
            self._last += self._interval_s
        return self._last
