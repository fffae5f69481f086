"""Every output layout against boxes worked out by hand, and against garbage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.heads import HEADS, Candidates
from models.heads.nms import suppress

HW = (64, 96)
CELLS = 8 * 12 + 4 * 6 + 2 * 3


def yolox_rows(classes: int = 3) -> NDArray[np.float32]:
    return np.zeros((CELLS, 5 + classes), np.float32)


def found(xyxy: list[list[float]], score: list[float], class_id: list[int] | None = None) -> Candidates:
    ids = class_id or [0] * len(score)
    return Candidates(np.array(xyxy, np.float32).reshape(-1, 4), np.array(score, np.float32), np.array(ids, np.int64))


def decode(name: str, *outputs: NDArray, floor: float = 0.1) -> Candidates:
    return HEADS[name].decode(outputs, HW, floor)


@pytest.mark.parametrize(
    ("row", "column", "line", "stride"),
    [(0, 0, 0, 8), (11, 11, 0, 8), (12, 0, 1, 8), (95, 11, 7, 8), (96, 0, 0, 16), (96 + 7, 1, 1, 16), (125, 2, 1, 32)],
)
def test_yolox_rows_are_offsets_from_their_own_cell(row: int, column: int, line: int, stride: int) -> None:
    rows = yolox_rows()
    rows[row] = [0.5, 0.25, np.log(3), np.log(2), 0.8, 0.1, 0.9, 0.2]
    boxes, score, class_id = decode("yolox", rows)
    x, y, w, h = (column + 0.5) * stride, (line + 0.25) * stride, 3 * stride, 2 * stride
    np.testing.assert_allclose(boxes, [[x - w / 2, y - h / 2, x + w / 2, y + h / 2]], rtol=1e-6)
    np.testing.assert_allclose(score, [0.8 * 0.9], rtol=1e-6)
    assert class_id.tolist() == [1]


def test_yolov5_rows_are_pixels_with_objectness() -> None:
    rows = np.zeros((300, 7), np.float32)
    rows[17] = [40, 30, 20, 10, 0.5, 0.3, 0.8]
    boxes, score, class_id = decode("yolov5", rows)
    np.testing.assert_allclose(boxes, [[30, 25, 50, 35]])
    np.testing.assert_allclose(score, [0.4])
    assert class_id.tolist() == [1]


def test_yolov8_columns_are_pixels_without_objectness() -> None:
    table = np.zeros((4 + 3, CELLS), np.float32)
    table[:, 5] = [40, 30, 20, 10, 0.2, 0.1, 0.6]
    table[:, 9] = [10, 10, 4, 4, 0.3, 0.0, 0.0]
    boxes, score, class_id = decode("yolov8", table)
    np.testing.assert_allclose(boxes, [[30, 25, 50, 35], [8, 8, 12, 12]])
    np.testing.assert_allclose(score, [0.6, 0.3])
    assert class_id.tolist() == [2, 0]


def test_end_to_end_rows_are_taken_as_they_are() -> None:
    rows = np.zeros((300, 6), np.float32)
    rows[0] = [1, 2, 30, 40, 0.9, 5]
    rows[1] = [1, 2, 30, 40, 0.05, 5]
    rows[2] = [0, 0, 9, 9, 0.7, -1]  # padding of some exports
    boxes, score, class_id = decode("end2end", rows)
    np.testing.assert_allclose(boxes, [[1, 2, 30, 40]])
    assert (score.tolist(), class_id.tolist()) == ([np.float32(0.9)], [5])


def test_labels_boxes_and_scores_are_taken_as_they_are() -> None:
    boxes, score, class_id = decode(
        "rtdetr", np.array([3, 4]), np.array([[1, 2, 3, 4], [5, 6, 7, 8]], np.float32), np.array([0.2, 0.1], np.float32)
    )
    np.testing.assert_allclose(boxes, [[1, 2, 3, 4]])
    assert class_id.tolist() == [3]
    assert score.dtype == np.float32


def test_a_score_at_the_floor_is_dropped_and_one_above_is_kept() -> None:
    rows = np.zeros((300, 6), np.float32)
    rows[:2, :4] = [1, 2, 30, 40]
    rows[:2, 4] = [0.5, np.nextafter(np.float32(0.5), np.float32(1))]
    assert len(decode("end2end", rows, floor=0.5).score) == 1


LAYOUTS = {
    "yolox": (CELLS, 8),
    "yolox_decoded": (CELLS, 8),
    "yolov5": (3 * CELLS, 8),
    "yolov8": (7, CELLS),
    "end2end": (300, 6),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_picture_without_objects_gives_no_rows(name: str) -> None:
    boxes, score, class_id = decode(name, np.zeros(LAYOUTS[name], np.float32))
    assert boxes.shape == (0, 4)
    assert score.shape == class_id.shape == (0,)


@pytest.mark.parametrize("name", LAYOUTS)
@given(seed=st.integers(0, 2**32 - 1), half=st.booleans())
def test_garbage_never_becomes_a_box_that_is_no_number(name: str, seed: int, half: bool) -> None:
    rng = np.random.default_rng(seed)
    table = rng.normal(0, 1, LAYOUTS[name]).astype(np.float32)
    table[rng.random(table.shape) < 0.3] = rng.choice([np.nan, np.inf, -np.inf, 1e30, -1e30, 3e4, 90, 0.5], 1)
    with np.errstate(over="ignore"):
        table = table.astype(np.float16) if half else table
    boxes, score, class_id = decode(name, table)
    assert np.isfinite(boxes).all()
    assert ((score > 0.1) & (score <= 1)).all()
    assert (class_id >= 0).all()
    kept = suppress(Candidates(boxes, score, class_id), 0.7, 100)
    assert len(set(kept.tolist())) == len(kept) <= 100


@pytest.mark.parametrize("name", ["yolov5", "yolov8", "end2end"])
def test_half_precision_outputs_are_read(name: str) -> None:
    table = np.zeros(LAYOUTS[name], np.float16)
    entry = {"yolov5": [40, 30, 20, 10, 1, 0.5, 0, 0], "yolov8": [40, 30, 20, 10, 0.5, 0, 0]}
    if name == "yolov8":
        table[:, 3] = entry[name]
    else:
        table[3] = entry.get(name, [30, 25, 50, 35, 0.5, 0])
    boxes, score, _ = decode(name, table)
    assert boxes.dtype == score.dtype == np.float32
    np.testing.assert_allclose(boxes, [[30, 25, 50, 35]])


def test_a_row_that_is_no_number_does_not_take_others_with_it() -> None:
    table = np.zeros(LAYOUTS["yolov8"], np.float32)
    table[:, 1] = [40, 30, 20, 10, 0.5, 0, 0]
    table[:, 2] = [np.nan, 30, 20, 10, 0.9, 0, 0]
    table[:, 3] = [40, 30, 20, 10, np.nan, 0.9, 0]
    assert decode("yolov8", table).score.tolist() == [0.5]


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
