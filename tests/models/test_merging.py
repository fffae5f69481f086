"""What overlapping views show, made one."""

import numpy as np
import pytest

from models.merging import merged, shifted
from models.tiling import View
from tracker import Detections

LEFT, RIGHT, ALL = View(0, 0, 120, 100), View(80, 0, 200, 100), View(0, 0, 200, 100)


def seen(view: View, *rows: tuple[float, float, float, float, float], class_id: int = 0) -> Detections:
    """Boxes with a score, in pixels of the full picture, as the detector tells them of a view."""
    table = np.array(rows, np.float64).reshape(-1, 5)
    corner = [view.x1, view.y1, view.x1, view.y1]
    return Detections(table[:, :4] - corner, table[:, 4], np.full(len(table), class_id))


def rows_of(found: Detections):
    return [(*box, score) for box, score in zip(found.xyxy.tolist(), found.score.tolist(), strict=True)]


@pytest.mark.parametrize("method", ["nms", "ios", "weighted"])
def test_an_object_that_two_views_show_alike_is_told_once(method):
    found = [seen(LEFT, (90, 10, 110, 60, 0.7)), seen(RIGHT, (90, 10, 110, 60, 0.9))]
    assert rows_of(merged(found, [LEFT, RIGHT], method, 0.5)) == [(90, 10, 110, 60, 0.9)]


@pytest.mark.parametrize("method", ["nms", "ios", "weighted"])
def test_objects_of_two_classes_are_two(method):
    found = [seen(LEFT, (90, 10, 110, 60, 0.7)), seen(RIGHT, (90, 10, 110, 60, 0.9), class_id=1)]
    result = merged(found, [LEFT, RIGHT], method, 0.5)
    assert result.class_id.tolist() == [1, 0]


@pytest.mark.parametrize("method", ["nms", "ios", "weighted"])
def test_a_half_at_a_border_gives_way_to_the_whole_even_with_a_better_score(method):
    found = [seen(LEFT, (90, 10, 119, 60, 0.9)), seen(RIGHT, (90, 10, 150, 60, 0.6))]
    assert rows_of(merged(found, [LEFT, RIGHT], method, 0.5)) == [(90, 10, 150, 60, 0.9)]


def test_a_half_at_a_border_stays_where_nobody_saw_the_whole():
    found = [seen(LEFT, (90, 10, 119, 60, 0.9)), seen(RIGHT)]
    assert rows_of(merged(found, [LEFT, RIGHT], "nms", 0.5)) == [(90, 10, 119, 60, 0.9)]


def test_the_edge_of_the_picture_is_no_border():
    found = [seen(LEFT, (0, 10, 30, 60, 0.5)), seen(ALL, (1, 10, 31, 60, 0.4))]
    assert rows_of(merged(found, [LEFT, ALL], "nms", 0.5)) == [(0, 10, 30, 60, 0.5)]


@pytest.mark.parametrize("method", ["nms", "ios", "weighted"])
def test_boxes_of_one_view_stay_apart_however_near_they_are(method):
    pair = ((20, 10, 60, 60, 0.9), (24, 10, 64, 60, 0.8))
    assert rows_of(merged([seen(LEFT, *pair), seen(RIGHT)], [LEFT, RIGHT], method, 0.5)) == list(pair)


def test_intersection_over_the_smaller_area_joins_a_part_and_its_whole():
    found = [seen(LEFT, (20, 10, 60, 30, 0.5)), seen(ALL, (20, 10, 60, 90, 0.8))]
    assert len(merged(found, [LEFT, ALL], "nms", 0.5)) == 2
    assert rows_of(merged(found, [LEFT, ALL], "ios", 0.5)) == [(20, 10, 60, 90, 0.8)]


def test_weighted_boxes_lie_between_by_their_scores():
    found = [seen(LEFT, (20, 10, 60, 60, 0.9)), seen(ALL, (24, 10, 60, 60, 0.3))]
    [row] = rows_of(merged(found, [LEFT, ALL], "weighted", 0.5))
    assert row == pytest.approx((21, 10, 60, 60, 0.9))


def test_the_best_score_comes_first():
    found = [seen(LEFT, (5, 5, 20, 20, 0.2), (30, 5, 50, 20, 0.6)), seen(RIGHT, (150, 5, 170, 20, 0.4))]
    assert merged(found, [LEFT, RIGHT], "nms", 0.5).score.tolist() == [0.6, 0.4, 0.2]


@pytest.mark.parametrize("method", ["nms", "ios", "weighted"])
def test_nothing_found_anywhere_is_no_detections(method):
    assert len(merged([seen(LEFT), seen(RIGHT)], [LEFT, RIGHT], method, 0.5)) == 0


def test_turned_boxes_move_with_their_view_and_are_not_averaged():
    turned = np.array([[30.0, 20.0, 30.0, 10.0, 0.4]])
    moved = turned + np.array([82.0, 0, 0, 0, 0])
    one = Detections(np.array([[10.0, 5.0, 50.0, 35.0]]), np.array([0.9]), np.array([0]), turned)
    other = Detections(np.array([[92.0, 5.0, 132.0, 35.0]]), np.array([0.5]), np.array([0]), moved)
    result = merged([one, other, Detections.empty()], [RIGHT, ALL, LEFT], "weighted", 0.5)
    assert result.oriented is not None
    assert result.oriented.tolist() == [[110.0, 20.0, 30.0, 10.0, 0.4]]
    assert result.xyxy.tolist() == [[90.0, 5.0, 130.0, 35.0]]


def test_shifting_keeps_scores_and_classes():
    found = shifted(seen(RIGHT, (90, 10, 110, 60, 0.7), class_id=4), RIGHT)
    assert rows_of(found) == [(90, 10, 110, 60, 0.7)]
    assert found.class_id.tolist() == [4]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("method", ["nms", "ios"])
def test_suppression_is_what_the_definition_says_box_by_box(seed, method):
    random = np.random.default_rng(seed)
    views = [LEFT, RIGHT, ALL]
    found = []
    for view in views:
        count = int(random.integers(0, 15))
        corner = random.uniform([view.x1, view.y1], [view.x2 - 40, view.y2 - 40], (count, 2))
        xyxy = np.hstack([corner, corner + random.uniform(10, 40, (count, 2))]) - [view.x1, view.y1] * 2
        found.append(Detections(xyxy, random.uniform(0.1, 1, count), random.integers(0, 2, count)))
    expected = by_hand(found, views, method, 0.4)
    np.testing.assert_allclose(rows_of(merged(found, views, method, 0.4)), expected)


def by_hand(found, views, method, limit):
    """The definition, one pair at a time."""
    boxes = []
    for number, (each, view) in enumerate(zip(found, views, strict=True)):
        for row in range(len(each)):
            x1, y1, x2, y2 = each.xyxy[row] + [view.x1, view.y1, view.x1, view.y1]
            cut = (view.x1 > 0 and x1 <= view.x1 + 2) or (view.x2 < 200 and x2 >= view.x2 - 2)
            boxes.append((cut, -each.score[row], (x1, y1, x2, y2), each.class_id[row], number))
    boxes.sort(key=lambda box: box[:2])
    results = []
    while boxes:
        (cut, score, one, class_id, view), *rest = boxes
        boxes = []
        for other in rest:
            width = max(0.0, min(one[2], other[2][2]) - max(one[0], other[2][0]))
            height = max(0.0, min(one[3], other[2][3]) - max(one[1], other[2][1]))
            area, others = ((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other[2]))
            shared = width * height
            same = shared / (min(area, others) if method == "ios" else area + others - shared) > limit
            same = same or (not cut and other[0] and shared / others > 0.6)
            if same and other[3] == class_id and other[4] != view:
                score = min(score, other[1])
            else:
                boxes.append(other)
        results.append((*one, -score))
    return sorted(results, key=lambda row: -row[4])
