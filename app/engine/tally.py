"""What became of the calls of one detector, for those who watch it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["answered", "failed", "hung"]


@dataclass(slots=True)
class Tally:
    """Calls by their outcome, and by the images they were made with."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    sizes: Counter[int] = field(default_factory=Counter)

    def add(self, images: int, outcome: Outcome) -> None:
        """A call has ended."""
        self.outcomes[outcome] += 1
        self.sizes[images] += 1
