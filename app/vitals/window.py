"""Sums over the last minute of media time, in slices that are forgotten one by one."""

from enum import IntEnum, auto

import numpy as np
from numpy.typing import NDArray

SLICE_S = 2.0
"""Seconds of media time in a slice; what is wrong is looked for each time that one is over."""

SLICES = 30
"""So many slices make the window: a minute."""

BINS = 50
"""Bins of the histograms of margins and scores, which are 0.02 wide."""

CLASSES = 64
"""Scores are summed up by class; classes whose ids are the same modulo this share a sum."""


class Sum(IntEnum):
    """What is summed up, in each slice and over the window."""

    FRAMES = 0
    LOOKED = auto()
    DROPPED = auto()
    OBJECT_S = auto()
    """Seconds that tracks were in view, together."""
    NEW_IDS = auto()
    LATE = auto()
    """New ids that began where a track of their class had vanished, when that was no longer kept."""
    PASSED_OVER = auto()
    """New ids that began where a track of their class had vanished, while that was still kept."""
    FOUND = auto()
    """Times that a settled track that had not been seen for a frame or more was seen again."""
    FLASHES = auto()
    """Births that no second frame confirmed."""
    ENDED = auto()
    """Tracks that were not seen again for as long as lost ones are kept."""
    LIVED_S = auto()
    BRIEF = auto()
    """Ended tracks that were seen in `lives.BRIEF_HITS` frames at most."""
    ENDED_BROKEN = auto()
    """Ended tracks that had been lost and found again within the window."""
    HIGH = auto()
    """Tracks that took a detection above `track_thresh`."""
    LOW = auto()
    """Tracks that lived on by one below it."""
    NEAR = auto()
    """Detections that no track took and that lie less than `watching.NEAR` below `track_thresh`."""
    LEAPS = auto()
    """Tracks that went on with a detection that hardly overlaps where they were expected."""
    MEASURED = auto()
    """Associations whose margin was measured."""


class Bins(IntEnum):
    """Where the histograms begin that are kept side by side, `BINS` bins each, over 0 to 1."""

    MARGIN = 0
    LASTING = BINS
    """Scores in tracks that have lasted for a while."""
    BIRTH = 2 * BINS
    """Scores that started tracks."""


class Window:
    """Owns the sums of one stream over the last `SLICES` slices of media time.

    `current` is what the newest slice comes to so far, by `Sum`.
    """

    def __init__(self) -> None:
        self.current = [0.0] * len(Sum)
        self._sums = np.zeros((SLICES, len(Sum)))
        self._bins = np.zeros((SLICES, 3 * BINS), np.int64)
        self._scores = np.zeros((SLICES, 2, CLASSES))
        self._number: int | None = None
        self._began = self._newest = 0.0
        self._at = 0

    @property
    def span_s(self) -> float:
        """Seconds of media time that the sums are of."""
        if self._number is None:
            return 0.0
        return self._newest - max(self._began, (self._number - SLICES + 1) * SLICE_S)

    @property
    def begins(self) -> float:
        """The media time from which on is summed up."""
        return self._newest - self.span_s

    def reach(self, pts: float) -> int:
        """How many slices a frame at `pts` is beyond the newest one."""
        number = int(pts // SLICE_S)
        if self._number is None:
            self._number, self._began = number, pts
        if number <= self._number:
            self._newest = pts
        return max(number - self._number, 0)

    def turn(self, pts: float) -> NDArray[np.float64]:
        """Go on to the slice of a frame at `pts`; what is forgotten of the scores by class, as in `scores`."""
        passed = min(self.reach(pts), SLICES)
        self._sums[self._at], self.current = self.current, [0.0] * len(Sum)
        self._number, self._newest = int(pts // SLICE_S), pts
        stale = (self._at + 1 + np.arange(passed)) % SLICES
        gone: NDArray[np.float64] = self._scores[stale].sum(axis=0)
        for columns in (self._sums, self._bins, self._scores):
            columns[stale] = 0
        self._at = (self._at + passed) % SLICES
        return gone

    def bin(self, places: NDArray[np.int64]) -> None:
        """Count values into the histograms, each at its `Bins` plus its bin."""
        self._bins[self._at] += np.bincount(places, minlength=3 * BINS)

    def add_scores(self, class_id: NDArray[np.int64], score: NDArray[np.float64]) -> None:
        """Sum scores up by class."""
        place = class_id % CLASSES
        self._scores[self._at, 0] += np.bincount(place, score, CLASSES)
        self._scores[self._at, 1] += np.bincount(place, minlength=CLASSES)

    def totals(self) -> list[float]:
        """The sums over the window, by `Sum`."""
        totals: list[float] = (self._sums.sum(axis=0) + self.current).tolist()
        return totals

    def medians(self) -> dict[Bins, float | None]:
        """The medians of the histograms over the window."""
        counts = self._bins.sum(axis=0)
        return {which: middle(counts[which : which + BINS]) for which in Bins}

    def scores(self) -> NDArray[np.float64]:
        """(2, CLASSES) the sums of scores over the window, and their counts."""
        scores: NDArray[np.float64] = self._scores.sum(axis=0)
        return scores


def binned(values: NDArray[np.float64], first: int) -> NDArray[np.int64]:
    """The places of values from 0 to 1 in the histogram that begins at `first`."""
    places: NDArray[np.int64] = (values * (BINS - 1e-9)).astype(np.int64)
    places += first
    return places


def middle(histogram: NDArray[np.int64]) -> float | None:
    """The median of what a histogram over 0 to 1 counts, to half a bin; None where that is nothing."""
    counts = np.cumsum(histogram)
    if not len(counts) or counts[-1] == 0:
        return None
    return float((np.searchsorted(counts, (counts[-1] + 1) // 2) + 0.5) / len(counts))
