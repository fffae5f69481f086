"""Scoring frame by frame, all classes together."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from app.scoring.measures import ComparedFrame, measure
from app.scoring.overlap import Bools, Floats, Ints, belongs_to, iou
from app.scoring.score import Score


@dataclass(frozen=True, slots=True, eq=False)
class TruthFrame:
    """All K objects of one frame: `object_id` (K,), `xyxy` (K, 4) pixels, `class_id` (K,).

    `counted` (K,) is False for objects that a tracker is not held to, such as nearly hidden ones: finding them is
    neither right nor wrong.
    """

    object_id: Ints
    xyxy: Floats
    class_id: Ints
    counted: Bools


class TrackColumns(Protocol):
    """What is scored: the columns of `tracker.Tracks`, or anything that has them."""

    @property
    def track_id(self) -> Ints:
        """(M,) identities."""

    @property
    def xyxy(self) -> Floats:
        """(M, 4) boxes in pixels."""

    @property
    def class_id(self) -> Ints:
        """(M,) classes."""


def score(truth: Iterable[TruthFrame], tracked: Iterable[TrackColumns]) -> Score:
    """Compare tracks with the truth, frame by frame; a track matches an object of its own class only.

    Raises:
        ScoringUnavailable: TrackEval is not installed.
        ValueError: the two have different numbers of frames.
    """
    return Score.of(measure([_compared(*pair) for pair in zip(truth, tracked, strict=True)]))


def _compared(truth: TruthFrame, tracks: TrackColumns) -> ComparedFrame:
    overlap = iou(truth.xyxy, tracks.xyxy)
    kept = ~belongs_to(overlap, ~truth.counted)
    same_class = truth.class_id[:, None] == tracks.class_id[None, :]
    similarity = (overlap * same_class)[truth.counted][:, kept]
    return ComparedFrame(truth.object_id[truth.counted], tracks.track_id[kept], similarity)
