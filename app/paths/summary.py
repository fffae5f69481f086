"""What is known of each track as a whole: a row per track, in one array sorted by track_id."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NEVER = -1

SUMMARY = np.dtype(
    [
        ("track_id", "<i8"),
        ("first_seq", "<i8"),
        ("first_pts", "<f8"),
        ("last_seq", "<i8"),
        ("last_pts", "<f8"),
        ("last_frame", "<i8"),
        ("kept", "<i8"),
        ("kept_pts", "<f8"),
        ("box", "<f4", (4,)),
        ("score", "<f4"),
        ("class_id", "<i4"),
        ("frames", "<i4"),
        ("gaps", "<i4"),
        ("born_seq", "<i8"),
        ("born_pts", "<f8"),
        ("born_score", "<f4"),
        ("born_box", "<f4", (4,)),
        ("born_high", "<f4"),
        ("born_least", "<f4"),
    ],
)
"""One track.

    first_seq, first_pts  the first frame that showed it
    last_seq, last_pts    the newest frame that showed it
    last_frame            the same, counted over the frames that were added
    kept, kept_pts        position and time of its newest point that is kept
    box, score, class_id  how the newest frame showed it
    frames                how many showed it
    gaps                  how often it was missing and came back
    born_...              the detection that it began with; `born_seq` is `NEVER` where that was not seen
    born_high, born_least what a score had to be above, and what it had to reach, to start a track
"""


@dataclass(frozen=True, slots=True)
class Birth:
    """The detection that a track began with. `bbox` is xyxy in pixels; `high` and `least` are the thresholds that it
    passed, `at_once` says that no second frame had to confirm it."""

    seq: int
    pts: float
    score: float
    bbox: tuple[float, float, float, float]
    high: float
    least: float
    at_once: bool


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """One track as a whole; `bbox` is xyxy in pixels of the newest frame that showed it.

    `shown` says whether that is the newest frame of all. `born` is None where its first detection was not seen.
    """

    track_id: int
    class_id: int
    score: float
    bbox: tuple[float, float, float, float]
    first_seq: int
    first_pts: float
    last_seq: int
    last_pts: float
    frames: int
    gaps: int
    shown: bool
    born: Birth | None


def told(row: Any, newest_frame: int) -> TrackSummary:
    """One row of the table in Python's own types."""
    return TrackSummary(
        int(row["track_id"]),
        int(row["class_id"]),
        float(row["score"]),
        _box(row["box"]),
        int(row["first_seq"]),
        float(row["first_pts"]),
        int(row["last_seq"]),
        float(row["last_pts"]),
        int(row["frames"]),
        int(row["gaps"]),
        bool(row["last_frame"] == newest_frame),
        _birth(row),
    )


def _birth(row: Any) -> Birth | None:
    if row["born_seq"] == NEVER:
        return None
    return Birth(
        int(row["born_seq"]),
        float(row["born_pts"]),
        float(row["born_score"]),
        _box(row["born_box"]),
        float(row["born_high"]),
        float(row["born_least"]),
        bool(row["born_seq"] == row["first_seq"]),
    )


def _box(values: NDArray[np.float32]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(value) for value in values)
    return x1, y1, x2, y2
