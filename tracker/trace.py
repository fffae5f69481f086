"""What the association of a call looked at: every pair that was up for assignment, at which stage and at what cost."""

import numpy as np

from tracker.assignment import NONE
from tracker.compiled import kernel
from tracker.table import Records
from tracker.types import Floats, Indices

PAIR = np.dtype(
    [
        ("stage", "<i8"),
        ("track", "<i8"),
        ("detection", "<i8"),
        ("overlap", "<f8"),
        ("cost", "<f8"),
        ("limit", "<f8"),
        ("chosen", "|b1"),
    ],
    align=True,
)
"""One pair of a track and a detection that both were free and close enough.

    stage      1 to 3; 4 for lost tracks with low detections, 5 for lost tracks found again by distance
    track      the row of the track in the table before the call
    detection  the row of the detection in the input
    overlap    their IoU
    cost       what taking each other would have cost
    limit      the cost limit of the stage
    chosen     whether they took each other
"""


@kernel
def noted(first: Indices, column: Indices, overlap: Floats, cost: Floats, limit: float, chosen: Indices) -> Records:
    """The rows of `PAIR` for one stage, whose number is left to be filled in.

    Args:
        first: (R + 1,) the candidates of track r are first[r] to first[r + 1].
        column: (K,) the detection of each candidate.
        overlap: (K,) their IoU.
        cost: (K,) what they cost.
        limit: the cost limit.
        chosen: (R,) the detection that each track took in this stage, or `NONE`.
    """
    pairs = np.empty(len(column), PAIR)
    for row in range(len(chosen)):
        for k in range(first[row], first[row + 1]):
            pair = pairs[k]
            pair["track"], pair["detection"] = row, column[k]
            pair["overlap"], pair["cost"], pair["limit"] = overlap[k], cost[k], limit
            pair["chosen"] = chosen[row] != NONE and chosen[row] == column[k]
    return pairs


@kernel
def stamped(one: Records, two: Records, lost_low: Records, three: Records, distant: Records) -> Records:
    """The pairs of all stages in the order in which they were looked at, with their stages."""
    pairs = np.concatenate((one, two, lost_low, three, distant))
    done = 0
    for stage, count in ((1, len(one)), (2, len(two)), (4, len(lost_low)), (3, len(three)), (5, len(distant))):
        for k in range(done, done + count):
            pairs[k]["stage"] = stage
        done += count
    return pairs
