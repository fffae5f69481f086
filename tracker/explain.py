"""Why a call did what it did: which detection went where, at which stage, at what cost, and what else was in reach.

    state, tracks, trace = explained(state, detections, pts)
    trace.detection(3).runner_up

Tracing changes nothing: state and tracks are those of `bytetrack.advance`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracker.assignment import NONE
from tracker.bytetrack import ByteTracker, traced
from tracker.config import ByteTrackConfig
from tracker.origins import Fate, Succession, succession
from tracker.reach import DISTANCE_STAGE, NO_STAGE, Call, every_pair, expected_boxes
from tracker.reasons import Barrier, DetectionTrace, Nearest, Pair, TrackTrace
from tracker.state import TrackerState
from tracker.table import NO_ID, Record, Records
from tracker.types import Bools, Detections, Floats, Ints, Outcome, Tracks

__all__ = [
    "Barrier",
    "DetectionTrace",
    "ExplainingTracker",
    "Fate",
    "FrameTrace",
    "Nearest",
    "Pair",
    "TrackTrace",
    "explained",
]


@dataclass(frozen=True, slots=True, eq=False)
class FrameTrace:
    """What one call looked at and what came of it, R tracks of the table before it and N detections.

    Attributes:
        frame: the nominal frame.
        detections: what was given.
        tracks: what was answered.
        before: (R,) rows of `table.TRACK` before the call.
        expected: (R, 4) the boxes at which the tracks were looked for.
        pairs: (K,) rows of `trace.PAIR`, every pair of a track and a detection that overlap.
        up: (K,) which of them were up for assignment.
        succession: which row became which.
    """

    frame: float
    detections: Detections
    tracks: Tracks
    before: Records
    expected: Floats
    pairs: Records
    up: Bools
    succession: Succession

    def detection(self, index: int) -> DetectionTrace:
        """What became of a detection, by its row in the input."""
        mine = self.pairs["detection"] == index
        taken, runner_up, others = self._sorted(mine)
        outcome = Outcome(int(self.tracks.outcome[index]))
        return DetectionTrace(
            detection=index,
            score=float(self.detections.score[index]),
            class_id=int(self.detections.class_id[index]),
            outcome=outcome,
            track_id=max(int(self.tracks.outcome_track_id[index]), NO_ID),
            row_after=int(self.succession.of_detection[index]),
            taken=taken,
            runner_up=runner_up,
            others=others,
            nearest=None if mine.any() else self._nearest(self.expected, self.detections.xyxy[index], detection=index),
        )

    def track(self, row: int) -> TrackTrace:
        """What became of a track, by its row in the table before the call."""
        mine = self.pairs["track"] == row
        taken, runner_up, others = self._sorted(mine)
        return TrackTrace(
            row=row,
            track_id=int(self.succession.track_id[row]),
            fate=Fate(int(self.succession.fate[row])),
            row_after=int(self.succession.of_track[row]),
            expected=tuple(self.expected[row].tolist()),
            unseen=self.frame - float(self.before["last"][row]),
            taken=taken,
            runner_up=runner_up,
            others=others,
            nearest=None if mine.any() else self._nearest(self.detections.xyxy, self.expected[row], row=row),
        )

    def row_of(self, track_id: int) -> int | None:
        """The row of a public id in the table before the call; an id that was given in this call counts."""
        rows = np.flatnonzero(self.succession.track_id == track_id)
        return int(rows[0]) if len(rows) and track_id != NO_ID else None

    def _sorted(self, mine: Bools) -> tuple[Pair | None, Pair | None, tuple[Pair, ...]]:
        """The pair that was chosen, the best other that was up in its stage, and all others by cost."""
        rows = np.flatnonzero(mine)
        order: list[int] = rows[np.argsort(self.pairs["cost"][rows], kind="stable")].tolist()
        taken = next((self._pair(k) for k in order if self.pairs["chosen"][k]), None)
        rest = [k for k in order if not self.pairs["chosen"][k]]
        rivals = (k for k in rest if taken is not None and self.up[k] and self.pairs["stage"][k] == taken.stage)
        best = next(rivals, None)
        return taken, None if best is None else self._pair(best), tuple(self._pair(k) for k in rest)

    def _pair(self, k: int) -> Pair:
        pair = self.pairs[k]
        return Pair(
            row=int(pair["track"]),
            track_id=int(self.succession.track_id[pair["track"]]),
            detection=int(pair["detection"]),
            stage=int(pair["stage"]),
            overlap=float(pair["overlap"]),
            cost=float(pair["cost"]),
            limit=float(pair["limit"]),
            barrier=self._barrier(pair),
        )

    def _barrier(self, pair: Record) -> Barrier:
        if pair["chosen"]:
            return Barrier.NOTHING
        if pair["stage"] != NO_STAGE:
            return Barrier.TAKEN if pair["cost"] < pair["limit"] else Barrier.COST
        if self.tracks.outcome[pair["detection"]] in (Outcome.BELOW_FLOOR, Outcome.AT_THRESHOLD):
            return Barrier.SCORE
        same = self.before["class_id"][pair["track"]] == self.detections.class_id[pair["detection"]]
        return Barrier.STAGE if same or not self.succession.class_aware else Barrier.CLASS

    def _nearest(self, boxes: Floats, box: Floats, row: int = NONE, detection: int = NONE) -> Nearest | None:
        if not len(boxes):
            return None
        apart = (boxes[:, :2] + boxes[:, 2:] - box[:2] - box[2:]) / 2
        distance = np.hypot(apart[:, 0], apart[:, 1])
        best = int(np.argmin(distance))
        row, detection = (row, best) if detection == NONE else (best, detection)
        return Nearest(row, int(self.succession.track_id[row]), detection, float(distance[best]))


class ExplainingTracker(ByteTracker):
    """A `ByteTracker` that keeps the trace of its last call; everything else is the same, to the bit."""

    def __init__(self, config: ByteTrackConfig | None = None) -> None:
        super().__init__(config)
        self._trace: FrameTrace | None = None

    @property
    def trace(self) -> FrameTrace | None:
        """The trace of the last call, None before the first."""
        return self._trace

    def update(self, detections: Detections, pts: float | None = None, motion: npt.ArrayLike | None = None) -> Tracks:
        """The tracks that one more frame shows, as `ByteTracker.update` has it, and raises."""
        if not isinstance(detections, Detections):
            raise TypeError(f"update takes tracker.Detections, not {type(detections).__name__}")
        self._state, self._shown, self._trace = explained(self._state, detections, pts, motion)
        return self._shown


def explained(
    state: TrackerState, detections: Detections, pts: float | None = None, motion: npt.ArrayLike | None = None
) -> tuple[TrackerState, Tracks, FrameTrace]:
    """`bytetrack.advance`, and why: it takes about fifteen times as long.

    Raises:
        TrackerError, ValueError: as `ByteTracker.update`.
    """
    after, tracks, up = traced(state, detections, pts, motion)
    call = Call(state, detections, pts, motion)
    reach = every_pair(call, tracks.outcome)
    pairs, was_up = _merged(up, reach, len(detections))
    trace = FrameTrace(
        frame=after.timebase.frame,
        detections=detections,
        tracks=tracks,
        before=state.table,
        expected=expected_boxes(call),
        pairs=pairs,
        up=was_up,
        succession=succession(state, after, tracks, up),
    )
    return after, tracks, trace


def _merged(up: Records, reach: Records, detections: int) -> tuple[Records, Bools]:
    """The pairs that were up for assignment and after them the other pairs in reach; and which were up."""
    known, key = _key(up, detections), _key(reach, detections)
    overlap = dict(zip(key.tolist(), reach["overlap"].tolist(), strict=True))
    up = up.copy()
    for k in np.flatnonzero(up["stage"] == DISTANCE_STAGE):
        up["overlap"][k] = overlap.get(int(known[k]), 0.0)
    rest = reach[~np.isin(key, known)]
    return np.concatenate([up, rest]), np.arange(len(up) + len(rest)) < len(up)


def _key(pairs: Records, detections: int) -> Ints:
    key: Ints = pairs["track"] * detections + pairs["detection"]
    return key
