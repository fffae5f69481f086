"""The vitals of one stream: fed once per tracked frame, asked at any time."""

import numpy as np
from numpy.typing import NDArray

from app.vitals.baseline import Baseline
from app.vitals.batch import Looks, Sightings
from app.vitals.camera import Camera
from app.vitals.figures import Figures
from app.vitals.frame import VitalFrame
from app.vitals.intervals import Intervals
from app.vitals.lives import Lives, kept_s
from app.vitals.margin import margins, overlaps
from app.vitals.steps import Steps, go_on, known_of, stay_behind
from app.vitals.succession import Begun, begun
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

_FRAMES, _ROWS = 64, 4096  # that wait at most, so that taking them in takes about a millisecond
_TAKEN = (Outcome.MATCHED_HIGH, Outcome.REACTIVATED, Outcome.CONFIRMED)
_OVER = (Outcome.LOW_UNMATCHED, Outcome.HIGH_UNMATCHED)


class Vitals:
    """Owns what is known of how well a stream's tracking does. One thread writes and asks.

    Frames wait, as they were given, until some are taken in at once or somebody asks.
    """

    def __init__(self) -> None:
        self._window = Window()
        self._lives = Lives()
        self._intervals = Intervals()
        self._baseline = Baseline()
        self._pts: float | None = None
        self._timed = True
        self._births = 0
        self._scores: NDArray[np.int64] = np.zeros(BINS, np.int64)
        self._score_sum = 0.0
        self._waiting: list[VitalFrame] = []
        self._rows = 0

    def look_anew(self) -> None:
        """Settings have changed: what was before tells nothing of them. The detector is the same."""
        self._settle()
        self._window, self._births = Window(), 0

    # -- written ---------------------------------------------------------------------------------------------------

    def add(self, frame: VitalFrame) -> bool:
        """Take one frame; whether a slice of the window is over, so that figures are worth a look.

        It waits until some are taken in at once or somebody asks: its arrays must not change.
        """
        passed = self._window.reach(frame.pts)
        if passed:
            self._settle()
            self._end(frame)
            self._baseline.take(self._window.turn(frame.pts), passed)
        self._intervals.add(frame.pts, frame.arrived_s, timed=frame.timed, dropped=frame.dropped)
        step_s = 0.0 if self._pts is None else min(frame.pts - self._pts, LONGEST_STEP_S)
        self._pts, self._timed = frame.pts, frame.timed
        sums, tracks = self._window.current, len(frame.tracks)
        sums[Sum.FRAMES] += 1
        sums[Sum.DROPPED] += frame.lost
        sums[Sum.OBJECT_S] += tracks * step_s
        if frame.looked:
            self._wait(frame, tracks + len(frame.detections))
        return passed > 0

    def _wait(self, frame: VitalFrame, rows: int) -> None:
        waiting = self._waiting
        if waiting and waiting[-1].config is not frame.config and waiting[-1].config != frame.config:
            self._settle()
            waiting = self._waiting
        waiting.append(frame)
        self._rows += rows
        if len(waiting) >= _FRAMES or self._rows >= _ROWS:
            self._settle()

    def _end(self, frame: VitalFrame) -> None:
        """Tell of the tracks that are kept no longer."""
        ended = self._lives.end(frame.pts - kept_s(frame.config) - SLICE_S, self._window.begins)
        sums = self._window.current
        sums[Sum.ENDED] += ended.tracks
        sums[Sum.LIVED_S] += ended.lived_s
        sums[Sum.BRIEF] += ended.brief
        sums[Sum.ENDED_BROKEN] += ended.broken

    def _settle(self) -> None:
        """Take in the frames that wait."""
        frames, self._waiting, self._rows = self._waiting, [], 0
        if not frames:
            return
        lives = self._lives
        looks = Looks.of(frames, lives.seen_pts)
        self._count(looks)
        seen, camera = Sightings.of(looks, lives), Camera.of([frame.motion for frame in frames])
        if len(seen.slot):
            self._see(looks, seen, camera)
        else:
            stay_behind(looks, seen, lives, camera)
        lives.seen_pts = frames[-1].pts

    def _count(self, looks: Looks) -> None:
        """What became of the detections."""
        kinds, frames, sums = len(Outcome), len(looks.frames), self._window.current
        told = looks.outcome < kinds  # the others were kept from the tracker by the stream's own rules
        places = looks.index[told] * kinds + looks.outcome[told]
        counts = np.bincount(places, minlength=frames * kinds).reshape(frames, kinds)
        total = counts.sum(axis=0).tolist()
        for pts in looks.pts[counts[:, Outcome.AT_THRESHOLD :].any(axis=1)].tolist():
            self._baseline.find(pts)
        births = counts[:, Outcome.BORN]
        if looks.anew:
            births[0] = 0  # those of the first frame of all need no second one
        flashes, waiting = 0, self._births
        for born, confirmed in zip(births.tolist(), counts[:, Outcome.CONFIRMED].tolist(), strict=True):
            flashes, waiting = flashes + max(0, waiting - confirmed), born
        sums[Sum.FLASHES] += flashes
        self._births = waiting
        if total[Outcome.BORN]:
            self._window.bin(binned(looks.score[looks.outcome == Outcome.BORN], Bins.BIRTH))
        sums[Sum.LOW] += total[Outcome.MATCHED_LOW]
        sums[Sum.HIGH] += sum(total[taken] for taken in _TAKEN)
        if any(total[over] for over in _OVER):
            left = (looks.outcome == _OVER[0]) | (looks.outcome == _OVER[1])
            near = looks.score[left] > looks.frames[0].config.track_thresh - NEAR
            sums[Sum.NEAR] += int(np.count_nonzero(near))

    def _see(self, looks: Looks, seen: Sightings, camera: Camera) -> None:
        """Tracks were seen: those that are new, and how the others went on."""
        told = known_of(looks, seen, self._lives)
        if len(seen.new):
            self._begin(begun(looks, seen, told, self._lives, camera))
        steps = Steps.of(looks, seen, told, camera)
        self._follow(looks, steps)
        go_on(looks, seen, told, steps, camera)
        stay_behind(looks, seen, self._lives, camera)
        self._lives.write(seen.rows, seen.known, told)

    def _begin(self, new: Begun) -> None:
        sums = self._window.current
        sums[Sum.NEW_IDS] += new.ids
        sums[Sum.LATE] += new.late
        sums[Sum.PASSED_OVER] += new.passed_over

    def _follow(self, looks: Looks, steps: Steps) -> None:
        """Tracks that were known took detections: by what margin, how far from where they were expected."""
        window, sums = self._window, self._window.current
        score, found = looks.score.take(steps.detection), looks.xyxy.take(steps.detection, axis=0)
        overlap = overlaps(steps.expected, found)
        by_low = looks.outcome.take(steps.detection) == Outcome.MATCHED_LOW
        margin = margins(overlap, score, by_low, looks.frames[0].config)
        settled = steps.hits >= SETTLED_HITS
        lasting = steps.born <= steps.pts - LASTING_S
        score_at = binned(score, Bins.LASTING)
        window.bin(np.concatenate([binned(margin[settled], Bins.MARGIN), score_at[lasting]]))
        window.add_scores(steps.class_id, score)
        self._scores += np.bincount(score_at - Bins.LASTING, minlength=BINS)
        self._score_sum += float(score.sum())
        sums[Sum.LEAPS] += int(np.count_nonzero(settled & (overlap < LEAP)))
        sums[Sum.FOUND] += int(np.count_nonzero(settled & steps.missed))

    # -- asked -----------------------------------------------------------------------------------------------------

    @property
    def scores(self) -> NDArray[np.int64]:
        """(BINS,) counts of the scores of all detections that tracks took, over 0 to 1."""
        self._settle()
        return self._scores

    @property
    def score_sum(self) -> float:
        """The sum of these scores."""
        self._settle()
        return self._score_sum

    def figures(self) -> Figures | None:
        """The figures of the last minute, None before the first frame."""
        if self._pts is None:
            return None
        self._settle()
        window, total, medians = self._window, self._window.totals(), self._window.medians()
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
            margin=medians[Bins.MARGIN],
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
            birth_score=medians[Bins.BIRTH],
            lasting_score=medians[Bins.LASTING],
            dropped=dropped / (frames + dropped) if frames else 0.0,
            pace=None if self._timed else self._intervals.pace(SLICES * SLICE_S),
            quiet_s=None if found is None else self._pts - found,
            longest_quiet_s=self._baseline.longest_s,
            known_s=self._baseline.known_s,
        )
