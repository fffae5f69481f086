"""Which new identities go on in the place of one that vanished.

A tracker that loses somebody behind an obstacle, or in a crowd, may find them again under a new id. Counted anew they
would be two. A new id takes the place of a lost one of its class that vanished near by and a short time ago, unless one
of them stood at the picture's edge, where people really come and go.
"""

import numpy as np
from numpy.typing import NDArray

from app.counting.roster import Table

Floats = NDArray[np.float64]

REACH = 0.5
"""How far from where it is expected a track may be found again, in heights of its box."""

REACH_PER_S = 1.0
"""How much farther for each second in which it was not seen, in heights."""

MOST_REACH = 1.5
"""How far at most, in heights."""

MOST_RATIO = 2.0
"""How many times as high one of the two boxes may be as the other."""

EDGE = 0.01
"""How near to the picture's edge a box is at it, as a share of the picture's side."""


def successors(vanished: Table, arrived: Table, pts: float, size: tuple[int, int]) -> list[tuple[int, int]]:
    """Pairs (row of `vanished`, row of `arrived`), the nearest first, each row at most once.

    `arrived` are seen at `pts` in a picture of `size` (width, height), and were seen first at their own `pts`; who was
    seen after that has not vanished.
    """
    if not len(vanished) or not len(arrived):
        return []
    old, new = vanished["xyxy"], arrived["xyxy"]
    gap_s = pts - vanished["pts"]
    height, new_height = old[:, 3] - old[:, 1], new[:, 3] - new[:, 1]
    ratio = height[:, None] / new_height
    distance = _distances(_centres(old), vanished["velocity"] * gap_s[:, None], _centres(new))
    share = distance / height[:, None] / np.minimum(REACH + REACH_PER_S * gap_s, MOST_REACH)[:, None]
    possible = (
        (share <= 1.0)
        & (vanished["pts"][:, None] < arrived["pts"])
        & (vanished["class_id"][:, None] == arrived["class_id"])
        & (np.maximum(ratio, 1.0 / ratio) <= MOST_RATIO)
        & ~_at_edge(old, size)[:, None]
        & ~_at_edge(new, size)
    )
    return _nearest_first(np.where(possible, share, np.inf))


def _nearest_first(cost: Floats) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    while cost.size and np.isfinite(least := cost.min()):
        row, column = (int(index) for index in np.argwhere(cost == least)[0])
        pairs.append((row, column))
        cost[row], cost[:, column] = np.inf, np.inf
    return pairs


def _centres(xyxy: Floats) -> Floats:
    centres: Floats = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    return centres


def _distances(was: Floats, moved: Floats, now: Floats) -> Floats:
    """(V, A) from where new ones are to the way between where old ones were and where they would have got to."""
    squared = (moved**2).sum(axis=1)
    offset = now - was[:, None, :]
    share = (offset * moved[:, None, :]).sum(axis=2) / np.where(squared == 0.0, 1.0, squared)[:, None]
    nearest = offset - share.clip(0.0, 1.0)[..., None] * moved[:, None, :]
    distances: Floats = np.sqrt((nearest**2).sum(axis=2))
    return distances


def _at_edge(xyxy: Floats, size: tuple[int, int]) -> NDArray[np.bool_]:
    width, height = size
    at: NDArray[np.bool_] = (
        (xyxy[:, 0] <= EDGE * width)
        | (xyxy[:, 1] <= EDGE * height)
        | (xyxy[:, 2] >= (1.0 - EDGE) * width)
        | (xyxy[:, 3] >= (1.0 - EDGE) * height)
    )
    return at
