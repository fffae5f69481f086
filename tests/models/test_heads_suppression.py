"""Suppression within each class: hard, of turned boxes, and soft."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.heads import Candidates
from models.heads.nms import suppress, suppress_oriented
from models.heads.selection import select
from models.heads.softening import soften


def found(xyxy: list[list[float]], score: list[float], class_id: list[int] | None = None) -> Candidates:
    ids = class_id or [0] * len(score)
    return Candidates(np.array(xyxy, np.float32).reshape(-1, 4), np.array(score, np.float32), np.array(ids, np.int64))


def turned(rows: list[list[float]], score: list[float], class_id: list[int] | None = None) -> Candidates:
    upright = [[0, 0, 1, 1]] * len(rows)
    return found(upright, score, class_id)._replace(oriented=np.array(rows, np.float32).reshape(-1, 5))


def test_the_better_of_two_boxes_of_one_class_stays() -> None:
    boxes = found([[0, 0, 10, 10], [1, 0, 11, 10], [50, 50, 60, 60]], [0.5, 0.9, 0.3])
    assert suppress(boxes, 0.7, 10).tolist() == [1, 2]


def test_boxes_of_two_classes_never_suppress_each_other() -> None:
    boxes = found([[0, 0, 10, 10], [0, 0, 10, 10]], [0.5, 0.9], [0, 1])
    assert suppress(boxes, 0.7, 10).tolist() == [1, 0]


def test_classes_stay_apart_where_boxes_reach_beyond_the_image() -> None:
    # Moved by one class, the second box would come to lie exactly on the first.
    boxes = found([[0, 0, 100, 100], [-101, -101, -1, -1]], [0.9, 0.8], [0, 1])
    assert suppress(boxes, 0.5, 10).tolist() == [0, 1]


def test_the_best_stay_when_there_are_too_many() -> None:
    corners = np.arange(50, dtype=np.float32)[:, None] * 20
    boxes = Candidates(np.hstack([corners, corners, corners + 9, corners + 9]), np.linspace(0.2, 0.9, 50, dtype="f4"),
                       np.zeros(50, np.int64))  # fmt: skip
    assert suppress(boxes, 0.7, 4).tolist() == [49, 48, 47, 46]


@given(seed=st.integers(0, 2**32 - 1), iou=st.floats(0.1, 0.95))
def test_suppression_agrees_with_its_definition(seed: int, iou: float) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 30))
    corner, side = rng.uniform(-50, 50, (count, 2)), rng.uniform(5, 60, (count, 2))
    boxes = Candidates(np.hstack([corner, corner + side]).astype("f4"), rng.permutation(count).astype("f4") / 30 + 0.01,
                       rng.integers(0, 3, count))  # fmt: skip
    assert suppress(boxes, iou, 100).tolist() == by_definition(boxes, iou)


def by_definition(boxes: Candidates, iou: float) -> list[int]:
    kept: list[int] = []
    for row in np.argsort(-boxes.score).tolist():
        rivals = [k for k in kept if boxes.class_id[k] == boxes.class_id[row]]
        if all(overlap(boxes.xyxy[row], boxes.xyxy[k]) <= iou for k in rivals):
            kept.append(row)
    return kept


def overlap(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    a, b = a.astype(float), b.astype(float)
    inner = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod()
    return float(inner / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - inner))


def test_turned_boxes_are_compared_as_they_lie() -> None:
    # The same centre and size: only the angle tells a cross from a copy. An angle and the half turn are one box.
    boxes = turned(
        [[50, 50, 40, 8, 0.0], [50, 50, 40, 8, 0.02], [50, 50, 40, 8, np.pi / 2], [50, 50, 40, 8, np.pi]],
        [0.9, 0.8, 0.7, 0.6],
    )
    assert suppress_oriented(boxes, 0.5, 10).tolist() == [0, 2]


def test_turned_boxes_of_two_classes_never_suppress_each_other() -> None:
    boxes = turned([[50, 50, 40, 8, 0.3]] * 3, [0.5, 0.9, 0.7], [0, 1, 0])
    assert suppress_oriented(boxes, 0.5, 10).tolist() == [1, 2]
    assert suppress_oriented(boxes, 0.5, 1).tolist() == [1]


def test_a_box_that_overlaps_a_better_one_loses_score_and_stays() -> None:
    boxes = found([[0, 0, 100, 100], [10, 0, 110, 100], [300, 300, 340, 340]], [0.9, 0.8, 0.5])
    kept = soften(boxes, 0.1, 10)
    iou = 9000 / 11000
    np.testing.assert_allclose(kept.score, [0.9, 0.5, 0.8 * np.exp(-(iou**2) / 0.5)], rtol=1e-3)
    np.testing.assert_array_equal(kept.xyxy, boxes.xyxy[[0, 2, 1]])


def test_a_box_whose_score_falls_to_the_floor_is_dropped() -> None:
    boxes = found([[0, 0, 100, 100], [0, 0, 100, 100]], [0.9, 0.6])
    assert soften(boxes, 0.1, 10).score.tolist() == [np.float32(0.9)]


def test_boxes_of_two_classes_do_not_soften_each_other() -> None:
    boxes = found([[0, 0, 100, 100], [0, 0, 100, 100]], [0.5, 0.9], [0, 1])
    kept = soften(boxes, 0.1, 10)
    np.testing.assert_allclose(kept.score, [0.9, 0.5])
    assert kept.class_id.tolist() == [1, 0]


@given(seed=st.integers(0, 2**32 - 1))
def test_soft_suppression_agrees_with_its_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 25))
    corner, side = rng.uniform(-50, 50, (count, 2)), rng.uniform(5, 60, (count, 2))
    boxes = Candidates(np.hstack([corner, corner + side]).astype("f4"), rng.permutation(count).astype("f4") / 30 + 0.11,
                       rng.integers(0, 3, count))  # fmt: skip
    expected = softened_by_definition(boxes, 0.1)
    kept = soften(boxes, 0.1, 100)
    clear = [score for score in expected if abs(score - 0.1) > 1e-3]
    np.testing.assert_allclose(kept.score[: len(clear)], clear, atol=2e-3)
    assert len(clear) <= len(kept.score) <= len(expected) + 1
    assert (np.diff(kept.score) <= 0).all()


def softened_by_definition(boxes: Candidates, floor: float) -> list[float]:
    scores = boxes.score.astype(float)
    left, kept = set(range(len(scores))), []
    while left:
        best = max(left, key=lambda row: scores[row])
        left.remove(best)
        kept.append(scores[best])
        for row in left:
            if boxes.class_id[row] == boxes.class_id[best]:
                scores[row] *= np.exp(-(overlap(boxes.xyxy[row], boxes.xyxy[best]) ** 2) / 0.5)
    return sorted((float(score) for score in kept if score > floor), reverse=True)


@pytest.mark.parametrize(("iou", "soft", "kept"), [(None, False, 2), (None, True, 2), (0.5, False, 1), (0.5, True, 2)])
def test_a_model_that_suppresses_by_itself_is_left_alone(iou: float | None, soft: bool, kept: int) -> None:
    boxes = found([[0, 0, 100, 100], [10, 0, 110, 100]], [0.8, 0.9])
    chosen = select(boxes, iou, soft, 0.1, 10)
    assert len(chosen.score) == kept
    assert chosen.score[0] == np.float32(0.9)
    assert len(select(boxes, iou, soft, 0.1, 1).score) == 1
