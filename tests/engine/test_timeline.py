"""Places in a stream: numbers, clocks, refusals."""

import itertools

import pytest

from app.engine.timeline import Timeline
from app.errors import InvalidInput, OutOfOrder


def test_frames_without_numbers_are_counted_from_one():
    timeline = Timeline(30.0)
    assert [timeline.admit(None, None).seq for _ in range(3)] == [1, 2, 3]


def test_a_number_left_out_counts_as_time_passed():
    timeline = Timeline(10.0)
    places = [timeline.admit(seq, None) for seq in (5, 6, 9)]
    assert [round(b.pts - a.pts, 9) for a, b in itertools.pairwise(places)] == [0.1, 0.3]


def test_a_changed_frame_rate_does_not_move_what_has_been():
    timeline = Timeline(10.0)
    first = timeline.admit(100, None)
    timeline.frame_rate = 20.0
    assert timeline.admit(101, None).pts == pytest.approx(first.pts + 0.05)


def test_capture_times_are_the_clock_when_the_first_frame_has_one():
    timeline = Timeline(30.0)
    assert [timeline.admit(None, ts).pts for ts in (1.0, 1.5)] == [1.0, 1.5]
    with pytest.raises(InvalidInput):
        timeline.admit(None, None)


def test_a_refused_frame_leaves_the_timeline_as_it_was():
    timeline = Timeline(30.0)
    timeline.admit(4, 2.0)
    for seq, ts in ((4, 3.0), (3, 3.0), (5, 2.0), (5, 1.0)):
        with pytest.raises(OutOfOrder) as refusal:
            timeline.admit(seq, ts)
        assert refusal.value.members["expected_seq"] == 5
    assert timeline.next_seq == 5


def test_a_released_place_can_be_taken_again_unless_somebody_came_after_it():
    timeline = Timeline(30.0)
    timeline.admit(1, None)
    second = timeline.admit(2, None)
    timeline.release(second)
    assert timeline.next_seq == 2
    second = timeline.admit(2, None)
    timeline.admit(3, None)
    timeline.release(second)
    assert timeline.next_seq == 4


def test_a_stream_may_begin_at_zero():
    assert Timeline(30.0).admit(0, None).seq == 0
