"""How far associations are from being refused."""

import numpy as np
from numpy.typing import NDArray

from tracker import ByteTrackConfig

Floats = NDArray[np.float64]


def overlaps(one: Floats, other: Floats) -> Floats:
    """(K,) intersection over union of the boxes (K, 4) of each row."""
    # By columns: NumPy starts anew for each pair of coordinates that lie side by side.
    here, there = one.T.copy(), other.T.copy()
    shared = np.minimum(here[2:], there[2:]) - np.maximum(here[:2], there[:2])
    np.maximum(shared, 0.0, out=shared)
    within = shared[0] * shared[1]
    sides, others = here[2:] - here[:2], there[2:] - there[:2]
    overlap: Floats = within / (sides[0] * sides[1] + others[0] * others[1] - within)
    return overlap


def margins(overlap: Floats, score: Floats, low: NDArray[np.bool_] | None, config: ByteTrackConfig) -> Floats:
    """(K,) the share of its cost limit that each association left unused: 0 at the limit, 1 at no cost.

    The cost is the plain one of Y. Zhang et al., "ByteTrack", ECCV 2022, algorithm 1: 1 - IoU, in stage 1 with the
    score fused into the IoU where `fuse_score` says so, against `match_thresh` in stage 1 and `second_match_thresh` in
    stage 2. What further options add to a cost is not in it. `overlap` is the IoU of where a track was expected and of
    the detection that it took; `low` says which were taken in stage 2, None where none was.
    """
    likeness = overlap * score if config.fuse_score else overlap
    limit: float | Floats = max(config.match_thresh, 1e-9)
    if low is not None:
        likeness = np.where(low, overlap, likeness)
        limit = np.where(low, max(config.second_match_thresh, 1e-9), limit)
    share: Floats = np.maximum(1.0 - (1.0 - likeness) / limit, 0.0)
    return share
