"""The live tracks of one tracker: an array of records, one row per track, no object per track."""

from typing import Any

import numpy as np
import numpy.typing as npt

NO_ID = 0
"""Stands for the public id of a track that was never emitted."""

Records = npt.NDArray[np.void]
"""Rows of a record type."""

Record = Any
"""One row: `row["name"]` reads a field, and writes it in place."""

TRACK = np.dtype(
    [
        ("position", "<f8", (4,)),
        ("velocity", "<f8", (4,)),
        ("var_position", "<f8", (4,)),
        ("covariance", "<f8", (4,)),
        ("var_velocity", "<f8", (4,)),
        ("track_id", "<i8"),
        ("score", "<f8"),
        ("class_id", "<i8"),
        ("start", "<f8"),
        ("last", "<f8"),
        ("activated", "|b1"),
        ("lost", "|b1"),
    ],
    align=True,
)
"""One live track.

Rows stand in a fixed order: first the tracked ones in order of (re)appearance, then the lost ones in order of loss.
That order is the order of rows in every assignment, so it also decides ties.

    position      the filter's mean: centre x, centre y, aspect (width / height), height; pixels. With another
                  `box_state` the third is the width
    velocity      their mean rate of change, per nominal frame
    var_position  the variance of the position, A
    covariance    between position and velocity, B
    var_velocity  the variance of the velocity, C
    track_id      the public id, `NO_ID` until the track is first emitted
    score         of the last matched detection
    class_id      of the last matched detection
    start         the nominal frame of the first detection
    last          the nominal frame of the last matched detection
    activated     False for a track that was hit only once
    lost          True where the last call did not match the track
"""

MEMORY = np.dtype(
    [
        ("observed", "<f8", (4,)),
        ("seen", "<f8", (4, 4)),
        ("course", "<f8", (2,)),
        ("expected_score", "<f8"),
        ("anchor", "<f8", (5, 4)),
        ("voted", "<i8", (4,)),
        ("votes", "<f8", (4,)),
    ],
    align=True,
)
"""What some options remember of a track beside its row; without them no memory is kept.

    observed        the corner box of its last detection, carried along by camera motion
    seen            the corner boxes that it took in this call and the three before, NaN where it took none
    course          the direction that it was moving in, a unit vector, or zeros
    expected_score  the score that its next detection should have
    anchor          the filter after its last update, the fields of `FILTER` in their order
    voted           the classes with the most votes, -1 for none
    votes           their votes, sums of scores
"""

FILTER = ("position", "velocity", "var_position", "covariance", "var_velocity")
"""The fields that the filter owns."""


def no_rows(kind: np.dtype[np.void]) -> Records:
    """A table without rows."""
    return frozen(np.empty(0, kind))


def frozen(table: Records) -> Records:
    """This table, made read-only."""
    table.setflags(write=False)
    return table
