"""Boxes for the frames in which a track was not seen, put into the row of frames on its way to the outputs."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice

import numpy as np

from app.offline.gaps import none_of, with_gaps_filled
from app.offline.sink import Sink, TrackedFrame
from app.sources import SourceFrame
from tracker import Detections
from tracker.interpolation import MAX_GAP, Method

NO_PICTURE = np.empty((0, 0, 3), np.uint8)


class GapFilling:
    """A sink before `sinks`: it hands on every frame once the gaps that reach into it are filled.

    `linear` holds back frames while a track may still return, twice `max_gap` of them at most. `gaussian` smooths whole
    tracks and hands on nothing before `close`. There `on_hand_on` is told how many of how many frames went. Pictures
    are not held, so that memory grows with boxes only: what is handed on has none, see `SecondReading`.
    """

    target = "filled gaps"

    def __init__(
        self,
        sinks: Sequence[Sink],
        method: Method,
        max_gap: int = MAX_GAP,
        on_hand_on: Callable[[int, int], None] | None = None,
    ) -> None:
        self.method = method
        self.filled = 0
        self._sinks = sinks
        self._max_gap = max_gap
        self._on_hand_on = on_hand_on
        self._held: list[TrackedFrame] = []
        self._handed_on = 0  # so many of the held frames are kept only because a gap may begin in them
        self._broken = False

    def write(self, tracked: TrackedFrame) -> None:
        """Take one frame; hand on those that are decided. Raises what a sink raises."""
        self._held.append(without_picture(tracked))
        newest, oldest = tracked.frame.seq, self._held[self._handed_on].frame.seq
        if self.method == "linear" and newest - oldest >= 2 * self._max_gap:
            # A later row is at least one frame away, so no gap that it closes begins before this.
            begins = newest + 1 - self._max_gap
            self._hand_on(sum(held.frame.seq <= begins for held in self._held))
            self._forget(begins - self._max_gap)

    def close(self) -> None:
        """Hand on the rest and close every sink, whatever fails."""
        with ExitStack() as stack:
            for sink in reversed(self._sinks):
                stack.callback(sink.close)
            if not self._broken:
                self._hand_on(len(self._held), self._on_hand_on)

    def _hand_on(self, count: int, told: Callable[[int, int], None] | None = None) -> None:
        """Write the first `count` of the held frames, except for those that went before."""
        self._broken = True
        complete = with_gaps_filled(self._held, self.method, self._max_gap)
        for done, tracked in enumerate(islice(complete, self._handed_on, count), start=1):
            for sink in self._sinks:
                sink.write(tracked)
            self.filled += len(tracked.filled)
            if told is not None:
                told(done, count - self._handed_on)
        self._handed_on, self._broken = count, False

    def _forget(self, seq: int) -> None:
        """Let go of the frames up to `seq`."""
        count = sum(held.frame.seq <= seq for held in self._held)
        del self._held[:count]
        self._handed_on -= count


def without_picture(tracked: TrackedFrame) -> TrackedFrame:
    """The frame with what is written of it only.

    Where nobody looked, what lies between the frames before and after is better than what was expected.
    """
    frame = tracked.frame
    bare = SourceFrame(frame.seq, frame.pts_s, NO_PICTURE, frame.width, frame.height)
    detections = Detections.empty() if tracked.detections.oriented is None else tracked.detections
    tracks = none_of(tracked.tracks) if tracked.predicted else tracked.tracks
    return replace(tracked, frame=bare, detections=detections, tracks=tracks, predicted=False)
