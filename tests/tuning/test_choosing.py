"""Which of several measured workloads is taken."""

import pytest

from app.tuning import Measured, Workload, choose, cpu_plans

SLOW_ALONE = Measured(Workload(1, 4), fps=50.0, latency_ms=20.0)
MIDDLE = Measured(Workload(2, 2), fps=70.0, latency_ms=30.0)
MANY = Measured(Workload(4, 1), fps=100.0, latency_ms=45.0)
ONE_MORE = Measured(Workload(5, 1), fps=101.0, latency_ms=45.0)


@pytest.mark.parametrize(
    ("goal", "expected"), [("latency", Workload(1, 4)), ("auto", Workload(2, 2)), ("throughput", Workload(4, 1))]
)
def test_a_goal_decides_between_the_shortest_call_and_the_most_frames(goal, expected):
    assert choose([SLOW_ALONE, MIDDLE, MANY, ONE_MORE], goal).workload == expected


def test_auto_takes_the_most_frames_while_a_call_lasts_at_most_twice_the_shortest():
    quick = Measured(Workload(1, 2), fps=80.0, latency_ms=12.0)
    more = Measured(Workload(2, 1), fps=110.0, latency_ms=18.0)
    assert choose([quick, more], "auto").workload == Workload(2, 1)


def test_of_rates_that_noise_could_explain_the_shorter_call_is_taken():
    quick = Measured(Workload(1, 2), fps=98.0, latency_ms=10.0)
    more = Measured(Workload(2, 1), fps=100.0, latency_ms=19.0)
    assert choose([more, quick], "throughput").workload == Workload(1, 2)


def test_choosing_from_nothing_is_an_error():
    with pytest.raises(ValueError, match="nothing was measured"):
        choose([], "auto")


@pytest.mark.parametrize(
    ("cores", "expected"),
    [
        (1, [(1, 1), (2, 1)]),
        (2, [(1, 2), (2, 1), (3, 1)]),
        (6, [(1, 6), (2, 3), (3, 2), (6, 1), (7, 1)]),
        (16, [(1, 16), (2, 8), (4, 4), (8, 2), (16, 1), (17, 1)]),
    ],
)
def test_plans_go_from_one_caller_with_every_core_to_one_more_caller_than_cores(cores, expected):
    assert cpu_plans(cores) == tuple(Workload(*plan) for plan in expected)
