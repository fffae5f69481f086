"""When the frames of a file are due."""

import pytest

from app.sources.pacing import BEHIND_S, Pacer


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_frames_are_due_at_the_intervals_of_their_media_times():
    clock = Clock()
    pacer = Pacer(clock, 10.0)
    assert pacer.wait_s(5.0) == 0.0
    assert pacer.wait_s(5.4) == pytest.approx(0.4)
    clock.now_s += 0.3
    assert pacer.wait_s(5.4) == pytest.approx(0.1)


def test_a_little_lateness_is_made_up_for_and_much_is_not():
    clock = Clock()
    pacer = Pacer(clock, 10.0)
    pacer.wait_s(0.0)
    clock.now_s += 0.9 * BEHIND_S
    assert pacer.wait_s(0.1) == 0.0
    assert pacer.wait_s(2.0) == pytest.approx(2.0 - 0.9 * BEHIND_S)
    clock.now_s += 60.0
    assert pacer.wait_s(2.1) == 0.0
    assert pacer.wait_s(2.5) == pytest.approx(0.4)


def test_a_gap_in_a_file_is_not_sat_out():
    clock = Clock()
    pacer = Pacer(clock, 10.0)
    pacer.wait_s(0.0)
    assert pacer.wait_s(3600.0) == pytest.approx(10.0)
    clock.now_s += 10.0
    assert pacer.wait_s(3600.5) == pytest.approx(0.5)
