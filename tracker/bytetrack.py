"""ByteTrack: detections of one frame after another in, boxes with identities that last out.

Source: Y. Zhang, P. Sun, Y. Jiang, D. Yu, F. Weng, Z. Yuan, P. Luo, W. Liu, X. Wang, "ByteTrack: Multi-Object Tracking
by Associating Every Detection Box", ECCV 2022, algorithm 1, with the track states of the authors' public
implementation.
"""

from dataclasses import fields

import numpy.typing as npt

from tracker.config import ByteTrackConfig
from tracker.conversion import under
from tracker.errors import StateError
from tracker.lookahead import moved_on, shown_by
from tracker.motion import moving
from tracker.state import TrackerState
from tracker.table import Records, frozen
from tracker.types import Detections, Tracks


class ByteTracker:
    """Gives the objects of one stream identities that last.

    It owns its ids: they start at 1, have no holes, and are given when a track is first emitted. It keeps nothing of a
    track that is gone, has no clock and starts no thread. A call that raises has changed nothing.
    """

    def __init__(self, config: ByteTrackConfig | None = None) -> None:
        # The kernels are loaded here, so that no frame has to wait for them.
        import tracker.entries  # noqa: F401 - loading is what it is for

        self._state = TrackerState.initial(config or ByteTrackConfig())
        self._shown: Tracks | None = None

    @property
    def config(self) -> ByteTrackConfig:
        """The parameters of this tracker."""
        return self._state.config

    def update(self, detections: Detections, pts: float | None = None, motion: npt.ArrayLike | None = None) -> Tracks:
        """The tracks that one more frame shows. A frame without detections must be told too: it ages lost tracks.

        Args:
            detections: what was found in the frame.
            pts: when the frame was taken, in seconds on any clock that only goes forward; None means one nominal frame
                after the last.
            motion: the camera's motion, (2, 3): the affine that maps pixels of the last frame to pixels of this one;
                None where the camera stands still or nothing is known.

        Returns:
            The tracks matched in this frame (and, in the very first, all that were started), and what became of each
            detection.

        Raises:
            OutOfOrderError: `pts` is not after that of the frame before.
            MotionError: `motion` is not a usable affine.
            ValueError: `pts` is not a usable number.
            TypeError: `detections` are not `Detections`.
        """
        if not isinstance(detections, Detections):
            raise TypeError(f"update takes tracker.Detections, not {type(detections).__name__}")
        self._state, self._shown = advance(self._state, detections, pts, motion)
        return self._shown

    def predicted(self, pts: float | None = None, motion: npt.ArrayLike | None = None) -> Tracks:
        """Where the tracks that the last call showed are at another time, for a frame that nobody looks at.

        Nothing changes: no track ages, is born or lost, and the next `update` counts time from the last one as if this
        had not been asked.

        Args:
            pts: when the frame was taken, after that of the last `update`; None means one nominal frame after it.
            motion: the camera's motion since the last `update`, as there.

        Returns:
            The boxes that were shown, moved on by their velocities, with `detection` -1 and the score of their last
            detection; no outcomes. After `restore` and before an `update`, the filter's boxes stand for what was shown.

        Raises:
            OutOfOrderError, MotionError, ValueError: as `update`.
        """
        _, elapsed = self._state.timebase.advance(pts, self.config.frame_rate)
        affine, shown = moving(motion), shown_by(self._state) if self._shown is None else self._shown
        return moved_on(shown, elapsed / self.config.frame_rate, affine)

    def reconfigure(self, config: ByteTrackConfig) -> None:
        """Go on with other parameters; the tracks and their ids live on."""
        self._state = under(self._state, config)

    def snapshot(self) -> TrackerState:
        """All that the tracker knows, as a frozen value: later calls do not change it."""
        return self._state

    def restore(self, state: TrackerState) -> None:
        """Continue from a snapshot, exactly as the tracker that it was taken from would have.

        Raises:
            StateError: it was taken with another configuration, or is not a state that a tracker can be in.
        """
        for field in fields(self.config):
            ours, theirs = getattr(self.config, field.name), getattr(state.config, field.name)
            if ours != theirs:
                raise StateError(f"the state was taken with {field.name}={theirs!r}, and this tracker has {ours!r}")
        state.check()
        self._state, self._shown = state, None


def advance(
    state: TrackerState, detections: Detections, pts: float | None = None, motion: npt.ArrayLike | None = None
) -> tuple[TrackerState, Tracks]:
    """The state after one more frame, and the tracks that it shows: `ByteTracker.update` as a pure function."""
    after, tracks, _ = traced(state, detections, pts, motion, trace=False)
    return after, tracks


def traced(
    state: TrackerState,
    detections: Detections,
    pts: float | None = None,
    motion: npt.ArrayLike | None = None,
    *,
    trace: bool = True,
) -> tuple[TrackerState, Tracks, Records]:
    """`advance`, and every pair that was up for assignment on the way, rows of `trace.PAIR`."""
    from tracker.entries import step

    time, elapsed = state.timebase.advance(pts, state.config.frame_rate)
    table, memory, next_id, columns, outcome, outcome_track_id, pairs = step(
        state.table,
        state.memory,
        detections.xyxy,
        detections.score,
        detections.class_id,
        moving(motion),
        state.options,
        time.frame,
        elapsed,
        state.next_id,
        state.timebase.frame == 0.0,
        trace,
    )
    after = TrackerState(state.config, time, next_id, frozen(table), frozen(memory), state.options)
    return after, Tracks(*columns, outcome, outcome_track_id), pairs
