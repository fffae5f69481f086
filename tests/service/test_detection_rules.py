"""Which detections a tracker is given."""

import numpy as np
import pytest

from app.rules import ALLOWED, BELOW_CLASS_SCORE, CLASS_NOT_KEPT, OUTSIDE_REGION, Rules, scores_by_id, taken
from models.region import Region, RegionError
from tracker import Detections

SIZE = (640, 480)
LEFT_HALF = Region(points=((0, 0), (0.5, 0), (0.5, 1), (0, 1)), fractions=True)


def found() -> Detections:
    left = np.array([10.0, 200.0, 400.0, 30.0])
    xyxy = np.column_stack([left, np.full(4, 100.0), left + 40, np.full(4, 180.0)])
    return Detections(xyxy, np.array([0.9, 0.4, 0.8, 0.3]), np.array([0, 0, 1, 1]))


def test_without_rules_there_are_no_verdicts_and_nothing_is_copied():
    detections = found()
    assert Rules().verdicts(detections, SIZE) is None
    assert Rules().allowed(detections, SIZE) is detections


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (Rules(classes=frozenset({1})), [CLASS_NOT_KEPT, CLASS_NOT_KEPT, ALLOWED, ALLOWED]),
        (Rules(classes=frozenset()), [CLASS_NOT_KEPT] * 4),
        (Rules(scores={0: 0.4}), [ALLOWED, BELOW_CLASS_SCORE, ALLOWED, ALLOWED]),
        (Rules(region=LEFT_HALF), [ALLOWED, ALLOWED, OUTSIDE_REGION, ALLOWED]),
        (
            Rules(classes=frozenset({0}), scores={0: 0.5, 1: 0.9}, region=LEFT_HALF),
            [ALLOWED, BELOW_CLASS_SCORE, CLASS_NOT_KEPT, CLASS_NOT_KEPT],
        ),
    ],
)
def test_each_detection_is_told_the_first_rule_against_it(rules, expected):
    verdicts = rules.verdicts(found(), SIZE)
    assert verdicts.tolist() == expected
    assert rules.allowed(found(), SIZE).score.tolist() == found().score[verdicts == ALLOWED].tolist()


def test_a_region_that_is_not_in_the_picture_is_an_error_also_without_detections():
    rules = Rules(region=Region(points=((900, 0), (950, 0), (950, 90))))
    with pytest.raises(RegionError, match="640 x 480"):
        rules.verdicts(Detections.empty(), SIZE)


def test_turned_boxes_go_with_their_rows():
    turned = np.arange(20.0).reshape(4, 5) + 1
    detections = Detections(found().xyxy, found().score, found().class_id, turned)
    assert taken(detections, np.array([2, 0])).oriented.tolist() == turned[[2, 0]].tolist()


def test_scores_are_asked_by_name_or_by_id_and_a_name_comes_first():
    ids = {"person": 0, "car": 2, "3": 7}
    assert scores_by_id({"person": 0.1, "2": 0.2, "3": 0.3, "dragon": 0.4}, ids) == {0: 0.1, 2: 0.2, 7: 0.3}
