"""What is told of one detection, or of one track, in one call: where it went, what else was in reach, and why not."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from tracker.origins import Fate
from tracker.types import Outcome


class Barrier(IntEnum):
    """What kept a track and a detection apart. The codes are stable: they are stored and sent."""

    NOTHING = 0
    """They took each other."""
    TAKEN = 1
    """They were within the limit, and one of them or both went to another."""
    COST = 2
    """What they would have cost is not below the limit of their stage."""
    CLASS = 3
    """They are of different classes, and `class_aware` is set."""
    SCORE = 4
    """The detection is used in no stage: its score is at or below the floor, or exactly at the threshold."""
    STAGE = 5
    """The detection is low, and the track is one that takes no low ones: lost, or seen only once."""


class Pair(NamedTuple):
    """A track and a detection, and what became of the two.

    Attributes:
        row: the row of the track in the table before the call.
        track_id: its public id, `NO_ID` if it has none even after the call.
        detection: the row of the detection in the input.
        stage: the stage that offers them to each other, as in `trace.PAIR`; 0 for none.
        overlap: their IoU, with boxes enlarged where `expansion` is set.
        cost: what taking each other costs; in a stage of 0, what it would without score and stage in the way.
        limit: the cost limit of the stage.
        barrier: what kept them apart.
    """

    row: int
    track_id: int
    detection: int
    stage: int
    overlap: float
    cost: float
    limit: float
    barrier: Barrier


class Nearest(NamedTuple):
    """The track nearest to a detection that no track overlaps, or the other way round; `distance` is of the centres, in
    pixels."""

    row: int
    track_id: int
    detection: int
    distance: float


@dataclass(frozen=True, slots=True)
class DetectionTrace:
    """What became of one detection.

    `taken` is its pair, None where no track took it. `runner_up` is the cheapest other pair that was up in the same
    stage. `others` has all other pairs that overlap and cost less than 1, the cheapest first. `nearest` is set where
    nothing overlaps at all. `track_id` is the public id of its track, `NO_ID` if there is none (yet); `row_after` the
    row of its track in the table after the call, or -1.
    """

    detection: int
    score: float
    class_id: int
    outcome: Outcome
    track_id: int
    row_after: int
    taken: Pair | None
    runner_up: Pair | None
    others: tuple[Pair, ...]
    nearest: Nearest | None

    @property
    def margin(self) -> float | None:
        """How much more the runner-up would have cost."""
        return _margin(self.taken, self.runner_up)


@dataclass(frozen=True, slots=True)
class TrackTrace:
    """What became of one track of the table before the call; the fields are as in `DetectionTrace`.

    `expected` is the box (x1, y1, x2, y2) at which it was looked for, in pixels. `unseen` counts the nominal frames
    since its last detection.
    """

    row: int
    track_id: int
    fate: Fate
    row_after: int
    expected: tuple[float, ...]
    unseen: float
    taken: Pair | None
    runner_up: Pair | None
    others: tuple[Pair, ...]
    nearest: Nearest | None

    @property
    def margin(self) -> float | None:
        """How much more the runner-up would have cost."""
        return _margin(self.taken, self.runner_up)


def _margin(taken: Pair | None, runner_up: Pair | None) -> float | None:
    return None if taken is None or runner_up is None else runner_up.cost - taken.cost
