"""The assignment against solvers that reach the same optimum in other ways."""

from itertools import permutations

import lap
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.inner_kernels import assign
from tests.tracker.scenes import examples
from tracker.assignment import NONE
from tracker.types import Floats, Indices

LIMITS = st.one_of(st.floats(0.01, 1.0), st.sampled_from([0.25, 0.5, 1.0]))


def sparse(cost: Floats) -> tuple[Indices, Indices, Floats]:
    """The finite entries of a matrix, row by row."""
    row, column = np.nonzero(np.isfinite(cost))
    start = np.searchsorted(row, np.arange(len(cost) + 1)).astype(np.int32)
    return start, column.astype(np.int32), cost[row, column]


def pairs_of(cost: Floats, limit: float) -> list[tuple[int, int]]:
    """What `assign` chooses, checked to be an assignment of pairs that exist and cost less than the limit."""
    chosen = assign(*sparse(cost), limit, cost.shape[1])
    assert chosen.shape == (len(cost),)
    assert chosen.dtype == np.int32
    pairs = [(row, column) for row, column in enumerate(chosen.tolist()) if column != NONE]
    assert len({column for _, column in pairs}) == len(pairs)
    assert all(cost[pair] < limit for pair in pairs)
    return pairs


def gain(cost: Floats, limit: float) -> float:
    return float(sum(limit - cost[pair] for pair in pairs_of(cost, limit)))


def gain_of_lapjv(cost: Floats, limit: float) -> float:
    if 0 in cost.shape:
        return 0.0
    # To lapjv a pair that does not exist is one that costs too much.
    _, columns, _ = lap.lapjv(np.where(np.isfinite(cost), cost, limit + 1.0), extend_cost=True, cost_limit=limit)
    return float(sum(limit - cost[row, column] for row, column in enumerate(columns) if column >= 0))


def gain_by_trying_all(cost: Floats, limit: float) -> float:
    clipped = np.minimum(np.where(np.isfinite(cost), cost, limit) - limit, 0.0)
    if len(clipped) > clipped.shape[1]:
        clipped = clipped.T
    rows = np.arange(len(clipped))
    return max(float(-clipped[rows, columns].sum()) for columns in permutations(range(clipped.shape[1]), len(rows)))


def problem(seed: int, shape: tuple[int, int], filled: float, levels: int, limit: float, place: str) -> Floats:
    """A matrix of costs, inf where there is no pair; few levels make ties, `place` puts them around the limit."""
    random = np.random.default_rng(seed)
    cost = random.random(shape)
    if levels:
        cost = np.round(cost * levels) / levels
    if place == "below":
        cost = cost * limit * 0.999
    elif place == "above":
        cost = cost + limit
    cost[random.random(shape) >= filled] = np.inf
    return cost


@settings(max_examples=examples(400))
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(0, 40), st.integers(0, 40)),
    filled=st.sampled_from([0.03, 0.1, 0.3, 1.0]),
    levels=st.sampled_from([0, 0, 1, 4, 20]),
    limit=LIMITS,
    place=st.sampled_from(["around", "around", "below", "above"]),
)
def test_the_pairs_gain_as_much_as_those_of_lapjv_with_a_cost_limit(
    seed: int, shape: tuple[int, int], filled: float, levels: int, limit: float, place: str
) -> None:
    cost = problem(seed, shape, filled, levels, limit, place)
    assert gain(cost, limit) == pytest.approx(gain_of_lapjv(cost, limit), abs=1e-9)


@settings(max_examples=examples(200))
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(0, 5), st.integers(0, 5)),
    filled=st.sampled_from([0.4, 1.0]),
    levels=st.sampled_from([0, 2, 4]),
    limit=LIMITS,
)
def test_no_other_choice_of_pairs_gains_more(
    seed: int, shape: tuple[int, int], filled: float, levels: int, limit: float
) -> None:
    cost = problem(seed, shape, filled, levels, limit, "around")
    assert gain(cost, limit) == pytest.approx(gain_by_trying_all(cost, limit), abs=1e-12)


@settings(max_examples=examples(100))
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 12), columns=st.integers(1, 12))
def test_without_ties_the_order_of_rows_and_columns_does_not_matter(seed: int, rows: int, columns: int) -> None:
    cost = problem(seed, (rows, columns), 0.5, 0, 0.7, "around")
    random = np.random.default_rng(seed)
    by_row, by_column = random.permutation(rows), random.permutation(columns)
    mixed = pairs_of(cost[by_row][:, by_column], 0.7)
    assert sorted((by_row[row], by_column[column]) for row, column in mixed) == pairs_of(cost, 0.7)


@settings(max_examples=examples(50))
@given(seed=st.integers(0, 2**32 - 1), levels=st.sampled_from([0, 2]))
def test_groups_without_a_pair_between_them_are_solved_as_if_alone(seed: int, levels: int) -> None:
    one, other = (problem(seed + k, (5, 6), 0.6, levels, 0.7, "around") for k in range(2))
    both = np.full((10, 12), np.inf)
    both[:5, :6], both[5:, 6:] = one, other
    alone = pairs_of(one, 0.7) + [(row + 5, column + 6) for row, column in pairs_of(other, 0.7)]
    assert pairs_of(both, 0.7) == alone


def test_it_is_not_the_best_full_assignment_with_bad_pairs_dropped() -> None:
    cost = np.array([[0.1, 0.4], [0.4, 0.9]])
    assert pairs_of(cost, 1.0) == [(0, 1), (1, 0)]
    assert pairs_of(cost, 0.45) == [(0, 0)], "0.35 is gained by one pair and only 0.1 by two"


def test_a_pair_at_the_limit_is_not_chosen() -> None:
    assert pairs_of(np.array([[0.5]]), 0.5) == []
    assert pairs_of(np.array([[0.5]]), float(np.nextafter(0.5, 1))) == [(0, 0)]


def test_boxes_that_do_not_overlap_are_never_paired_even_at_a_limit_of_one() -> None:
    assert pairs_of(np.ones((3, 3)), 1.0) == []


def test_a_row_gives_its_column_up_to_one_that_gains_more_and_stays_without() -> None:
    assert pairs_of(np.array([[0.3], [0.2], [0.25]]), 0.8) == [(1, 0)]


def test_a_long_chain_moves_on_by_one_when_a_row_joins_at_its_end() -> None:
    size = 60
    cost = np.full((size, size), np.inf)
    for row in range(size - 1):
        cost[row, row], cost[row, row + 1] = 0.1, 0.11
    cost[size - 1, 0] = 0.1
    assert pairs_of(cost, 0.9) == [(row, row + 1) for row in range(size - 1)] + [(size - 1, 0)]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_to_assign_gives_no_pairs(shape: tuple[int, int]) -> None:
    assert pairs_of(np.zeros(shape), 0.8) == []
