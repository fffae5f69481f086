"""HOTA, CLEAR MOT and identity measures of one sequence, and of several taken together, computed by TrackEval.

Sources: J. Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", IJCV 2021; K. Bernardin
and R. Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics", JIVP 2008; E. Ristani et
al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking", ECCV Workshops 2016 (IDF1).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from app.scoring.overlap import Floats, Ints


class ScoringUnavailable(Exception):
    """TrackEval is not installed; the message says how to get it."""


class ComparedFrame(NamedTuple):
    """What counts in one frame: `object_id` (K,), `track_id` (M,) and their `similarity` (K, M) from 0 to 1.

    No id may occur twice in a frame.
    """

    object_id: Ints
    track_id: Ints
    similarity: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What TrackEval found, by metric and then by TrackEval's own names, and how many identities there were."""

    by_metric: Mapping[str, Mapping[str, Any]]
    objects: int
    tracks: int


def check_available() -> None:
    """Raises ScoringUnavailable where TrackEval is not installed."""
    _metrics()


def measure(frames: Sequence[ComparedFrame]) -> Measures:
    """Measure one sequence.

    Raises:
        ScoringUnavailable: TrackEval is not installed.
    """
    object_ids, objects = _renumber([frame.object_id for frame in frames])
    track_ids, tracks = _renumber([frame.track_id for frame in frames])
    data = {
        "num_timesteps": len(frames),
        "gt_ids": object_ids,
        "tracker_ids": track_ids,
        "similarity_scores": [frame.similarity for frame in frames],
        "num_gt_ids": objects,
        "num_tracker_ids": tracks,
        "num_gt_dets": sum(len(ids) for ids in object_ids),
        "num_tracker_dets": sum(len(ids) for ids in track_ids),
    }
    return Measures({name: metric.eval_sequence(data) for name, metric in _metrics().items()}, objects, tracks)


def combine_sequences(parts: Mapping[str, Measures]) -> Measures:
    """The measures of several sequences as one: counts are added, which is not the mean of the scores.

    AssA is weighted with each sequence's true positives, as TrackEval does for the MOT Challenge.
    """
    return _combined(parts, lambda metric, results: metric.combine_sequences(results))


def pool_classes(parts: Mapping[str, Measures]) -> Measures:
    """The measures of several classes as one, every detection with the same weight."""
    return _combined(parts, lambda metric, results: metric.combine_classes_det_averaged(results))


def average_classes(parts: Mapping[str, Measures]) -> Measures:
    """The measures of several classes as one, every class with the same weight; counts are added."""
    return _combined(parts, lambda metric, results: metric.combine_classes_class_averaged(results))


def _combined(parts: Mapping[str, Measures], combine: Callable[[Any, dict[str, Any]], Mapping[str, Any]]) -> Measures:
    by_metric = {
        name: combine(metric, {key: dict(part.by_metric[name]) for key, part in parts.items()})
        for name, metric in _metrics().items()
    }
    objects, tracks = (sum(getattr(part, name) for part in parts.values()) for name in ("objects", "tracks"))
    return Measures(by_metric, objects, tracks)


def _metrics() -> dict[str, Any]:
    # Imported here: TrackEval is an extra, and heavy.
    try:
        from trackeval.metrics import CLEAR, HOTA, Identity
    except ImportError:
        raise ScoringUnavailable("scores need TrackEval: install trackd with its extra, trackd[eval]") from None
    return {
        "HOTA": HOTA(),
        "CLEAR": CLEAR({"PRINT_CONFIG": False}),
        "Identity": Identity({"PRINT_CONFIG": False}),
    }


def _renumber(ids_by_frame: Sequence[Ints]) -> tuple[list[Ints], int]:
    """The same identities as numbers from 0 without holes, and how many there are."""
    known = np.unique(np.concatenate(ids_by_frame)) if ids_by_frame else np.empty(0, np.int64)
    return [np.searchsorted(known, ids) for ids in ids_by_frame], len(known)
