"""The pairs of the sweep against the matrix of all pairs, bit for bit."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tracker.inner_kernels import candidates, overlap
from tests.tracker.scenes import examples
from tracker.types import Bools, Floats

# Whole numbers touch, nest and coincide; the others have every kind of rounding.
PLACES = st.one_of(st.integers(-6, 12).map(float), st.floats(-30, 30), st.floats(-1e6, 1e6), st.floats(-1e9, 1e9))
SIDES = st.one_of(st.integers(-3, 8).map(float), st.floats(-20, 60), st.floats(-1e6, 1e6), st.floats(0, 1e9))
BOX = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), PLACES, PLACES, SIDES, SIDES)
# Drawn from a few, boxes come up twice.
BOXES = st.lists(BOX, min_size=1, max_size=8).flatmap(lambda some: st.lists(st.sampled_from(some), max_size=14))
LIMITS = st.one_of(st.just(1.0), st.floats(0, 1))


def matrix(boxes: list[tuple[float, ...]]) -> Floats:
    return np.array(boxes, np.float64).reshape(-1, 4)


def overlap_of_all(first: Floats, second: Floats) -> Floats:
    """(R, N) intersection over union with inclusive pixels; what has no intersection overlaps by 0."""
    a, b = first[:, None], second[None]
    width = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0]) + 1
    height = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1]) + 1
    areas = (a[..., 2] - a[..., 0] + 1) * (a[..., 3] - a[..., 1] + 1)
    areas = areas + (b[..., 2] - b[..., 0] + 1) * (b[..., 3] - b[..., 1] + 1)
    meet = (width > 0) & (height > 0)
    return np.divide(width * height, areas - width * height, out=np.zeros(meet.shape), where=meet)


def assert_the_pairs_of_the_matrix(first: Floats, second: Floats, used: Bools, limit: float) -> None:
    dense = overlap_of_all(first, second)
    rows, columns = np.nonzero((1.0 - dense < limit) & used)
    start, column, iou = candidates(first, second, used, limit)
    assert start.tolist() == np.searchsorted(rows, np.arange(len(first) + 1)).tolist()
    assert column.tolist() == columns.tolist()
    assert iou.tobytes() == dense[rows, columns].tobytes()


@settings(max_examples=examples(250))
@given(first=BOXES, second=BOXES, left_out=st.sets(st.integers(0, 13)), limit=LIMITS)
# 127.2 + 1 is 128.2 after rounding, although the first box reaches past it by 1.4e-14 pixels.
@example(first=[(87.2, 0, 127.2, 50)], second=[(128.2, 0, 168.2, 50)], left_out=set(), limit=1.0)
def test_the_sweep_finds_the_pairs_of_the_matrix_of_all(
    first: list[tuple[float, ...]], second: list[tuple[float, ...]], left_out: set[int], limit: float
) -> None:
    used = np.array([k not in left_out for k in range(len(second))], np.bool_)
    assert_the_pairs_of_the_matrix(matrix(first), matrix(second), used, limit)


@settings(max_examples=examples(100))
@given(
    seed=st.integers(0, 2**32 - 1),
    counts=st.tuples(st.integers(0, 60), st.integers(0, 60)),
    side=st.sampled_from([1.0, 60.0, 300.0, 3000.0]),
    rounded=st.booleans(),
)
def test_it_finds_them_in_crowds_of_any_density(seed: int, counts: tuple[int, int], side: float, rounded: bool) -> None:
    random = np.random.default_rng(seed)
    corner = random.uniform(0, side, (sum(counts), 2))
    boxes = np.concatenate([corner, corner + random.uniform(1, 60, corner.shape)], axis=1)
    boxes = np.round(boxes, 1) if rounded else boxes
    used = random.random(counts[1]) < 0.8
    assert_the_pairs_of_the_matrix(boxes[: counts[0]].copy(), boxes[counts[0] :].copy(), used, 1.0)


def test_a_crowd_in_one_place_makes_room_for_every_pair() -> None:
    boxes = np.tile([[10.0, 10, 50, 90]], (40, 1))
    assert_the_pairs_of_the_matrix(boxes, boxes.copy(), np.ones(40, np.bool_), 1.0)


def test_overlap_counts_pixels_inclusively() -> None:
    one, others = np.array([[0.0, 0, 9, 9]]), np.array([[5.0, 0, 14, 9], [10, 0, 19, 9], [9, 9, 18, 18]])
    assert [overlap(one, 0, others, k) for k in range(3)] == [50 / 150, 0.0, 1 / 199]


@pytest.mark.parametrize("height", [-1.0, -100.0, -0.5, 0.0])
def test_a_predicted_box_turned_inside_out_overlaps_sensibly(height: float) -> None:
    half = np.array([height / 4, height / 2])
    inside_out = np.concatenate([50 - half, 50 + half])[None]
    assert 0 <= overlap(inside_out, 0, np.array([[0.0, 0, 100, 100]]), 0) < 0.001
