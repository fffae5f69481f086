"""The turned boxes of tracks and detections, where the model finds such boxes."""

import numpy as np
from numpy.typing import NDArray

from tracker import Detections, Tracks

DIGITS = (2, 2, 2, 2, 5)
"""Decimals that are told: pixels to a hundredth, as of all boxes, and the angle so that long boxes end as exactly."""


def turned_rows(detections: Detections) -> list[list[float]] | None:
    """Centre, size and angle of each detection as they are told, None where the model finds no turned boxes."""
    if detections.oriented is None:
        return None
    rounded = [np.round(column, digits) for column, digits in zip(detections.oriented.T, DIGITS, strict=True)]
    rows: list[list[float]] = np.column_stack(rounded).tolist()
    return rows


def turned_by_track(detections: Detections, tracks: Tracks) -> dict[int, NDArray[np.float64]]:
    """Centre, size and angle, (5,), of the detection behind each track that has one, by the track's id."""
    if detections.oriented is None:
        return {}
    behind = zip(tracks.track_id.tolist(), tracks.detection.tolist(), strict=True)
    return {track_id: detections.oriented[row] for track_id, row in behind if row >= 0}
