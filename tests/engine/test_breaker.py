"""The circuit breaker by itself, on a clock of the test."""

import pytest

from app.engine.breaker import FIRST_S, JITTER, MOST_S, Breaker


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def breaker_on(clock, threshold=3, chance=0.0):
    return Breaker(threshold=threshold, clock=clock, chance=lambda: chance)


def opened(clock):
    breaker = breaker_on(clock)
    for _ in range(3):
        breaker.begin()
        breaker.failed()
    return breaker


def test_it_opens_at_the_threshold_and_not_before(clock):
    breaker = breaker_on(clock)
    for _ in range(2):
        breaker.failed()
    assert (breaker.state, breaker.may_begin()) == ("closed", True)
    breaker.failed()
    assert (breaker.state, breaker.may_begin(), breaker.wait_s) == ("open", False, FIRST_S)


def test_a_success_in_between_begins_the_count_again(clock):
    breaker = breaker_on(clock)
    for _ in range(10):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()
    assert breaker.state == "closed"


def test_a_heavier_failure_counts_for_several(clock):
    breaker = breaker_on(clock)
    breaker.failed(3)
    assert breaker.state == "open"


def test_after_the_wait_one_call_is_let_through_and_its_success_closes(clock):
    breaker = opened(clock)
    clock.now += FIRST_S
    assert (breaker.state, breaker.may_begin()) == ("half-open", True)
    breaker.begin()
    assert not breaker.may_begin()
    breaker.succeeded()
    assert (breaker.state, breaker.may_begin(), breaker.failures) == ("closed", True, 0)


def test_every_trial_that_fails_doubles_the_wait_up_to_the_most(clock):
    breaker = opened(clock)
    waits = []
    for _ in range(7):
        waits.append(breaker.wait_s)
        clock.now += breaker.wait_s
        breaker.begin()
        breaker.failed()
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, MOST_S, MOST_S]
    assert breaker.failures == 10


def test_a_recovery_forgets_how_long_the_waits_had_grown(clock):
    breaker = opened(clock)
    for _ in range(4):
        clock.now += breaker.wait_s
        breaker.begin()
        breaker.failed()
    clock.now += breaker.wait_s
    breaker.begin()
    breaker.succeeded()
    for _ in range(3):
        breaker.failed()
    assert breaker.wait_s == FIRST_S


def test_chance_shortens_a_wait_by_at_most_its_share(clock):
    for chance in (0.0, 0.5, 1.0):
        breaker = breaker_on(clock, threshold=1, chance=chance)
        breaker.failed()
        assert breaker.wait_s == pytest.approx(FIRST_S * (1 - JITTER * chance))


def test_a_call_that_began_before_it_opened_does_not_prolong_the_wait(clock):
    breaker = opened(clock)
    clock.now += 0.5
    breaker.failed()
    assert breaker.wait_s == pytest.approx(0.5)


def test_a_failure_that_opens_nothing_is_counted_and_a_trial_that_fails_opens_in_any_case(clock):
    breaker = breaker_on(clock)
    for _ in range(10):
        breaker.failed(opens=False)
    assert (breaker.state, breaker.failures) == ("closed", 10)
    breaker.failed()
    clock.now += FIRST_S
    breaker.begin()
    breaker.failed(opens=False)
    assert breaker.wait_s == 2 * FIRST_S
