"""What lies beside a model in `<model>.trackd.json`: taken where the options are silent, nonsense is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

import models
from models import DetectorOptions
from models.labels import COCO, COCO_91
from models.sidefile import FIELDS, with_side_file
from tests.models.graphs import table_model

FULL = {
    "head": "yolov5", "labels": ["a", "b"], "colour": "bgr", "fit": "stretch", "pixel_max": 255, "mean": [1, 2, 3.5],
    "std": [4, 5, 6], "boxes": "fractions", "nms_iou": 0.5, "input_size": [64, 96],
}  # fmt: skip


def beside(folder: Path, content: object) -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "m.trackd.json").write_text(text)
    return folder / "m.onnx"


def test_every_field_fills_up_what_the_options_leave_open(tmp_path: Path) -> None:
    assert set(FULL) == set(FIELDS)
    assert with_side_file(beside(tmp_path, FULL), DetectorOptions()) == DetectorOptions(
        head="yolov5", labels=("a", "b"), colour="bgr", fit="stretch", pixel_max=255, mean=(1, 2, 3.5), std=(4, 5, 6),
        boxes="fractions", nms_iou=0.5, input_size=(64, 96),
    )  # fmt: skip


def test_options_win_over_the_file(tmp_path: Path) -> None:
    options = with_side_file(beside(tmp_path, FULL), DetectorOptions(head="yolox", nms_iou=0.9, labels=("x",)))
    assert (options.head, options.nms_iou, options.labels, options.fit) == ("yolox", 0.9, ("x",), "stretch")


def test_no_file_changes_nothing(tmp_path: Path) -> None:
    assert with_side_file(tmp_path / "m.onnx", DetectorOptions()) == DetectorOptions()
    assert with_side_file(tmp_path / "no folder" / "m.onnx", DetectorOptions()) == DetectorOptions()


@pytest.mark.parametrize(("name", "labels"), [("coco", COCO), ("coco91", COCO_91)])
def test_labels_may_be_the_name_of_a_known_set(tmp_path: Path, name: str, labels: tuple[str, ...]) -> None:
    assert with_side_file(beside(tmp_path, {"labels": name}), DetectorOptions()).labels == labels


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "m.trackd.json is no JSON"),
        ("[" * 100_000, "m.trackd.json is no JSON"),
        ("\udcff", "m.trackd.json is no JSON"),
        ("[]", r"must hold a JSON object with head, labels"),
        ({"heads": "yolov5"}, r"there is no 'heads'; known are head, labels"),
        ({"head": "yolo"}, r"head must be one of yolox, yolox_decoded, .*, got 'yolo'"),
        ({"head": None}, r"head must be one of"),
        ({"colour": []}, r"colour must be one of bgr, rgb, got \[\]"),
        ({"labels": []}, r"labels must be a list of names or one of coco, coco91, got \[\]"),
        ({"labels": [1]}, r"labels must be a list of names"),
        ({"labels": "imagenet"}, r"labels must be a list of names or one of coco, coco91, got 'imagenet'"),
        ({"mean": [1, 2]}, r"mean must be a list of 3 numbers, got \[1, 2\]"),
        ({"std": "x" * 500}, r"std must be a list of 3 numbers, got 'x{76}\.\.\.$"),
        ({"std": [1, 2, True]}, r"std must be a list of 3 numbers"),
        ({"input_size": [64.5, 64]}, r"input_size must be a list of 2 numbers"),
        ({"input_size": [1, 64]}, r"input_size must be \(height, width\)"),
        ({"nms_iou": 2}, r"nms_iou must be in \(0, 1\], got 2"),
        ({"pixel_max": "255"}, r"pixel_max must be a number, got '255'"),
        ('{"pixel_max": NaN}', r"m.trackd.json is no JSON: NaN is no number"),
        (" " * 1_000_001, r"m.trackd.json cannot be read: it has 1000001 bytes, and 1000000 are the most"),
    ],
    ids=lambda value: str(value)[:30].strip(),
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_refused_with_its_name(tmp_path: Path, content: object, message: str) -> None:
    if content == "\udcff":
        (tmp_path / "m.trackd.json").write_bytes(b"\xff\xfe\xff")
        model = tmp_path / "m.onnx"
    else:
        model = beside(tmp_path, content)
    with pytest.raises(models.ModelUnsupported, match=message):
        with_side_file(model, DetectorOptions())


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.trackd.json").mkdir()
    with pytest.raises(models.ModelUnsupported, match="cannot be read"):
        with_side_file(tmp_path / "m.onnx", DetectorOptions())


def test_a_model_is_loaded_as_the_file_beside_it_says(tmp_path: Path) -> None:
    table = np.zeros((168, 7), np.float32)
    table[:, 0] = np.linspace(0, 128, 168)
    (tmp_path / "m.onnx").write_bytes(table_model(table, size=(64, 128), metadata={"colour": "bgr"}))
    beside(tmp_path, {"head": "yolov5", "labels": ["a", "b"], "colour": "rgb"})
    info = models.load_detector(tmp_path / "m.onnx", "cpu", DetectorOptions(inspect=False)).info
    assert (info.head, info.labels, info.colour) == ("yolov5", ("a", "b"), "rgb")
    (tmp_path / "m.labels.txt").write_text("x\ny\n")
    assert models.load_detector(tmp_path / "m.onnx", "cpu", DetectorOptions(inspect=False)).info.labels == ("a", "b")
