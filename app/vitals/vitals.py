"""The vitals of one stream: fed once per tracked frame, asked at any time."""

import numpy as np
from numpy.typing import NDArray

from app.vitals.baseline import Baseline
from app.vitals.figures import Figures
from app.vitals.frame import VitalFrame
from app.vitals.intervals import Intervals
from app.vitals.lives import Lives, Rows, kept_s
from app.vitals.margin import margins, overlaps
from app.vitals.window import BINS, SLICE_S, SLICES, Bins, Sum, Window, binned
from tracker import Outcome

NEAR = 0.15
"""A detection that lies by less than this below `track_thresh` is just below it."""

LEAP = 0.1
"""An association of boxes that overlap by less than this goes on with something else, or has lost its pace."""

SETTLED_HITS = 5
"""From so many detections on it is known where a track is expected."""

LASTING_S = 1.0
"""A track that has been seen for so long lasts."""

LONGEST_STEP_S = 1.0
"""Longer intervals between frames tell nothing of how long objects were in view."""

BASELINE_S = 60.0
"""Seconds of media time that the baseline must know before scores are compared with it."""

_TAKEN = (Outcome.MATCHED_HIGH, Outcome.REACTIVATED, Outcome.CONFIRMED)
_OVER = (Outcome.LOW_UNMATCHED, Outcome.HIGH_UNMATCHED)


class Vitals:
    """Owns what is known of how well a stream's tracking does. One thread writes and asks.

    `scores` (BINS,) counts the scores of all detections that tracks took, over 0 to 1, and `score_sum` is their sum.
    """

    def __init__(self) -> None:
        self._window = Window()
        self._lives = Lives()
        self._intervals = Intervals()
        self._baseline = Baseline()
        self._pts: float | None = None
        self._timed = True
        self._births = 0
        self.scores: NDArray[np.int64] = np.zeros(BINS, np.int64)
        self.score_sum = 0.0

    def look_anew(self) -> None:
        """Settings have changed: what was before tells nothing of them. The detector is the same."""
        self._window, self._lives, self._births = Window(), self._lives, 0

    # -- written ---------------------------------------------------------------------------------------------------

    def add(self, frame: VitalFrame) -> bool:
        """Take one frame; whether a slice of the window is over, so that figures are worth a look."""
        passed = self._window.reach(frame.pts)
        if passed:
            self._end(frame)
            self._baseline.take(self._window.turn(frame.pts), passed)
        self._intervals.add(frame.pts, frame.arrived_s, timed=frame.timed, dropped=frame.dropped)
        step_s = 0.0 if self._pts is None else min(frame.pts - self._pts, LONGEST_STEP_S)
        self._pts, self._timed = frame.pts, frame.timed
        sums = self._window.current
        sums[Sum.FRAMES] += 1
        sums[Sum.DROPPED] += frame.lost
        sums[Sum.OBJECT_S] += len(frame.tracks) * step_s
        if frame.looked:
            self._look(frame, sums)
        return passed > 0

    def _end(self, frame: VitalFrame) -> None:
        """Tell of the tracks that are kept no longer."""
        ended = self._lives.end(frame.pts - kept_s(frame.config) - SLICE_S, self._window.begins)
        sums = self._window.current
        sums[Sum.ENDED] += ended.tracks
        sums[Sum.LIVED_S] += ended.lived_s
        sums[Sum.BRIEF] += ended.brief
        sums[Sum.ENDED_BROKEN] += ended.broken

    def _look(self, frame: VitalFrame, sums: list[float]) -> None:
        tracks, lives = frame.tracks, self._lives
        if frame.motion is not None:
            lives.move(frame.motion)
        low = self._count(frame, sums)
        if len(tracks):
            rows, known = lives.find(tracks.track_id)
            followed = known & (tracks.detection >= 0)
            if followed.all():
                self._follow(frame, rows, slice(None), sums, low=low)
            else:
                if followed.any():
                    self._follow(frame, rows[followed], followed, sums, low=low)
                self._begin(frame, ~known, sums)
        lives.seen_pts = frame.pts

    def _begin(self, frame: VitalFrame, begun: NDArray[np.bool_], sums: list[float]) -> None:
        if begun.any():
            new = self._lives.begin(frame, begun)
            sums[Sum.NEW_IDS] += new.ids
            sums[Sum.LATE] += new.late
            sums[Sum.PASSED_OVER] += new.passed_over

    def _count(self, frame: VitalFrame, sums: list[float]) -> bool:
        """What became of the detections; whether low ones were taken."""
        outcome, config = frame.tracks.outcome, frame.config
        counts = np.bincount(outcome, minlength=len(Outcome)).tolist()
        if any(counts[Outcome.AT_THRESHOLD : len(Outcome)]):
            self._baseline.find(frame.pts)
        if self._lives.seen_pts is not None:
            sums[Sum.FLASHES] += max(0, self._births - counts[Outcome.CONFIRMED])
            self._births = counts[Outcome.BORN]
        if counts[Outcome.BORN]:
            self._window.bin(binned(frame.detections.score[outcome == Outcome.BORN], Bins.BIRTH))
        sums[Sum.LOW] += counts[Outcome.MATCHED_LOW]
        sums[Sum.HIGH] += sum(counts[taken] for taken in _TAKEN)
        if any(counts[over] for over in _OVER):
            left = (outcome == _OVER[0]) | (outcome == _OVER[1])
            near = frame.detections.score[left] > config.track_thresh - NEAR
            sums[Sum.NEAR] += int(np.count_nonzero(near))
        return bool(counts[Outcome.MATCHED_LOW])

    def _follow(
        self, frame: VitalFrame, rows: Rows, seen: slice | NDArray[np.bool_], sums: list[float], *, low: bool
    ) -> None:
        """Tracks that were known took detections: by what margin, how far from where they were expected."""
        window, lives, found = self._window, self._lives, frame.detections
        detection = frame.tracks.detection[seen]
        score = found.score[detection]
        overlap = overlaps(lives.expected(rows, frame.pts), found.xyxy[detection])
        by_low = frame.tracks.outcome[detection] == Outcome.MATCHED_LOW if low else None
        margin = margins(overlap, score, by_low, frame.config)
        settled = lives.hits[rows] >= SETTLED_HITS
        lasting = lives.born[rows] <= frame.pts - LASTING_S
        score_at = binned(score, Bins.LASTING)
        window.bin(np.concatenate([binned(margin[settled], Bins.MARGIN), score_at[lasting]]))
        window.add_scores(frame.tracks.class_id[seen], score)
        self.scores += np.bincount(score_at - Bins.LASTING, minlength=BINS)
        self.score_sum += float(score.sum())
        if (leaps := overlap < LEAP).any():
            sums[Sum.LEAPS] += int(np.count_nonzero(settled & leaps))
        if (missed := lives.missed(rows)).any():
            sums[Sum.FOUND] += int(np.count_nonzero(missed & settled))
            lives.found[rows[missed]] = frame.pts
        lives.see(rows, frame, seen)

    # -- asked -----------------------------------------------------------------------------------------------------

    def figures(self) -> Figures | None:
        """The figures of the last minute, None before the first frame."""
        if self._pts is None:
            return None
        window, total = self._window, self._window.totals()
        score_sum, count = window.scores()
        associations = int(count.sum())
        compared = self._baseline.compare(score_sum, count, BASELINE_S)
        score = float(score_sum.sum()) / associations if associations else None
        object_s = total[Sum.OBJECT_S]
        ended, flashes = int(total[Sum.ENDED]), int(total[Sum.FLASHES])
        broken = self._lives.broken(window.begins) + total[Sum.ENDED_BROKEN]
        whole = len(self._lives) + ended
        frames, dropped = total[Sum.FRAMES], total[Sum.DROPPED]
        found = self._baseline.found_pts
        return Figures(
            pts=self._pts,
            span_s=window.span_s,
            frames=int(frames),
            churn=total[Sum.NEW_IDS] / object_s if object_s >= LASTING_S else None,
            mean_length_s=total[Sum.LIVED_S] / ended if ended else None,
            fragments=broken / whole if whole else None,
            margin=window.median(Bins.MARGIN),
            jitter=self._intervals.jitter(SLICES * SLICE_S),
            score=score,
            score_drift=compared[1] if compared else None,
            score_before=compared[0] if compared else None,
            ended=ended + flashes,
            brief=int(total[Sum.BRIEF]) + flashes,
            new_ids=int(total[Sum.NEW_IDS]),
            late=int(total[Sum.LATE]),
            passed_over=int(total[Sum.PASSED_OVER]),
            found_rate=total[Sum.FOUND] / object_s if object_s > 0.0 else 0.0,
            object_s=object_s,
            low_share=total[Sum.LOW] / max(1.0, total[Sum.LOW] + total[Sum.HIGH]),
            near=total[Sum.NEAR] / max(1, associations),
            leaps=int(total[Sum.LEAPS]),
            associations=associations,
            birth_score=window.median(Bins.BIRTH),
            lasting_score=window.median(Bins.LASTING),
            dropped=dropped / (frames + dropped) if frames else 0.0,
            pace=None if self._timed else self._intervals.pace(SLICES * SLICE_S),
            quiet_s=None if found is None else self._pts - found,
            longest_quiet_s=self._baseline.longest_s,
            known_s=self._baseline.known_s,
        )
