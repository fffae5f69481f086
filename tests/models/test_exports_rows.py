"""Exports without a batch axis: each signature as its exporter writes it, to boxes in pixels of the full image."""

import numpy as np
import pytest
from numpy.typing import NDArray

import models
from models import DetectorOptions
from models.onnx import OnnxDetector
from tests.models.graphs_outputs import outputs_model

HW = (64, 128)
INPUT_BOX = (20.0, 10.0, 60.0, 42.0)
OTHER_BOX = (70.0, 20.0, 90.0, 50.0)
PICTURE = np.full((HW[0] * 2, HW[1] * 2, 3), 90, np.uint8)


def load(
    outputs: dict[str, NDArray[np.generic]], options: DetectorOptions | None = None, **model: object
) -> OnnxDetector:
    content = outputs_model(outputs, whole=tuple(outputs), **model)
    return OnnxDetector(content, "tiny.onnx", "cpu", options or DetectorOptions())


def rows(*values: tuple[float, ...], columns: int = 6) -> NDArray[np.float32]:
    return np.array(values, np.float32).reshape(-1, columns)


def assert_one(detector: OnnxDetector, score: float = 0.8, class_id: int = 2) -> None:
    [found] = detector.detect([PICTURE])
    np.testing.assert_allclose(found.xyxy, [np.array(INPUT_BOX) * 2], atol=0.01)
    np.testing.assert_allclose(found.score, [score], rtol=1e-4)
    assert found.class_id.tolist() == [class_id]


@pytest.mark.parametrize("batch", [1, "batch"])
def test_rows_that_end_in_score_and_class(batch: int | str) -> None:
    detector = load({"output": rows((*INPUT_BOX, 0.8, 2))}, batch=batch)
    assert (detector.info.head, detector.info.batch_limit, detector.info.suppresses) == ("end2end", 1, True)
    assert_one(detector)
    assert [len(found) for found in detector.detect([PICTURE] * 3)] == [1, 1, 1]


def test_two_rows_of_one_image_are_no_batch_of_two() -> None:
    detector = load({"output": rows((*INPUT_BOX, 0.8, 2), (*OTHER_BOX, 0.7, 2))}, batch="batch")
    assert detector.info.batch_limit == 1
    assert [len(found) for found in detector.detect([PICTURE] * 3)] == [2, 2, 2]


def test_a_number_beside_the_outputs_that_are_read_is_no_hindrance() -> None:
    finished = {
        "detection_boxes": rows((0.15, 0.15, 0.65, 0.45), columns=4),
        "detection_classes": np.array([2], np.float32),
        "detection_scores": np.array([0.8], np.float32),
    }
    number = {"model_version": np.array(3, np.float32)}
    content = outputs_model({**finished, **number}, whole=tuple(number), batch="batch")
    detector = OnnxDetector(content, "tiny.onnx", "cpu", DetectorOptions())
    assert (detector.info.head, detector.info.batch_limit) == ("tf_ssd", None)
    assert [found.class_id.tolist() for found in detector.detect([PICTURE] * 3)] == [[2]] * 3


@pytest.mark.parametrize(
    ("columns", "outputs", "head"),
    [
        (6, {}, "end2end"),
        (6, {"bbox_num": np.array([0], np.int32)}, "paddle"),
        (7, {}, "yolov7_nms"),
    ],
)
def test_no_rows_at_all_are_read_by_what_the_names_say(
    columns: int, outputs: dict[str, NDArray[np.generic]], head: str
) -> None:
    detector = load({"output": rows(columns=columns), **outputs})
    assert detector.info.head == head
    [found] = detector.detect([PICTURE])
    assert len(found) == 0


def test_seven_columns_of_no_rows_and_no_telling_name_are_ambiguous() -> None:
    with pytest.raises(models.ModelAmbiguous, match=r"say --head yolov7_nms or --head yolo_nas_flat"):
        load({"detections": rows(columns=7)})
    assert load({"detections": rows(columns=7)}, DetectorOptions(head="yolov7_nms")).info.head == "yolov7_nms"
    assert load({"graph2_flat_predictions": rows(columns=7)}).info.head == "yolo_nas_flat"
    assert load({"detections": rows(columns=7)}, dtype=np.uint8).info.head == "yolo_nas_flat"


@pytest.mark.parametrize(
    ("name", "row", "head"),
    [
        ("output", (0, *INPUT_BOX, 2, 0.8), "yolov7_nms"),
        ("anything", (0, *INPUT_BOX, 2, 0.8), "yolov7_nms"),
        ("graph2_flat_predictions", (0, *INPUT_BOX, 0.8, 2), "yolo_nas_flat"),
        ("anything", (0, *INPUT_BOX, 0.8, 2), "yolo_nas_flat"),
    ],
)
def test_rows_that_begin_with_the_number_of_the_image(name: str, row: tuple[float, ...], head: str) -> None:
    detector = load({name: rows(row, columns=7)})
    assert detector.info.head == head
    assert_one(detector)


def test_rows_of_a_batch_go_to_their_images() -> None:
    table = rows((1, *OTHER_BOX, 1, 0.9), (0, *INPUT_BOX, 2, 0.8), (1, *INPUT_BOX, 0, 0.7), columns=7)
    detector = load({"output": table}, batch=3)
    assert detector.info.batch_limit == 3
    first, second, third = detector.detect([PICTURE] * 3)
    np.testing.assert_allclose(first.xyxy, [np.array(INPUT_BOX) * 2])
    assert second.class_id.tolist() == [1, 0]
    assert len(third) == 0


@pytest.mark.parametrize("count_shape", [(1,), (1, 1)])
def test_paddle_detection(count_shape: tuple[int, ...]) -> None:
    table = rows((2, 0.8, *INPUT_BOX), (1, 0.05, *OTHER_BOX))
    counts = np.full(count_shape, 2, np.int32)
    detector = load({"multiclass_nms3_0.tmp_0": table, "multiclass_nms3_0.tmp_2": counts})
    assert (detector.info.head, detector.info.fit, detector.info.suppresses) == ("paddle", "stretch", True)
    assert_one(detector)


def test_paddle_detection_without_an_object_writes_a_row_of_minus_one() -> None:
    detector = load({"a": rows((-1, -1, -1, -1, -1, -1)), "b": np.array([1], np.int32)}, DetectorOptions(head="paddle"))
    [found] = detector.detect([PICTURE])
    assert len(found) == 0


def test_paddle_detection_of_a_batch_is_split_by_its_counts() -> None:
    table = rows((2, 0.8, *INPUT_BOX), (1, 0.9, *OTHER_BOX), (0, 0.7, *INPUT_BOX))
    detector = load({"bbox": table, "bbox_num": np.array([1, 2], np.int32)}, batch=2)
    first, second = detector.detect([PICTURE] * 2)
    assert (first.class_id.tolist(), second.class_id.tolist()) == ([2], [1, 0])


@pytest.mark.parametrize(
    "order", [("boxes", "labels", "scores"), ("boxes", "scores", "labels"), ("6379", "6381", "6383")]
)
def test_torchvision(order: tuple[str, ...]) -> None:
    arrays = {
        "boxes": rows(INPUT_BOX, columns=4),
        "labels": np.array([2], np.int64),
        "scores": np.array([0.8], np.float32),
    }
    ordered = [arrays[name] for name in order] if order[0] == "boxes" else list(arrays.values())
    detector = load(dict(zip(order, ordered, strict=True)), batch="batch")
    assert (detector.info.head, detector.info.batch_limit) == ("torchvision", 1)
    assert_one(detector)


def test_torchvision_that_finds_nothing() -> None:
    arrays = {
        "boxes": rows(columns=4),
        "labels": np.zeros(0, np.int64),
        "scores": np.zeros(0, np.float32),
    }
    [found] = load(arrays).detect([PICTURE])
    assert len(found) == 0


def test_mmdetection_without_a_batch_axis() -> None:
    arrays = {"dets": rows((*INPUT_BOX, 0.8), columns=5), "labels": np.array([2], np.int64)}
    assert_one(load(arrays))


def test_a_detection_output_as_caffe_writes_it() -> None:
    table = np.full((1, 1, 3, 7), -1, np.float32)
    table[0, 0, 0] = [0, 2, 0.8, 20 / 128, 10 / 64, 60 / 128, 42 / 64]
    assert_one(load({"detection_out": table}))


def test_a_batch_of_two_whose_rows_do_not_say_whose_they_are_is_refused() -> None:
    with pytest.raises(models.ModelUnsupported, match="takes 2 images, but its outputs do not say whose"):
        load({"output": rows((*INPUT_BOX, 0.8, 2))}, batch=2)
