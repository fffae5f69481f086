"""From the tracker's columns to the rows of the wire."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from app.rules import ALLOWED, BELOW_CLASS_SCORE, CLASS_NOT_KEPT, OUTSIDE_REGION
from app.turned import turned_rows
from app.wire import Counts, DetectionRow, Timing, TrackRow, TracksMessage
from tracker import Detections, Outcome, Tracks

_REASONS: Mapping[int, str] = {
    Outcome.BELOW_FLOOR: "score at or below low_thresh",
    Outcome.AT_THRESHOLD: "score exactly track_thresh",
    Outcome.LOW_UNMATCHED: "low score and no track there",
    Outcome.HIGH_UNMATCHED: "no track there and score below det_thresh",
    Outcome.BORN: "first seen; a second frame must confirm it",
    Outcome.DUPLICATE: "the track it went to turned out to be the twin of a lost one",
    CLASS_NOT_KEPT: "the stream does not keep this class",
    OUTSIDE_REGION: "outside the stream's region",
    BELOW_CLASS_SCORE: "score at or below what the stream asks of this class",
}
_OUTCOMES: Mapping[int, str] = {
    **{int(outcome): outcome.name.lower() for outcome in Outcome},
    CLASS_NOT_KEPT: "class_not_kept",
    OUTSIDE_REGION: "outside_region",
    BELOW_CLASS_SCORE: "below_class_score",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a frame's answer has of counting: the zones of each track, its speed in m/s, NaN where it is not known, and
    the counts. Left out is what the stream does not count."""

    zones: list[list[str]] | None = None
    speeds: NDArray[np.float64] | None = None
    counts: Counts | UnsetType = UNSET


NOT_COUNTED = Counted()


def class_name(class_id: int, labels: Sequence[str]) -> str:
    """The label of a class, or its number where there is none."""
    return labels[class_id] if class_id < len(labels) else str(class_id)


def track_rows(
    stream: str,
    epoch: int,
    tracks: Tracks,
    labels: Sequence[str],
    turned: Sequence[list[float]] | None = None,
    counted: Counted = NOT_COUNTED,
) -> list[TrackRow]:
    """One row per track: boxes to 0.01 px, scores to 0.0001, times to a millisecond.

    `turned` has the turned box of every detection, where the model finds such boxes.
    """
    nothing = [UNSET] * len(tracks)
    speeds = counted.speeds
    class_ids = tracks.class_id.tolist()
    names = {class_id: class_name(class_id, labels) for class_id in set(class_ids)}
    columns = zip(
        tracks.track_id.tolist(),
        class_ids,
        tracks.score.round(4).tolist(),
        tracks.xyxy.round(2).tolist(),
        tracks.velocity.round(2).tolist(),
        tracks.age_s.round(3).tolist(),
        tracks.detection.tolist(),
        nothing if counted.zones is None else counted.zones,
        nothing if speeds is None else [UNSET if math.isnan(s) else round(s, 2) for s in speeds.tolist()],
        strict=True,
    )
    prefix = f"{stream}/{epoch}/"
    return [
        TrackRow(
            track_id,
            f"{prefix}{track_id}",
            class_id,
            names[class_id],
            score,
            bbox,
            velocity,
            age_s,
            row,
            UNSET if turned is None or row < 0 else turned[row],
            inside,
            speed,
        )
        for track_id, class_id, score, bbox, velocity, age_s, row, inside, speed in columns
    ]


def detection_rows(detections: Detections, tracks: Tracks, labels: Sequence[str]) -> list[DetectionRow]:
    """One row per detection, in input order, with the track it went to or the reason why it has none."""
    turned = turned_rows(detections)
    columns = zip(
        np.round(detections.xyxy, 2).tolist(),
        np.round(detections.score, 4).tolist(),
        detections.class_id.tolist(),
        tracks.outcome.tolist(),
        tracks.outcome_track_id.tolist(),
        [UNSET] * len(detections) if turned is None else turned,
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
            box,
        )
        for bbox, score, class_id, outcome, track_id, box in columns
    ]


def in_rows_of(verdicts: NDArray[np.uint8], tracks: Tracks) -> Tracks:
    """Tracks of the detections that were allowed, told in the rows of all of them; `verdicts` as in `app.rules`."""
    kept = np.flatnonzero(verdicts == ALLOWED)
    outcome = verdicts.copy()
    outcome_track_id = np.full(len(verdicts), -1, np.int64)
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
    detections: Detections | None = None,
    predicted: bool = False,
    received_at: float | UnsetType = UNSET,
    sent_at: float | UnsetType = UNSET,
    counted: Counted = NOT_COUNTED,
) -> TracksMessage:
    """A frame's answer.

    `size` is (width, height) of the image as sent. `detections` are those whose rows `tracks` names; `predicted` says
    that nobody looked at the frame. `received_at` and `sent_at` are seconds since 1970, where a service answers.
    """
    return TracksMessage(
        stream=stream,
        epoch=epoch,
        seq=seq,
        capture_ts=capture_ts,
        width=size[0],
        height=size[1],
        dropped_since_last=dropped_since_last,
        tracks=track_rows(
            stream, epoch, tracks, labels, None if detections is None else turned_rows(detections), counted
        ),
        timing_ms=timing,
        predicted=predicted or UNSET,
        received_at=received_at,
        sent_at=sent_at,
        counts=counted.counts,
    )
