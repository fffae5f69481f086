"""From the table before a call to the table after it: what became of each track, and where each new row is from."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from tracker.assignment import NONE
from tracker.state import TrackerState
from tracker.table import NO_ID, Records
from tracker.types import Bools, Codes, Ints, Outcome, Tracks


class Fate(IntEnum):
    """What became of a track in one call. The codes are stable: they are stored and sent."""

    MATCHED = 0
    """It was in sight and took a detection."""
    CONFIRMED = 1
    """It took its second detection and got its public id."""
    FOUND = 2
    """It was lost and took a detection."""
    LOST = 3
    """It was in sight and took none: it is lost from now on."""
    STILL_LOST = 4
    """It was lost and took none."""
    EXPIRED = 5
    """It took none and has not been seen for too long: it is gone."""
    DISCARDED = 6
    """It had been seen once and took no second detection at once: it is gone, and had no public id."""
    TWIN = 7
    """It turned out to be one object with another track and is gone."""


@dataclass(frozen=True, slots=True, eq=False)
class Succession:
    """R tracks before a call, N detections, A tracks after it.

    Attributes:
        took: (R,) the detection that each track took, -1 for none.
        fate: (R,) a `Fate` for each track.
        track_id: (R,) public ids, those given in this call too; `NO_ID` for none.
        of_track: (R,) the row of each track after the call, -1 where it is gone.
        of_detection: (N,) the row after the call of the track that took or was born from each detection, or -1.
        class_aware: whether classes keep tracks and detections apart.
    """

    took: Ints
    fate: Codes
    track_id: Ints
    of_track: Ints
    of_detection: Ints
    class_aware: bool


def succession(before: TrackerState, after: TrackerState, tracks: Tracks, pairs: Records) -> Succession:
    """What became of what in a call, whose pairs are rows of `trace.PAIR`."""
    table, outcome = before.table, tracks.outcome
    took = np.full(len(table), NONE, np.int64)
    chosen = pairs[pairs["chosen"]]
    took[chosen["track"]] = chosen["detection"]
    of_track, of_detection = _rows_after(table, took, outcome, after.table)
    track_id = np.where(of_track == NONE, table["track_id"], after.table["track_id"][of_track] if len(after) else NO_ID)
    expired = after.timebase.frame - table["last"] > before.config.max_lost
    return Succession(
        took=took,
        fate=_fates(table, took, of_track == NONE, expired),
        track_id=track_id.astype(np.int64),
        of_track=of_track,
        of_detection=of_detection,
        class_aware=before.config.class_aware,
    )


def _rows_after(table: Records, took: Ints, outcome: Codes, after: Records) -> tuple[Ints, Ints]:
    """The row of each track and of each detection's track after the call.

    The order of rows is that of `table.TRACK`: who was in sight, who is born, who was found again, and then the lost.
    """
    of_track, of_detection = np.full(len(table), NONE, np.int64), np.full(len(outcome), NONE, np.int64)
    stays = took != NONE
    stays[stays] = outcome[took[stays]] != Outcome.DUPLICATE
    found, born = stays & table["lost"], np.flatnonzero(outcome == Outcome.BORN)
    in_sight = np.flatnonzero(stays & ~found)
    found = np.flatnonzero(found)
    of_track[in_sight] = np.arange(len(in_sight))
    of_track[found] = len(in_sight) + len(born) + np.arange(len(found))
    of_detection[born] = len(in_sight) + np.arange(len(born))
    of_detection[took[stays]] = of_track[stays]
    row_of = {int(track_id): row for row, track_id in enumerate(after["track_id"]) if after["lost"][row]}
    for row in np.flatnonzero((took == NONE) & table["activated"]):
        of_track[row] = row_of.get(int(table["track_id"][row]), NONE)
    return of_track, of_detection


def _fates(table: Records, took: Ints, gone: Bools, expired: Bools) -> Codes:
    fate = np.where(table["lost"], Fate.STILL_LOST, Fate.LOST)
    fate[gone & expired] = Fate.EXPIRED
    fate[gone & ~expired] = Fate.TWIN
    fate[~table["activated"]] = Fate.DISCARDED
    hit = took != NONE
    fate[hit] = np.where(table["lost"], Fate.FOUND, np.where(table["activated"], Fate.MATCHED, Fate.CONFIRMED))[hit]
    fate[hit & gone] = Fate.TWIN
    return fate.astype(np.uint8)
