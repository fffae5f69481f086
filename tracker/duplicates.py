"""Tracked and lost tracks that turn out to be one object."""

import numpy as np

from tracker.boxes import iou, xyah_to_xyxy
from tracker.table import Table
from tracker.types import Bools


def twins(table: Table, limit: float) -> Bools:
    """Which tracks have to go, (R,) bool: of a tracked and a lost one with 1 - IoU < `limit`, the shorter life.

    A life lasts from the first to the last matched detection; at equal lives the tracked one goes. Every pair is judged
    by itself, as in ByteTrack's reference implementation.
    """
    doomed = np.zeros(len(table), np.bool_)
    tracked, lost = np.flatnonzero(~table.lost), np.flatnonzero(table.lost)
    if not len(tracked) or not len(lost):
        return doomed
    xyxy = xyah_to_xyxy(table.motion.position)
    pairs = np.nonzero(1.0 - iou(xyxy[tracked], xyxy[lost]) < limit)
    one, other = tracked[pairs[0]], lost[pairs[1]]
    life = table.last - table.start
    tracked_lived_longer = life[one] > life[other]
    doomed[other[tracked_lived_longer]] = True
    doomed[one[~tracked_lived_longer]] = True
    return doomed
