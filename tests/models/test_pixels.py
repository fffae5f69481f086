"""What the numbers in an input mean: the options say it first, then the metadata, then the family."""

import numpy as np
import pytest

from models import DetectorOptions
from models.heads import HEADS
from models.pixels import pixels_for, pixels_to_try
from models.preprocess import Pixels

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def meant(head: str, metadata: dict[str, str] | None = None, dtype: type = np.float32, **options: object) -> Pixels:
    return pixels_for(HEADS[head], metadata or {}, DetectorOptions(**options), dtype)


def test_a_family_says_what_its_pixels_are() -> None:
    assert meant("yolox") == Pixels("bgr", "top-left", 255)
    assert meant("rfdetr") == Pixels("rgb", "stretch", 1, *IMAGENET)
    assert meant("nanodet").pad == 0


def test_the_metadata_says_it_better_and_the_options_best() -> None:
    metadata = {"colour": "bgr", "mean": "1, 2, 3", "std": "4, 5, 6"}
    assert meant("yolov8", metadata) == Pixels("bgr", "centre", 1, (1, 2, 3), (4, 5, 6))
    options = {"colour": "rgb", "fit": "top-left", "pixel_max": 255, "mean": (0.0, 0.0, 0.0), "std": (7.0, 8.0, 9.0)}
    assert meant("yolov8", metadata, **options) == Pixels("rgb", "top-left", 255, (0, 0, 0), (7, 8, 9))


@pytest.mark.parametrize(
    ("said", "fit"), [("topleft", "top-left"), ("top-left", "top-left"), ("center", "centre"), ("?", "top-left")]
)
def test_the_metadata_says_where_a_letterbox_has_its_picture(said: str, fit: str) -> None:
    assert meant("yolox", {"letterbox_pad": said}).fit == fit


def test_figures_of_the_family_follow_the_order_and_the_white_that_somebody_else_says() -> None:
    turned = meant("rfdetr", colour="bgr")
    assert (turned.mean, turned.std) == (IMAGENET[0][::-1], IMAGENET[1][::-1])
    bright = meant("rfdetr", pixel_max=255)
    np.testing.assert_allclose(bright.scale, meant("rfdetr").scale, rtol=1e-6)
    np.testing.assert_allclose(bright.offset, meant("rfdetr").offset, rtol=1e-6)


def test_pixels_of_uint8_are_taken_as_they_are_whatever_the_family() -> None:
    assert meant("rfdetr", {"mean": "1, 2, 3"}, np.uint8) == Pixels("rgb", "stretch", 255)


@pytest.mark.parametrize(
    ("dtype", "options", "whites"),
    [(np.float32, {}, [1, 255]), (np.float16, {"pixel_max": 255}, [255, 1]), (np.uint8, {}, [255])],
)
def test_while_nobody_knows_the_family_both_conventions_are_tried(
    dtype: type, options: dict[str, object], whites: list[float]
) -> None:
    assert [pixels.maximum for pixels in pixels_to_try(DetectorOptions(**options), dtype)] == whites
