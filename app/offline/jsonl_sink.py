"""One JSON message per frame and line: the same message that the service answers a frame with."""

from dataclasses import replace
from typing import BinaryIO

import msgspec
import numpy as np

from app.answers import Counted, tracks_message
from app.offline.opening import open_lines, writing
from app.offline.sink import TrackedFrame
from app.wire import TrackRow


class FilledTrackRow(TrackRow, frozen=True):
    """The row of a track in a frame in which it was not seen: the box is from before and after, `detection_index` -1.

    Only files have such rows: the service answers before it can know what comes after.
    """

    interpolated: bool = True


class JsonLinesSink:
    """Writes `tracks` messages to a file, or to standard output where the target is `-`.

    Nothing waits in the process after `write`, so a sudden end leaves complete lines.

    Raises:
        OutputError: the file cannot be created.
    """

    def __init__(self, target: str, stream: str, labels: tuple[str, ...]) -> None:
        self.target = target
        self._stream = stream
        self._labels = labels
        self._file: BinaryIO = open_lines(target)

    def write(self, tracked: TrackedFrame) -> None:
        """Write one line."""
        frame = tracked.frame
        message = tracks_message(
            stream=self._stream,
            epoch=1,
            seq=frame.seq,
            capture_ts=round(frame.pts_s, 6),
            size=(frame.width, frame.height),
            tracks=tracked.tracks,
            labels=self._labels,
            timing=tracked.timing,
            detections=tracked.detections,
            predicted=tracked.predicted,
            counted=_aligned(tracked),
        )
        if tracked.filled:
            message = msgspec.structs.replace(message, tracks=_marked(message.tracks, tracked.filled))
        with writing(self.target):
            self._file.write(msgspec.json.encode(message) + b"\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        with writing(self.target):
            self._file.close()


def _aligned(tracked: TrackedFrame) -> Counted:
    """What was counted, in the order of the rows that are written: filled ones are in no zone, and have no speed."""
    counted = tracked.counted
    if not tracked.filled:
        return counted
    at = {track_id: row for row, track_id in enumerate(tracked.counted_ids)}
    rows = [at.get(track_id) for track_id in tracked.tracks.track_id.tolist()]
    zones, speeds = counted.zones, counted.speeds
    return replace(
        counted,
        zones=None if zones is None else [[] if row is None else zones[row] for row in rows],
        speeds=None if speeds is None else np.array([np.nan if row is None else speeds[row] for row in rows]),
    )


def _marked(rows: list[TrackRow], filled: frozenset[int]) -> list[TrackRow]:
    return [FilledTrackRow(*msgspec.structs.astuple(row)) if row.track_id in filled else row for row in rows]
