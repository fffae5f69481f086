"""How good tracks are against exact truth: HOTA, CLEAR MOT and identity scores, computed in memory by TrackEval.

Sources: J. Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", IJCV 2021; K. Bernardin
and R. Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics", JIVP 2008; E. Ristani et
al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking", ECCV Workshops 2016 (IDF1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

IGNORE_IOU = 0.5


class ScoringUnavailable(Exception):
    """TrackEval is not installed; the message says how to get it."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How good tracks are: 1 is best, MOTA may be negative; HOTA, DetA and AssA are means over IoU 0.05 to 0.95."""

    hota: float
    det_a: float
    ass_a: float
    mota: float
    idf1: float
    switches: int
    misses: int
    false_positives: int
    objects: int
    tracks: int


def score(truth: Iterable[TruthFrame], tracked: Iterable[TrackColumns]) -> Score:
    """Compare tracks with the truth, frame by frame; a track matches an object of its own class only.

    Raises:
        ScoringUnavailable: TrackEval is not installed.
        ValueError: the two have different numbers of frames.
    """
    try:
        from trackeval.metrics import CLEAR, HOTA, Identity
    except ImportError:
        raise ScoringUnavailable("scores need TrackEval: install trackd with its extra, trackd[eval]") from None
    data = _sequence(list(zip(truth, tracked, strict=True)))
    hota = HOTA().eval_sequence(data)
    clear = CLEAR({"PRINT_CONFIG": False}).eval_sequence(data)
    identity = Identity({"PRINT_CONFIG": False}).eval_sequence(data)
    return Score(
        hota=float(np.mean(hota["HOTA"])),
        det_a=float(np.mean(hota["DetA"])),
        ass_a=float(np.mean(hota["AssA"])),
        mota=float(clear["MOTA"]),
        idf1=float(identity["IDF1"]),
        switches=int(clear["IDSW"]),
        misses=int(clear["CLR_FN"]),
        false_positives=int(clear["CLR_FP"]),
        objects=data["num_gt_ids"],
        tracks=data["num_tracker_ids"],
    )


def _sequence(pairs: Sequence[tuple[TruthFrame, TrackColumns]]) -> dict[str, Any]:
    """One sequence in the form that TrackEval's metrics take: ids counted from 0, a similarity matrix per frame."""
    truth_ids, track_ids, similarity = [], [], []
    for truth, tracks in pairs:
        overlap = _iou(truth.xyxy, tracks.xyxy)
        kept = ~_explained_by_ignored(overlap, truth.counted)
        same_class = truth.class_id[:, None] == tracks.class_id[None, :]
        truth_ids.append(truth.object_id[truth.counted])
        track_ids.append(tracks.track_id[kept])
        similarity.append((overlap * same_class)[truth.counted][:, kept])
    truth_rows, objects = _renumber(truth_ids)
    track_rows, identities = _renumber(track_ids)
    return {
        "num_timesteps": len(pairs),
        "gt_ids": truth_rows,
        "tracker_ids": track_rows,
        "similarity_scores": similarity,
        "num_gt_ids": objects,
        "num_tracker_ids": identities,
        "num_gt_dets": sum(len(ids) for ids in truth_rows),
        "num_tracker_dets": sum(len(ids) for ids in track_rows),
    }


def _explained_by_ignored(overlap: Floats, counted: Bools) -> Bools:
    """(M,) True for boxes of objects that do not count, found as the MOT Challenge finds distractors."""
    explained = np.zeros(overlap.shape[1], np.bool_)
    rows, columns = linear_sum_assignment(-np.where(overlap >= IGNORE_IOU, overlap, 0.0))
    matched = overlap[rows, columns] >= IGNORE_IOU
    explained[columns[matched & ~counted[rows]]] = True
    return explained


def _renumber(ids_by_frame: Sequence[Ints]) -> tuple[list[Ints], int]:
    """The same identities as numbers from 0 without holes, and how many there are."""
    known = np.unique(np.concatenate(ids_by_frame)) if ids_by_frame else np.empty(0, np.int64)
    return [np.searchsorted(known, ids) for ids in ids_by_frame], len(known)


def _iou(first: Floats, second: Floats) -> Floats:
    """(N, M) intersection over union of (N, 4) with (M, 4) corner boxes, in continuous coordinates."""
    start = np.maximum(first[:, None, :2], second[None, :, :2])
    stop = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared: Floats = np.prod(np.maximum(stop - start, 0.0), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - shared
    overlap: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap
