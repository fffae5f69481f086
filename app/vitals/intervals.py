"""How evenly frames come, and whether time passes as fast as it is counted."""

import numpy as np
from numpy.typing import NDArray

MOST = 2048
"""Intervals that are kept: a minute at 34 frames per second, less of faster streams."""

LONGEST = 3.0
"""Intervals count as no more than so many medians: one pause is no unevenness."""

FEWEST = 30
"""From so many intervals on something is told."""


class Intervals:
    """Owns the newest intervals between frames: by the time at which they were taken or, where that is not known and
    frames are counted, by the time at which they came."""

    def __init__(self) -> None:
        self._interval_s = np.zeros(MOST)
        self._counted_s = np.zeros(MOST)
        self._number = 0
        self._last: tuple[float, float | None] | None = None

    def add(self, pts: float, arrived_s: float | None, *, timed: bool, dropped: int) -> None:
        """A frame; frames that were dropped before it count as if they had come evenly."""
        last, self._last = self._last, (pts, arrived_s)
        if last is None:
            return
        counted_s = pts - last[0]
        if timed:
            interval_s = counted_s
        elif arrived_s is None or last[1] is None:
            return
        else:
            interval_s = arrived_s - last[1]
        at = self._number % MOST
        self._interval_s[at] = interval_s / (1 + dropped)
        self._counted_s[at] = counted_s / (1 + dropped)
        self._number += 1

    def _newest(self, span_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        interval_s, counted_s = self._backwards(self._interval_s), self._backwards(self._counted_s)
        within = int(np.searchsorted(np.cumsum(interval_s), span_s, side="right"))
        return interval_s[:within], counted_s[:within]

    def _backwards(self, column: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the column holds, the newest first."""
        at = self._number % MOST
        newest = column[:at][::-1]
        return newest if self._number < MOST else np.concatenate([newest, column[at:][::-1]])

    def jitter(self, span_s: float) -> float | None:
        """The mean distance of the intervals of the last `span_s` seconds from their median, over the median; None
        where they are too few. An interval of more than `LONGEST` medians counts as that."""
        interval_s, _ = self._newest(span_s)
        if len(interval_s) < FEWEST:
            return None
        median = _median(interval_s)
        if median <= 0.0:
            return LONGEST
        return float(np.abs(np.minimum(interval_s / median, LONGEST) - 1.0).mean())

    def pace(self, span_s: float) -> float | None:
        """Seconds that were counted for each second that passed while frames came, pauses left out."""
        interval_s, counted_s = self._newest(span_s)
        if len(interval_s) < FEWEST:
            return None
        steady = interval_s <= LONGEST * max(_median(interval_s), 1e-6)
        passed = float(interval_s[steady].sum())
        return float(counted_s[steady].sum()) / passed if passed > 0.0 else None


def _median(values: NDArray[np.float64]) -> float:
    """As `numpy.median` of a few hundred, in a quarter of the time."""
    ordered, half = np.sort(values), len(values) // 2
    return float(ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2)
