"""How long to wait before the next attempt."""

from collections.abc import Callable

LEAST_S = 1.0
MOST_S = 30.0
SOUND_S = 30.0
"""After so long without trouble what was before is forgotten."""


class Backoff:
    """Exponential backoff with full jitter: a random wait below a bound that doubles with each failure.

    So cameras that went away together do not come back together. Marc Brooker, "Exponential Backoff And Jitter", AWS
    Architecture Blog, 2015; with `LEAST_S` as the shortest wait.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        """`chance` gives a number from 0 to 1."""
        self._chance = chance
        self._failures = 0

    def next_s(self, sound_for_s: float) -> float:
        """The wait in seconds after a failure, which came after the source had been sound for `sound_for_s`."""
        if sound_for_s >= SOUND_S:
            self._failures = 0
        self._failures += 1
        bound_s = min(MOST_S, LEAST_S * 2.0 ** min(self._failures, 60))
        return LEAST_S + self._chance() * (bound_s - LEAST_S)
