"""Exports with several outputs: each signature as its exporter writes it, to boxes in pixels of the full image."""

import numpy as np
import pytest
from numpy.typing import NDArray

import models
from models import DetectorOptions
from models.heads.probe import Answer, probe
from models.labels import COCO
from models.onnx import OnnxDetector
from tests.models.graphs_outputs import outputs_model

HW = (64, 128)
CELLS = 16 * 8 + 8 * 4 + 4 * 2
INPUT_BOX = (20.0, 10.0, 60.0, 42.0)
FRACTION = (20 / 128, 10 / 64, 60 / 128, 42 / 64)
CENTRED = (40 / 128, 26 / 64, 40 / 128, 32 / 64)

Outputs = dict[str, NDArray[np.generic]]


def load(outputs: Outputs, options: DetectorOptions | None = None, **model: object) -> OnnxDetector:
    return OnnxDetector(outputs_model(outputs, **model), "tiny.onnx", "cpu", options or DetectorOptions())


def assert_one(detector: OnnxDetector, score: float = 0.8, class_id: int = 1) -> None:
    """It finds the one box, in a picture of twice its input's size: letterboxed or stretched, there is no border."""
    [found] = detector.detect([np.full((HW[0] * 2, HW[1] * 2, 3), 90, np.uint8)])
    np.testing.assert_allclose(found.xyxy, [np.array(INPUT_BOX) * 2], atol=0.02)
    np.testing.assert_allclose(found.score, [score], rtol=1e-3)
    assert found.class_id.tolist() == [class_id]


def column(rows: int, first: float, rest: float = 0, dtype: type = np.float32) -> NDArray[np.generic]:
    return np.array([first] + [rest] * (rows - 1), dtype)


def boxes(rows: int, first: tuple[float, ...], rest: tuple[float, ...] | None = None) -> NDArray[np.float32]:
    return np.array([first] + [rest or (0,) * len(first)] * (rows - 1), np.float32)


def logits(queries: int, classes: int, background: bool = False) -> NDArray[np.float32]:
    """Query 0 is of class 1 with a probability of 0.8; no other query is of anything."""
    table = np.full((queries, classes), -7 if not background else -20, np.float32)
    if background:
        table[:, -1] = 8
        table[0, -1] = np.log(0.2)
        table[0, 1] = np.log(0.8)
    else:
        table[0, 1] = np.log(0.8 / 0.2)
    return table


@pytest.mark.parametrize("names", [("labels", "boxes", "scores"), ("scores", "boxes", "labels"), ("a", "b", "c")])
@pytest.mark.parametrize("fractions", [False, True])
def test_labels_boxes_and_scores_in_any_order(names: tuple[str, ...], fractions: bool) -> None:
    arrays = {
        "labels": column(300, 1, dtype=np.int64),
        "boxes": boxes(300, FRACTION if fractions else INPUT_BOX),
        "scores": column(300, 0.8),
    }
    ordered = arrays.values() if names[0] == "a" else [arrays[name] for name in names]
    detector = load(dict(zip(names, ordered, strict=True)), sized=True)
    assert (detector.info.head, detector.info.fit, detector.info.suppresses) == ("rtdetr", "stretch", True)
    assert_one(detector)


def test_labels_that_were_exported_as_floats_are_known_by_their_values() -> None:
    outputs = {"a": column(300, 0.8), "b": boxes(300, INPUT_BOX), "c": column(300, 1, rest=7)}
    assert_one(load(outputs, sized=True))


def test_one_box_per_cell_with_its_class_needs_suppression() -> None:
    rows = boxes(CELLS * 25, INPUT_BOX)
    outputs = {"boxes": rows[:CELLS], "scores": column(CELLS, 0.8), "class_idx": column(CELLS, 1, dtype=np.uint8)}
    assert load(outputs).info.suppresses  # few rows could be finished boxes
    big = {
        "boxes": np.zeros((4200, 4), np.float32),
        "scores": column(4200, 0.8),
        "class_idx": column(4200, 1, dtype=np.uint8),
    }
    big["boxes"][:2] = [[20, 10, 60, 42], [21, 10, 61, 42]]
    big["scores"][1], big["class_idx"][1] = 0.7, 1
    detector = load(big, size=(320, 640))
    assert (detector.info.head, detector.info.suppresses) == ("efficient_nms", False)
    [found] = detector.detect([np.zeros((320, 640, 3), np.uint8)])
    np.testing.assert_allclose(found.xyxy, [INPUT_BOX], atol=0.01)


@pytest.mark.parametrize("extra", [{}, {"last_hidden_state": np.zeros((100, 32), np.float32)}])
def test_detr_and_yolos_of_hugging_face(extra: Outputs) -> None:
    outputs = {"logits": logits(100, 92, background=True), "pred_boxes": boxes(100, CENTRED, (0.5, 0.5, 0.2, 0.2))}
    detector = load({**outputs, **extra})
    assert (detector.info.head, detector.info.fit, detector.info.colour) == ("detr", "stretch", "rgb")
    assert (len(detector.info.labels), detector.info.labels[1]) == (91, "person")
    assert_one(detector)


def test_a_detr_of_few_classes_is_known_by_its_certainty_that_there_is_nothing() -> None:
    outputs = {"logits": logits(15, 3, background=True), "pred_boxes": boxes(15, CENTRED, (0.5, 0.5, 0.2, 0.2))}
    detector = load(outputs, DetectorOptions(labels=("table", "turned table")))
    assert detector.info.head == "detr"
    assert_one(detector)


@pytest.mark.parametrize("names", [("logits", "pred_boxes"), ("pred_logits", "pred_boxes")])
def test_rtdetr_and_dfine_of_hugging_face(names: tuple[str, str]) -> None:
    outputs = dict(zip(names, (logits(300, 80), boxes(300, CENTRED, (0.5, 0.5, 0.2, 0.2))), strict=True))
    detector = load(outputs)
    assert (detector.info.head, detector.info.labels[1]) == ("rtdetr_logits", "bicycle")
    assert_one(detector)


def undecided(columns: int) -> Outputs:
    """Logits around 0, of a model that does not know what is an object."""
    generator = np.random.default_rng(0)
    return {
        "logits": generator.normal(0, 0.2, (100, columns)).astype(np.float32),
        "pred_boxes": generator.uniform(0.3, 0.7, (100, 4)).astype(np.float32),
    }


def test_logits_that_show_neither_a_sigmoid_nor_a_softmax_are_refused() -> None:
    with pytest.raises(models.ModelAmbiguous, match="rtdetr_logits or --head detr"):
        load(undecided(6))


@pytest.mark.parametrize(("labels", "head"), [(6, "rtdetr_logits"), (5, "detr")])
def test_the_number_of_labels_tells_a_sigmoid_from_a_softmax(labels: int, head: str) -> None:
    options = DetectorOptions(labels=tuple("abcdef"[:labels]))
    assert load(undecided(6), options).info.head == head


def test_dets_and_labels_are_logits_of_rfdetr_whatever_their_values() -> None:
    outputs = undecided(6)
    assert load({"dets": outputs["pred_boxes"], "labels": outputs["logits"]}).info.head == "rfdetr"


@pytest.mark.parametrize(("family", "head"), [("lwdetr", "rfdetr"), ("deim", "rtdetr_logits")])
def test_libreyolo_says_which_family_wants_the_mean_of_imagenet(family: str, head: str) -> None:
    outputs = {"pred_logits": logits(300, 4), "pred_boxes": boxes(300, CENTRED, (0.5, 0.5, 0.2, 0.2))}
    assert load(outputs, metadata={"model_family": family}).info.head == head


@pytest.mark.parametrize(("masked", "head"), [(True, "rfdetr"), (False, "rtdetr_logits")])
def test_a_model_that_takes_a_mask_was_trained_with_the_mean_of_imagenet(masked: bool, head: str) -> None:
    arrays = [logits(300, 4)[None], boxes(300, CENTRED, (0.5, 0.5, 0.2, 0.2))[None]]
    answer = Answer(("logits", "pred_boxes"), arrays, HW, {}, None, masked=masked)
    assert probe(answer, None).head.name == head


def test_libreyolo_names_the_eighty_classes_of_a_model_with_the_ids_of_coco() -> None:
    outputs = {"pred_logits": logits(300, 91), "pred_boxes": boxes(300, CENTRED, (0.5, 0.5, 0.2, 0.2))}
    detector = load(outputs, metadata={"names": repr(list(COCO))})
    assert (detector.info.head, detector.info.labels[1]) == ("rfdetr", "person")
    with pytest.raises(models.ModelUnsupported, match="80 labels for 91 classes"):
        load(outputs, metadata={"names": repr([f"{n}" for n in range(80)])})


@pytest.mark.parametrize(("family", "head"), [("ppyoloe", "ppyoloe_rows"), ("yolonas", "yolo_nas")])
def test_libreyolo_says_whose_boxes_and_scores_they_are(family: str, head: str) -> None:
    scores = np.full((CELLS, 80), 0.01, np.float32)
    scores[0, 1] = 0.8
    detector = load({"boxes": boxes(CELLS, INPUT_BOX), "scores": scores}, metadata={"model_family": family})
    assert detector.info.head == head
    assert_one(detector)


def test_a_detr_with_the_sigmoid_in_the_graph() -> None:
    centres = np.random.default_rng(0).uniform(0.1, 0.9, (300, 4)).astype(np.float32)
    centres[0] = CENTRED
    scores = np.full((300, 80), 0.01, np.float32)
    scores[0, 1] = 0.8
    detector = load({"scores": scores, "pred_boxes": centres})
    assert (detector.info.head, detector.info.suppresses) == ("detr_scores", True)
    assert_one(detector)


@pytest.mark.parametrize(("classes", "labels"), [(91, None), (4, ("a", "b", "c")), (2, None)])
def test_rfdetr(classes: int, labels: tuple[str, ...] | None) -> None:
    outputs = {"dets": boxes(300, CENTRED, (0.5, 0.5, 0.2, 0.2)), "labels": logits(300, classes)}
    detector = load(outputs, DetectorOptions(labels=labels))
    assert detector.info.head == "rfdetr"
    assert detector.info.label(1) == ("person" if classes == 91 else "b" if labels else "class 1")
    assert_one(detector)


def test_rfdetr_with_masks_beside() -> None:
    outputs = {"dets": boxes(300, CENTRED), "labels": logits(300, 91), "masks": np.zeros((300, 16, 16), np.float32)}
    assert_one(load(outputs))


def test_mmdetection_through_mmdeploy() -> None:
    outputs = {"dets": boxes(100, (*INPUT_BOX, 0.8)), "labels": column(100, 1, dtype=np.int64)}
    detector = load(outputs)
    assert (detector.info.head, detector.info.colour, detector.info.fit) == ("mmdet", "bgr", "top-left")
    assert_one(detector)


@pytest.mark.parametrize(("order", "head", "fit"), [((0, 1), "yolo_nas", "centre"), ((1, 0), "damo_yolo", "top-left")])
def test_yolo_nas_and_damo_yolo_before_suppression(order: tuple[int, int], head: str, fit: str) -> None:
    scores = np.full((CELLS, 80), 0.01, np.float32)
    scores[5, 1] = 0.8
    rows = boxes(CELLS, (3, 3, 9, 9), (30, 30, 44, 39))
    rows[5] = INPUT_BOX
    pair = (("boxes", rows), ("scores", scores))
    detector = load(dict(pair[index] for index in order))
    assert (detector.info.head, detector.info.fit, detector.info.labels[1]) == (head, fit, "bicycle")
    assert_one(detector)


def test_paddle_detection_before_suppression() -> None:
    scores = np.full((80, CELLS), 0.01, np.float32)
    scores[1, 0] = 0.8
    outputs = {"tmp_16": boxes(CELLS, INPUT_BOX, (30, 30, 44, 39)), "concat_14": scores}
    detector = load(outputs)
    assert (detector.info.head, detector.info.fit) == ("ppyoloe", "stretch")
    assert_one(detector)


def test_ssd_in_pytorch_with_a_softmax_and_a_background() -> None:
    scores = np.full((300, 21), 0.0, np.float32)
    scores[:, 0] = 1
    scores[0, :2] = [0.2, 0.8]
    detector = load({"scores": scores, "boxes": boxes(300, FRACTION, (0.1, 0.1, 0.2, 0.3))})
    assert (detector.info.head, detector.info.boxes) == ("torch_ssd", "fractions")
    assert_one(detector)


@pytest.mark.parametrize(
    ("names", "head"),
    [
        (("num_dets", "det_boxes", "det_scores", "det_classes"), "efficient_nms"),
        (("num_predictions", "pred_boxes", "pred_scores", "pred_classes"), "yolo_nas_nms"),
        (("graph2_num_predictions", "graph2_pred_boxes", "graph2_pred_scores", "graph2_pred_classes"), "yolo_nas_nms"),
        (("a", "b", "c", "d"), "efficient_nms"),
    ],
)
def test_a_count_boxes_scores_and_classes(names: tuple[str, ...], head: str) -> None:
    arrays = (
        np.array([1], np.int64),
        boxes(100, INPUT_BOX, (5, 5, 25, 25)),
        column(100, 0.8, 0.7),
        column(100, 1, 1, np.int64),
    )
    detector = load(dict(zip(names, arrays, strict=True)))
    assert (detector.info.head, detector.info.suppresses) == (head, True)
    assert_one(detector)
    uint8 = load(dict(zip(names, arrays, strict=True)), dtype=np.uint8)
    assert (uint8.info.head, uint8.info.colour) == ("yolo_nas_nms", "bgr")


def test_a_count_of_none_is_no_boxes() -> None:
    arrays = {"num_dets": np.array([0], np.int32), "det_boxes": boxes(1, INPUT_BOX), "det_scores": column(1, 0.8),
              "det_classes": column(1, 1, dtype=np.int32)}  # fmt: skip
    [found] = load(arrays).detect([np.zeros((64, 128, 3), np.uint8)])
    assert len(found) == 0


def test_tensorflow_object_detection() -> None:
    y1x1 = (FRACTION[1], FRACTION[0], FRACTION[3], FRACTION[2])
    outputs = {
        "num_detections:0": np.array(1, np.float32),
        "detection_boxes:0": boxes(100, y1x1, (0.1, 0.2, 0.5, 0.6)),
        "detection_scores:0": column(100, 0.8, 0.6),
        "detection_classes:0": column(100, 3),
    }
    detector = load(outputs, DetectorOptions(labels=("person", "bicycle", "car")))
    assert (detector.info.head, detector.info.fit, detector.info.pixel_max) == ("tf_ssd", "stretch", 255)
    assert detector.info.label(3) == "car"
    assert_one(detector, class_id=3)
    raw = {**outputs, "raw_detection_boxes": np.zeros((50, 4), np.float32), "detection_anchor_indices": column(100, 3),
           "raw_detection_scores": np.zeros((50, 91), np.float32)}  # fmt: skip
    assert load(raw).info.label(3) == "car"
    uint8 = load(outputs, dtype=np.uint8, nhwc=True, size=("height", "width"), batch="batch")
    assert (uint8.info.layout, uint8.info.dtype) == ("nhwc", "uint8")
    assert_one(uint8, class_id=3)


def test_tensorflow_lite_without_names() -> None:
    y1x1 = (FRACTION[1], FRACTION[0], FRACTION[3], FRACTION[2])
    outputs = {"a": boxes(10, y1x1, (0.1, 0.2, 0.5, 0.6)), "b": column(10, 3), "c": column(10, 0.8, 0.6),
               "d": np.array([1], np.float32)}  # fmt: skip
    detector = load(outputs)
    assert detector.info.head == "tf_ssd"
    assert_one(detector, class_id=3)


def test_ssd_of_the_onnx_model_zoo() -> None:
    outputs = {"bboxes": boxes(200, FRACTION), "labels": column(200, 1, dtype=np.int64), "scores": column(200, 0.8)}
    detector = load(outputs)
    assert (detector.info.head, detector.info.boxes, detector.info.fit) == ("onnx_ssd", "fractions", "stretch")
    assert_one(detector)


def bins_for(sides: tuple[float, ...]) -> NDArray[np.float32]:
    """Distributions whose means are these distances in strides."""
    bins = np.full((4, 8), -60, np.float32)
    for side, strides in enumerate(sides):
        low = int(strides)
        bins[side, low] = np.log(1 - (strides - low))
        if strides > low:
            bins[side, low + 1] = np.log(strides - low)
    return bins.ravel()


def grid_outputs(strides: tuple[int, ...], shuffled: bool) -> Outputs:
    """NanoDet's outputs: cell (2, 1) of stride 16, whose centre is (40, 24), holds the box."""
    rng = np.random.default_rng(0)
    outputs: Outputs = {}
    for stride in strides:
        cells = -(-64 // stride) * -(-128 // stride)
        scores, bins = np.zeros((cells, 80), np.float32), rng.normal(0, 3, (cells, 32)).astype(np.float32)
        if stride == 16:
            scores[8 + 2, 1] = 0.8
            bins[8 + 2] = bins_for((20 / 16, 14 / 16, 20 / 16, 18 / 16))
        outputs[f"cls_pred_stride_{stride}"], outputs[f"dis_pred_stride_{stride}"] = scores, bins
    names = list(outputs)
    return {name: outputs[name] for name in ([*names[::2], *names[1::2]] if shuffled else names)}


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize(
    ("strides", "head", "colour"), [((8, 16, 32), "nanodet", "bgr"), ((8, 16, 32, 64), "picodet", "rgb")]
)
def test_nanodet_and_picodet_with_two_outputs_per_grid(
    strides: tuple[int, ...], head: str, colour: str, shuffled: bool
) -> None:
    detector = load(grid_outputs(strides, shuffled))
    assert (detector.info.head, detector.info.colour) == (head, colour)
    assert not detector.info.suppresses
    assert_one(detector)


def test_nanodet_plus_with_scores_and_distances_apart() -> None:
    cells = CELLS + 2
    scores, bins = np.zeros((cells, 80), np.float32), np.random.default_rng(0).normal(0, 3, (cells, 32))
    scores[128 + 8 + 2, 1] = 0.8
    bins[128 + 8 + 2] = bins_for((12 / 16, 6 / 16, 28 / 16, 26 / 16))  # from the corner (32, 16)
    detector = load({"a": scores, "b": bins.astype(np.float32)})
    assert detector.info.head == "nanodet_plus"
    assert_one(detector)


def test_two_tables_without_boxes_are_refused_with_what_was_seen() -> None:
    outputs = {"x": np.full((300, 7), 0.3, np.float32), "y": np.full((300, 6), 0.3, np.float32)}
    with pytest.raises(models.ModelUnsupported, match=r"no known detector has the outputs x \[1, 300, 7\] float32, y"):
        load(outputs)
