"""Which new ids go on where another track of their class vanished a moment before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.counting.handover import successors
from app.vitals.batch import Looks, Sightings
from app.vitals.camera import Camera
from app.vitals.lives import Lived, Lives, kept_s

SUCCESSION_S = 3.0
"""A new id goes on in the place of one that vanished at most so long ago."""

_PLACE = np.dtype(
    [("track_id", "<i8"), ("pts", "<f8"), ("class_id", "<i8"), ("xyxy", "<f8", (4,)), ("velocity", "<f8", (2,))]
)
"""What tells whether one track goes on in the place of another."""

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Begun:
    """How many ids are new, and how many of these go on where another track of their class vanished a moment before:
    `late` when the tracker kept that one no longer, `passed_over` when it still did."""

    ids: int
    late: int
    passed_over: int


def begun(looks: Looks, seen: Sightings, told: Lived, lives: Lives, camera: Camera) -> Begun:
    """What begins in some frames, before `lives` is written. `told` (T,) is what is known of the tracks in `seen`."""
    new = seen.new[seen.track_ids[seen.new] > lives.newest_id]
    starts, newest_id = seen.index[seen.first[new]], lives.newest_id
    ids = late = passed_over = 0
    stays = _Stays.of(looks, seen, told, lives)
    for frame in np.unique(starts).tolist():
        slots = new[starts == frame]
        slots = slots[seen.track_ids[slots] > newest_id]
        if not len(slots):
            continue
        newest_id, born = int(seen.track_ids[slots[-1]]), float(looks.born[frame])
        ids += len(slots)
        vanished = stays.vanished(frame, born, camera)
        if not len(vanished):
            continue
        given, firsts = looks.frames[frame], seen.first[slots]
        arrived = np.zeros(len(slots), _PLACE)
        arrived["track_id"], arrived["pts"], arrived["class_id"] = seen.track_ids[slots], born, seen.class_id[firsts]
        arrived["xyxy"], arrived["velocity"] = seen.xyxy[firsts], seen.velocity[firsts]
        pairs = successors(vanished, arrived, given.pts, given.size)
        gone_s = [born - float(vanished["pts"][old]) for old, _ in pairs]
        given_up = sum(each > kept_s(given.config) for each in gone_s)
        late, passed_over = late + given_up, passed_over + len(pairs) - given_up
    return Begun(ids, late, passed_over)


@dataclass(frozen=True, slots=True, eq=False)
class _Stays:
    """Times over which tracks stood where they were seen last: S of them, by rising track_id.

    `since` is the frame in which it was seen, -1 before the first; `until` that in which it was seen next, or beyond
    the last; `pts` is the time of `since`.
    """

    track_id: Rows
    class_id: Rows
    since: Rows
    until: Rows
    pts: Floats
    xyxy: Floats
    velocity: Floats

    @classmethod
    def of(cls, looks: Looks, seen: Sightings, told: Lived, lives: Lives) -> "_Stays":
        """Those that are long enough for one to have vanished."""
        known, end = lives.tracks, len(looks.frames)
        until = np.full(len(known), end)
        until[seen.rows[seen.known]] = seen.index[seen.first[seen.known]]
        following = np.append(seen.index[1:], end)
        following[seen.last] = end
        # Whoever is seen in the frame before a new id's first two has not vanished.
        rows = np.flatnonzero(following - seen.index > 2)
        track_id = np.concatenate([known.track_id, seen.track_ids[seen.slot[rows]]])
        order = np.argsort(track_id, kind="stable")
        return cls(
            track_id[order],
            np.concatenate([known.class_id, told.class_id[seen.slot[rows]]])[order],
            np.concatenate([np.full(len(known), -1), seen.index[rows]])[order],
            np.concatenate([until, following[rows]])[order],
            np.concatenate([known.pts, seen.pts[rows]])[order],
            np.concatenate([known.xyxy, seen.xyxy[rows]])[order],
            np.concatenate([known.velocity, seen.velocity[rows]])[order],
        )

    def vanished(self, frame: int, born: float, camera: Camera) -> NDArray[np.void]:
        """Who had vanished a moment before `born`, where they would stand in a frame."""
        there = (self.since <= frame) & (self.until > frame)
        rows = np.flatnonzero(there & (self.pts < born) & (self.pts >= born - SUCCESSION_S))
        places = np.zeros(len(rows), _PLACE)
        if len(rows):
            places["track_id"], places["pts"], places["class_id"] = (
                self.track_id[rows], self.pts[rows], self.class_id[rows]
            )  # fmt: skip
            places["xyxy"], places["velocity"] = camera.carried(
                self.xyxy[rows], self.velocity[rows], self.since[rows], np.full(len(rows), frame)
            )
        return places
