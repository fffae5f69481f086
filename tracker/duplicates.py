"""Tracked and lost tracks that turn out to be one object."""

import numpy as np

from tracker.candidates import overlap
from tracker.compiled import kernel
from tracker.table import Records
from tracker.types import Bools, Floats


@kernel
def twins(table: Records, xyxy: Floats, limit: float, class_aware: bool) -> Bools:
    """Which tracks have to go, (R,): of a tracked and a lost one with 1 - IoU < `limit`, the shorter life.

    A life lasts from the first to the last matched detection; at equal lives the tracked one goes. Every pair is judged
    by itself, as in ByteTrack's reference implementation.

    The lost ones are few and stand at the end of the table. They are sorted by their left edges, and each tracked one
    is compared with those that are near enough: an IoU above t needs t of either width to be shared.

    Args:
        table: (R,) rows of `table.TRACK`.
        xyxy: (R, 4) their corner boxes.
        limit: the cost below which two are one.
        class_aware: whether tracks of different classes are never one.
    """
    doomed = np.zeros(len(table), np.bool_)
    tracked = 0
    while tracked < len(table) and not table[tracked]["lost"]:
        tracked += 1
    if tracked == 0 or tracked == len(table) or limit == 0.0:
        return doomed
    lost = tracked + np.argsort(xyxy[tracked:, 0])
    left = xyxy[lost, 0]
    shared = 1.0 - limit
    for row in range(tracked):
        first, last = 0, len(lost)
        if shared > 0.0:
            width = xyxy[row, 2] - xyxy[row, 0] + 1
            # A pixel of slack keeps rounding out of it.
            first = np.searchsorted(left, xyxy[row, 0] - limit / shared * width - 1)
            last = np.searchsorted(left, xyxy[row, 0] + limit * width + 1)
        for k in range(first, last):
            other = lost[k]
            if class_aware and table[row]["class_id"] != table[other]["class_id"]:
                continue
            if 1.0 - overlap(xyxy, row, xyxy, other) < limit:
                life = table[row]["last"] - table[row]["start"]
                tracked_lived_longer = life > table[other]["last"] - table[other]["start"]
                doomed[other if tracked_lived_longer else row] = True
    return doomed
