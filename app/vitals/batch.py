"""Some frames at once: NumPy takes as long for the few rows of one frame as for those of thirty."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.vitals.frame import VitalFrame
from app.vitals.lives import Lives

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
_T = TypeVar("_T", np.int64, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """F frames that were looked at, at least one, under the same settings; and the N detections in them.

    Attributes:
        frames: the frames.
        anew: whether no frame was looked at before them.
        pts, before: (F,) media times of each, and of the frame that was looked at before it; -inf before the first.
        starts: (F,) where the detections of each begin.
        index: (N,) which of the frames a detection is of.
        outcome: (N,) uint8, `tracker.Outcome`.
        score, xyxy: (N,) and (N, 4) float64.
    """

    frames: Sequence[VitalFrame]
    anew: bool
    pts: Floats
    before: Floats
    starts: Rows
    index: Rows
    outcome: NDArray[np.uint8]
    score: Floats
    xyxy: Floats

    @classmethod
    def of(cls, frames: Sequence[VitalFrame], seen_pts: float | None) -> Self:
        """These frames, after one that was looked at at `seen_pts`."""
        times = [frame.pts for frame in frames]
        sizes = np.array([len(frame.detections) for frame in frames])
        return cls(
            frames=frames,
            anew=seen_pts is None,
            pts=np.array(times),
            before=np.array([-np.inf if seen_pts is None else seen_pts, *times[:-1]]),
            starts=np.cumsum(sizes) - sizes,
            index=np.repeat(np.arange(len(frames)), sizes),
            outcome=np.concatenate([frame.tracks.outcome for frame in frames]),
            score=np.concatenate([frame.detections.score for frame in frames]),
            xyxy=np.concatenate([frame.detections.xyxy for frame in frames]),
        )

    @property
    def born(self) -> Floats:
        """(F,) since when the tracks live that get their ids in each frame: their first detection was a frame before,
        but in the first frame of all."""
        born = self.before.copy()
        if self.anew:
            born[0] = self.pts[0]
        return born


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """R times that tracks were seen in some frames: track by track, each track's in order of time; of T tracks.

    Attributes:
        track_ids: (T,) int64, rising.
        rows, known: (T,) the row of each in `Lives`, and whether it has one.
        new: those of the tracks that have none.
        slot: (R,) which of the T tracks.
        index: (R,) which of the frames.
        detection: (R,) the row of the frames' detections.
        pts: (R,) float64, the frame's time.
        xyxy, velocity: (R, 4) and (R, 2), as shown.
        class_id: (R,) int64.
        first, last: (T,) the first and the last row of each track.
    """

    track_ids: Rows
    rows: Rows
    known: NDArray[np.bool_]
    new: Rows
    slot: Rows
    index: Rows
    detection: Rows
    pts: Floats
    xyxy: Floats
    velocity: Floats
    class_id: Rows
    first: Rows
    last: Rows

    @classmethod
    def of(cls, looks: Looks, lives: Lives) -> Self:
        """Those of the tracks that have detections, and of those that appear."""
        tracks = [frame.tracks for frame in looks.frames]
        track_id = np.concatenate([shown.track_id for shown in tracks])
        index = np.repeat(np.arange(len(tracks)), [len(shown) for shown in tracks])
        detection = np.concatenate([shown.detection for shown in tracks])
        # Track by track, and since frames are in order of time, so are the rows of each.
        order = np.argsort(track_id, kind="stable")
        if len(order) and detection.min() < 0:
            order = order[_counts(track_id[order], detection[order], lives)]
        track_id, index = track_id.take(order), index.take(order)
        starts, ends = np.ones(len(order), np.bool_), np.ones(len(order), np.bool_)
        starts[1:] = ends[:-1] = track_id[1:] != track_id[:-1]
        first = starts.nonzero()[0]
        track_ids = track_id.take(first)
        rows, known = lives.find(track_ids)
        return cls(
            track_ids=track_ids,
            rows=rows,
            known=known,
            new=(~known).nonzero()[0],
            slot=np.cumsum(starts) - 1,
            index=index,
            detection=detection.take(order) + looks.starts.take(index),
            pts=looks.pts.take(index),
            xyxy=np.concatenate([shown.xyxy for shown in tracks]).take(order, axis=0),
            velocity=np.concatenate([shown.velocity for shown in tracks]).take(order, axis=0),
            class_id=np.concatenate([shown.class_id for shown in tracks]).take(order),
            first=first,
            last=ends.nonzero()[0],
        )

    def before(self, values: NDArray[_T], first: NDArray[_T]) -> NDArray[_T]:
        """Of each row the value of its track's row before, and `first` (T, ...) where there is none."""
        found = np.empty_like(values)
        found[1:] = values[:-1]
        found[self.first] = first
        return found


def _counts(track_id: Rows, detection: Rows, lives: Lives) -> NDArray[np.bool_]:
    """Which rows tell something, track by track: those with detections, and the first of tracks that are not known."""
    starts = np.ones(len(track_id), np.bool_)
    starts[1:] = track_id[1:] != track_id[:-1]
    counts: NDArray[np.bool_] = (detection >= 0) | (starts & ~lives.find(track_id)[1])
    return counts
