"""Exports with one table: each signature as its exporter writes it, to boxes in pixels of the full image."""

import numpy as np
import pytest
from numpy.typing import NDArray

import models
from models import DetectorOptions
from models.onnx import OnnxDetector
from tests.models.graphs_outputs import outputs_model

HW = (64, 128)
CELLS = 16 * 8 + 8 * 4 + 4 * 2
"""Of strides 8, 16 and 32."""
INPUT_BOX = (20.0, 10.0, 60.0, 42.0)
"""Pixels of the input: centre (40, 26), 40 x 32."""
CENTRED = (40.0, 26.0, 40.0, 32.0)
FRACTION = (20 / 128, 10 / 64, 60 / 128, 42 / 64)
CENTRED_FRACTION = (40 / 128, 26 / 64, 40 / 128, 32 / 64)


def load(
    outputs: dict[str, NDArray[np.generic]], options: DetectorOptions | None = None, **model: object
) -> OnnxDetector:
    return OnnxDetector(outputs_model(outputs, **model), "tiny.onnx", "cpu", options or DetectorOptions())


def found_by(detector: OnnxDetector) -> models.detector.Detections:
    """What it finds in a picture of twice its input's size: letterboxed or stretched, there is no border."""
    [found] = detector.detect([np.full((HW[0] * 2, HW[1] * 2, 3), 90, np.uint8)])
    return found


def assert_one(detector: OnnxDetector, score: float = 0.8, class_id: int = 1) -> None:
    found = found_by(detector)
    np.testing.assert_allclose(found.xyxy, [np.array(INPUT_BOX) * 2], atol=0.02)
    np.testing.assert_allclose(found.score, [score], rtol=1e-3)
    assert found.class_id.tolist() == [class_id]


def spread(rows: int, columns: int) -> NDArray[np.float32]:
    """Decoded rows without an object: centres all over the input, a few pixels large."""
    table = np.zeros((rows, columns), np.float32)
    table[:, 0], table[:, 1] = np.linspace(0, 128, rows), np.linspace(0, 64, rows)
    table[:, 2:4] = 6
    return table


def with_row(table: NDArray[np.float32], *values: float) -> NDArray[np.float32]:
    table[len(table) // 3, : len(values)] = values
    return table


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_yolov8(dtype: type) -> None:
    table = with_row(spread(CELLS, 84), *CENTRED, 0.1, 0.8).T.astype(dtype)
    detector = load({"output0": table}, metadata={"task": "detect", "stride": "32"})
    assert detector.info.head == "yolov8"
    assert detector.info.labels[0] == "person"
    assert not detector.info.suppresses
    assert_one(detector)


def test_yolov8_with_one_class() -> None:
    assert_one(load({"output0": with_row(spread(CELLS, 5), *CENTRED, 0.8).T}), class_id=0)


def test_yolov9_of_libreyolo_writes_corners_and_names_in_json() -> None:
    table = spread(CELLS, 6)
    table[:, 2:4] += table[:, :2]
    metadata = {"model_family": "yolo9", "letterbox_pad": "topleft", "names": '{"0": "cat", "1": "dog"}'}
    detector = load({"output": with_row(table, *INPUT_BOX, 0.1, 0.8).T}, metadata=metadata)
    info = detector.info
    assert (info.head, info.fit, info.labels) == ("yolov8_corners", "top-left", ("cat", "dog"))
    assert not info.suppresses
    assert_one(detector)
    end2end = load({"output": table.T}, metadata={**metadata, "model_family": "yolo9_e2e"})
    assert (end2end.info.head, end2end.info.suppresses) == ("yolov8_corners", True)


@pytest.mark.parametrize(
    ("family", "head", "fit"), [("rtmdet", "rtmdet", "top-left"), ("picodet", "picodet_decoded", "stretch")]
)
def test_rows_of_corners_are_those_of_the_family_that_libreyolo_names(family: str, head: str, fit: str) -> None:
    table = spread(CELLS, 84)
    table[:, 2:4] += table[:, :2]
    table = with_row(table, *INPUT_BOX, 0.1, 0.8)
    detector = load({"output": table}, metadata={"model_family": family})
    assert (detector.info.head, detector.info.fit) == (head, fit)
    assert_one(detector)
    with pytest.raises(models.ModelAmbiguous, match="rtmdet or --head picodet_decoded or --head yolov8_rows_corners"):
        load({"output": table})


def test_ssd_of_libreyolo_has_the_mean_of_its_backbone() -> None:
    table = spread(CELLS, 7)
    table[:, 2:4] += table[:, :2]
    metadata = {"model_family": "ssd", "names": "['a', 'b', 'c']"}
    detector = load({"output": with_row(table, *INPUT_BOX, 0.1, 0.8).T}, metadata=metadata)
    assert (detector.info.head, detector.info.fit, detector.info.mean) == (
        "ssd_corners",
        "stretch",
        (0.48235, 0.45882, 0.40784),
    )
    assert_one(detector)


def test_yolox_of_libreyolo_is_known_by_its_family() -> None:
    table = with_row(spread(CELLS, 85), *CENTRED, 1, 0.1, 0.8)
    assert load({"output": table}, metadata={"model_family": "yolox"}).info.head == "yolox_decoded"


def test_yolov8_with_boxes_in_fractions() -> None:
    table = spread(CELLS, 84)
    table[:, :4] /= [128, 64, 128, 64]
    detector = load({"output0": with_row(table, *CENTRED_FRACTION, 0.1, 0.8).T})
    assert (detector.info.head, detector.info.boxes) == ("yolov8", "fractions")
    assert_one(detector)


def test_yolov8_transposed_is_told_from_yolox_by_the_number_of_labels() -> None:
    table = with_row(spread(CELLS, 84), *CENTRED, 0.1, 0.8)
    assert load({"output0": table}).info.head == "yolov8_rows"
    named = load({"output0": table[:, :7].copy()}, DetectorOptions(labels=("a", "b", "c")))
    assert named.info.head == "yolov8_rows"
    assert_one(named)


@pytest.mark.parametrize("output", ["output0", "output", "outputs"])
def test_yolov5_and_yolov7_with_raw_maps_beside(output: str) -> None:
    table = with_row(spread(3 * CELLS, 7), *CENTRED, 1.0, 0.1, 0.8)
    maps = {f"map{side}": np.zeros((3, side, 2 * side, 7), np.float32) for side in (8, 4, 2)}
    detector = load({output: table, **maps}, metadata={"names": "['a', 'b']", "stride": "32"})
    assert detector.info.head == "yolov5"
    assert_one(detector)


def test_yolov6() -> None:
    table = spread(CELLS, 85)
    table[:, 4] = 1
    detector = load({"outputs": with_row(table, *CENTRED, 1.0, 0.1, 0.8)})
    assert (detector.info.head, detector.info.colour, detector.info.fit) == ("yolov5", "rgb", "centre")
    assert_one(detector)


def test_yolov6_of_a_picture_with_one_object() -> None:
    table = np.zeros((CELLS, 85), np.float32)
    table[:, 4] = 1
    assert_one(load({"outputs": with_row(table, *CENTRED, 1.0, 0.1, 0.8)}))


def test_yolox_raw() -> None:
    table = np.zeros((CELLS, 85), np.float32)
    table[3 * 16 + 5] = [0, 0.25, np.log(5), np.log(4), 0.8, 0, 1.0, *[0] * 78]
    assert_one(load({"output": table}))


@pytest.mark.parametrize("head", ["yolox_decoded", "yolov5"])
def test_yolox_decoded_needs_a_word(head: str) -> None:
    table = with_row(spread(CELLS, 85), *CENTRED, 0.8, 0, 1.0)
    sparse = with_row(np.zeros((CELLS, 85), np.float32), *CENTRED, 0.8, 0, 1.0)
    with pytest.raises(models.ModelAmbiguous, match=r"say --head yolox_decoded or --head yolov5"):
        load({"output": sparse})
    with pytest.raises(models.ModelAmbiguous, match=r"say --head yolox_decoded or --head yolov5"):
        load({"output": table})
    assert_one(load({"output": table}, DetectorOptions(head=head)))
    assert_one(load({"output": table}, metadata={"head": head}))


@pytest.mark.parametrize("metadata", [None, {"end2end": "True", "task": "detect"}])
def test_yolov10_yolo26_and_suppression_inside(metadata: dict[str, str] | None) -> None:
    rows = np.zeros((300, 6), np.float32)
    rows[0], rows[1] = [*INPUT_BOX, 0.8, 1], [*INPUT_BOX, 0.01, 17]
    detector = load({"output0": rows}, metadata=metadata)
    assert (detector.info.head, detector.info.suppresses) == ("end2end", True)
    assert_one(detector)


def test_finished_boxes_in_fractions_are_known_when_the_first_ones_come() -> None:
    rows = np.zeros((300, 6), np.float32)
    rows[0] = [*FRACTION, 0.8, 1]
    assert load({"output0": rows}).info.boxes == "fractions"
    assert_one(load({"output0": rows}))
    nothing = load({"output0": np.zeros((300, 6), np.float32)})
    assert "no box on the test card" in nothing.info.reason


def test_the_option_says_what_unit_boxes_have() -> None:
    rows = np.zeros((300, 6), np.float32)
    rows[0], rows[1] = [*FRACTION, 0.8, 1], [*INPUT_BOX, 0.9, 1]
    detector = load({"output0": rows}, DetectorOptions(boxes="fractions"))
    assert detector.info.boxes == "fractions"
    np.testing.assert_allclose(found_by(detector).xyxy[-1], np.array(INPUT_BOX) * 2, atol=0.01)
    assert load({"output0": rows}, metadata={"boxes": "fractions"}).info.boxes == "fractions"


def test_rtdetr_of_ultralytics_with_a_score_per_class() -> None:
    table = np.zeros((300, 84), np.float32)
    table[:, :4] = np.random.default_rng(0).uniform(0.1, 0.9, (300, 4))
    table[:, 4:] = 0.01
    table[7, :6] = [*CENTRED_FRACTION, 0.1, 0.8]
    detector = load({"output0": table}, metadata={"task": "detect", "stride": "32"})
    assert (detector.info.head, detector.info.fit) == ("rtdetr_table", "stretch")
    assert detector.info.suppresses
    assert_one(detector)


@pytest.mark.parametrize("metadata", [None, {"head": "RTDETRDecoder", "task": "detect"}])
def test_rtdetr_of_ultralytics_with_finished_rows(metadata: dict[str, str] | None) -> None:
    rows = np.zeros((300, 6), np.float32)
    rows[:, :4] = np.random.default_rng(0).uniform(0.1, 0.9, (300, 4))
    rows[:, 4], rows[:, 5] = 0.01, 3
    rows[7] = [*CENTRED_FRACTION, 0.8, 1]
    detector = load({"output0": rows}, metadata=metadata)
    assert (detector.info.head, detector.info.fit) == ("rtdetr_rows", "stretch")
    assert_one(detector)


@pytest.mark.parametrize("metadata", [{"task": "segment", "names": "{0: 'a', 1: 'b'}"}, {}])
def test_the_boxes_of_a_segmentation(metadata: dict[str, str]) -> None:
    table = spread(CELLS, 4 + 2 + 32)
    table[:, 6:] = np.random.default_rng(0).normal(0, 1, (CELLS, 32))
    table = with_row(table, *CENTRED, 0.1, 0.8).T
    detector = load({"output0": table, "output1": np.zeros((32, 16, 32), np.float32)}, metadata=metadata)
    assert detector.info.head == "yolov8"
    assert len(detector.info.labels) == 2
    assert_one(detector)


@pytest.mark.parametrize(
    "metadata",
    [{"task": "pose", "names": "{0: 'a', 1: 'b'}"}, {"task": "pose", "kpt_shape": "[17, 3]"},
     {"task": "pose", "names": "{0: 'a', 1: 'b'}", "kpt_shape": "[17, 3]"}],
)  # fmt: skip
def test_the_boxes_of_a_pose(metadata: dict[str, str]) -> None:
    table = spread(CELLS, 4 + 2 + 51)
    table[:, 6:] = 77
    detector = load({"output0": with_row(table, *CENTRED, 0.1, 0.8).T}, metadata=metadata)
    assert len(detector.info.labels) == 2
    assert_one(detector)


@pytest.mark.parametrize(("task", "extra"), [("segment", 32), ("pose", 51)])
def test_finished_boxes_with_masks_or_key_points_behind(task: str, extra: int) -> None:
    rows = np.zeros((300, 6 + extra), np.float32)
    rows[:, 6:] = np.random.default_rng(0).normal(0, 3, (300, extra))
    rows[0, :6] = [*INPUT_BOX, 0.8, 1]
    beside = {"output1": np.zeros((32, 16, 32), np.float32)} if task == "segment" else {}
    for metadata in ({"task": task, "end2end": "True", "names": "{0: 'a', 1: 'b'}"}, {"task": task}, {}):
        detector = load({"output0": rows, **beside}, metadata=metadata)
        assert detector.info.head == "end2end"
        assert_one(detector)


def test_nanodet_plus_in_one_table() -> None:
    cells = CELLS + 2
    table = np.zeros((cells, 80 + 32), np.float32)
    table[:, 80:] = np.random.default_rng(0).normal(0, 3, (cells, 32))
    # Cell (2, 1) of stride 16: its corner (32, 16); left 12, top 6, right 28, bottom 26 pixels.
    bins = np.full((4, 8), -60, np.float32)
    for side, strides in enumerate((12 / 16, 6 / 16, 28 / 16, 26 / 16)):
        low = int(strides)
        bins[side, low], bins[side, low + 1] = np.log(1 - (strides - low)), np.log(strides - low)
    table[16 * 8 + 8 + 2] = [0.1, 0.8, *[0] * 78, *bins.ravel()]
    detector = load({"output": table})
    assert (detector.info.head, detector.info.colour, detector.info.fit) == ("nanodet_plus", "bgr", "stretch")
    assert_one(detector)


def test_soft_suppression_keeps_the_neighbour_with_a_lower_score() -> None:
    table = spread(CELLS, 5)
    table[50] = [*CENTRED, 0.8]
    table[51] = [44, 26, 40, 32, 0.7]  # an overlap of 36 / 44
    [hard] = load({"output0": table.T}).detect([np.zeros((64, 128, 3), np.uint8)])
    [soft] = load({"output0": table.T}, DetectorOptions(soft_nms=True)).detect([np.zeros((64, 128, 3), np.uint8)])
    np.testing.assert_allclose(hard.score, [0.8], rtol=1e-5)
    np.testing.assert_allclose(soft.score, [0.8, 0.7 * np.exp(-((36 / 44) ** 2) / 0.5)], rtol=1e-3)


def test_a_reading_says_why() -> None:
    reason = load({"output0": spread(CELLS, 84).T}).info.reason
    assert reason == "168 columns of 4 + 80 numbers are the cells of its grids"
    chosen = load({"output0": spread(CELLS, 85)}, DetectorOptions(head="yolov5")).info.reason
    assert chosen == "168 rows of 5 + 80 numbers, one per cell (chosen)"
