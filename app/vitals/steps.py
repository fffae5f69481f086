"""How tracks went on from one detection to the next."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.vitals.batch import Looks, Sightings
from app.vitals.camera import Camera
from app.vitals.lives import Lived, Lives

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """K times that a track that was known took a detection.

    Attributes:
        slot: (K,) which of the tracks in `Sightings`.
        pts: (K,) float64, media time.
        born: (K,) float64, when it was seen first.
        detection: (K,) the row of the frames' detections.
        class_id: (K,) int64, of the track.
        expected: (K, 4) the box that was shown last, moved on by its velocity and the camera's motion.
        hits: (K,) in how many frames it had been seen before.
        missed: (K,) bool, whether it was not seen when tracks were looked for before.
    """

    slot: Rows
    pts: Floats
    born: Floats
    detection: Rows
    class_id: Rows
    expected: Floats
    hits: Rows
    missed: Bools

    @classmethod
    def of(cls, looks: Looks, seen: Sightings, told: Lived, camera: Camera) -> Self:
        """Those among some sightings; `told` (T,) is what was known of the tracks before, `known_of`."""
        pts_before = seen.before(seen.pts, told.pts)
        xyxy, velocity = camera.carried(
            seen.before(seen.xyxy, told.xyxy),
            seen.before(seen.velocity, told.velocity),
            seen.before(seen.index, np.full(len(told), -1)),
            seen.index,
        )
        step = velocity * (seen.pts - pts_before)[:, None]
        expected = xyxy + np.concatenate([step, step], axis=1)
        steps = cls(
            seen.slot,
            seen.pts,
            told.born.take(seen.slot),
            seen.detection,
            seen.class_id,
            expected,
            (told.hits - seen.first).take(seen.slot) + np.arange(len(seen.slot)),
            pts_before < looks.before.take(seen.index),
        )
        if not len(seen.new):
            return steps
        followed = np.ones(len(seen.slot), np.bool_)
        followed[seen.first[seen.new]] = False
        return cls(*(getattr(steps, name)[followed] for name in cls.__slots__))


def known_of(looks: Looks, seen: Sightings, lives: Lives) -> Lived:
    """What is known of the tracks that were seen (T,): before that, or of those that are new, by their first frame."""
    told = lives.told(seen.rows, seen.known)
    new = seen.new
    if len(new):
        first = seen.first[new]
        begins = seen.index[first]
        told.track_id[new], told.class_id[new] = seen.track_ids[new], seen.class_id[first]
        told.born[new], told.pts[new], told.found[new] = looks.born[begins], looks.pts[begins], -np.inf
        # It has been seen when it gets its id: twice, but in the first frame of all. The first row counts with others.
        told.hits[new] = np.where(looks.anew & (begins == 0), 0, 1)
    return told


def go_on(looks: Looks, seen: Sightings, told: Lived, steps: Steps, camera: Camera) -> None:
    """Write into `told`, as `known_of` gave it, what is known after these steps."""
    told.hits += seen.last - seen.first + 1
    told.pts = seen.pts.take(seen.last)
    missed = steps.missed.nonzero()[0]
    told.found[steps.slot[missed]] = steps.pts[missed]  # rows are in order of time: the last one stays
    told.xyxy, told.velocity = camera.carried(
        seen.xyxy.take(seen.last, axis=0),
        seen.velocity.take(seen.last, axis=0),
        seen.index.take(seen.last),
        np.full(len(told), len(looks.frames) - 1),
    )


def stay_behind(looks: Looks, seen: Sightings, lives: Lives, camera: Camera) -> None:
    """Move the boxes in `lives` of tracks that were not seen along with the camera."""
    if not len(camera.motions):
        return
    end = len(looks.frames) - 1
    since, tracks = np.full(len(lives), -1), lives.tracks
    since[seen.rows[seen.known]] = end
    tracks.xyxy, tracks.velocity = camera.carried(tracks.xyxy, tracks.velocity, since, np.full(len(lives), end))
