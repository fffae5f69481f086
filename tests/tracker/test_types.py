"""What may enter a tracker."""

from typing import Any

import numpy as np
import pytest

from tracker import Detections, DetectionsError

BOX = [10.0, 20.0, 50.0, 120.0]


def made(xyxy: Any = (BOX, BOX), score: Any = (0.5, 0.6), class_id: Any = (0, 1), oriented: Any = None) -> Detections:
    turned = None if oriented is None else np.array(oriented)
    return Detections(xyxy=np.array(xyxy), score=np.array(score), class_id=np.array(class_id), oriented=turned)


def test_the_columns_are_widened_copies_that_cannot_be_written() -> None:
    xyxy = np.array([BOX], np.float32)
    detections = Detections(xyxy=xyxy, score=np.array([0.7], np.float32), class_id=np.array([3], np.uint8))
    xyxy[0, 0] = 99
    assert detections.xyxy.tolist() == [BOX]
    assert detections.score.tolist() == [float(np.float32(0.7))]
    assert (detections.xyxy.dtype, detections.score.dtype, detections.class_id.dtype) == (
        np.float64,
        np.float64,
        np.int64,
    )
    for array in (detections.xyxy, detections.score, detections.class_id):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_turned_boxes_are_carried_along_unchanged() -> None:
    turned = [[30.0, 70.0, 40.0, 100.0, 0.0], [30.0, 70.0, 100.0, 40.0, np.pi / 2]]
    carried = made(oriented=turned).oriented
    assert carried is not None
    assert carried.tolist() == turned
    assert not carried.flags.writeable
    assert made().oriented is None


def test_no_detections_are_detections() -> None:
    assert len(Detections.empty()) == 0
    assert Detections.empty().xyxy.shape == (0, 4)
    assert len(made([], [], [])) == 0
    assert made(np.empty((0, 4)), [], []).xyxy.shape == (0, 4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e308, -1.000001e6])
def test_a_coordinate_that_is_not_finite_or_out_of_range_is_refused_with_its_row(value: float) -> None:
    with pytest.raises(DetectionsError, match=r"xyxy of row 1 is \[10\.0, .*finite and within 1e\+06") as caught:
        made([BOX, [10.0, 20.0, value, 120.0]])
    assert (caught.value.field, caught.value.row) == ("xyxy", 1)


@pytest.mark.parametrize(
    "box", [[50, 20, 50, 120], [50, 20, 10, 120], [10, 120, 50, 120], [10, 120, 50, 20], [1, 1, 1 + 1e-9, 2]]
)
def test_a_box_without_area_is_refused(box: list[float]) -> None:
    with pytest.raises(DetectionsError, match=r"xyxy of row 1 .*x2 > x1 and y2 > y1"):
        made([BOX, box])


@pytest.mark.parametrize("score", [-0.001, 1.001, np.nan, np.inf])
def test_a_score_outside_of_zero_to_one_is_refused(score: float) -> None:
    with pytest.raises(DetectionsError, match=r"score of row 1 is .*\[0, 1\]"):
        made(score=[0.5, score])


def test_scores_of_zero_and_one_are_legal() -> None:
    assert made(score=[0.0, 1.0]).score.tolist() == [0.0, 1.0]
    assert made(score=[0, 1]).score.tolist() == [0.0, 1.0]


def test_a_negative_class_is_refused() -> None:
    with pytest.raises(DetectionsError, match="class_id of row 1 is -1: must not be negative"):
        made(class_id=[0, -1])


def test_a_class_that_does_not_fit_is_refused_instead_of_wrapped() -> None:
    with pytest.raises(DetectionsError, match="class_id of row 0 is 18446744073709551615"):
        made(class_id=np.array([2**64 - 1, 0], np.uint64))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("score", [True, False], "score must hold numbers, not bool"),
        ("score", ["0.5", "0.6"], "score must hold numbers, not <U3"),
        ("score", [None, 0.5], "score must hold numbers, not object"),
        ("class_id", [0.0, 1.0], "class_id must hold integers, not float64"),
        ("xyxy", [[1j] * 4] * 2, "xyxy must hold numbers, not complex128"),
        ("score", [[0.5, 0.6]], r"score must have the shape \(N,\), not \(1, 2\)"),
        ("xyxy", [1.0, 2.0, 3.0, 4.0], r"xyxy must have the shape \(N, 4\), not \(4,\)"),
        ("xyxy", [[1.0, 2.0, 3.0]], r"xyxy must have the shape \(N, 4\), not \(1, 3\)"),
        ("xyxy", [BOX], "xyxy has 1 rows but score has 2"),
        ("class_id", [0, 1, 2], "class_id has 3 rows but score has 2"),
        ("score", [], "xyxy has 2 rows but score has 0"),
        ("oriented", [[5.0, 5.0, 2.0, 2.0]] * 2, r"oriented must have the shape \(N, 5\), not \(2, 4\)"),
        ("oriented", [[5.0, 5.0, 2.0, 2.0, 0.1]], "oriented has 1 rows but score has 2"),
        ("oriented", [[5.0, 5.0, 2.0, 2.0, np.nan]] * 2, "oriented of row 0 is .* finite numbers"),
        ("oriented", [[5.0, 5.0, 2.0, 0.0, 0.1]] * 2, "oriented of row 0 is .* positive sides"),
    ],
)
def test_a_broken_column_is_refused_by_name(field: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made(**{field: value})


@pytest.mark.parametrize("boxes", [[[0.1, 0.1, 0.4, 0.9], [0.5, 0.2, 1.0, 1.0]], [[-0.02, 0.1, 1.03, 1.1]]])
def test_coordinates_normalised_to_the_image_are_refused(boxes: list[list[float]]) -> None:
    with pytest.raises(DetectionsError, match=r"looks normalised .*multiply x by its width"):
        made(boxes, [0.5] * len(boxes), [0] * len(boxes))


def test_one_box_in_pixels_makes_a_small_one_in_the_corner_believable() -> None:
    assert len(made([[0.0, 0.0, 1.0, 1.0], BOX])) == 2
