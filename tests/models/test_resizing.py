"""A model whose file fixes its input runs at another size where its graph allows it, and is refused where not."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper

import models
from models import DetectorOptions
from models.growth import grows
from models.heads import HEADS
from models.heads.grid import cell_count, cells_of
from models.heads.matching.answer import Answer
from models.heads.reading import Reading
from models.inspection import inspect_model
from models.lighter import lighter
from models.onnx import OnnxDetector
from models.resizing import resized
from models.signature import signature_of
from tests.models.grid_graphs import BLOCK, Grid, grid_model
from tests.models.input_graphs import FLOAT, channel_model, echo_model, session_of
from tests.models.scoring import Frame, people_found, read_frames

OWN, WIDE, TALL = (96, 96), (64, 160), (160, 64)
YOLOX, DYNAMIC = "yolox_nano_416.onnx", "yolox_nano_416_dynbatch.onnx"


def load(content: bytes, size: tuple[int, int] | None, front: bool = False, **options: object) -> OnnxDetector:
    return OnnxDetector(content, "tiny.onnx", "cpu", DetectorOptions(input_size=size, **options), front)


def picture(size: tuple[int, int], *corners: tuple[int, int]) -> NDArray[np.uint8]:
    """Black, of (height, width), with a white block at each (left, top)."""
    image = np.zeros((*size, 3), np.uint8)
    for left, top in corners:
        image[top : top + BLOCK, left : left + BLOCK] = 255
    return image


def left_tops(found: models.detector.Detections) -> list[list[float]]:
    """Sorted corners of what was found, all of which has the size of a block."""
    np.testing.assert_allclose(found.xyxy[:, 2:] - found.xyxy[:, :2], BLOCK, atol=0.01)
    return sorted(found.xyxy[:, :2].round(2).tolist())


@pytest.mark.parametrize("front", [False, True], ids=["host", "front"])
@pytest.mark.parametrize("grid", ["outside", "computed"])
@pytest.mark.parametrize("size", [WIDE, TALL, (32, 64), (192, 224), OWN], ids=str)
def test_a_fixed_model_finds_things_where_they_are_at_another_size(
    grid: Grid, size: tuple[int, int], front: bool
) -> None:
    detector = load(grid_model(OWN, grid), size, front)
    assert (detector.info.input, detector.info.runs_at) == (OWN, size)
    last = (size[1] - BLOCK, size[0] - BLOCK)
    [found] = detector.detect([picture(size, (0, 0), last)])
    assert left_tops(found) == sorted([[0, 0], list(map(float, last))])


def test_a_larger_picture_is_scaled_to_the_size_that_was_asked_for() -> None:
    [found] = load(grid_model(OWN), WIDE).detect([picture((128, 320), (128, 64), (160, 64), (128, 96), (160, 96))])
    np.testing.assert_allclose(found.xyxy, [[128, 64, 192, 128]], atol=0.01)


@pytest.mark.parametrize(("wanted", "run"), [((50, 130), WIDE), ((90, 96), OWN), ((96, 97), (96, 128))], ids=str)
def test_a_size_is_rounded_up_to_the_stride(wanted: tuple[int, int], run: tuple[int, int]) -> None:
    assert load(grid_model(OWN), wanted).info.runs_at == run


@pytest.mark.parametrize(("own", "other"), [(OWN, WIDE), (WIDE, TALL), (TALL, WIDE), (WIDE, (32, 320))], ids=str)
def test_a_model_with_its_grids_inside_is_refused_also_where_it_runs(
    own: tuple[int, int], other: tuple[int, int]
) -> None:
    """64 x 160 and 160 x 64 have the same number of cells: nothing fails there, and every box would be misplaced."""
    content = grid_model(own, "constant")
    assert load(content, None).info.runs_at == own
    said = (
        rf"tiny.onnx has a fixed input of \({own[0]}, {own[1]}\), not \({other[0]}, {other[1]}\): this export "
        rf"holds its grids for {own[0]} x {own[1]} inside; leave input_size out, or export it for "
        rf"{other[0]} x {other[1]}$"
    )
    with pytest.raises(models.ModelUnsupported, match=said):
        load(content, other)


def test_finished_boxes_are_refused_because_nothing_in_them_shows_the_size() -> None:
    with pytest.raises(models.ModelUnsupported, match=r"not \(96, 96\): finished boxes \(end2end\) do not show"):
        load(channel_model(("batch", 3, 64, 64)), (96, 96))


def test_a_free_batch_stays_free_and_gives_what_single_images_give() -> None:
    detector = load(grid_model(OWN, batch="batch"), WIDE)
    assert detector.info.batch_limit is None
    assert load(grid_model(OWN), WIDE).info.batch_limit == 1
    images = [picture(WIDE, (32 * place, 32)) for place in range(5)]
    for place, (found, image) in enumerate(zip(detector.detect(images), images, strict=True)):
        assert left_tops(found) == left_tops(detector.detect([image])[0]) == [[32 * place, 32]]


def test_every_size_has_an_optimised_graph_of_its_own(tmp_path: Path) -> None:
    content = grid_model(OWN)
    for start in range(2):
        for size in (None, WIDE, TALL):
            detector = load(content, size, graph_cache=tmp_path)
            [found] = detector.detect([picture(detector.info.runs_at, (32, 32))])
            assert left_tops(found) == [[32, 32]], (start, size)
    assert len(list(tmp_path.glob("cpu/*.graph"))) == 3


def test_an_inspection_looks_at_the_size_that_will_be_run() -> None:
    inspect_model(grid_model(WIDE, "computed"), "m", "cpu", DetectorOptions(input_size=TALL))
    with pytest.raises(models.ModelUnsupported, match="this export holds its grids for 64 x 160 inside"):
        inspect_model(grid_model(WIDE, "constant"), "m", "cpu", DetectorOptions(input_size=TALL))


@pytest.mark.parametrize(
    ("axes", "expected"),
    [(["n", 3, 64, 96], ["n", 3, 128, 160]), ([2, 64, 96, 3], [2, 128, 160, 3]), ([3, 64, 96], [3, 128, 160])],
    ids=str,
)
def test_only_the_height_and_the_width_of_the_image_change(axes: list[int | str], expected: list[int | str]) -> None:
    content = echo_model({"images": (FLOAT, axes), "im_shape": (FLOAT, ["n", 2])}, metadata={"stride": "32"})
    session = session_of(resized(content, signature_of(session_of(content)), (128, 160)))
    assert [node.shape for node in session.get_inputs()] == [expected, ["n", 2]]
    assert session.get_modelmeta().custom_metadata_map == {"stride": "32"}


def test_nothing_in_the_file_contradicts_the_new_size() -> None:
    content = grid_model(OWN, "computed")
    assert onnx.load_model_from_string(content).graph.value_info
    changed = onnx.load_model_from_string(resized(content, signature_of(session_of(content)), WIDE))
    inferred = onnx.shape_inference.infer_shapes(changed, strict_mode=True, data_prop=True)
    assert [axis.dim_value for axis in inferred.graph.output[0].type.tensor_type.shape.dim] == [1, 6, 210]


def test_remarks_in_graphs_inside_of_nodes_are_dropped_too() -> None:
    remark = helper.make_tensor_value_info("within", FLOAT, [1, 3, 64, 96])
    steps = [helper.make_node("Identity", ["images"], ["within"]), helper.make_node("Identity", ["within"], ["seen"])]
    seen = helper.make_tensor_value_info("seen", FLOAT, None)
    branch = helper.make_graph(steps, "branch", [], [seen], value_info=[remark])
    content = echo_model({"images": (FLOAT, [1, 3, 64, 96])}, initializers={"yes": np.array(True)})
    model = onnx.load_model_from_string(content)
    model.graph.node.append(helper.make_node("If", ["yes"], ["chosen"], then_branch=branch, else_branch=branch))
    changed = onnx.load_model_from_string(resized(model.SerializeToString(), signature_of(session_of(content)), WIDE))
    assert [len(attribute.g.value_info) for attribute in changed.graph.node[-1].attribute] == [0, 0]


def answer_of(rows: NDArray[np.floating], size: tuple[int, int]) -> Answer:
    return Answer(["output"], [rows[None].astype(np.float32)], size, {}, None)


@pytest.mark.parametrize("by_cell", [False, True], ids=["anchor by anchor", "cell by cell"])
@pytest.mark.parametrize(
    ("drawn_for", "shift", "right"), [(WIDE, 0.0, True), (WIDE, 1.4, True), (TALL, 0.0, False), (WIDE, 2.6, False)]
)
def test_boxes_of_three_anchors_have_to_lie_about_their_cells(
    drawn_for: tuple[int, int], shift: float, right: bool, by_cell: bool
) -> None:
    levels = np.split(np.arange(210), [160, 200])
    index = np.concatenate([np.repeat(level, 3) if by_cell else np.tile(level, 3) for level in levels])
    cell, stride = cells_of(index, drawn_for, (8, 16, 32))
    rows = np.hstack([(cell + 0.5 + shift) * stride, np.full((630, 2), 20), np.full((630, 3), 0.5)])
    before = answer_of(np.zeros((cell_count(OWN, (8, 16, 32)) * 3, 7)), OWN)
    reading = Reading(HEADS["yolov5"], (0,), 2)
    assert grows(before, answer_of(rows, WIDE), reading) is right


@pytest.mark.parametrize(("rows", "right"), [(210, True), (189, False), (211, False), (420, False)])
def test_raw_rows_have_to_be_as_many_as_the_cells_of_the_new_size(rows: int, right: bool) -> None:
    before = answer_of(np.zeros((189, 7)), OWN)
    assert grows(before, answer_of(np.zeros((rows, 7)), WIDE), Reading(HEADS["yolox"], (0,), 2)) is right


@pytest.fixture(scope="module")
def frames(shared: Path) -> list[Frame]:
    return read_frames(shared / "data" / "mot17")


def real(shared: Path, name: str, size: tuple[int, int] | None = None) -> models.Detector:
    return models.load_detector(shared / "onnx" / name, "cpu", DetectorOptions(inspect=False, input_size=size))


def test_yolox_finds_the_people_in_a_wide_input_as_in_its_square_one(shared: Path, frames: list[Frame]) -> None:
    square, wide = (people_found(real(shared, YOLOX, size), frames) for size in (None, (256, 416)))
    assert wide.recall > square.recall - 0.03
    assert wide.precision > square.precision - 0.03


def test_yolox_gives_the_same_for_a_batch_in_a_wide_input(shared: Path, frames: list[Frame]) -> None:
    detector = real(shared, DYNAMIC, (256, 416))
    images = [frame.image for frame in frames[:3]]
    for batched, image in zip(detector.detect(images), images, strict=True):
        [single] = detector.detect([image])
        assert batched.class_id.tolist() == single.class_id.tolist()
        np.testing.assert_allclose(batched.xyxy, single.xyxy, atol=0.01)


def test_a_model_at_another_size_is_made_lighter_all_the_same(shared: Path) -> None:
    content = (shared / "onnx" / YOLOX).read_bytes()
    wide = resized(content, signature_of(session_of(content)), (256, 416))
    light = onnx.load_model_from_string(lighter(wide))
    assert sum(node.op_type == "Slice" for node in onnx.load_model_from_string(wide).graph.node) == 8
    assert not [node for node in light.graph.node if node.op_type == "Slice"]


@pytest.mark.parametrize("size", [(384, 640), (512, 800)], ids=str)
def test_yolov8_fixed_to_640_is_refused_also_where_it_runs_and_writes_nonsense(
    shared: Path, size: tuple[int, int]
) -> None:
    with pytest.raises(models.ModelUnsupported, match="holds its grids for 640 x 640 inside; leave input_size out"):
        real(shared, "yolov8n_int8_640.onnx", size)


@pytest.mark.parametrize("size", [(192, 320), (160, 640)], ids=str)
def test_deim_fixed_to_320_is_refused_also_where_it_runs(shared: Path, size: tuple[int, int]) -> None:
    with pytest.raises(models.ModelUnsupported, match=r"finished boxes \(rtdetr\) do not show whether another size"):
        real(shared, "deimv2_atto_320.onnx", size)
