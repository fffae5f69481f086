"""Speeds over the ground, from where the feet of a box stood in one frame and in the next.

The change of place is averaged with weights that fall off over `SMOOTH_S`, so that the trembling of a box, whose steps
cancel out, hardly shows, and somebody who walks off is seen to do so within a second.
"""

import numpy as np
from numpy.typing import NDArray

from app.counting.ground import Ground
from app.counting.roster import Table

Floats = NDArray[np.float64]

SMOOTH_S = 0.5
"""Seconds after which a change of place weighs 1/e of what it did."""

KNOWN = 0.3
"""Weight from which a pace is told: less than 0.2 s of steps are mostly trembling."""

LONGEST_STEP_S = 1.0
"""A track that was not seen for longer begins anew."""


def walk(ground: Ground, tracks: Table, feet: Floats, pts: float) -> None:
    """Note where the feet (M, 2) of tracks (M,) stand now, and how fast they got there, while their `pts` is the old
    one."""
    place = ground.places(feet)
    elapsed = pts - tracks["pts"]
    step_s = np.where(elapsed > 0.0, elapsed, 1.0)
    with np.errstate(invalid="ignore"):
        pace = (place - tracks["place"]) / step_s[:, None]
    known = np.isfinite(pace).all(axis=1) & (elapsed <= LONGEST_STEP_S)
    gain = -np.expm1(-np.minimum(step_s, LONGEST_STEP_S) / SMOOTH_S)[:, None]
    # The mean of what is known so far: a start from nothing would make everybody slow at first.
    old_weight = np.where(known, tracks["weight"], 0.0)[:, None]
    weight = old_weight + gain * (1.0 - old_weight)
    blended = tracks["pace"] + gain / weight * (np.where(known[:, None], pace, 0.0) - tracks["pace"])
    tracks["pace"] = np.where(known[:, None], blended, 0.0)
    tracks["weight"] = np.where(known, weight[:, 0], 0.0)
    tracks["place"] = place


def speeds(table: Table) -> Floats:
    """(R,) m/s of tracks as they stood last, NaN where it is not known."""
    speed: Floats = np.where(table["weight"] >= KNOWN, np.hypot(*table["pace"].T), np.nan)
    return speed
