"""What happens to tracks, in numbers: who came, went, was in a zone or crossed a line."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["track_start", "track_end", "zone_enter", "zone_exit", "zone_dwell", "line_cross"]
Direction = Literal["forward", "backward"]


@dataclass(frozen=True, slots=True)
class Stand:
    """How a track stood in one frame: box and point in pixels, speeds in px/s and m/s, names of the zones it was in."""

    seq: int
    pts: float
    bbox: tuple[float, float, float, float]
    point: tuple[float, float]
    speed: float
    speed_mps: float | None
    score: float
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened to one track.

    `class_id` is the class that most of its detections had. `before` is None where the track was not there before,
    `after` where it is no more. `continues` is the id whose place a new id took. `unseen`
    is where nobody saw it come into the zone, or leave it. `pts` is when it happened, which is up
    to the hold of a zone before it is told.
    """

    kind: Kind
    track_id: int
    class_id: int
    pts: float
    before: Stand | None
    after: Stand | None
    zone: str | None = None
    line: str | None = None
    direction: Direction | None = None
    dwell_s: float | None = None
    continues: int | None = None
    unseen: bool = False
