"""The trace of a frame as plain values, for JSON."""

from collections.abc import Sequence
from typing import Any

from tracker.explain import DetectionTrace, FrameTrace, Nearest, Pair, TrackTrace

OTHERS = 3
"""How many of the pairs that did not come about are told of, the cheapest first."""

DIGITS = 6


def frame_document(trace: FrameTrace, labels: Sequence[str] = ()) -> dict[str, Any]:
    """What became of every detection and every track in one call.

    `row` is the row of a track in the tracker's table before the call; `track_id` is null where a track has no public
    id yet. The words for outcomes, fates and barriers are those of `tracker.Outcome`, `tracker.explain.Fate` and
    `tracker.explain.Barrier`.
    """
    return {
        "detections": [_detection(trace, index, labels) for index in range(len(trace.detections))],
        "tracks": [track_document(trace.track(row)) for row in range(len(trace.before))],
    }


def track_document(one: TrackTrace) -> dict[str, Any]:
    """What became of one track."""
    return {
        "row": one.row,
        "track_id": one.track_id or None,
        "fate": one.fate.name.lower(),
        "expected": _rounded(one.expected, 2),
        "unseen_frames": _short(one.unseen),
        "took": None if one.taken is None else {"detection": one.taken.detection, **_figures(one.taken)},
        **_rest(one, "detection"),
    }


def _detection(trace: FrameTrace, index: int, labels: Sequence[str]) -> dict[str, Any]:
    one = trace.detection(index)
    return {
        "detection": index,
        "bbox": _rounded(trace.detections.xyxy[index].tolist(), 2),
        "score": _short(one.score),
        "class_id": one.class_id,
        "class": labels[one.class_id] if one.class_id < len(labels) else None,
        "outcome": one.outcome.name.lower(),
        "track_id": one.track_id or None,
        "went_to": None if one.taken is None else {"row": one.taken.row, **_figures(one.taken)},
        **_rest(one, "track"),
    }


def _rest(one: DetectionTrace | TrackTrace, other: str) -> dict[str, Any]:
    margin = one.margin
    return {
        "runner_up": None if one.runner_up is None else _pair(one.runner_up, other),
        "margin": None if margin is None else _short(margin),
        "others": [_pair(pair, other) for pair in one.others[:OTHERS]],
        "nearest": None if one.nearest is None else _nearest(one.nearest, other),
    }


def _pair(pair: Pair, other: str) -> dict[str, Any]:
    return {**_named(pair, other), **_figures(pair), "barrier": pair.barrier.name.lower()}


def _nearest(nearest: Nearest, other: str) -> dict[str, Any]:
    return {**_named(nearest, other), "distance_px": round(nearest.distance, 1)}


def _named(pair: Pair | Nearest, other: str) -> dict[str, Any]:
    if other == "detection":
        return {"detection": pair.detection}
    return {"row": pair.row, "track_id": pair.track_id or None}


def _figures(pair: Pair) -> dict[str, Any]:
    figures = {"cost": _short(pair.cost), "limit": _short(pair.limit), "overlap": _short(pair.overlap)}
    return {"stage": pair.stage, **figures} if pair.stage else {"stage": None, **figures, "limit": None}


def _rounded(values: Sequence[float], digits: int) -> list[float]:
    return [round(value, digits) for value in values]


def _short(value: float) -> float:
    return round(value, DIGITS)
