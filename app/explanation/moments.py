"""Following one id through the frames of a recording."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from app.explanation.recording import RecordedFrame
from tracker.explain import Pair, TrackTrace


class CloseCall(NamedTuple):
    """A pair that nearly came about instead, and how much more it would have cost.

    `of_track` says that it is of the same track, with another detection; otherwise it is of the same detection.
    """

    pair: Pair
    margin: float
    of_track: bool


class Moment(NamedTuple):
    """A track in one frame."""

    frame: RecordedFrame
    track: TrackTrace

    def closest(self) -> CloseCall | None:
        """The runner-up with the smallest margin, whether of the track or of the detection that it took."""
        if self.track.taken is None:
            return None
        detection = self.frame.trace.detection(self.track.taken.detection)
        calls = [
            CloseCall(one.runner_up, one.margin, of_track)
            for one, of_track in ((self.track, True), (detection, False))
            if one.runner_up is not None and one.margin is not None
        ]
        return min(calls, key=lambda call: call.margin, default=None)


def moments_of(frames: Sequence[RecordedFrame], track_id: int) -> Iterator[Moment]:
    """The frames before which a track was in the tracker's table, from the one that confirmed it to its end."""
    for frame in frames:
        row = frame.trace.row_of(track_id)
        if row is not None:
            yield Moment(frame, frame.trace.track(row))


def birth_of(frames: Sequence[RecordedFrame], track_id: int) -> tuple[RecordedFrame, int]:
    """The frame in which a track was born, and the detection that it was born from."""
    before = None
    for frame in frames:
        row = frame.trace.row_of(track_id)
        if row is not None and before is not None:
            return before, int(np.flatnonzero(before.trace.succession.of_detection == row)[0])
        before = frame
    # The tracker's first call gives ids at birth.
    first = frames[0]
    return first, int(np.flatnonzero(first.tracks.outcome_track_id == track_id)[0])
