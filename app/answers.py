"""From the tracker's columns to the rows of the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.wire import DetectionRow, Timing, TrackRow, TracksMessage
from tracker import Detections, Outcome, Tracks

CLASS_NOT_KEPT = 255  # beside the tracker's outcomes: a detection that the tracker was not given

_REASONS: Mapping[int, str] = {
    Outcome.BELOW_FLOOR: "score at or below low_thresh",
    Outcome.AT_THRESHOLD: "score exactly track_thresh",
    Outcome.LOW_UNMATCHED: "low score and no track there",
    Outcome.HIGH_UNMATCHED: "no track there and score below det_thresh",
    Outcome.BORN: "first seen; a second frame must confirm it",
    Outcome.DUPLICATE: "the track it went to turned out to be the twin of a lost one",
    CLASS_NOT_KEPT: "the stream does not keep this class",
}
_OUTCOMES: Mapping[int, str] = {
    **{int(outcome): outcome.name.lower() for outcome in Outcome},
    CLASS_NOT_KEPT: "class_not_kept",
}


def class_name(class_id: int, labels: Sequence[str]) -> str:
    """The label of a class, or its number where there is none."""
    return labels[class_id] if class_id < len(labels) else str(class_id)


def track_rows(stream: str, epoch: int, tracks: Tracks, labels: Sequence[str]) -> list[TrackRow]:
    """One row per track: boxes to 0.01 px, scores to 0.0001, times to a millisecond."""
    columns = zip(
        tracks.track_id.tolist(),
        tracks.class_id.tolist(),
        np.round(tracks.score, 4).tolist(),
        np.round(tracks.xyxy, 2).tolist(),
        np.round(tracks.velocity, 2).tolist(),
        np.round(tracks.age_s, 3).tolist(),
        tracks.detection.tolist(),
        strict=True,
    )
    prefix = f"{stream}/{epoch}/"
    return [
        TrackRow(
            track_id, f"{prefix}{track_id}", class_id, class_name(class_id, labels), score, bbox, velocity, age_s, row
        )
        for track_id, class_id, score, bbox, velocity, age_s, row in columns
    ]


def detection_rows(detections: Detections, tracks: Tracks, labels: Sequence[str]) -> list[DetectionRow]:
    """One row per detection, in input order, with the track it went to or the reason why it has none."""
    columns = zip(
        np.round(detections.xyxy, 2).tolist(),
        np.round(detections.score, 4).tolist(),
        detections.class_id.tolist(),
        tracks.outcome.tolist(),
        tracks.outcome_track_id.tolist(),
        strict=True,
    )
    return [
        DetectionRow(
            bbox,
            score,
            class_id,
            class_name(class_id, labels),
            _OUTCOMES[outcome],
            track_id if track_id >= 0 else None,
            None if track_id >= 0 else _REASONS.get(outcome),
        )
        for bbox, score, class_id, outcome, track_id in columns
    ]


def in_rows_of(count: int, kept: NDArray[np.int64], tracks: Tracks) -> Tracks:
    """Tracks of the rows `kept` out of `count` detections, told in the rows of all of them."""
    outcome = np.full(count, CLASS_NOT_KEPT, np.uint8)
    outcome_track_id = np.full(count, -1, np.int64)
    outcome[kept] = tracks.outcome
    outcome_track_id[kept] = tracks.outcome_track_id
    # A track that is shown without a detection keeps its -1.
    detection = tracks.detection.copy()
    detection[detection >= 0] = kept[detection[detection >= 0]]
    return replace(tracks, detection=detection, outcome=outcome, outcome_track_id=outcome_track_id)


def tracks_message(
    *,
    stream: str,
    epoch: int,
    seq: int,
    capture_ts: float | None,
    size: tuple[int, int],
    tracks: Tracks,
    labels: Sequence[str],
    timing: Timing,
    dropped_since_last: int = 0,
) -> TracksMessage:
    """A frame's answer. `size` is (width, height) of the image as sent."""
    return TracksMessage(
        stream=stream,
        epoch=epoch,
        seq=seq,
        capture_ts=capture_ts,
        width=size[0],
        height=size[1],
        dropped_since_last=dropped_since_last,
        tracks=track_rows(stream, epoch, tracks, labels),
        timing_ms=timing,
    )
