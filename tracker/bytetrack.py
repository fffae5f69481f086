"""ByteTrack: detections of one frame after another in, boxes with identities that last out.

Source: Y. Zhang, P. Sun, Y. Jiang, D. Yu, F. Weng, Z. Yuan, P. Luo, W. Liu, X. Wang, "ByteTrack: Multi-Object Tracking
by Associating Every Detection Box", ECCV 2022, algorithm 1, with the track states of the authors' public
implementation.
"""

from dataclasses import fields, replace

import numpy as np

from tracker import kalman
from tracker.association import Association
from tracker.boxes import xyah_to_xyxy, xyxy_to_xyah
from tracker.config import ByteTrackConfig
from tracker.duplicates import twins
from tracker.errors import StateError
from tracker.state import TrackerState
from tracker.table import NO_ID, Table
from tracker.types import Bools, Detections, Ints, Outcome, Tracks


class ByteTracker:
    """Gives the objects of one stream identities that last.

    It owns its ids: they start at 1, have no holes, and are given when a track is first emitted. It keeps nothing of a
    track that is gone, has no clock and starts no thread. A call that raises has changed nothing.
    """

    def __init__(self, config: ByteTrackConfig | None = None) -> None:
        self._state = TrackerState.initial(config or ByteTrackConfig())

    @property
    def config(self) -> ByteTrackConfig:
        """The parameters of this tracker."""
        return self._state.config

    def update(self, detections: Detections, pts: float | None = None) -> Tracks:
        """The tracks that one more frame shows. A frame without detections must be told too: it ages lost tracks.

        Args:
            detections: what was found in the frame.
            pts: when the frame was taken, in seconds on any clock that only goes forward; None means one nominal frame
                after the last.

        Returns:
            The tracks matched in this frame (and, in the very first, all that were started), and what became of each
            detection.

        Raises:
            OutOfOrderError: `pts` is not after that of the frame before.
            ValueError: `pts` is not a usable number.
            TypeError: `detections` are not `Detections`.
        """
        if not isinstance(detections, Detections):
            raise TypeError(f"update takes tracker.Detections, not {type(detections).__name__}")
        self._state, tracks = advance(self._state, detections, pts)
        return tracks

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
        self._state = state


def advance(state: TrackerState, detections: Detections, pts: float | None = None) -> tuple[TrackerState, Tracks]:
    """The state after one more frame, and the tracks that it shows: `ByteTracker.update` as a pure function."""
    config, frames_before = state.config, state.timebase.frame
    time, elapsed = state.timebase.advance(pts, config.frame_rate)

    # Tracks that were hit only once are not predicted: they meet the next frame where they were born.
    pool, unconfirmed = np.flatnonzero(state.table.activated), np.flatnonzero(~state.table.activated)
    table = _predicted(state.table, pool, elapsed)
    found = Association(xyah_to_xyxy(table.motion.position), detections, config)

    # Stage 1: everybody with the high detections.
    found.pair(pool, found.high, config.match_thresh, config.fuse_score, Outcome.MATCHED_HIGH)
    found.outcome[found.detection[found.matched & table.lost]] = Outcome.REACTIVATED
    # Stage 2: who was in sight until now, with the low detections.
    in_sight = pool[~table.lost[pool]]
    found.pair(in_sight, found.low, config.second_match_thresh, False, Outcome.MATCHED_LOW)
    # Stage 3: the unconfirmed with the high detections that are left.
    found.pair(unconfirmed, found.free_high(), config.unconfirmed_match_thresh, config.fuse_score, Outcome.CONFIRMED)
    # Stage 4: births.
    left = found.free_high()
    births = left[detections.score[left] >= config.birth_thresh]
    found.outcome[births] = Outcome.BORN
    born = _born(detections, births, time.frame, activated=frames_before == 0.0)

    # Stage 5: removal of the expired, and of the unconfirmed that were not hit again.
    expired = time.frame - table.last > config.max_lost
    order, lost = _rows_after(table, found, len(births), expired)
    after = _updated(table, found, detections, time.frame).followed_by(born).take(order)
    after = replace(after, lost=lost)
    source = np.concatenate([found.detection, births])[order]

    after, source = _without_twins(after, source, found, config.duplicate_thresh)
    emitted = np.flatnonzero(after.activated & ~after.lost)
    next_id = _give_ids(after, emitted, state.next_id)
    found.track_id[source[emitted]] = after.track_id[emitted]
    tracks = _tracks(after.take(emitted), source[emitted], found, time.frame, config.frame_rate)
    if config.emit == "detection":
        tracks = replace(tracks, xyxy=detections.xyxy[tracks.detection])
    return TrackerState(config, time, next_id, after.freeze()), tracks


def _predicted(table: Table, pool: Ints, frames: float) -> Table:
    """The table with the filters of the pool moved on in time."""
    moved = kalman.advance(table.motion.take(pool), table.lost[pool], frames)
    return replace(table, motion=table.motion.with_rows(pool, moved))


def _updated(table: Table, found: Association, detections: Detections, frame: float) -> Table:
    """The table with every matched track corrected by its detection."""
    rows = np.flatnonzero(found.matched)
    taken = found.detection[rows]
    corrected = kalman.update(table.motion.take(rows), xyxy_to_xyah(detections.xyxy[taken]))
    score, class_id, last = table.score.copy(), table.class_id.copy(), table.last.copy()
    score[rows], class_id[rows], last[rows] = detections.score[taken], detections.class_id[taken], frame
    return replace(
        table,
        motion=table.motion.with_rows(rows, corrected),
        score=score,
        class_id=class_id,
        last=last,
        activated=table.activated | found.matched,
    )


def _born(detections: Detections, births: Ints, frame: float, activated: bool) -> Table:
    """The tracks that some detections start."""
    count = len(births)
    return Table(
        motion=kalman.initiate(xyxy_to_xyah(detections.xyxy[births])),
        track_id=np.full(count, NO_ID, np.int64),
        score=detections.score[births],
        class_id=detections.class_id[births],
        start=np.full(count, frame),
        last=np.full(count, frame),
        activated=np.full(count, activated),
        lost=np.zeros(count, np.bool_),
    )


def _rows_after(table: Table, found: Association, births: int, expired: Bools) -> tuple[Ints, Bools]:
    """Which rows of the table followed by the births live on, in the order that `Table` promises, and who is lost."""
    missed = ~found.matched & ~expired
    tracked = np.concatenate([
        np.flatnonzero(found.matched & ~table.lost),
        len(table) + np.arange(births),
        np.flatnonzero(found.matched & table.lost),
    ])  # fmt: skip
    lost = np.concatenate([
        np.flatnonzero(missed & table.lost),
        np.flatnonzero(missed & ~table.lost & table.activated),
    ])  # fmt: skip
    return np.concatenate([tracked, lost]), np.arange(len(tracked) + len(lost)) >= len(tracked)


def _without_twins(table: Table, source: Ints, found: Association, limit: float) -> tuple[Table, Ints]:
    """The table and the source of its rows without duplicates; notes which detections ended in one."""
    twin = twins(table, limit)
    if not twin.any():
        return table, source
    ended = np.flatnonzero(twin & ~table.lost)
    found.outcome[source[ended]] = Outcome.DUPLICATE
    named = ended[table.track_id[ended] != NO_ID]
    found.track_id[source[named]] = table.track_id[named]
    keep = np.flatnonzero(~twin)
    return table.take(keep), source[keep]


def _give_ids(table: Table, emitted: Ints, next_id: int) -> int:
    """Give public ids to emitted tracks that have none yet, in place, and return the next one."""
    nameless = emitted[table.track_id[emitted] == NO_ID]
    table.track_id[nameless] = next_id + np.arange(len(nameless))
    return next_id + len(nameless)


def _tracks(shown: Table, source: Ints, found: Association, frame: float, frame_rate: float) -> Tracks:
    """What the caller is told: the tracks that were matched, and what became of every detection."""
    return Tracks(
        track_id=shown.track_id,
        xyxy=xyah_to_xyxy(shown.motion.position),
        score=shown.score,
        class_id=shown.class_id,
        detection=source,
        velocity=shown.motion.velocity[:, :2] * frame_rate,
        age_s=(frame - shown.start) / frame_rate,
        outcome=found.outcome,
        outcome_track_id=found.track_id,
    )
