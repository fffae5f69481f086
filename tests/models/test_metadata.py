"""What models say of themselves in their metadata, usable or not."""

import pytest

from models.metadata import boxes_in, colour_in, keypoint_columns, nms_iou_in, triple_in


@pytest.mark.parametrize(
    ("metadata", "colour"),
    [({"colour": "RGB"}, "rgb"), ({"color": " bgr "}, "bgr"), ({"colour": "", "color": "rgb"}, "rgb"),
     ({"colour": "grey"}, None), ({}, None)],
)  # fmt: skip
def test_the_order_of_the_channels_is_read_in_either_spelling(metadata: dict[str, str], colour: str | None) -> None:
    assert colour_in(metadata) == colour


@pytest.mark.parametrize(
    ("text", "unit"), [("pixels", "pixels"), ("Fractions", "fractions"), ("0-1", None), ("", None)]
)
def test_the_unit_of_boxes_is_read(text: str, unit: str | None) -> None:
    assert boxes_in({"boxes": text}) == unit


@pytest.mark.parametrize(
    ("text", "columns"),
    [("[17, 3]", (51,)), ("(5, 2)", (10,)), ("[17]", (17,)), ("[]", ()), ("[0, 3]", ()), ("['a']", ()), ("17", ()),
     ("[1e9, 3]", ()), ("[5000, 3]", ()), ("", ()), ("[", ())],
)  # fmt: skip
def test_key_points_take_points_times_numbers(text: str, columns: tuple[int, ...]) -> None:
    assert keypoint_columns({"kpt_shape": text}) == columns


@pytest.mark.parametrize(
    ("text", "values"),
    [("[1, 2, 3.5]", (1, 2, 3.5)), ("1,2,3", (1, 2, 3)), ("(1, 2, 3)", (1, 2, 3)), ("[1, 2]", None),
     ("[1, nan, 3]", None), ("[1, inf, 3]", None), ("a, b, c", None), ("", None)],
)  # fmt: skip
def test_three_numbers_are_read(text: str, values: tuple[float, ...] | None) -> None:
    assert triple_in({"mean": text}, "mean") == values


def test_a_deviation_is_above_zero() -> None:
    assert triple_in({"std": "1, 0, 2"}, "std") is None
    assert triple_in({"std": "1, 0.5, 2"}, "std") == (1, 0.5, 2)


@pytest.mark.parametrize(("text", "overlap"), [("0.5", 0.5), ("1", 1.0), ("0", None), ("nan", None), ("x", None)])
def test_the_overlap_of_one_object_is_read(text: str, overlap: float | None) -> None:
    assert nms_iou_in({"nms_iou": text}) == overlap
