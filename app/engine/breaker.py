"""A circuit breaker: after a row of failures nothing is tried for a while, then one call decides."""

from collections.abc import Callable
from typing import Literal

State = Literal["closed", "half-open", "open"]

FIRST_S = 1.0
MOST_S = 30.0
JITTER = 0.25
"""Share of a wait that chance may take off, so that many services do not try a shared device at the same instant."""


class Breaker:
    """Closed it lets every call through; open none; half open, when a wait is over, one at a time: the trial.

    After Michael Nygard, "Release It!", 2nd ed., "Circuit Breaker". The wait before a trial begins at `FIRST_S` and
    doubles with every trial that fails, up to `MOST_S`.
    """

    def __init__(self, *, threshold: int, clock: Callable[[], float], chance: Callable[[], float]) -> None:
        """Closed. Failures in a row of the weight `threshold` open it. `chance`, from 0 to 1, spreads the trials."""
        self._threshold = threshold
        self._clock = clock
        self._chance = chance
        self._weight = 0
        self._openings = 0
        self._next_try: float | None = None
        self._trying = False
        self.failures = 0

    @property
    def state(self) -> State:
        """What it does with the next call."""
        if self._next_try is None:
            return "closed"
        return "half-open" if self.wait_s <= 0 else "open"

    @property
    def wait_s(self) -> float:
        """Seconds until a call may be tried; 0 where one may be tried at once."""
        return 0.0 if self._next_try is None else max(0.0, self._next_try - self._clock())

    def may_begin(self) -> bool:
        """Whether a call may be made now."""
        return self.state == "closed" or (self.state == "half-open" and not self._trying)

    def begin(self) -> None:
        """A call is made. In the state half open it is the trial, and no other may begin before it has ended."""
        self._trying = self._next_try is not None

    def succeeded(self) -> None:
        """A call brought an answer: the breaker closes."""
        self._weight = self._openings = self.failures = 0
        self._next_try = None
        self._trying = False

    def failed(self, weight: int = 1, *, opens: bool = True) -> None:
        """A call failed. One that counts for more has a greater `weight`; with `opens` false it is only counted."""
        self.failures += 1
        self._weight += weight
        trial, self._trying = self._trying, False
        # Of a call that began before the breaker opened nothing is learnt.
        if trial or (opens and self._next_try is None and self._weight >= self._threshold):
            self._open()

    def _open(self) -> None:
        wait_s = min(MOST_S, FIRST_S * 2.0**self._openings) * (1 - JITTER * self._chance())
        self._openings += 1
        self._next_try = self._clock() + wait_s
