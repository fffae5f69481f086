"""What goes wrong with frames, light and the camera is told, once, and taken back when it is over."""

import numpy as np
import pytest

from app.vitals import VitalFrame
from app.vitals.checkup import APPEARS_AFTER, LEAVES_AFTER
from app.vitals.window import SLICE_S
from tests.vitals.street import FPS, walkers, watched
from tracker import ByteTrackConfig, ByteTracker

CONFIG = ByteTrackConfig(frame_rate=FPS)
SIZE = (400, 400)


def walked(seconds, config=CONFIG, score=0.9, **how):
    return watched(walkers(int(seconds * FPS), score=score), config, size=SIZE, **how)


def test_people_who_walk_by_raise_no_concern_and_keep_their_ids():
    run = walked(200)
    assert run.changes == []
    figures = run.figures
    assert figures.churn == 0.0
    assert figures.fragments == 0.0
    assert figures.margin > 0.7
    assert figures.score == pytest.approx(0.9, abs=0.01)
    assert figures.score_drift == pytest.approx(0.0, abs=0.01)
    assert figures.jitter == pytest.approx(0.0, abs=1e-9)
    assert 58.0 <= figures.span_s <= 60.0


def test_frames_that_come_unevenly_are_told_of():
    gaps = np.random.default_rng(0).exponential(1 / FPS, 400) + 0.001
    run = walked(40, times=np.cumsum(gaps))
    assert run.appeared == ["jitter"]
    assert run.figures.jitter > 0.4


def test_a_pause_is_no_unevenness():
    times = np.arange(600) / FPS
    times[300:] += 25.0
    assert walked(60, times=times).figures.jitter < 0.02


def test_frames_without_capture_time_at_another_rate_are_told_of():
    run = walked(90, ByteTrackConfig(frame_rate=30.0), timed=False)
    assert run.appeared == ["frame_rate"]
    assert "frame_rate says 30 but frames come at 10.0 per second" in run.told("frame_rate").detail
    assert run.told("frame_rate").settings == ("tracker.frame_rate",)


def test_frames_with_capture_times_may_come_at_any_rate():
    assert walked(40, ByteTrackConfig(frame_rate=30.0)).changes == []


def test_dropped_frames_are_told_of_and_do_not_count_as_uneven():
    lost = np.random.default_rng(0).random(600) < 0.55
    run = walked(60, lost=lost)
    assert run.appeared == ["dropped"]
    assert run.figures.dropped == pytest.approx(0.55, abs=0.05)


def test_a_detector_that_is_less_sure_than_before_is_told_of():
    run = walked(220, score=lambda number: 0.9 if number < 1500 else 0.65)
    assert run.appeared == ["score_fell"]
    assert run.figures.score_drift < -0.15
    told = run.told("score_fell")
    assert told.detail.startswith("the detector's confidence fell from 0.90 to 0.")
    assert 150 < told.since < 200


def test_another_mix_of_classes_is_no_drift():
    rng = np.random.default_rng(1)

    def mixed():
        for number, found in enumerate(walkers(2200)):
            cars = number % 40 < (20 if number < 1500 else 38)
            score = np.full(len(found), 0.9 if cars else 0.6) + rng.normal(0, 0.01, len(found))
            yield type(found)(found.xyxy, score.clip(0, 1), np.full(len(found), int(cars)))

    run = watched(mixed(), CONFIG, size=SIZE)
    assert run.figures.score_drift == pytest.approx(0.0, abs=0.02)
    assert "score_fell" not in run.appeared


def test_a_detector_that_finds_nothing_any_more_is_told_of():
    run = walked(200, score=lambda number: 0.9 if number < 1500 else None)
    assert run.appeared == ["blind"]
    assert 170 <= run.told("blind").since <= 180


def test_a_street_that_is_often_empty_is_not_called_blind():
    run = walked(300, score=lambda number: 0.9 if number % 400 < 250 else None)
    assert "blind" not in run.appeared


def stepping_aside():
    for number, found in enumerate(walkers(450)):
        boxes = found.xyxy.copy()
        boxes[0, ::2] += 18.0 * (number // 20 % 2)  # who stood there is gone, and somebody else is next to it
        yield type(found)(boxes, found.score, found.class_id)


def test_a_loose_match_thresh_that_lets_tracks_go_on_with_others_is_named():
    run = watched(stepping_aside(), ByteTrackConfig(frame_rate=FPS, match_thresh=1.0), size=SIZE)
    assert run.appeared == ["leaps"]
    assert "match_thresh 1 may be loose" in run.told("leaps").detail
    strict = watched(stepping_aside(), CONFIG, size=SIZE)
    assert strict.figures.leaps == 0
    assert strict.figures.new_ids > 15


def test_a_concern_goes_when_it_is_over_and_does_not_flicker():
    times = np.cumsum(np.where(np.arange(1800) < 400, np.random.default_rng(0).exponential(1 / FPS, 1800), 1 / FPS))
    run = walked(180, times=times + np.arange(1800) * 1e-4)
    assert run.appeared == ["jitter"]
    assert run.gone == ["jitter"]
    assert run.changes[-1].why == "it no longer looks so"
    assert APPEARS_AFTER * SLICE_S == 6.0
    assert LEAVES_AFTER * SLICE_S == 10.0


def test_a_change_of_settings_takes_concerns_back_and_looks_anew():
    run = walked(90, ByteTrackConfig(frame_rate=30.0), timed=False)
    other, found = ByteTrackConfig(frame_rate=FPS), next(walkers(1))
    tracks = ByteTracker(other).update(found, 40.0)
    frame = VitalFrame(pts=40.0, size=SIZE, tracks=tracks, detections=found, config=other, arrived_s=100.0, timed=False)
    changes = run.checkup.add(frame)
    assert [(change.concern.kind, change.gone) for change in changes] == [("frame_rate", True)]
    assert "settings changed" in changes[0].why
    assert run.checkup.concerns == ()
    assert run.figures.span_s == 0.0


def test_nothing_is_said_before_twenty_seconds():
    gaps = np.random.default_rng(0).exponential(1 / FPS, 180) + 0.001
    assert walked(18, times=np.cumsum(gaps)).changes == []
