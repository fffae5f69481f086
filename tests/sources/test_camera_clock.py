"""The times of a camera's frames, by the clock of this machine."""

import math
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sources.camera_clock import FAR_S, SETTLING_SLEW, SLEW, WINDOW_S, CameraClock

EPOCH = 1.7e9
INTERVAL = 0.04

jitters = st.lists(st.floats(0.0, 0.2), min_size=2, max_size=120)


@pytest.mark.parametrize(("settled", "slew"), [(True, SLEW), (False, SETTLING_SLEW)])
@given(jitter=jitters, first=st.floats(0, 1e6))
def test_jitter_of_arrival_does_not_show(settled: bool, slew: float, jitter: list[float], first: float):
    late = [0.1] * (math.ceil(WINDOW_S / INTERVAL) + 10) * settled + jitter
    clock = CameraClock()
    times = [clock.time_of(first + index * INTERVAL, EPOCH + index * INTERVAL + by) for index, by in enumerate(late)]
    steps = [then - before for before, then in pairwise(times)]
    assert all(abs(step - INTERVAL) <= INTERVAL * (slew + 1e-3) for step in steps)
    assert abs(times[-1] - EPOCH - (len(late) - 1) * INTERVAL) <= 0.2 + 1e-3


def test_frames_that_were_kept_for_us_are_soon_dated_before_their_arrival():
    clock = CameraClock()
    late = [max(0.0, 0.4 - 0.1 * index) for index in range(100)]
    ahead = [
        clock.time_of(index * INTERVAL, EPOCH + index * INTERVAL + by) - (EPOCH + index * INTERVAL + by)
        for index, by in enumerate(late)
    ]
    assert max(ahead) <= 0.4
    assert max(ahead[50:]) <= 1e-6


@given(
    st.lists(st.tuples(st.none() | st.floats(-1e5, 1e5, allow_nan=False), st.floats(0, 20), st.booleans()), max_size=60)
)
def test_time_goes_forward_whatever_comes(frames: list[tuple[float | None, float, bool]]):
    clock = CameraClock()
    arrivals = accumulate((passed for _, passed, _ in frames), initial=EPOCH)
    times = []
    for (pts, _, again), arrived_at in zip(frames, arrivals, strict=False):
        if again:
            clock.restart()
        times.append(clock.time_of(pts, arrived_at))
    assert all(before < then for before, then in pairwise(times))


def test_a_burst_after_connecting_is_drawn_to_where_the_frames_belong():
    clock = CameraClock()
    late = [max(0.0, 1.0 - 0.2 * index) for index in range(2000)]  # what a camera kept for us comes late, then on time
    times = [clock.time_of(index * INTERVAL, EPOCH + index * INTERVAL + late[index]) for index in range(2000)]
    assert times[0] == EPOCH + 1.0
    assert times[-1] == pytest.approx(EPOCH + 1999 * INTERVAL, abs=1e-3)


@pytest.mark.parametrize("jump", [-1e5, -3.0, 3.0, 1e5, -(2**32) / 90_000])
def test_a_camera_that_counts_anew_is_followed_at_once(jump: float):
    clock = CameraClock()
    for index in range(100):
        clock.time_of(1e6 + index * INTERVAL, EPOCH + index * INTERVAL)
    after = clock.time_of(1e6 + 100 * INTERVAL + jump, EPOCH + 100 * INTERVAL)
    assert after == pytest.approx(EPOCH + 100 * INTERVAL)


def test_frames_without_a_time_get_that_of_their_arrival():
    clock = CameraClock()
    assert [clock.time_of(None, EPOCH + at) for at in (0.0, 0.3, 0.7)] == [EPOCH, EPOCH + 0.3, EPOCH + 0.7]


def test_a_camera_whose_clock_runs_slow_stays_near_the_time_of_arrival():
    clock = CameraClock()
    times = [clock.time_of(index * INTERVAL * 0.999, EPOCH + index * INTERVAL) for index in range(20_000)]
    behind = [EPOCH + index * INTERVAL - time for index, time in enumerate(times)]
    assert max(behind) <= WINDOW_S * 0.001 + 0.01


def test_a_camera_that_stood_still_is_not_dated_into_the_past():
    clock = CameraClock()
    clock.time_of(10.0, EPOCH)
    late = EPOCH + 60.0
    times = [clock.time_of(10.04 + index * INTERVAL, late + index * INTERVAL) for index in range(500)]
    assert times[-1] == pytest.approx(late + 499 * INTERVAL, abs=0.01)
    assert FAR_S < 60.0
