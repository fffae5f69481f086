"""How many nominal frames have passed since the last call.

Cameras drop frames, and their timestamps jitter; the filter counts in frames of the nominal rate. Timestamps that a
constant-rate stream could have produced count as whole frames, so that they give the very same results as no timestamps
at all.
"""

import math
from typing import NamedTuple

from tracker.errors import OutOfOrderError, TrackerError

SNAP = 0.25
"""How far, in frames, a timestamp may lie from its place in a constant-rate stream."""

RESOLUTION = 1e-4
"""What counts as nothing, in frames: above the rounding of epoch seconds, so that 1.5 frames are 1.5 on any clock."""

PTS_LIMIT_S = 1e12
"""The largest presentation time, either side of zero: beyond any epoch, and small enough that differences stay
finite."""


class Timebase(NamedTuple):
    """Where a stream stands in time.

    Attributes:
        frame: nominal frames counted so far, the sum of what passed at each call; 0 before the first call.
        pts: the presentation time of the last frame in seconds, None where none was ever given.
        early: with `late`, where the last frame's place in a constant-rate stream can lie, in frames relative to `pts`,
            given that no timestamp since `early` and `late` were last opened lies more than `SNAP` from its own place.
        late: see `early`.
    """

    frame: float = 0.0
    pts: float | None = None
    early: float = -SNAP
    late: float = SNAP

    def advance(self, pts: float | None, frame_rate: float) -> tuple["Timebase", float]:
        """The time base after one more frame, and the number d > 0 of nominal frames that passed.

        Without a time one frame has passed. With one, d = (pts - previous pts) * frame_rate, snapped to the nearest
        integer >= 1 when within 0.25 of it. A single interval of a jittered stream can be off by twice the jitter, so d
        is snapped as well where every timestamp so far lies within 0.25 of its place in a constant-rate stream.

        Raises:
            OutOfOrderError: `pts` is at or before the time of the last frame.
            TrackerError: `pts` is not a finite number of at most `PTS_LIMIT_S`.
        """
        if pts is None:
            expected = None if self.pts is None else self.pts + 1.0 / frame_rate
            return self._replace(frame=self.frame + 1.0, pts=expected), 1.0
        pts = _checked(pts)
        if self.pts is None:
            return Timebase(self.frame + 1.0, pts), 1.0
        interval = (pts - self.pts) * frame_rate
        if not interval > 0.0:
            raise OutOfOrderError(pts, self.pts)
        frames, early, late = self._snap(interval)
        return Timebase(self.frame + frames, pts, early, late), frames

    def _snap(self, interval: float) -> tuple[float, float, float]:
        """The frames in an interval, and where the new frame's place can lie."""
        whole = max(1.0, float(round(interval)))
        early = max(-SNAP, self.early + whole - interval)
        late = min(SNAP, self.late + whole - interval)
        if late - early > RESOLUTION:
            return whole, early, late
        if abs(interval - whole) <= SNAP:
            return whole, -SNAP, SNAP
        return interval, -SNAP, SNAP


def _checked(pts: float) -> float:
    value = float(pts)
    if not math.isfinite(value) or abs(value) > PTS_LIMIT_S:
        raise TrackerError(f"pts is {pts!r}: it must be a finite number of seconds within {PTS_LIMIT_S:g} of zero")
    return value
