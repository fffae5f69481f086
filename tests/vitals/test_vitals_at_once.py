"""Frames wait and are taken in together: what is told is the same as if each had been taken in by itself."""

import weakref
from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vitals import Checkup, VitalFrame
from tests.vitals.street import FPS, SIZE
from tracker import ByteTrackConfig, ByteTracker, Detections

CONFIGS = [ByteTrackConfig(frame_rate=FPS), ByteTrackConfig(frame_rate=FPS, lost_buffer=3, track_thresh=0.4)]
STEPS_S = [0.1, 0.1, 0.1, 0.7, 2.3]


class Crowd:
    """People who come, walk, hide, jump and go, seen by a camera that may turn."""

    def __init__(self, seed: int, people: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.places = self.rng.uniform(20, 200, (people, 2))
        self.hidden = np.zeros(people, int)

    def found(self) -> Detections:
        rng, number = self.rng, len(self.places)
        self.places += rng.normal(0, 2, (number, 2))
        self.hidden[rng.random(number) < 0.04] = rng.integers(1, 30)
        self.hidden -= 1
        seen = self.places[self.hidden <= 0]
        clutter = rng.uniform(20, 300, (int(rng.poisson(0.3)), 2))
        corner = np.vstack([seen, clutter])
        score = np.where(rng.random(len(corner)) < 0.2, rng.uniform(0.15, 0.6, len(corner)), 0.9)
        return Detections(
            np.hstack([corner, corner + np.array([20.0, 45.0])]), score, rng.integers(0, 2, len(corner)) // 2
        )

    def motion(self) -> np.ndarray | None:
        turn = self.rng.normal(0, 0.02)
        shift = self.rng.normal(0, 5, 2)
        affine = np.array([[np.cos(turn), -np.sin(turn), shift[0]], [np.sin(turn), np.cos(turn), shift[1]]])
        return affine if self.rng.random() < 0.5 else None


def frames_of(seed: int, count: int, people: int, moving: bool) -> list[VitalFrame]:
    crowd, frames, pts, config = Crowd(seed, people), [], 0.0, CONFIGS[0]
    tracker, size = ByteTracker(config), SIZE
    for _ in range(count):
        pts += float(crowd.rng.choice(STEPS_S, p=[0.4, 0.3, 0.25, 0.04, 0.01]))
        if crowd.rng.random() < 0.02:
            config = CONFIGS[crowd.rng.integers(2)]
            tracker.reconfigure(config)
        if crowd.rng.random() < 0.02:
            size = (SIZE[0] + SIZE[1] - size[0] + 100, SIZE[1])
        motion = crowd.motion() if moving else None
        looked = crowd.rng.random() > 0.1
        found = crowd.found() if looked else Detections.empty()
        tracks = tracker.update(found, pts, motion) if looked else tracker.predicted(pts, motion)
        frames.append(
            VitalFrame(
                pts=pts,
                size=size,
                tracks=tracks,
                detections=found,
                config=config,
                looked=looked,
                motion=motion,
                lost=int(crowd.rng.integers(0, 2)),
                arrived_s=pts,
            )
        )
    return frames


@given(st.integers(0, 2**32 - 1), st.integers(1, 120), st.integers(0, 10), st.booleans())
@settings(max_examples=25)
def test_who_asks_at_each_frame_and_who_asks_at_the_end_are_told_the_same(seed, count, people, moving):
    curious, patient = Checkup(), Checkup()
    for frame in frames_of(seed, count, people, moving):
        changes = curious.add(frame)
        assert curious.vitals.figures() is not None
        assert patient.add(frame) == changes
    for one, other in zip(astuple(patient.vitals.figures()), astuple(curious.vitals.figures()), strict=True):
        assert one == (None if other is None else pytest.approx(other, rel=1e-9, abs=1e-9))
    assert patient.vitals.scores.tolist() == curious.vitals.scores.tolist()
    assert patient.vitals.score_sum == pytest.approx(curious.vitals.score_sum)


def test_frames_of_many_tracks_do_not_pile_up():
    corner = np.column_stack([np.arange(1000) % 40 * 30.0, np.arange(1000) // 40 * 60.0])
    found = Detections(np.hstack([corner, corner + np.array([20.0, 45.0])]), np.full(1000, 0.9), np.zeros(1000, int))
    tracker, checkup, kept = ByteTracker(CONFIGS[0]), Checkup(), []
    for number in range(30):
        tracks = tracker.update(found, number / 100)
        checkup.add(VitalFrame(pts=number / 100, size=SIZE, tracks=tracks, detections=found, config=CONFIGS[0]))
        kept.append(weakref.ref(tracks.xyxy))
        del tracks
        assert sum(each() is not None for each in kept) <= 2


def test_a_setting_that_changes_does_not_judge_the_frames_before_it():
    config = replace(CONFIGS[0], track_thresh=0.5)
    found = Detections(np.array([[10.0, 10, 40, 80]]), np.array([0.3]), np.zeros(1, int))
    tracker, checkup = ByteTracker(config), Checkup()
    for number in range(20):
        tracks = tracker.update(found, number / FPS)
        given = config if number < 12 else replace(config, track_thresh=0.4)
        checkup.vitals.add(VitalFrame(pts=number / FPS, size=SIZE, tracks=tracks, detections=found, config=given))
    figures = checkup.vitals.figures()
    assert figures.frames == 20
    assert figures.near == 8.0  # 0.3 is near 0.4, and not near 0.5
