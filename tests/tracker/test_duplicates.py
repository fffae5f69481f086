"""Twins near their lost ones against every pair of a tracked and a lost track."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.inner_kernels import overlap, twins
from tests.tracker.scenes import examples
from tracker.table import TRACK, Records
from tracker.types import Bools, Floats

LIMITS = st.one_of(st.sampled_from([0.0, 0.15, 1.0]), st.floats(0, 1), st.floats(0.99, 1))


def twins_of_all(table: Records, xyxy: Floats, limit: float, class_aware: bool) -> Bools:
    doomed = np.zeros(len(table), np.bool_)
    life = table["last"] - table["start"]
    for tracked in np.flatnonzero(~table["lost"]):
        for lost in np.flatnonzero(table["lost"]):
            alike = not class_aware or table["class_id"][tracked] == table["class_id"][lost]
            if alike and 1.0 - overlap(xyxy, tracked, xyxy, lost) < limit:
                doomed[lost if life[tracked] > life[lost] else tracked] = True
    return doomed


def crowded(seed: int, tracked: int, lost: int, spread: float, wild: bool) -> tuple[Records, Floats]:
    random = np.random.default_rng(seed)
    table = np.zeros(tracked + lost, TRACK)
    table["lost"][tracked:] = True
    table["last"] = random.integers(3, 9, len(table))
    table["start"] = random.integers(0, 3, len(table))
    table["class_id"] = random.integers(0, 2, len(table))
    size = (
        10 ** random.uniform(-3, 9, (len(table), 2)) if wild else random.uniform([38, 95], [42, 105], (len(table), 2))
    )
    corner = random.uniform(-spread, spread, (len(table), 2)) - (size / 2 if wild else 0)
    # A few are turned inside out, as boxes with negative heights are.
    size[random.random(len(table)) < 0.05] *= -1
    return table, np.concatenate([corner, corner + size], axis=1)


@settings(max_examples=examples(300))
@given(
    seed=st.integers(0, 2**32 - 1),
    tracked=st.integers(0, 25),
    lost=st.integers(0, 12),
    spread=st.sampled_from([0.0, 2.0, 20.0, 200.0, 1e6]),
    wild=st.booleans(),
    limit=LIMITS,
    class_aware=st.booleans(),
)
def test_the_doomed_are_those_of_every_pair_of_a_tracked_and_a_lost_track(
    seed: int, tracked: int, lost: int, spread: float, wild: bool, limit: float, class_aware: bool
) -> None:
    table, xyxy = crowded(seed, tracked, lost, spread, wild)
    doomed = twins_of_all(table, xyxy, limit, class_aware)
    assert twins(table, xyxy, limit, class_aware).tolist() == doomed.tolist()


@pytest.mark.parametrize(
    ("tracked_life", "lost_life", "doomed"), [(3, 5, [True, False]), (5, 3, [False, True]), (4, 4, [True, False])]
)
def test_the_shorter_life_is_doomed_and_on_a_tie_the_tracked_one(
    tracked_life: int, lost_life: int, doomed: list[bool]
) -> None:
    table = np.zeros(2, TRACK)
    table["lost"], table["start"], table["last"] = [False, True], 10, [10 + tracked_life, 10 + lost_life]
    assert twins(table, np.array([[0.0, 0, 40, 100], [1.0, 0, 41, 100]]), 0.15, False).tolist() == doomed


def test_two_of_a_kind_are_left_alone() -> None:
    boxes = np.tile([[0.0, 0, 40, 100]], (2, 1))
    for lost in (False, True):
        table = np.zeros(2, TRACK)
        table["lost"] = lost
        assert not twins(table, boxes, 0.15, False).any()


def test_an_overlap_of_exactly_the_limit_makes_no_twins() -> None:
    table = np.zeros(2, TRACK)
    table["lost"] = [False, True]
    # 3 of 4 columns in common: 1 - IoU is 0.25 to the last bit.
    boxes = np.array([[0.0, 0, 3, 9], [0.0, 0, 2, 9]])
    assert not twins(table, boxes, 0.25, False).any()
    assert twins(table, boxes, float(np.nextafter(0.25, 1)), False).tolist() == [True, False]
