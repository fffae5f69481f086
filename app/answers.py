"""From the tracker's columns to the rows of the wire."""

from collections.abc import Sequence

import numpy as np

from app.wire import DetectionRow, Timing, TrackRow, TracksMessage
from tracker import Detections, Outcome, Tracks

_REASONS = {
    Outcome.BELOW_FLOOR: "score at or below low_thresh",
    Outcome.AT_THRESHOLD: "score exactly track_thresh",
    Outcome.LOW_UNMATCHED: "low score and no track there",
    Outcome.HIGH_UNMATCHED: "no track there and score below det_thresh",
    Outcome.BORN: "first seen; a second frame must confirm it",
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
            Outcome(outcome).name.lower(),
            track_id if track_id >= 0 else None,
            None if track_id >= 0 else _REASONS.get(Outcome(outcome)),
        )
        for bbox, score, class_id, outcome, track_id in columns
    ]


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
