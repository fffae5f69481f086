import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.sources.timeline import Timeline


def times(frame_rate: float, given_pts: list[float | None]) -> list[float]:
    timeline = Timeline(frame_rate)
    return [timeline.next(pts) for pts in given_pts]


def test_good_times_are_left_as_they_are() -> None:
    assert times(10.0, [0.5, 0.61, 0.7]) == [0.5, 0.61, 0.7]


def test_a_stream_without_times_runs_at_its_nominal_rate() -> None:
    assert times(4.0, [None, None, None]) == [0.0, 0.25, 0.5]


def test_a_repeated_time_becomes_one_frame_interval_later_and_the_next_good_one_is_taken_again() -> None:
    assert times(10.0, [1.0, 1.0, 1.3]) == [1.0, 1.1, 1.3]


def test_a_time_that_is_no_number_counts_as_missing() -> None:
    assert times(2.0, [math.nan, math.inf, 3.0]) == [0.0, 0.5, 3.0]


@given(st.lists(st.none() | st.floats(allow_nan=True, min_value=None, max_value=None, width=32), max_size=20))
def test_times_always_go_forward_while_they_stay_within_a_day(raw: list[float | None]) -> None:
    sane = [pts for pts in raw if pts is None or not abs(pts) > 86_400]
    result = times(30.0, sane)
    assert all(later > earlier for earlier, later in pairwise(result))
