"""An overloaded stream: what is tracked of it is evenly apart. One that is not overloaded waits for nothing."""

import heapq
import itertools
from math import inf
from statistics import mean, pstdev

import pytest

from app.engine.spacing import Spacing


def starts(callers: int, call_s: list[float], *, spaced: bool, together: bool = True, count: int = 120) -> list[float]:
    """When the frames of an endless stream are started with so many callers, that begin together."""
    spacing, free = Spacing(), [0.0 if together else n * call_s[0] / callers for n in range(callers)]
    heapq.heapify(free)
    found, lasts = [], itertools.cycle(call_s)
    for _ in range(count):
        at_s = heapq.heappop(free)
        spacing.give_way()
        if spaced:
            at_s = max(at_s, spacing.due_s)
        spacing.start(at_s)
        found.append(at_s)
        heapq.heappush(free, at_s + next(lasts))
    return found


def spread(times: list[float]) -> float:
    """The standard deviation of the intervals over their mean, once things have settled."""
    intervals = [b - a for a, b in itertools.pairwise(times[20:])]
    return pstdev(intervals) / mean(intervals)


@pytest.mark.parametrize("callers", [2, 3, 4, 8])
def test_callers_that_begin_together_get_out_of_step_and_stay_so(callers):
    assert spread(starts(callers, [0.2], spaced=False)) > 0.9
    assert spread(starts(callers, [0.2], spaced=True)) < 0.35


@pytest.mark.parametrize("callers", [2, 4])
def test_even_starts_cost_hardly_a_frame(callers):
    lengths = [0.2, 0.17, 0.24, 0.19, 0.22, 0.18, 0.21]
    free, even = (starts(callers, lengths, spaced=spaced)[-1] for spaced in (False, True))
    assert even < 1.08 * free


def test_a_stream_that_is_not_overloaded_waits_for_nothing():
    spacing = Spacing()
    for at_s in (0.0, 0.001, 0.5, 0.501):
        assert spacing.due_s == -inf
        spacing.start(at_s)


def test_a_stream_that_was_overloaded_stops_waiting_when_it_is_not():
    spacing = Spacing()
    spacing.give_way()
    for number in range(9):
        spacing.start(number * 0.1)
    assert (spacing.crowded, spacing.due_s) == (False, -inf)


def test_one_long_pause_does_not_make_the_frames_after_it_wait_as_long():
    spacing = Spacing()
    for at_s in (*(0.1 * number for number in range(40)), 30.0, 30.1):
        spacing.give_way()
        spacing.start(at_s)
    assert spacing.due_s - 30.1 < 0.12
