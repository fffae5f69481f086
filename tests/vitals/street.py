"""What a detector of a known kind finds in the demo street, from its truth, and people who walk by at a steady pace."""

from dataclasses import dataclass

import numpy as np

from app.sources.demo import DemoCamera
from app.vitals import Checkup, VitalFrame
from tracker import ByteTracker, Detections

FPS = 10.0
SIZE = (320, 180)
SHARP = 0.2  # who is hidden more than that is not found


def demo_street(seed, seconds):
    """Detections, frame by frame: scores fall where somebody is hidden, some are missed, and clutter flickers."""
    camera = DemoCamera(seed=seed, width=SIZE[0], height=SIZE[1], frame_rate=FPS)
    rng = np.random.default_rng(seed)
    places = rng.uniform((0, 0), (SIZE[0] - 30, SIZE[1] - 40), (40, 2))
    return [found_in(camera.truth(index), places, rng) for index in range(int(seconds * FPS))]


def found_in(truth, places, rng):
    sides = truth.xyxy[:, 2:] - truth.xyxy[:, :2]
    seen = (truth.visibility > SHARP) & (sides.min(axis=1) > 3) & (rng.random(len(truth)) > 0.01)
    boxes = truth.xyxy[seen] + rng.normal(0, 0.02, (seen.sum(), 4)) * np.tile(sides[seen], 2)
    dip = np.where(rng.random(len(boxes)) < 0.03, rng.uniform(0.3, 0.6, len(boxes)), 0)
    score = 0.95 - 0.25 * (1 - truth.visibility[seen]) - dip + rng.normal(0, 0.02, len(boxes))
    flickers = places[rng.random(len(places)) < 0.015]
    clutter = np.hstack([flickers, flickers + np.array([14.0, 30.0])])
    return Detections(
        np.vstack([boxes, clutter]),
        np.concatenate([score.clip(0.05, 0.99), rng.uniform(0.15, 0.5, len(clutter))]),
        np.concatenate([truth.class_id[seen], np.zeros(len(clutter), int)]),
    )


def walkers(frames, fps=FPS, score=0.9, people=6):
    """People who walk to and fro, well apart; `score` may be a function of the frame's number."""
    rng = np.random.default_rng(0)
    for number in range(frames):
        way = 60 + 120 * abs((number / fps / 10 + np.arange(people) / people) % 2 - 1)
        top = 20.0 + 60 * np.arange(people)
        boxes = np.column_stack([way, top, way + 20, top + 45]) + rng.normal(0, 0.3, (people, 4))
        wanted = score(number) if callable(score) else score
        if wanted is None:
            yield Detections.empty()
        else:
            yield Detections(boxes, (wanted + rng.normal(0, 0.02, people)).clip(0, 1), np.zeros(people, int))


@dataclass
class Run:
    """What came of a run: the checkup as it is at the end, and every change."""

    checkup: Checkup
    changes: list

    @property
    def appeared(self):
        return [change.concern.kind for change in self.changes if not change.gone]

    @property
    def gone(self):
        return [change.concern.kind for change in self.changes if change.gone]

    def told(self, kind):
        return next(change.concern for change in self.changes if change.concern.kind == kind)

    @property
    def figures(self):
        return self.checkup.vitals.figures()


def watched(found, config, *, times=None, timed=True, lost=None, size=SIZE):
    """Track the detections, the frame of number n at `times[n]`; where `lost[n]`, it is given up."""
    tracker, run, waiting = ByteTracker(config), Run(Checkup(), []), 0
    for number, detections in enumerate(found):
        if lost is not None and lost[number]:
            waiting += 1
            continue
        at = number / FPS if times is None else float(times[number])
        pts = at if timed else number / config.frame_rate
        frame = VitalFrame(
            pts=pts,
            size=size,
            tracks=tracker.update(detections, pts),
            detections=detections,
            config=config,
            dropped=waiting,
            lost=waiting,
            arrived_s=at,
            timed=timed,
        )
        run.changes += run.checkup.add(frame)
        waiting = 0
    return run
