"""Output layouts against boxes worked out by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.heads import HEADS, Candidates
from models.heads.layout import Terms

HW = (64, 96)
CELLS = 8 * 12 + 4 * 6 + 2 * 3


def yolox_rows(classes: int = 3) -> NDArray[np.float32]:
    return np.zeros((CELLS, 5 + classes), np.float32)


def decode(name: str, *outputs: NDArray, floor: float = 0.1, classes: int | None = None) -> Candidates:
    return HEADS[name].decode(outputs, Terms(HW, floor, classes))


@pytest.mark.parametrize(
    ("row", "column", "line", "stride"),
    [(0, 0, 0, 8), (11, 11, 0, 8), (12, 0, 1, 8), (95, 11, 7, 8), (96, 0, 0, 16), (96 + 7, 1, 1, 16), (125, 2, 1, 32)],
)
def test_yolox_rows_are_offsets_from_their_own_cell(row: int, column: int, line: int, stride: int) -> None:
    rows = yolox_rows()
    rows[row] = [0.5, 0.25, np.log(3), np.log(2), 0.8, 0.1, 0.9, 0.2]
    boxes, score, class_id, _ = decode("yolox", rows)
    x, y, w, h = (column + 0.5) * stride, (line + 0.25) * stride, 3 * stride, 2 * stride
    np.testing.assert_allclose(boxes, [[x - w / 2, y - h / 2, x + w / 2, y + h / 2]], rtol=1e-6)
    np.testing.assert_allclose(score, [0.8 * 0.9], rtol=1e-6)
    assert class_id.tolist() == [1]


def test_yolov5_rows_are_pixels_with_objectness() -> None:
    rows = np.zeros((300, 7), np.float32)
    rows[17] = [40, 30, 20, 10, 0.5, 0.3, 0.8]
    boxes, score, class_id, _ = decode("yolov5", rows)
    np.testing.assert_allclose(boxes, [[30, 25, 50, 35]])
    np.testing.assert_allclose(score, [0.4])
    assert class_id.tolist() == [1]


def test_yolov8_columns_are_pixels_without_objectness() -> None:
    table = np.zeros((4 + 3, CELLS), np.float32)
    table[:, 5] = [40, 30, 20, 10, 0.2, 0.1, 0.6]
    table[:, 9] = [10, 10, 4, 4, 0.3, 0.0, 0.0]
    boxes, score, class_id, _ = decode("yolov8", table)
    np.testing.assert_allclose(boxes, [[30, 25, 50, 35], [8, 8, 12, 12]])
    np.testing.assert_allclose(score, [0.6, 0.3])
    assert class_id.tolist() == [2, 0]


def test_end_to_end_rows_are_taken_as_they_are() -> None:
    rows = np.zeros((300, 6), np.float32)
    rows[0] = [1, 2, 30, 40, 0.9, 5]
    rows[1] = [1, 2, 30, 40, 0.05, 5]
    rows[2] = [0, 0, 9, 9, 0.7, -1]  # padding of some exports
    boxes, score, class_id, _ = decode("end2end", rows)
    np.testing.assert_allclose(boxes, [[1, 2, 30, 40]])
    assert (score.tolist(), class_id.tolist()) == ([np.float32(0.9)], [5])


def test_labels_boxes_and_scores_are_taken_as_they_are() -> None:
    boxes, score, class_id, _ = decode(
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


SHAPES = {"yolov5": (3 * CELLS, 8), "yolov8": (7, CELLS), "end2end": (300, 6)}


@pytest.mark.parametrize("name", ["yolov5", "yolov8", "end2end"])
def test_half_precision_outputs_are_read(name: str) -> None:
    table = np.zeros(SHAPES[name], np.float16)
    entry = {"yolov5": [40, 30, 20, 10, 1, 0.5, 0, 0], "yolov8": [40, 30, 20, 10, 0.5, 0, 0]}
    if name == "yolov8":
        table[:, 3] = entry[name]
    else:
        table[3] = entry.get(name, [30, 25, 50, 35, 0.5, 0])
    boxes, score, *_ = decode(name, table)
    assert boxes.dtype == score.dtype == np.float32
    np.testing.assert_allclose(boxes, [[30, 25, 50, 35]])


def test_a_row_that_is_no_number_does_not_take_others_with_it() -> None:
    table = np.zeros(SHAPES["yolov8"], np.float32)
    table[:, 1] = [40, 30, 20, 10, 0.5, 0, 0]
    table[:, 2] = [np.nan, 30, 20, 10, 0.9, 0, 0]
    table[:, 3] = [40, 30, 20, 10, np.nan, 0.9, 0]
    assert decode("yolov8", table).score.tolist() == [0.5]


def test_columns_behind_the_classes_are_no_classes() -> None:
    table = np.zeros((4 + 2 + 32, CELLS), np.float32)
    table[:, 5] = [40, 30, 20, 10, 0.2, 0.6, *[0.9] * 32]
    assert decode("yolov8", table, classes=2).class_id.tolist() == [1]
    rows = np.zeros((300, 5 + 2 + 32), np.float32)
    rows[5] = [40, 30, 20, 10, 1.0, 0.6, 0.2, *[0.9] * 32]
    assert decode("yolov5", rows, classes=2).class_id.tolist() == [0]


def test_a_distance_is_the_mean_of_its_bins() -> None:
    scores, bins = np.zeros((CELLS, 3), np.float32), np.full((CELLS, 4, 8), -50, np.float32)
    row = 96 + 7  # column 1, line 1 of the grid of stride 16
    scores[row, 2] = 0.8
    bins[row, :, :] = [[0, 0, -50, -50, -50, -50, -50, -50]] * 4  # half of 0 and half of 1 stride
    bins[row, 2, :] = [-50, -50, -50, 9, -50, -50, -50, -50]  # three strides to the right
    for name, centre in (("nanodet", 24), ("picodet", 24), ("nanodet_plus", 16)):
        boxes, score, class_id, _ = decode(name, scores, bins.reshape(CELLS, 32))
        np.testing.assert_allclose(boxes, [[centre - 8, centre - 8, centre + 48, centre + 8]], rtol=1e-5)
        assert (score.tolist(), class_id.tolist()) == ([np.float32(0.8)], [2])


def test_a_softmax_gives_a_share_of_its_score_to_no_object() -> None:
    logits = np.log(np.array([[0.2, 0.5, 0.3], [0.05, 0.05, 0.9]], np.float32)) + 3
    boxes = np.array([[0.5, 0.5, 0.2, 0.4], [0.5, 0.5, 0.2, 0.4]], np.float32)
    xyxy, score, class_id, _ = decode("detr", logits, boxes)
    np.testing.assert_allclose(xyxy, [[0.4, 0.3, 0.6, 0.7]], rtol=1e-6)
    np.testing.assert_allclose(score, [0.5], rtol=1e-5)
    assert class_id.tolist() == [1]


def test_a_sigmoid_scores_every_class_by_itself() -> None:
    logits = np.array([[0.0, 2.0, -1.0], [-5.0, -4.0, -9.0]], np.float32)
    boxes = np.array([[0.5, 0.5, 0.2, 0.4], [0.5, 0.5, 0.2, 0.4]], np.float32)
    _, score, class_id, _ = decode("rfdetr", logits, boxes)
    np.testing.assert_allclose(score, [1 / (1 + np.exp(-2))], rtol=1e-6)
    assert class_id.tolist() == [1]


def test_only_as_many_rows_as_were_counted_mean_anything() -> None:
    boxes = np.array([[1, 2, 30, 40]] * 3, np.float32)
    scores, labels = np.array([0.9, 0.8, 0.7], np.float32), np.array([1, 2, 3], np.int64)
    for count in (np.array([2]), np.array(2.0)):
        assert decode("efficient_nms", labels, boxes, scores, count).class_id.tolist() == [1, 2]
    assert len(decode("efficient_nms", labels, boxes, scores, np.array([np.nan])).score) == 0
