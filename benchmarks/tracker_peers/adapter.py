"""What a worker needs to know of a tracker, and the parameters that all are given.

Every tracker is called through what it publishes, with ByteTrack's parameters wherever it has them. Where it wants an
object of its own, the plainest that it accepts is made.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

TRACK, LOW, BIRTH, MATCH, LOST = 0.5, 0.1, 0.6, 0.8, 30
"""High scores, low scores, births, the cost limit of a match, frames that a lost track is kept."""

Prepare = Callable[[Any, Any, Any], Any]
"""From xyxy, score and class_id what the tracker takes."""
Update = Callable[[Any], Any]
"""Tracks one frame."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A tracker as the worker sees it.

    Attributes:
        version: of the tracker's distribution.
        start: makes a fresh tracker; gives its `prepare` and `update`.
        ids: the ids of the tracks in what `update` gave.
        rows: the detection of each of them, where the tracker tells.
    """

    version: str
    start: Callable[[], tuple[Prepare, Update]]
    ids: Callable[[Any], Iterable[Any]]
    rows: Callable[[Any], Any] | None = None


def scored(xyxy: Any, score: Any, class_id: Any) -> Any:
    """Rows of x1, y1, x2, y2, score, as several trackers take them."""
    return np.column_stack((xyxy, score))
