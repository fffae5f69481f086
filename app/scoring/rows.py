"""What counts in rows of MOT text: the pedestrians of the MOT Challenge, or one class out of several."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import NamedTuple

import numpy as np

from app.scoring.measures import ComparedFrame
from app.scoring.overlap import Bools, Floats, Ints, belongs_to, iou
from tracker import MotRows

PEDESTRIAN = 1
MOT_CLASSES = range(1, 14)
"""The classes of truth of the MOT Challenge since 2016."""

# Person on a vehicle, static person, distractor and reflection; MOT20 adds vehicles that are not motorised.
_DISTRACTORS = frozenset({2, 7, 8, 12})
BENCHMARKS: Mapping[str, frozenset[int] | None] = {
    "MOT15": None,
    "MOT16": _DISTRACTORS,
    "MOT17": _DISTRACTORS,
    "MOT20": _DISTRACTORS | {6},
}
"""The distractor classes of each benchmark of pedestrians. None: its truth knows no classes, every row is one."""

LEAST_AREA = 100.0
MOST_ASPECT = 1.6


class _Pair(NamedTuple):
    """Truth and tracks of one frame."""

    object_id: Ints
    object_class: Ints
    counted: Bools
    track_id: Ints
    overlap: Floats


def pedestrian_frames(truth: MotRows, tracks: MotRows, frames: int, benchmark: str) -> list[ComparedFrame]:
    """The first `frames` frames as the MOT Challenge prepares them; the class of tracks is not looked at.

    Tracks that belong to a distractor, by the assignment of all boxes to all rows of truth, are left out; what counts
    is class 1 whose seventh column is not 0. Source: TrackEval's `MotChallenge2DBox`.

    Args:
        benchmark: one of `BENCHMARKS`.
    """
    distractors = BENCHMARKS[benchmark]
    return [_pedestrians(pair, distractors) for pair in _pairs(truth, tracks, frames)]


def class_frames(truth: MotRows, tracks: MotRows, frames: int, class_id: int) -> list[ComparedFrame]:
    """The first `frames` frames with the objects and the tracks of one class only.

    A track that belongs to a row of truth whose seventh column is 0, of this or any other class, is left out: that row
    says that something is there to which nobody is held. Other classes are not seen.
    """
    mine = rows_where(tracks, tracks.class_id == class_id)
    return [_of_class(pair, class_id) for pair in _pairs(truth, mine, frames)]


def counted_classes(truth: MotRows) -> list[int]:
    """The classes that have rows that count, in ascending order."""
    found: list[int] = np.unique(truth.class_id[_counted(truth)]).tolist()
    return found


def pedestrian_shaped(rows: MotRows) -> MotRows:
    """The rows whose box is larger than 100 square pixels and at most 1.6 times as wide as high.

    ByteTrack's authors leave out the others before they evaluate: no pedestrian looks like that.
    """
    sides = rows.xyxy[:, 2:] - rows.xyxy[:, :2]
    return rows_where(rows, (sides.prod(axis=1) > LEAST_AREA) & (sides[:, 0] / sides[:, 1] <= MOST_ASPECT))


def rows_where(rows: MotRows, kept: Bools) -> MotRows:
    """The rows for which `kept` (K,) is True."""
    return MotRows(**{field.name: getattr(rows, field.name)[kept] for field in fields(rows)})


def _pedestrians(pair: _Pair, distractors: frozenset[int] | None) -> ComparedFrame:
    if distractors is None:
        return _compared(pair, pair.counted, np.zeros(len(pair.track_id), np.bool_))
    left_out = belongs_to(pair.overlap, np.isin(pair.object_class, list(distractors)))
    return _compared(pair, pair.counted & (pair.object_class == PEDESTRIAN), left_out)


def _of_class(pair: _Pair, class_id: int) -> ComparedFrame:
    mine = pair.counted & (pair.object_class == class_id)
    rivals = mine | ~pair.counted
    left_out = belongs_to(pair.overlap[rivals], ~pair.counted[rivals])
    return _compared(pair, mine, left_out)


def _compared(pair: _Pair, objects: Bools, left_out: Bools) -> ComparedFrame:
    return ComparedFrame(pair.object_id[objects], pair.track_id[~left_out], pair.overlap[objects][:, ~left_out])


def _pairs(truth: MotRows, tracks: MotRows, frames: int) -> Iterator[_Pair]:
    counted = _counted(truth)
    for frame in range(1, frames + 1):
        ours, theirs = truth.rows_of(frame), tracks.rows_of(frame)
        yield _Pair(
            truth.track_id[ours],
            truth.class_id[ours],
            counted[ours],
            tracks.track_id[theirs],
            iou(truth.xyxy[ours], tracks.xyxy[theirs]),
        )


def _counted(truth: MotRows) -> Bools:
    # TrackEval cuts the fraction off before it compares with 0.
    counted: Bools = np.trunc(truth.score) != 0
    return counted
