"""What a graph's inputs are taken for: layouts, types, free axes, sizes and masks beside the image."""

import numpy as np
import pytest
from onnx import TensorProto

import models
from models.extras import Extra
from models.signature import Signature, signature_of
from models.sizing import sizes_to_try
from models.zero_axes import has_zero_axes, without_zero_axes
from tests.models.input_graphs import BYTES, FLOAT, HALF, LONG, Axis, echo_model, session_of


def signature(**inputs: tuple[int, list[Axis] | None]) -> Signature:
    return signature_of(session_of(echo_model(inputs)))


@pytest.mark.parametrize(
    ("axes", "layout", "batch", "hw"),
    [
        ([1, 3, 416, 640], "nchw", 1, (416, 640)),
        (["N", 3, 416, 640], "nchw", None, (416, 640)),
        ([-1, 3, 416, 640], "nchw", None, (416, 640)),
        ([4, 3, None, 640], "nchw", 4, (None, 640)),
        ([4, 3, 416, "w"], "nchw", 4, (416, None)),
        (["n", "c", "h", "w"], "nchw", None, (None, None)),
        ([0, 3, 0, 0], "nchw", None, (None, None)),
        (["n", 416, 640, 3], "nhwc", None, (416, 640)),
        (["n", "h", "w", 3], "nhwc", None, (None, None)),
        ([1, 416, 640, "c"], "nhwc", 1, (416, 640)),
        ([1, 3, 640, 3], "nchw", 1, (640, 3)),
        (None, "nchw", None, (None, None)),
    ],
    ids=str,
)
def test_the_layout_and_the_free_axes_of_an_image_are_read(
    axes: list[Axis] | None, layout: str, batch: int | None, hw: tuple[int | None, int | None]
) -> None:
    read = signature(images=(FLOAT, axes))
    assert (read.layout, read.batch, (read.height, read.width)) == (layout, batch, hw)
    assert read.batched
    assert read.input_hw == (hw if all(hw) else None)


@pytest.mark.parametrize(
    ("axes", "layout"), [([3, 64, 96], "nchw"), ([3, "h", "w"], "nchw"), ([64, 96, 3], "nhwc")], ids=str
)
def test_an_image_without_a_batch_axis_is_fed_without_one(axes: list[Axis], layout: str) -> None:
    read = signature(image=(FLOAT, axes))
    assert (read.layout, read.batched, read.batch) == (layout, False, 1)
    batch = np.zeros((1, 3, 64, 96) if layout == "nchw" else (1, 64, 96, 3), np.float32)
    assert read.feed(batch)["image"].shape == batch.shape[1:]


@pytest.mark.parametrize(("kind", "dtype"), [(FLOAT, np.float32), (HALF, np.float16), (BYTES, np.uint8)])
def test_images_are_float32_float16_or_uint8(kind: int, dtype: type) -> None:
    assert signature(images=(kind, [1, 3, 64, 64])).dtype == dtype


@pytest.mark.parametrize("kind", [TensorProto.INT8, TensorProto.UINT16, TensorProto.DOUBLE, TensorProto.INT64])
def test_other_types_are_refused_with_what_would_do(kind: int) -> None:
    with pytest.raises(models.ModelUnsupported, match=r"float32, float16 or uint8.*images tensor\("):
        signature(images=(kind, [1, 3, 64, 64]))


@pytest.mark.parametrize(
    "axes", [[1, 1, 64, 64], [1, 64, 64, 4], [1, 12, 32, 32], [1, 3, 8, 64, 64], [1, 3], [1, 64, 64]], ids=str
)
def test_what_is_no_picture_of_three_channels_is_refused(axes: list[Axis]) -> None:
    with pytest.raises(models.ModelUnsupported, match=r"\[batch, 3, height, width\] or .*images tensor\(float\)"):
        signature(images=(FLOAT, axes))


def test_two_images_are_refused() -> None:
    with pytest.raises(models.ModelUnsupported, match="this model has 2"):
        signature(left=(FLOAT, [1, 3, 64, 64]), right=(FLOAT, [1, 3, 64, 64]))


@pytest.mark.parametrize(
    ("name", "kind", "axes", "value"),
    [
        ("orig_target_sizes", LONG, ["n", 2], [96, 64]),
        ("any_name", LONG, ["m", 2], [96, 64]),
        ("target_sizes", LONG, ["n", 2], [64, 96]),
        ("image_shape", FLOAT, ["n", 2], [64, 96]),
        ("image_shape:0", FLOAT, ["n", 2], [64, 96]),
        ("model/image_shape", FLOAT, ["n", 2], [64, 96]),
        ("im_shape", FLOAT, ["n", 2], [64, 96]),
        ("scale_factor", FLOAT, ["n", None], [1, 1]),
        ("im_shape", FLOAT, ["n", 3], [64, 96, 1]),
        ("im_size", LONG, ["n", 2], [64, 96]),
        ("im_info", FLOAT, ["n", 3], [64, 96, 1]),
    ],
)
def test_sizes_beside_the_image_are_those_of_the_input(
    name: str, kind: int, axes: list[Axis], value: list[float]
) -> None:
    read = signature_of(session_of(echo_model({"images": (FLOAT, ["n", 3, 64, 96]), name: (kind, axes)})))
    fed = read.feed(np.zeros((2, 3, 64, 96), np.float32))[name]
    assert fed.dtype == (np.int64 if kind == LONG else np.float32)
    np.testing.assert_array_equal(fed, [value, value])


@pytest.mark.parametrize(("kind", "dtype"), [(LONG, np.int64), (TensorProto.BOOL, np.bool_), (FLOAT, np.float32)])
@pytest.mark.parametrize(("axes", "shape"), [(["n", "h", "w"], (2, 64, 96)), (["n", 64, 64], (2, 64, 64))])
def test_a_mask_says_that_all_of_the_input_is_picture(
    kind: int, dtype: type, axes: list[Axis], shape: tuple[int, ...]
) -> None:
    read = signature(pixel_values=(FLOAT, ["n", 3, "h", "w"]), pixel_mask=(kind, axes))
    mask = read.feed(np.zeros((2, 3, 64, 96), np.float32))["pixel_mask"]
    assert (mask.shape, mask.dtype) == (shape, dtype)
    assert mask.all()


@pytest.mark.parametrize(
    ("name", "kind", "axes"),
    [
        ("threshold", FLOAT, [1]),
        ("orig_target_sizes", LONG, ["n", 4]),
        ("im_shape", TensorProto.DOUBLE, ["n", 2]),
        ("pixel_mask", LONG, ["n", 64]),
        ("sizes", FLOAT, ["n", 2]),
    ],
)
def test_inputs_that_nobody_knows_are_refused_by_name(name: str, kind: int, axes: list[Axis]) -> None:
    with pytest.raises(models.ModelUnsupported, match=f"the inputs {name} are unknown here; .*images tensor"):
        signature(images=(FLOAT, [1, 3, 64, 64]), **{name: (kind, axes)})


@pytest.mark.parametrize("ir_version", [3, 8])
def test_weights_that_are_listed_as_inputs_are_none(ir_version: int) -> None:
    weights = {"weight": np.zeros((8, 3, 3, 3), np.float32), "bias": np.zeros((8, 2), np.int64)}
    model = echo_model({"images": (FLOAT, [1, 3, 64, 64])}, initializers=weights, ir_version=ir_version)
    read = signature_of(session_of(model))
    assert (read.image, read.extras) == ("images", ())


def test_axes_of_no_size_are_made_free() -> None:
    model = echo_model({"images": (FLOAT, [0, 3, 0, 96])}, metadata={"a": "b"})
    assert has_zero_axes(session_of(model))
    session = session_of(without_zero_axes(model))
    assert not has_zero_axes(session)
    assert session.get_modelmeta().custom_metadata_map == {"a": "b"}
    [seen] = session.run(None, {"images": np.ones((2, 3, 32, 96), np.float32)})
    assert seen.shape == (2, 3, 32, 96)


def test_a_model_without_axes_of_no_size_has_none() -> None:
    assert not has_zero_axes(session_of(echo_model({"images": (FLOAT, ["n", 3, None, 96])})))


def sizes(
    height: int | None, width: int | None, wanted: tuple[int, int] | None = None, **metadata: str
) -> list[tuple[int, int]]:
    taken = Signature("images", "nchw", np.float32, True, 1, height, width, (), ())
    return list(sizes_to_try(taken, wanted, metadata, "tiny.onnx"))


def test_a_fixed_size_is_the_only_one() -> None:
    assert sizes(416, 640) == sizes(416, 640, (416, 640)) == sizes(416, 640, imgsz="[320, 320]") == [(416, 640)]


def test_a_free_size_is_the_one_that_is_wanted_else_the_one_in_the_metadata_else_a_usual_one() -> None:
    assert sizes(None, None, (96, 128), imgsz="[320, 320]") == [(96, 128)]
    assert sizes(None, None, imgsz="[320, 352]") == [(320, 352)]
    assert sizes(None, None)[:3] == [(640, 640), (416, 416), (320, 320)]


def test_a_free_side_goes_with_the_fixed_one() -> None:
    assert sizes(None, 512, imgsz="[320, 320]") == [(320, 512)]
    assert sizes(384, None, (384, 96)) == [(384, 96)]
    assert sizes(384, None)[0] == (384, 640)


@pytest.mark.parametrize(
    ("stride", "size"),
    [("", (128, 512)), ("64", (128, 512)), ("8", (104, 504)), ("[16]", (112, 512)), ("x", (128, 512))],
)
def test_a_free_size_is_rounded_up_to_the_stride(stride: str, size: tuple[int, int]) -> None:
    assert sizes(None, None, (100, 500), stride=stride) == [size]


@pytest.mark.parametrize(("height", "width", "said"), [(416, 640, "416, 640"), (None, 640, "any, 640")])
def test_another_size_than_the_fixed_one_is_refused(height: int | None, width: int, said: str) -> None:
    with pytest.raises(models.ModelUnsupported, match=rf"tiny.onnx has a fixed input of \({said}\), not \(416, 416\)"):
        sizes(height, width, (416, 416))


def test_a_mask_as_large_as_the_input_follows_it() -> None:
    assert Extra("pixel_mask", "mask", np.int64).value(3, (32, 64)).shape == (3, 32, 64)
