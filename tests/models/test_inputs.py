"""Detectors with every kind of input find the same in the same picture."""

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

import models
from models import DetectorOptions
from models.onnx import OnnxDetector
from models.testcard import draw_card
from tests.models.input_graphs import BYTES, FLOAT, HALF, LONG, Axis, channel_model, session_of, sized_model

BLUE, GREEN, RED = 200, 100, 50
LAYOUTS: list[list[Axis]] = [
    ["n", 3, 64, 64], [1, 3, 64, 64], [4, 3, 64, 64], ["n", 3, "h", "w"], ["n", 3, "h", 64], ["n", 3, 64, "w"],
    [0, 3, 0, 0], ["n", 64, 64, 3], [4, 64, 64, 3], ["n", "h", "w", 3], [3, 64, 64], [3, "h", "w"], [64, 64, 3],
]  # fmt: skip


def load(model: bytes, **options: object) -> OnnxDetector:
    return OnnxDetector(model, "tiny.onnx", "cpu", DetectorOptions(**{"score_floor": 0.0, **options}))


def plain(blue: int = BLUE, green: int = GREEN, red: int = RED) -> NDArray[np.uint8]:
    return np.full((64, 64, 3), (blue, green, red), np.uint8)


def score_by_class(found: models.detector.Detections) -> list[float]:
    return [round(float(score), 3) for _, score in sorted(zip(found.class_id, found.score, strict=True))]


@pytest.mark.parametrize("axes", LAYOUTS, ids=str)
@pytest.mark.parametrize("kind", [FLOAT, HALF, BYTES], ids=["float32", "float16", "uint8"])
def test_every_layout_and_type_is_given_the_channels_in_its_order(axes: list[Axis], kind: int) -> None:
    white = 255 if kind == BYTES else 1
    detector = load(channel_model(axes, kind, slope=1 / white), input_size=(64, 64))
    [found] = detector.detect([plain()])
    np.testing.assert_allclose(score_by_class(found), [RED / 255, GREEN / 255, BLUE / 255], atol=2e-3)
    [found] = load(channel_model(axes, kind, slope=1 / white), input_size=(64, 64), colour="bgr").detect([plain()])
    np.testing.assert_allclose(score_by_class(found), [BLUE / 255, GREEN / 255, RED / 255], atol=2e-3)


@pytest.mark.parametrize(
    ("axes", "kind", "said"),
    [(["n", 64, 96, 3], BYTES, ("nhwc", "uint8", 255.0)), ([1, 3, 64, 96], HALF, ("nchw", "float16", 1.0))],
)
def test_what_the_input_is_like_is_told(axes: list[Axis], kind: int, said: tuple[str, str, float]) -> None:
    info = load(channel_model(axes, kind, slope=1 / 255)).info
    assert (info.layout, info.dtype, info.pixel_max) == said
    assert (info.input, info.runs_at, info.mean, info.std) == ((64, 96), (64, 96), None, None)
    assert info.outputs == ("output float32 [1, 3, 6]",)


def test_mean_and_deviation_are_those_of_the_options() -> None:
    options = {"mean": (10, 20, 30), "std": (100, 200, 400), "pixel_max": 255, "colour": "bgr"}
    detector = load(channel_model(), **options)
    [found] = detector.detect([plain(60, 120, 230)])
    assert score_by_class(found) == [0.5, 0.5, 0.5]
    assert (detector.info.mean, detector.info.std) == ((10, 20, 30), (100, 200, 400))


def test_mean_and_deviation_are_those_of_the_metadata() -> None:
    metadata = {"mean": "0.1, 0.2, 0.3", "std": "[2, 2, 2]", "colour": "bgr"}
    [found] = load(channel_model(metadata=metadata)).detect([plain(255, 255, 255)])
    assert score_by_class(found) == [0.45, 0.4, 0.35]


@pytest.mark.parametrize("options", [{"mean": (1, 2, 3)}, {"std": (1, 2, 3)}, {"pixel_max": 1}], ids=str)
def test_pixels_that_a_model_takes_as_they_are_cannot_be_scaled(options: dict[str, object]) -> None:
    with pytest.raises(models.ModelUnsupported, match="takes pixels of 0 to 255 as they are"):
        load(channel_model(kind=BYTES, slope=1 / 255), **options)


def test_a_model_of_a_free_size_is_run_at_the_first_usual_one_that_works() -> None:
    detector = load(channel_model(("n", 3, "h", "w"), only_side=416))
    assert (detector.info.input, detector.info.runs_at) == (None, (416, 416))


@pytest.mark.parametrize("options", [{"input_size": (96, 96)}, {}])
def test_a_size_that_a_model_does_not_run_at_is_refused_with_what_to_set(options: dict[str, object]) -> None:
    words = r"the model failed on .*; set input_size \(--inference input_size"
    with pytest.raises(models.ModelUnsupported, match=words):
        load(channel_model(("n", 3, "h", "w"), only_side=96 + 64 * bool(options)), **options)


def test_sizes_beside_the_image_make_boxes_in_its_pixels() -> None:
    extras = {
        "orig_target_sizes": (LONG, ["n", 2]),
        "im_shape": (FLOAT, ["n", 2]),
        "image_shape": (FLOAT, ["n", 2]),
        "im_info": (FLOAT, ["n", 3]),
    }
    found = load(sized_model(extras), fit="stretch").detect([np.zeros((640, 480, 3), np.uint8)] * 3)
    for image in found:
        order = np.argsort(image.class_id)
        # An input of 64 x 96, said as width and height, and as height and width.
        np.testing.assert_allclose(image.xyxy[order, 2:], [[480, 640], *[[64 * 5, 96 * 640 / 64]] * 3])


@pytest.mark.parametrize(("axes", "kind"), [(["n", 64, 64, 3], BYTES), ([4, 3, 64, 64], FLOAT)], ids=str)
@pytest.mark.parametrize("count", [1, 3, 4, 7, 35])
def test_each_image_of_a_batch_gets_what_it_gets_alone(axes: list[Axis], kind: int, count: int) -> None:
    """Within 1e-6 of score: each is computed by itself, in the same order."""
    detector = load(channel_model(axes, kind, slope=1 / 255), pixel_max=255)
    images = [plain(7 * number, 255 - 5 * number, 30) for number in range(count)]
    together = detector.detect(images)
    assert len(together) == count
    for image, batched in zip(images, together, strict=True):
        [single] = detector.detect([image])
        np.testing.assert_array_equal(batched.class_id, single.class_id)
        np.testing.assert_array_equal(batched.xyxy, single.xyxy)
        np.testing.assert_allclose(batched.score, single.score, atol=1e-6)


def bright_rows_model() -> bytes:
    """Finished boxes [M, 6] without a batch axis, of which there is one if the mean of the input is above 10."""
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[0, 1, 2, 3], keepdims=0),
        helper.make_node("Greater", ["mean", "ten"], ["bright"]),
        helper.make_node("Reshape", ["bright", "one"], ["kept"]),
        helper.make_node("Compress", ["row", "kept"], ["output"], axis=0),
    ]
    constants = {
        "ten": np.array(10, np.float32),
        "one": np.array([1], np.int64),
        "row": np.array([[8, 8, 40, 40, 0.9, 2]], np.float32),
    }
    graph = helper.make_graph(
        nodes,
        "bright",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 64, 64])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["m", 6])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return model.SerializeToString()


def test_a_model_that_sees_nothing_in_the_dark_is_shown_its_card_in_the_light() -> None:
    detector = load(bright_rows_model(), head="end2end", pixel_max=255)
    assert detector.info.outputs == ("output float32 [1, 6]",)
    assert [len(found) for found in detector.detect([plain(), plain(0, 0, 0)])] == [1, 0]
    assert load(bright_rows_model(), head="end2end").info.head == "end2end"


@pytest.mark.parametrize("hw", [(64, 64), (640, 640), (32, 96), (1088, 608)])
def test_the_test_card_is_the_same_for_everyone_and_nowhere_flat(hw: tuple[int, int]) -> None:
    card = draw_card(hw)
    assert (card.shape, card.dtype) == ((*hw, 3), np.uint8)
    np.testing.assert_array_equal(card, draw_card(hw))
    half = min(hw) // 2
    tiles = [card[y : y + half, x : x + half] for y in range(0, hw[0] - half + 1, half) for x in range(0, hw[1], half)]
    assert min(tile.std() for tile in tiles) > 5


def test_a_session_of_a_model_without_a_batch_is_fed_one_image_at_a_time() -> None:
    model = channel_model((3, 64, 64))
    assert session_of(model).get_inputs()[0].shape == [3, 64, 64]
    detector = load(model)
    assert detector.info.batch_limit == 1
    assert len(detector.detect([plain()] * 3)) == 3
