"""An overloaded stream: what is tracked of it gets evenly apart, at next to no cost. One that is not overloaded waits
for nothing."""

import heapq
import itertools
import random
from statistics import mean, pstdev

import pytest

from app.engine.spacing import Spacing

LENGTHS = {
    "equal": lambda chance: 0.2,
    "similar": lambda chance: 0.2 * chance.uniform(0.9, 1.1),
    "different": lambda chance: 0.2 * chance.uniform(0.7, 1.3),
    "sometimes long": lambda chance: 0.2 * (3 if chance.random() < 0.05 else chance.uniform(0.8, 1.1)),
}


def starts(callers: int, lengths: str, *, spaced: bool, count: int = 600) -> list[float]:
    """When the frames of an endless stream are started with so many callers, that begin together."""
    spacing, free, chance = Spacing(), [0.0] * callers, random.Random(3)
    found = []
    for _ in range(count):
        at_s = heapq.heappop(free)
        spacing.give_way()
        while spaced and spacing.holds(at_s):
            at_s = spacing.held_until_s
        spacing.start(at_s)
        found.append(at_s)
        heapq.heappush(free, at_s + LENGTHS[lengths](chance))
    return found


def spread(times: list[float]) -> float:
    """The standard deviation of the intervals over their mean, once things have settled."""
    intervals = [b - a for a, b in itertools.pairwise(times[60:])]
    return pstdev(intervals) / mean(intervals)


@pytest.mark.parametrize(("callers", "most"), [(2, 0.4), (3, 0.6), (4, 0.7)])
def test_callers_that_begin_together_get_out_of_step_and_stay_so(callers, most):
    assert spread(starts(callers, "equal", spaced=False)) > 0.99
    assert spread(starts(callers, "equal", spaced=True)) < most


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("callers", [1, 2, 3, 4, 8])
def test_starts_are_never_less_even_for_it_and_hardly_a_frame_is_lost(callers, lengths):
    free, even = (starts(callers, lengths, spaced=spaced) for spaced in (False, True))
    assert spread(even) <= spread(free) + 0.08  # another order of the same lengths is another draw
    assert even[-1] <= 1.03 * free[-1]


def test_a_stream_that_is_not_overloaded_waits_for_nothing():
    spacing = Spacing()
    for number in range(200):
        at_s = number * 0.5 + (number % 2) * 0.4
        assert not spacing.holds(at_s)
        spacing.start(at_s)
    assert not spacing.spends


def test_a_stream_that_was_overloaded_stops_waiting_when_it_is_not():
    spacing = Spacing()
    for number in range(400):
        spacing.give_way()
        spacing.start(number * 0.1)
        if spacing.spends:
            break
    last_s = number * 0.1
    assert spacing.holds(last_s + 0.01)
    for number in range(1, 9):
        spacing.start(last_s + number * 0.1)
    assert not spacing.spends
    assert not spacing.holds(last_s + 0.81)


def test_one_long_pause_does_not_make_the_frames_after_it_wait_as_long():
    spacing = Spacing()
    for at_s in (*(0.1 * number for number in range(40)), 30.0, 30.1):
        spacing.give_way()
        spacing.start(at_s)
    assert spacing.spends
    assert spacing.holds(30.11)
    assert spacing.held_until_s - 30.1 < 0.12
