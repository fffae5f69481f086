"""What an output is, and what it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.answers import NOT_COUNTED, Counted
from app.sources import SourceFrame
from app.wire import EventMessage, Timing
from models import Finding
from tracker import Detections, Tracks
from tracker.explain import FrameTrace


class OutputError(Exception):
    """An output cannot be written; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class TrackedFrame:
    """One frame with what was found in it. Boxes are in pixels of the full picture.

    `filled` has the ids of tracks that were not seen in this frame: their rows were filled in from before and after.
    `predicted` says that nobody looked at this frame: its tracks are where they are expected.
    `camera` is what the search for the camera's motion came to, None where there was none. `trace` says what the
    association looked at, where the tracker is one that tells. `counted` is what was counted of the ids in
    `counted_ids`, and `events` are what happened to them. `motion` is the camera's, (2, 3), as the tracker got it.
    """

    frame: SourceFrame
    detections: Detections
    tracks: Tracks
    timing: Timing
    filled: frozenset[int] = frozenset()
    predicted: bool = False
    camera: Finding | None = None
    trace: FrameTrace | None = None
    counted: Counted = NOT_COUNTED
    counted_ids: Sequence[int] = ()
    events: Sequence[EventMessage] = ()
    motion: NDArray[np.float64] | None = None


class Sink(Protocol):
    """Takes tracked frames in order, from one thread. What was written before `close` survives a sudden end."""

    @property
    def target(self) -> str:
        """The path as the user named it."""

    def write(self, tracked: TrackedFrame) -> None:
        """Write one frame. Raises OutputError."""

    def close(self) -> None:
        """Complete the output. Called exactly once, also after an error. Raises OutputError."""
