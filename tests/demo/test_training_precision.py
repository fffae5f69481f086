"""Average precision counts what a detector found, missed and made up."""

import numpy as np
import pytest

from training.precision import area_under_curve, judge, overlaps


def boxes(*rows):
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def frame(truth, found, scores, ignore=None):
    ignore = np.zeros(len(truth), dtype=bool) if ignore is None else np.array(ignore)
    return judge(truth, ignore, found, np.array(scores, dtype=np.float64))


ONE, TWO, FAR = (0, 0, 10, 10), (20, 0, 30, 10), (80, 80, 90, 90)


def test_finding_everything_and_nothing_else_is_a_precision_of_one():
    assert area_under_curve([frame(boxes(ONE, TWO), boxes(TWO, ONE), [0.4, 0.9])]) == 1.0


def test_finding_half_is_a_precision_of_one_half():
    assert area_under_curve([frame(boxes(ONE, TWO), boxes(ONE), [0.9])]) == 0.5


def test_a_false_alarm_surer_than_the_hit_costs_and_a_fainter_one_does_not():
    surer = frame(boxes(ONE), boxes(FAR, ONE), [0.9, 0.5])
    fainter = frame(boxes(ONE), boxes(FAR, ONE), [0.3, 0.5])
    assert (area_under_curve([surer]), area_under_curve([fainter])) == (0.5, 1.0)


def test_a_second_box_on_the_same_object_is_a_false_alarm():
    twice = frame(boxes(ONE, TWO), boxes(ONE, ONE, TWO), [0.9, 0.8, 0.7])
    assert area_under_curve([twice]) == pytest.approx(0.5 + 0.5 * 2 / 3)


def test_an_ignored_object_counts_neither_when_found_nor_when_missed():
    found = frame(boxes(ONE, TWO), boxes(TWO, ONE), [0.9, 0.5], ignore=[False, True])
    missed = frame(boxes(ONE, TWO), boxes(ONE), [0.5], ignore=[False, True])
    assert (area_under_curve([found]), area_under_curve([missed])) == (1.0, 1.0)


def test_a_box_with_too_little_overlap_is_no_hit():
    assert area_under_curve([frame(boxes(ONE), boxes((6, 0, 16, 10)), [0.9])]) == 0.0


def test_frames_are_ranked_together():
    sure_and_wrong = frame(boxes(), boxes(FAR), [0.95])
    right = frame(boxes(ONE), boxes(ONE), [0.9])
    assert area_under_curve([right, sure_and_wrong]) == 0.5


def test_without_objects_there_is_no_precision():
    assert np.isnan(area_under_curve([frame(boxes(), boxes(ONE), [0.5])]))


def test_overlaps_are_shared_area_over_joint_area():
    np.testing.assert_allclose(overlaps(boxes(ONE), boxes(ONE, (5, 0, 15, 10), FAR)), [[1.0, 1 / 3, 0.0]])
