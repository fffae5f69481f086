"""Which head a model has: recognised where one fits, refused with the choices where several do."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import models
from models import DetectorOptions
from models.heads.probe import Answer, probe
from models.onnx import OnnxDetector
from tests.models.graphs import rtdetr_model, table_model

SIZE = (128, 128)
CELLS = 336
"""16 * 16 + 8 * 8 + 4 * 4, of an input of that size."""


def spread(rows: int, columns: int) -> NDArray[np.float32]:
    """Decoded rows: centres all over an input of 128 x 128, the rest 0."""
    table = np.zeros((rows, columns), np.float32)
    table[:, 0] = np.linspace(0, 128, rows)
    table[:, 1] = np.linspace(128, 0, rows)
    return table


def load(model: bytes, options: DetectorOptions | None = None) -> OnnxDetector:
    return OnnxDetector(model, "tiny.onnx", "cpu", options or DetectorOptions())


def info(table: NDArray[np.float32], options: DetectorOptions | None = None, **model: object) -> models.ModelInfo:
    return load(table_model(table, **{"size": SIZE, **model}), options).info


def test_one_row_of_offsets_per_cell_is_yolox() -> None:
    read = info(np.zeros((CELLS, 85), np.float32))
    assert (read.head, read.colour, read.fit) == ("yolox", "bgr", "top-left")
    assert len(read.labels) == 80
    assert read.labels[0] == "person"


def test_three_rows_per_cell_are_yolov5() -> None:
    read = info(spread(3 * CELLS, 7))
    assert (read.head, read.colour, read.fit) == ("yolov5", "rgb", "centre")
    assert read.labels == ("class 0", "class 1")


def test_one_column_per_cell_is_yolov8() -> None:
    assert info(spread(CELLS, 84).T).head == "yolov8"


def test_one_row_per_cell_with_certain_objectness_is_yolov6() -> None:
    table = spread(CELLS, 85)
    table[:, 4] = 1
    assert info(table).head == "yolov5"


def test_few_rows_of_six_are_finished_boxes() -> None:
    table = spread(300, 6)
    read = info(table)
    assert read.head == "end2end"
    assert read.labels == ()
    assert read.label(3) == "class 3"


def test_rows_of_six_on_a_grid_are_finished_boxes_if_the_metadata_says_so() -> None:
    assert info(spread(CELLS, 6), metadata={"end2end": "True"}).head == "end2end"


def test_labels_boxes_and_scores_are_known_by_their_names() -> None:
    model = rtdetr_model([1], np.array([[0.1, 0.2, 0.3, 0.4]]), [0.9])
    assert load(model).info.head == "rtdetr"


def test_labels_boxes_and_scores_are_known_by_their_shapes() -> None:
    model = rtdetr_model([1], np.array([[0.1, 0.2, 0.3, 0.4]]), [0.9], names=("a", "b", "c"))
    assert load(model).info.head == "rtdetr"


def test_decoded_rows_per_cell_are_ambiguous_and_the_message_names_the_choices() -> None:
    with pytest.raises(models.ModelAmbiguous, match=r"say --head yolox_decoded or --head yolov5$"):
        info(spread(CELLS, 85))


@pytest.mark.parametrize("head", ["yolox_decoded", "yolov5"])
def test_an_ambiguous_model_loads_with_the_head_that_was_chosen(head: str) -> None:
    assert info(spread(CELLS, 85), DetectorOptions(head=head)).head == head


def test_the_head_in_our_own_metadata_decides() -> None:
    read = info(spread(123, 7).T, metadata={"head": "yolov8", "names": "['a', 'b', 'c']", "colour": "bgr"})
    assert (read.head, read.labels, read.colour) == ("yolov8", ("a", "b", "c"), "bgr")


def test_the_head_class_in_the_metadata_of_ultralytics_decides_nothing() -> None:
    assert info(spread(CELLS, 7).T, metadata={"head": "Detect"}).head == "yolov8"


def test_rows_that_fit_no_grid_are_ambiguous() -> None:
    with pytest.raises(models.ModelAmbiguous, match=r"output \[1, 77, 9\] float32.*say --head .*yolox_decoded or "):
        info(spread(77, 9))


def test_a_model_with_free_axes_is_recognised_by_what_it_answers() -> None:
    read = info(spread(CELLS, 84).T, DetectorOptions(input_size=SIZE), size=("height", "width"))
    assert (read.head, read.input, read.runs_at) == ("yolov8", None, SIZE)


def test_the_size_in_the_metadata_is_used_where_the_model_is_free() -> None:
    meta = {"imgsz": "[64, 128]", "head": "yolov8"}
    assert info(spread(168, 7).T, size=("h", "w"), metadata=meta).runs_at == (64, 128)


@pytest.mark.parametrize("text", ["[1, 2, 3]", "[-1, 64]", "import os", "[", "['a', 'b']", "[99999, 64]", ""])
def test_a_size_in_the_metadata_that_makes_no_sense_is_ignored(text: str) -> None:
    options = DetectorOptions(head="yolov8")
    assert info(spread(168, 7).T, options, size=("h", "w"), metadata={"imgsz": text}).runs_at == (640, 640)


@pytest.mark.parametrize(
    ("head", "table"),
    [
        ("yolox", np.zeros((77, 85))),
        ("yolov5", np.zeros((252, 5))),
        ("yolov8", np.zeros((4, 84))),
        ("end2end", np.zeros((300, 5))),
        ("rtdetr", np.zeros((300, 6))),
    ],
)
def test_a_head_that_does_not_fit_is_refused_with_the_outputs(head: str, table: NDArray[np.float64]) -> None:
    with pytest.raises(models.ModelUnsupported, match=rf"head '{head}' does not fit the outputs output \[1, "):
        info(table.astype(np.float32), DetectorOptions(head=head))


def test_an_unknown_head_lists_the_known_ones() -> None:
    with pytest.raises(
        models.ModelUnsupported, match=r"there is no head 'yolo': choose one of yolox, yolox_decoded, yolov5"
    ):
        info(spread(CELLS, 7), DetectorOptions(head="yolo"))


def test_a_model_for_another_task_is_refused() -> None:
    with pytest.raises(models.ModelUnsupported, match="task is 'classify'"):
        info(spread(CELLS, 7).T, metadata={"task": "classify"})


def test_labels_that_do_not_fit_the_classes_are_refused() -> None:
    with pytest.raises(models.ModelUnsupported, match="2 labels for 80 classes"):
        info(spread(CELLS, 84).T, DetectorOptions(labels=("a", "b")))


def test_scores_that_are_no_probabilities_are_refused() -> None:
    table = spread(CELLS, 7).T
    table[4:] = -3.5
    with pytest.raises(models.ModelUnsupported, match=r"scores from 0 to 1, the model writes -3.50 to -3.50: export"):
        info(table)


def test_offsets_are_not_taken_for_the_scores_of_nanodet() -> None:
    offsets = np.zeros((CELLS, 85), np.float32)
    offsets[:, :4] = -0.5
    with pytest.raises(models.ModelUnsupported, match=r"head 'nanodet' expects scores from 0 to 1, .* -0.50"):
        info(offsets, DetectorOptions(head="nanodet"))


def test_outputs_that_no_detector_has_are_refused() -> None:
    answer = Answer(["logits"], [np.zeros((1, 1000), np.float32)], SIZE, {}, None)
    with pytest.raises(models.ModelUnsupported, match=r"no known detector has the outputs logits \[1, 1000\]"):
        probe(answer, None)


def test_raw_maps_beside_the_table_are_ignored() -> None:
    maps = [np.zeros((1, 3, side, side, 7), np.float32) for side in (8, 4, 2)]
    answer = Answer(["a", "b", "c", "output"], [*maps, spread(3 * CELLS, 7)[None]], SIZE, {}, None)
    reading = probe(answer, None)
    assert (reading.head.name, reading.order, reading.classes) == ("yolov5", (3,), 2)


def test_outputs_that_are_no_numbers_do_not_break_the_probe() -> None:
    assert info(np.full((CELLS, 85), np.nan, np.float32)).head == "yolox"
    assert info(np.full((84, CELLS), np.nan, np.float32)).head == "yolov8"


def test_labels_come_from_the_file_beside_the_model(tmp_path: Path) -> None:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(table_model(spread(CELLS, 6).T))
    (tmp_path / "tiny.labels.txt").write_text("cat\ndog\n")
    for given, labels in ((None, ("cat", "dog")), (("a", "b"), ("a", "b"))):
        options = DetectorOptions(labels=given, inspect=False)
        assert models.load_detector(path, options=options).info.labels == labels


def test_a_side_that_is_fixed_cannot_be_changed() -> None:
    with pytest.raises(models.ModelUnsupported, match=r"fixed input of \(any, 128\), not \(96, 96\)"):
        info(spread(CELLS, 6).T, DetectorOptions(input_size=(96, 96)), size=("height", 128))


def test_rows_of_several_kinds_are_no_labels_boxes_and_scores() -> None:
    arrays = [np.zeros((1, 5, 4), np.float32), np.zeros((1, 5), np.float32), np.zeros((1, 5), np.float32)]
    for names, shapes in ((["boxes", "a", "b"], arrays), (["a", "b", "c"], arrays[1:] + arrays[1:2])):
        with pytest.raises(models.ModelUnsupported, match="no known detector has the outputs"):
            probe(Answer(names, shapes, SIZE, {}, None), None)
