"""Exports that find turned boxes: enclosing boxes and angles in pixels of the full image."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models import DetectorOptions
from models.heads.oriented import enclosing, scaled
from models.onnx import OnnxDetector
from tests.models.graphs_outputs import outputs_model

CELLS = 16 * 8 + 8 * 4 + 4 * 2
ANGLE = np.pi / 6


def load(table: NDArray[np.float32], options: DetectorOptions | None = None, **model: object) -> OnnxDetector:
    return OnnxDetector(outputs_model({"output0": table}, **model), "tiny.onnx", "cpu", options or DetectorOptions())


def column_table(*rows: list[float]) -> NDArray[np.float32]:
    """[4 + 2 + 1, N]: centres all over the input, angles of both signs, and the rows given."""
    table = np.zeros((CELLS, 7), np.float32)
    table[:, 0], table[:, 1], table[:, 2:4] = np.linspace(0, 128, CELLS), np.linspace(0, 64, CELLS), 6
    table[:, 6] = np.linspace(-0.7, 2.3, CELLS)
    table[20 : 20 + len(rows)] = rows
    return table.T.copy()


@pytest.mark.parametrize("metadata", [{"task": "obb", "names": "{0: 'ship', 1: 'plane'}"}, {"task": "obb"}, {}])
def test_turned_boxes_before_suppression(metadata: dict[str, str]) -> None:
    rows = [
        [60, 30, 40, 10, 0.1, 0.8, ANGLE],
        [60, 30, 40, 10, 0.1, 0.7, ANGLE + 0.02],
        [60, 30, 40, 10, 0.6, 0, ANGLE],
    ]
    detector = load(column_table(*rows), metadata=metadata)
    assert (detector.info.head, detector.info.oriented) == ("yolov8_obb", True)
    [found] = detector.detect([np.zeros((128, 256, 3), np.uint8)])  # twice the input
    np.testing.assert_allclose(found.score, [0.8, 0.6], rtol=1e-5)  # the second is the first; the third another class
    assert found.class_id.tolist() == [1, 0]
    np.testing.assert_allclose(found.oriented, [[120, 60, 80, 20, ANGLE]] * 2, rtol=1e-5)
    half = np.array([40 * np.cos(ANGLE) + 10 * np.sin(ANGLE), 40 * np.sin(ANGLE) + 10 * np.cos(ANGLE)])
    np.testing.assert_allclose(found.xyxy[0], [*(np.array([120, 60]) - half), *(np.array([120, 60]) + half)], rtol=1e-5)


def test_one_row_more_than_labels_is_an_angle() -> None:
    table = column_table([60, 30, 40, 10, 0.1, 0.8, ANGLE])
    table[-1] = np.abs(table[-1]) / 3  # could be scores
    assert load(table, metadata={"names": "['ship', 'plane']"}).info.head == "yolov8_obb"
    assert load(table).info.head == "yolov8"


@pytest.mark.parametrize("metadata", [{"task": "obb", "end2end": "True"}, {"task": "obb"}, {}])
def test_turned_boxes_that_are_finished(metadata: dict[str, str]) -> None:
    rows = np.zeros((300, 7), np.float32)
    rows[0], rows[1] = [60, 30, 40, 10, 0.8, 5, ANGLE], [30, 30, 20, 10, 0.7, 5, -0.4]
    detector = load(rows, metadata=metadata)
    assert detector.info.head == "end2end_obb"
    [found] = detector.detect([np.zeros((160, 256, 3), np.uint8)])  # scaled by 0.4, 13 grey columns
    np.testing.assert_allclose(found.oriented, [[117.5, 75, 100, 25, ANGLE], [42.5, 75, 50, 25, -0.4]], rtol=1e-5)
    assert found.class_id.tolist() == [5, 5]


def test_a_stretched_input_changes_the_angle() -> None:
    rows = np.zeros((300, 7), np.float32)
    rows[0] = [64, 32, 40, 10, 0.8, 5, np.pi / 4]
    [found] = load(rows, DetectorOptions(fit="stretch"), metadata={"task": "obb"}).detect(
        [np.zeros((64, 384, 3), np.uint8)]
    )
    # Three times as wide and as high as before: the diagonal becomes flatter and longer, the area three times as large.
    centre_x, centre_y, width, height, angle = found.oriented[0]
    assert (centre_x, centre_y) == (192, 32)
    assert angle == pytest.approx(np.arctan2(1, 3))
    assert width == pytest.approx(40 * np.sqrt(5))
    assert width * height == pytest.approx(3 * 40 * 10)


def test_turned_boxes_in_fractions_of_the_input() -> None:
    rows = np.zeros((300, 7), np.float32)
    rows[0] = [60 / 128, 30 / 64, 40 / 128, 10 / 64, 0.8, 5, 0.0]
    [found] = load(rows, metadata={"task": "obb"}).detect([np.zeros((64, 128, 3), np.uint8)])
    np.testing.assert_allclose(found.oriented, [[60, 30, 40, 10, 0]], rtol=1e-5)
    np.testing.assert_allclose(found.xyxy, [[40, 25, 80, 35]], rtol=1e-5)


def test_a_turned_box_as_large_as_a_town_does_not_take_others_with_it() -> None:
    rows = np.zeros((300, 7), np.float32)
    rows[0], rows[1] = [60, 30, 40, 10, 0.8, 5, 0.3], [60, 30, 45_000, 1, 0.9, 5, np.pi / 4]
    [found] = load(rows, metadata={"task": "obb"}).detect([np.zeros((2048, 4096, 3), np.uint8)])
    np.testing.assert_allclose(found.score, [0.8], rtol=1e-5)


def test_an_upright_detector_has_no_turned_boxes() -> None:
    rows = np.zeros((300, 6), np.float32)
    rows[0] = [20, 10, 60, 42, 0.8, 1]
    [found] = load(rows).detect([np.zeros((64, 128, 3), np.uint8)])
    assert found.oriented is None


@pytest.mark.parametrize("angle", np.linspace(-7, 7, 15).tolist())
def test_the_enclosing_box_touches_the_corners(angle: float) -> None:
    width, height = 40.0, 12.0
    ends = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]]) * [width / 2, height / 2]
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = ends @ turn + [100, 50]
    box = enclosing(np.array([[100, 50, width, height, angle]], np.float32))
    np.testing.assert_allclose(box, [[*corners.min(axis=0), *corners.max(axis=0)]], rtol=1e-4)


def test_scaling_both_ways_alike_keeps_the_angle() -> None:
    box = np.array([[10.0, 20.0, 8.0, 4.0, 2.9]])
    np.testing.assert_allclose(scaled(box, 3, 3), [[30, 60, 24, 12, 2.9]])
