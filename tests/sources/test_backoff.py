"""The waits between attempts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sources.backoff import LEAST_S, MOST_S, SOUND_S, Backoff


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, SOUND_S - 1e-6)), max_size=100))
def test_every_wait_lies_between_the_least_and_a_bound_that_doubles(failures: list[tuple[float, float]]):
    chances = iter([chance for chance, _ in failures])
    backoff = Backoff(lambda: next(chances))
    for index, (chance, sound_for_s) in enumerate(failures, start=1):
        bound_s = min(MOST_S, 2.0**index)
        wait_s = backoff.next_s(sound_for_s)
        assert LEAST_S <= wait_s <= bound_s <= 30.0
        assert wait_s == pytest.approx(LEAST_S + chance * (bound_s - LEAST_S))


def test_what_was_sound_for_a_while_begins_with_short_waits_again():
    backoff = Backoff(lambda: 1.0)
    assert [backoff.next_s(0.0) for _ in range(6)] == [2, 4, 8, 16, 30, 30]
    assert backoff.next_s(SOUND_S - 1) == 30
    assert backoff.next_s(SOUND_S) == 2
    assert backoff.next_s(0.0) == 4
