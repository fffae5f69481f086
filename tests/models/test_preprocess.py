"""Images into inputs and boxes out of them: the official recipes, reused buffers, exact geometry."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.geometry import fit_geometry
from models.options import Colour, Fit, Layout
from models.preprocess import InputBuffer, Pixels

YOLOX = Pixels("bgr", "top-left", 255)
ULTRALYTICS = Pixels("rgb", "centre", 1)


def picture(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def written(
    image: NDArray[np.uint8], pixels: Pixels, hw: tuple[int, int], dtype: type = np.float32, layout: Layout = "nchw"
) -> NDArray:
    buffer = InputBuffer(1, hw, pixels, dtype, layout)
    buffer.write(0, image, fit_geometry(pixels.fit, (image.shape[1], image.shape[0]), hw))
    return buffer.array[0]


def yolox_recipe(image: NDArray[np.uint8], hw: tuple[int, int]) -> NDArray[np.float32]:
    """`preproc` of YOLOX as its authors describe it."""
    padded = np.full((*hw, 3), 114, np.uint8)
    ratio = min(hw[0] / image.shape[0], hw[1] / image.shape[1])
    resized = cv2.resize(image, (int(image.shape[1] * ratio), int(image.shape[0] * ratio)))
    padded[: resized.shape[0], : resized.shape[1]] = resized
    return padded.transpose(2, 0, 1).astype(np.float32)


def ultralytics_recipe(image: NDArray[np.uint8], hw: tuple[int, int]) -> NDArray[np.float32]:
    """`LetterBox` of Ultralytics without its minimum rectangle, as its authors describe it."""
    ratio = min(hw[0] / image.shape[0], hw[1] / image.shape[1])
    inner = round(image.shape[1] * ratio), round(image.shape[0] * ratio)
    dw, dh = (hw[1] - inner[0]) / 2, (hw[0] - inner[1]) / 2
    resized = cv2.resize(image, inner, interpolation=cv2.INTER_LINEAR)
    top, bottom, left, right = round(dh - 0.1), round(dh + 0.1), round(dw - 0.1), round(dw + 0.1)
    framed = cv2.copyMakeBorder(resized, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(114, 114, 114))
    return framed[:, :, ::-1].transpose(2, 0, 1).astype(np.float32) / 255


SIZES = pytest.mark.parametrize(("width", "height"), [(640, 360), (333, 517), (50, 40), (416, 416), (1001, 77)])


@SIZES
def test_the_input_of_yolox_is_the_one_of_its_authors(width: int, height: int) -> None:
    image = picture(width, height)
    np.testing.assert_array_equal(written(image, YOLOX, (416, 416)), yolox_recipe(image, (416, 416)))


@SIZES
def test_the_input_of_ultralytics_is_the_one_of_its_authors(width: int, height: int) -> None:
    image = picture(width, height)
    np.testing.assert_allclose(
        written(image, ULTRALYTICS, (320, 416)), ultralytics_recipe(image, (320, 416)), atol=1e-6
    )


def test_a_stretched_image_fills_the_whole_input() -> None:
    image = picture(640, 360)
    expected = cv2.resize(image, (128, 96))[:, :, ::-1].transpose(2, 0, 1) / 255
    np.testing.assert_allclose(written(image, Pixels("rgb", "stretch", 1), (96, 128)), expected, atol=1e-6)


def test_half_precision_holds_the_same_picture() -> None:
    image = picture(90, 70)
    half, single = (written(image, ULTRALYTICS, (96, 96), dtype) for dtype in (np.float16, np.float32))
    assert half.dtype == np.float16
    np.testing.assert_allclose(half.astype(np.float32), single, atol=1e-3)


def test_a_reused_buffer_keeps_nothing_of_the_last_picture() -> None:
    buffer = InputBuffer(2, (64, 64), YOLOX, np.float32)
    for size in [(64, 64), (100, 20), (20, 100), (20, 100), (64, 64), (100, 20)]:
        image = picture(*size, seed=sum(size))
        buffer.write(1, image, fit_geometry("top-left", size, (64, 64)))
        np.testing.assert_array_equal(buffer.array[1], yolox_recipe(image, (64, 64)))
    assert (buffer.array[0] == 114).all()


def test_a_view_that_is_flipped_or_cropped_is_read_as_it_looks() -> None:
    image = picture(80, 60)
    for view in (image[:, ::-1], image[::-1], image[5:50, 7:71], image[::2, ::2], image[5:37, 7:71]):
        expected = written(np.ascontiguousarray(view), YOLOX, (32, 64))
        np.testing.assert_array_equal(written(view, YOLOX, (32, 64)), expected)


@given(
    width=st.integers(1, 8192),
    height=st.integers(1, 8192),
    rows=st.integers(1, 20).map(lambda n: 32 * n),
    columns=st.integers(1, 20).map(lambda n: 32 * n),
    fit=st.sampled_from(["top-left", "centre", "stretch"]),
)
def test_every_image_lies_inside_the_input_and_comes_back_whole(
    width: int, height: int, rows: int, columns: int, fit: Fit
) -> None:
    geometry = fit_geometry(fit, (width, height), (rows, columns))
    inner_width, inner_height = geometry.inner
    assert geometry.left >= 0
    assert geometry.top >= 0
    assert geometry.left + inner_width <= columns
    assert geometry.top + inner_height <= rows
    corners = [geometry.left, geometry.top, geometry.left + inner_width, geometry.top + inner_height]
    back = geometry.to_image(np.array([corners], np.float32))[0]
    # One pixel of the input is the most that rounding the inner size can cost.
    np.testing.assert_allclose(back, [0, 0, width, height], atol=max(1 / geometry.scale_x, 1 / geometry.scale_y))


def test_a_decoder_at_a_smaller_scale_does_not_move_the_boxes() -> None:
    full = fit_geometry("centre", (1921, 1081), (416, 416))
    box = np.array([[100.0, 120, 200, 300]])
    expected = (box - [full.left, full.top] * 2) * (1921 / 416)
    np.testing.assert_allclose(full.to_image(box), expected)


IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("colour", ["bgr", "rgb"])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float16, 2e-3)])
@pytest.mark.parametrize(("maximum", "mean", "std"), [(255, None, None), (1, *IMAGENET), (255, (1, 2, 3), None)])
def test_every_kind_of_input_holds_the_same_picture(
    layout: Layout,
    colour: Colour,
    dtype: type,
    tolerance: float,
    maximum: float,
    mean: tuple[float, float, float] | None,
    std: tuple[float, float, float] | None,
) -> None:
    pixels = Pixels(colour, "centre", maximum, mean, std)
    image = picture(96, 32)
    framed = cv2.copyMakeBorder(image, 32, 32, 0, 0, cv2.BORDER_CONSTANT, value=(114, 114, 114))
    ordered = framed[:, :, ::-1] if colour == "rgb" else framed
    expected = (ordered * (maximum / 255) - (mean or (0, 0, 0))) / (std or (1, 1, 1))
    result = written(image, pixels, (96, 96), dtype, layout)
    shown = result if layout == "nhwc" else result.transpose(1, 2, 0)
    np.testing.assert_allclose(shown.astype(np.float64), expected, atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("colour", ["bgr", "rgb"])
def test_an_input_of_uint8_holds_the_pixels_themselves(layout: Layout, colour: Colour) -> None:
    image = picture(96, 32)
    framed = cv2.copyMakeBorder(image, 0, 64, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    result = written(image, Pixels(colour, "top-left", 255, pad=0), (96, 96), np.uint8, layout)
    shown = result if layout == "nhwc" else result.transpose(1, 2, 0)
    np.testing.assert_array_equal(shown, framed[:, :, ::-1] if colour == "rgb" else framed)


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.uint8])
@pytest.mark.parametrize("size", [(1, 1), (8192, 1), (1, 8192), (31, 97), (64, 64)], ids=str)
def test_pictures_of_any_shape_fit_into_any_kind_of_input(layout: Layout, dtype: type, size: tuple[int, int]) -> None:
    for colour in ("bgr", "rgb"):
        white = np.full((size[1], size[0], 3), 255, np.uint8)
        result = written(white, Pixels(colour, "centre", 255, pad=0), (64, 64), dtype, layout).astype(np.float64)
        geometry = fit_geometry("centre", size, (64, 64))
        assert result.sum() == 3 * 255 * geometry.inner[0] * geometry.inner[1]


def test_half_precision_is_rounded_as_single_precision_would_be() -> None:
    image = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    pixels = Pixels("rgb", "top-left", 1, *IMAGENET)
    half, single = (written(image, pixels, (16, 16), dtype) for dtype in (np.float16, np.float32))
    np.testing.assert_array_equal(half, single.astype(np.float16))
