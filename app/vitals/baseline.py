"""What a stream was like before the last minute: how sure its detector was, and how long it saw nothing."""

import math

import numpy as np
from numpy.typing import NDArray

from app.vitals.window import CLASSES, SLICE_S

FORGETTING_S = 600.0
"""Seconds of media time after which a score weighs 1/e of what it did."""

FEWEST = 200
"""Scores of a class from which it has a baseline."""


class Baseline:
    """Owns the slow mean of the scores by class, and the longest time in which nothing was found."""

    def __init__(self) -> None:
        self._sum = np.zeros(CLASSES)
        self._count = np.zeros(CLASSES)
        self.known_s = 0.0
        self.found_pts: float | None = None
        self.longest_s = 0.0
        self.finds = 0

    def take(self, gone: NDArray[np.float64], slices: int) -> None:
        """Take in what leaves the window: (2, CLASSES) sums of scores and their counts, of so many slices."""
        if gone[1].any():
            self.known_s += slices * SLICE_S
        fade = math.exp(-slices * SLICE_S / FORGETTING_S)
        self._sum = self._sum * fade + gone[0]
        self._count = self._count * fade + gone[1]

    def find(self, pts: float) -> None:
        """Something was found at `pts`."""
        if self.found_pts is not None:
            self.longest_s = max(self.longest_s, pts - self.found_pts)
        self.found_pts = pts
        self.finds += 1

    def compare(
        self, score_sum: NDArray[np.float64], count: NDArray[np.float64], since_s: float
    ) -> tuple[float, float] | None:
        """What the mean score of these would have been before, and how far it is from that now.

        Each class is compared with itself and weighs as much as it has scores now, so that another mix of classes is
        no drift (direct standardisation). None where too little is known of before, less than `since_s` seconds.
        """
        both = (self._count >= FEWEST) & (count > 0)
        if self.known_s < since_s or not both.any() or count[both].sum() < 0.5 * count.sum():
            return None
        weight = count[both] / count[both].sum()
        before = float((weight * self._sum[both] / self._count[both]).sum())
        now = float(score_sum[both].sum() / count[both].sum())
        return before, now - before
