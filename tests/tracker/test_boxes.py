"""Conversions and overlap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.boxes import iou, tlwh_to_xyxy, xyah_to_xyxy, xyxy_to_tlwh, xyxy_to_xyah
from tracker.types import Floats


def boxes(seed: int, count: int) -> Floats:
    random = np.random.default_rng(seed)
    corner = random.uniform(-50, 100, (count, 2))
    return np.concatenate([corner, corner + random.uniform(0.5, 80, (count, 2))], axis=1)


@given(seed=st.integers(0, 2**32 - 1))
def test_every_conversion_has_its_way_back(seed: int) -> None:
    xyxy = boxes(seed, 6)
    np.testing.assert_allclose(tlwh_to_xyxy(xyxy_to_tlwh(xyxy)), xyxy, atol=1e-9)
    np.testing.assert_allclose(xyah_to_xyxy(xyxy_to_xyah(xyxy)), xyxy, atol=1e-9)


def test_a_measurement_is_centre_aspect_and_height() -> None:
    assert xyxy_to_xyah(np.array([[10.0, 20, 50, 120]])).tolist() == [[30, 70, 0.4, 100]]


def test_overlap_counts_pixels_inclusively() -> None:
    one, other = np.array([[0.0, 0, 9, 9]]), np.array([[5.0, 0, 14, 9], [10, 0, 19, 9], [9, 9, 18, 18]])
    assert iou(one, other).tolist() == [[50 / 150, 0.0, 1 / 199]]


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 5))
def test_overlap_is_what_a_loop_over_pairs_says(seed: int, count: int) -> None:
    first, second = boxes(seed, count), boxes(seed + 1, 4)
    want = np.zeros((count, 4))
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            w = max(0.0, min(a[2], b[2]) - max(a[0], b[0]) + 1)
            h = max(0.0, min(a[3], b[3]) - max(a[1], b[1]) + 1)
            union = (a[2] - a[0] + 1) * (a[3] - a[1] + 1) + (b[2] - b[0] + 1) * (b[3] - b[1] + 1) - w * h
            want[i, j] = w * h / union
    np.testing.assert_allclose(iou(first, second), want, atol=1e-12)


@pytest.mark.parametrize("height", [-1.0, -100.0, -0.5, 0.0])
def test_a_predicted_box_turned_inside_out_overlaps_sensibly(height: float) -> None:
    inside_out = xyah_to_xyxy(np.array([[50.0, 50, 0.5, height]]))
    overlap = iou(inside_out, np.array([[0.0, 0, 100, 100]]))
    assert 0 <= overlap[0, 0] < 0.001
