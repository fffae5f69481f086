"""The assignment against an oracle that states the objective in another way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from tracker.assignment import assign
from tracker.types import Floats


def gain(cost: Floats, limit: float) -> float:
    rows, columns = assign(cost, limit)
    return float((limit - cost[rows, columns]).sum())


def best_gain(cost: Floats, limit: float) -> float:
    """The best sum of limit - cost over any pairs: with min(c - L, 0) as cost, a pair above the limit is no pair."""
    clipped = np.minimum(cost - limit, 0)
    rows, columns = linear_sum_assignment(clipped)
    return float(-clipped[rows, columns].sum())


@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(0, 12), st.integers(0, 12)),
    limit=st.floats(0.05, 1.0),
    sparse=st.booleans(),
)
def test_the_pairs_are_the_best_under_the_limit(seed: int, shape: tuple[int, int], limit: float, sparse: bool) -> None:
    random = np.random.default_rng(seed)
    cost = random.random(shape)
    if sparse:
        cost[random.random(shape) < 0.7] = 1.0
    rows, columns = assign(cost, limit)
    assert len(set(rows.tolist())) == len(rows) == len(columns) == len(set(columns.tolist()))
    assert (cost[rows, columns] < limit).all()
    assert (np.diff(rows) > 0).all()
    assert gain(cost, limit) == pytest.approx(best_gain(cost, limit), abs=1e-12)


def test_it_is_not_the_hungarian_method_with_bad_pairs_dropped() -> None:
    cost = np.array([[0.1, 0.4], [0.4, 0.9]])
    rows, columns = linear_sum_assignment(cost)
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [1, 0])
    rows, columns = assign(cost, 0.45)
    assert (rows.tolist(), columns.tolist()) == ([0], [0]), "0.35 is gained by one pair and only 0.1 by two"


def test_a_pair_at_the_limit_is_not_chosen() -> None:
    assert len(assign(np.array([[0.5]]), 0.5)[0]) == 0
    assert len(assign(np.array([[0.5]]), np.nextafter(0.5, 1))[0]) == 1


def test_boxes_that_do_not_overlap_are_never_paired_even_at_a_limit_of_one() -> None:
    assert len(assign(np.ones((3, 3)), 1.0)[0]) == 0


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_to_assign_gives_no_pairs(shape: tuple[int, int]) -> None:
    rows, columns = assign(np.zeros(shape), 0.8)
    assert rows.shape == columns.shape == (0,)
    assert rows.dtype == columns.dtype == np.int64
