import numpy as np
import pytest

from app.vitals import VitalFrame, Vitals
from app.vitals.margin import margins, overlaps
from tests.vitals.street import FPS, SIZE, walkers
from tracker import ByteTrackConfig, ByteTracker
from tracker.explain import ExplainingTracker


def test_a_margin_is_the_share_of_the_limit_that_a_cost_leaves():
    config = ByteTrackConfig(match_thresh=0.8, second_match_thresh=0.5)
    overlap, score = np.array([1.0, 0.5, 0.2, 0.75]), np.array([1.0, 0.8, 0.5, 0.3])
    low = np.array([False, False, False, True])
    assert margins(overlap, score, low, config).tolist() == pytest.approx([1.0, 1 - 0.6 / 0.8, 0.0, 0.5])
    plain = ByteTrackConfig(fuse_score=False)
    assert margins(overlap, score, None, plain)[1] == pytest.approx(1 - 0.5 / 0.8)


def test_boxes_that_do_not_meet_overlap_by_nothing():
    one = np.array([[0.0, 0, 10, 10], [0, 0, 10, 10], [0, 0, 10, 10]])
    other = np.array([[20.0, 0, 30, 10], [0, 0, 10, 10], [5, 0, 15, 10]])
    assert overlaps(one, other).tolist() == pytest.approx([0.0, 1.0, 1 / 3])


def test_the_margin_is_near_to_that_of_the_costs_that_the_tracker_itself_went_by():
    config = ByteTrackConfig(frame_rate=FPS)
    tracker, vitals, costs = ExplainingTracker(config), Vitals(), []
    for number, found in enumerate(walkers(300)):
        tracks = tracker.update(found, number / FPS)
        vitals.add(VitalFrame(pts=number / FPS, size=SIZE, tracks=tracks, detections=found, config=config))
        pairs = tracker.trace.pairs
        costs += pairs["cost"][pairs["chosen"]].tolist() if number > 10 else []
    exact = 1 - np.median(costs) / config.match_thresh
    assert vitals.figures().margin == pytest.approx(exact, abs=0.03)


def test_the_camera_may_move_without_loss_of_margin():
    config = ByteTrackConfig(frame_rate=FPS)

    def margin(told):
        tracker, vitals = ByteTracker(config), Vitals()
        for number, found in enumerate(walkers(200)):
            shift = 12.0 * (number // 5 % 2)
            step = 0.0 if number % 5 or not number else 12.0 if shift else -12.0
            motion = np.array([[1.0, 0, step], [0, 1, 0]])
            seen = type(found)(found.xyxy + np.array([shift, 0, shift, 0]), found.score, found.class_id)
            tracks = tracker.update(seen, number / FPS, motion)
            given = motion if told else None
            vitals.add(
                VitalFrame(pts=number / FPS, size=SIZE, tracks=tracks, detections=seen, config=config, motion=given)
            )
        return vitals.figures()

    assert margin(True).margin > margin(False).margin
    assert margin(True).new_ids == 6
