"""Nodes in front of a model do to uint8 pixels what is otherwise done on the host."""

from dataclasses import replace

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper

from models import DetectorOptions
from models.front import can_have_front, with_front
from models.geometry import fit_geometry
from models.onnx import OnnxDetector
from models.options import Layout
from models.preprocess import InputBuffer, Pixels
from models.signature import signature_of
from tests.models.input_graphs import BYTES, FLOAT, HALF, LONG, Axis, channel_model, echo_model, session_of

RAW = Pixels("bgr", "top-left", 255)
UNIT = Pixels("rgb", "centre", 1)
IMAGENET = Pixels("rgb", "centre", 1, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
OPENMM = Pixels("bgr", "top-left", 255, (103.5, 116.3, 123.7), (57.4, 57.1, 58.4), pad=0)
NCHW: list[Axis] = ["n", 3, 48, 64]
NHWC: list[Axis] = ["n", 48, 64, 3]


def pictures() -> list[NDArray[np.uint8]]:
    random = np.random.default_rng(7)
    return [random.integers(0, 256, size, dtype=np.uint8) for size in ((36, 64, 3), (90, 40, 3))]


def filled(pixels: Pixels, dtype: type, layout: Layout) -> NDArray[np.generic]:
    buffer = InputBuffer(2, (48, 64), pixels, dtype, layout)
    for slot, image in enumerate(pictures()):
        buffer.write(slot, image, fit_geometry(pixels.fit, image.shape[1::-1], (48, 64)))
    return buffer.array


def seen(model: bytes, pixels: Pixels) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    """What the model is given on the host's way, and what it is given by the nodes in front of it."""
    signature = signature_of(session_of(model))
    glued = with_front(model, signature, pixels)
    assert glued is not None
    onnx.checker.check_model(onnx.load_model_from_string(glued))
    raw = Pixels("bgr", pixels.fit, 255, pad=pixels.pad)
    session = session_of(glued)
    fed = signature_of(session)
    assert (fed.dtype, fed.layout) == (np.uint8, "nhwc")
    [result] = session.run(["seen_images"], fed.feed(filled(raw, np.uint8, "nhwc")))
    return filled(pixels, signature.dtype, signature.layout), result


@pytest.mark.parametrize("pixels", [RAW, UNIT, IMAGENET, OPENMM], ids=["raw", "unit", "imagenet", "openmm"])
@pytest.mark.parametrize("axes", [NCHW, NHWC], ids=["nchw", "nhwc"])
@pytest.mark.parametrize(("kind", "tolerance"), [(FLOAT, 1e-5), (HALF, 1e-2)], ids=["float32", "float16"])
def test_the_model_is_given_the_same_either_way(pixels: Pixels, axes: list[Axis], kind: int, tolerance: float) -> None:
    expected, result = seen(echo_model({"images": (kind, axes)}), pixels)
    assert result.dtype == expected.dtype
    np.testing.assert_allclose(result.astype(np.float64), expected.astype(np.float64), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("opset", "ir_version"), [(7, 3), (11, 6), (13, 8), (21, 10)])
def test_old_and_new_opsets_are_kept(opset: int, ir_version: int) -> None:
    weights = {"weight": np.ones((1, 2), np.float32)}
    model = echo_model({"images": (FLOAT, NCHW)}, opset=opset, ir_version=ir_version, initializers=weights)
    expected, result = seen(model, IMAGENET)
    np.testing.assert_allclose(result, expected, atol=1e-5)
    glued = with_front(model, signature_of(session_of(model)), IMAGENET)
    assert glued is not None
    read = onnx.load_model_from_string(glued)
    assert (read.ir_version, read.opset_import[0].version) == (ir_version, opset)


def test_a_model_from_before_broadcasting_gets_no_front() -> None:
    model = echo_model({"images": (FLOAT, NCHW)}, opset=6, ir_version=3)
    assert with_front(model, signature_of(session_of(model)), UNIT) is None


def test_metadata_free_axes_and_the_other_inputs_stay() -> None:
    inputs = {"orig_target_sizes": (LONG, ["n", 2]), "images": (FLOAT, ["n", 3, "h", "w"])}
    model = echo_model(inputs, metadata={"names": "['a']"})
    glued = with_front(model, signature_of(session_of(model)), UNIT)
    assert glued is not None
    session = session_of(glued)
    assert session.get_modelmeta().custom_metadata_map == {"names": "['a']"}
    assert [node.shape for node in session.get_inputs()] == [["n", 2], ["n", "h", "w", 3]]
    assert [node.name for node in session.get_outputs()] == ["seen_orig_target_sizes", "seen_images"]


def test_axes_of_no_size_are_free_with_a_front_too() -> None:
    model = echo_model({"images": (FLOAT, [0, 3, 48, 0]), "orig_target_sizes": (LONG, [0, 2])})
    glued = with_front(model, signature_of(session_of(model)), UNIT)
    assert glued is not None
    assert [node.shape for node in session_of(glued).get_inputs()] == [[None, 48, None, 3], [None, 2]]


def test_names_that_the_model_has_already_are_not_taken() -> None:
    model = onnx.load_model_from_string(echo_model({"images": (FLOAT, NCHW)}))
    inner = helper.make_graph(
        [helper.make_node("Identity", ["seen_images"], ["front1_value_0"], name="inner")],
        "inner",
        [],
        [helper.make_tensor_value_info("front1_value_0", FLOAT, NCHW)],
    )
    model.graph.node.extend(
        [
            helper.make_node("Constant", [], ["front_pixels"], value=helper.make_tensor("c", 9, [], [True])),
            helper.make_node("If", ["front_pixels"], ["chosen"], then_branch=inner, else_branch=inner),
        ]
    )
    model.graph.output.append(helper.make_tensor_value_info("chosen", FLOAT, NCHW))
    expected, result = seen(model.SerializeToString(), UNIT)
    np.testing.assert_allclose(result, expected, atol=1e-5)


def test_a_front_is_for_batches_of_floating_point() -> None:
    signature = signature_of(session_of(echo_model({"images": (FLOAT, NCHW)})))
    assert can_have_front(signature)
    assert not can_have_front(replace(signature, dtype=np.uint8))
    assert not can_have_front(replace(signature, batched=False))


OPTIONS = DetectorOptions(colour="rgb", pixel_max=1, mean=(0.1, 0.2, 0.3), std=(1.0, 1.1, 1.2), score_floor=0.0)


@pytest.mark.parametrize("axes", [NCHW, NHWC, [2, 3, 48, 64], ["n", 3, "h", 64]], ids=str)
def test_a_detector_finds_the_same_with_its_pixels_converted_in_front(axes: list[Axis]) -> None:
    model = channel_model(axes, slope=0.7, bias=0.2)
    plain, fronted = (OnnxDetector(model, "tiny.onnx", "cpu", OPTIONS, front) for front in (False, True))
    assert fronted.info == plain.info
    images = [cv2.resize(image, None, fx=2, fy=3) for image in pictures()]
    for one, other in zip(plain.detect(images), fronted.detect(images), strict=True):
        assert len(one) == 3
        assert one.class_id.tolist() == other.class_id.tolist()
        np.testing.assert_allclose(other.xyxy, one.xyxy, atol=1e-5)
        np.testing.assert_allclose(other.score, one.score, atol=1e-5)


@pytest.mark.parametrize(("axes", "kind"), [([3, 48, 64], FLOAT), (NHWC, BYTES)], ids=["no batch", "uint8"])
def test_a_model_that_gains_nothing_by_it_is_run_as_it_is(axes: list[Axis], kind: int) -> None:
    model = channel_model(axes, kind, slope=1 / 255)
    plain, asked = (OnnxDetector(model, "tiny.onnx", "cpu", DetectorOptions(), front) for front in (False, True))
    [one], [other] = plain.detect(pictures()[:1]), asked.detect(pictures()[:1])
    np.testing.assert_array_equal(one.score, other.score)
