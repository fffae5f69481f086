"""Where counting could go wrong: pictures of another size, ways that are not seen, identities that are exchanged."""

from dataclasses import replace

import numpy as np
import pytest

from tests.counting.walking import FPS, LABELS, Walk, square, straight, tracks

LINE = {"l": {"start": (500, 0), "end": (500, 1000), "unit": "pixels"}}
FRACTIONS = {
    "zones": {"a": {"points": [(0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6)]}},
    "lines": {"l": {"start": (0.5, 0), "end": (0.5, 1)}},
}


@pytest.mark.parametrize("at", [10, 20, 27, 40])  # outside, at the border, inside, beyond line and zone
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_picture_of_another_size_in_the_middle_of_a_walk_changes_no_count(at, factor):
    walk = Walk(**FRACTIONS)
    for number, (x, y) in enumerate(straight((100, 450), (900, 450), 61)):
        scale = 1.0 if number < at else factor
        walk.size = (int(1000 * scale), int(1000 * scale))
        walk.see({1: (x * scale, y * scale, 40 * scale)})
    assert (walk.zone(), walk.line()) == ((0, 1, 0, 1, 0), (0, 1))
    assert walk.kinds() == ["track_start", "zone_enter", "line_cross", "zone_exit"]


def test_pixels_of_another_picture_are_other_places_that_nobody_walked_into():
    walk = Walk(zones={"a": square()}, lines=LINE).walk(1, [(700, 700)] * 5)
    walk.size = (500, 500)
    for _ in range(5):  # the same place in the picture is in the zone now, and left of the line
        walk.see({1: (350, 350, 20)})
    assert (walk.zone(), walk.line()) == ((1, 0, 1, 0, 0), (0, 0))
    assert walk.kinds() == ["track_start"]


def test_who_jumps_over_a_thin_zone_was_never_seen_in_it_and_only_a_line_counts_them():
    thin = {"points": [(495, 0), (505, 0), (505, 1000), (495, 1000)], "unit": "pixels", "hold_s": 0, "margin": 0}
    walk = Walk(zones={"a": thin}, lines=LINE).walk(1, straight((100, 500), (900, 500), 10))
    assert (walk.zone(), walk.line()) == ((0, 0, 0, 0, 0), (0, 1))


def hidden(lost_at, gap, new_id, step=10.0):
    """A walk to the right over the line that is not seen for some frames; found again under an id."""
    walk = Walk(lines=LINE)
    for number in range(81):
        x = 100 + step * number
        if not lost_at <= x < lost_at + gap * step:
            ids = {1 if x < lost_at else new_id: (x, 500)}
            shown = replace(tracks(ids), velocity=np.array([[step * FPS, 0.0]]))
            walk.told += walk.counter.update(shown, number + 1, number / FPS, walk.size, LABELS)
    return walk


@pytest.mark.parametrize("new_id", [1, 2])
@pytest.mark.parametrize("gap", [1, 4, 8])
@pytest.mark.parametrize("lost_at", [430, 480, 500, 510])
def test_who_is_hidden_right_at_a_line_has_crossed_it_once_whatever_the_id(lost_at, gap, new_id):
    assert hidden(lost_at, gap, new_id).line() == (0, 1)


def test_who_is_hidden_for_longer_than_the_tracker_waits_was_not_seen_to_cross():
    assert hidden(430, 14, new_id=2).line() == (0, 0)


@pytest.mark.parametrize("frame", range(36, 46))
def test_two_who_exchange_their_ids_where_they_meet_change_neither_flow_nor_occupancy(frame):
    """From places alone this is two who met and turned back: both ways are counted too often, or not at all."""
    walk = Walk(zones={"a": {"points": [(0.5, 0), (1, 0), (1, 1), (0.5, 1)]}}, lines=LINE)
    for number in range(81):
        one, other = (100 + 10 * number, 480), (900 - 10 * number, 520)
        first, second = (1, 2) if number < frame else (2, 1)
        walk.see({first: one, second: other})
    (forward, backward), (occupancy, entered, appeared, exited, _) = walk.line(), walk.zone()
    assert forward == backward
    assert (occupancy, appeared) == (1, 1)
    assert entered == exited
    if frame in (40, 41):  # their boxes, 20 px wide, are over each other: they are taken to have turned back
        assert forward + entered <= 1
