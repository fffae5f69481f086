"""Lines: who crossed, in which direction, once each time."""

import pytest

from tests.counting.walking import Walk, straight

# Downwards, so that who walks to the left crosses from left to right as seen from its start: forward.
LINE = {"start": (500, 300), "end": (500, 700), "unit": "pixels"}


def crossing(*ways, **more):
    walk = Walk(lines={"l": {**LINE, **more}})
    for way in ways:
        walk.walk(1, straight(*way, 21))
    return walk


WEST, EAST = ((700, 500), (300, 500)), ((300, 500), (700, 500))


def test_a_crossing_from_left_to_right_is_forward():
    assert crossing(WEST).line() == (1, 0)
    assert crossing(EAST).line() == (0, 1)


def test_an_event_tells_line_and_direction():
    told = crossing(WEST).told[-1]
    assert (told.kind, told.line, told.direction, told.zone) == ("line_cross", "l", "forward", None)
    assert told.before.point[0] >= 500 > told.after.point[0]


def test_there_and_back_counts_in_both_directions():
    assert crossing(WEST, EAST, WEST).line() == (2, 1)


def test_touching_the_line_and_going_back_is_no_crossing():
    assert crossing(((300, 500), (500, 500)), ((500, 500), (300, 500))).line() == (0, 0)
    assert crossing(((300, 500), (503, 500)), ((503, 500), (300, 500))).line() == (0, 0)  # the margin is 4 px


def test_trembling_on_the_line_is_one_crossing_at_most():
    walk = crossing(((300, 500), (499, 500)))
    for n in range(101):
        walk.see({1: (500 + 3 * (-1) ** n, 500)})
    assert walk.line() == (0, 0)
    walk.walk(1, straight((503, 500), (700, 500), 20))
    assert walk.line() == (0, 1)


@pytest.mark.parametrize("y", [290, 710])
def test_walking_past_the_end_of_the_line_is_no_crossing(y):
    assert crossing(((300, y), (700, y))).line() == (0, 0)


def test_walking_around_the_end_and_back_through_counts_the_way_back_only():
    walk = crossing(((300, 200), (700, 200)), ((700, 200), (700, 500)), WEST)
    assert walk.line() == (1, 0)


@pytest.mark.parametrize("y", [300, 700])
def test_the_ends_belong_to_the_line(y):
    assert crossing(((300, y), (700, y))).line() == (0, 1)


def test_who_jumps_over_the_line_between_two_frames_crossed_where_its_way_does():
    walk = Walk(lines={"l": LINE})
    walk.see({1: (100, 320), 2: (100, 250), 3: (900, 500)})
    walk.see({1: (900, 680), 2: (900, 300), 3: (100, 500)})  # 2 passes above the line's upper end
    assert [(h.track_id, h.direction) for h in walk.told if h.line] == [(1, "backward"), (3, "forward")]


def test_who_is_lost_before_the_line_and_found_behind_it_has_crossed():
    walk = Walk(lines={"l": LINE}).walk(1, straight((300, 500), (480, 500), 10))
    for _ in range(8):
        walk.see({})
    walk.walk(1, straight((560, 500), (700, 500), 10))
    assert walk.line() == (0, 1)


def test_crossings_are_counted_by_class_too():
    walk = Walk(lines={"l": LINE}).walk(1, straight(*WEST, 21), class_id=1).walk(2, straight(*EAST, 21))
    totals = walk.counter.lines["l"]
    assert (totals.forward_by_class, totals.backward_by_class) == ({1: 1}, {0: 1})


def test_classes_that_are_not_counted_do_not_cross():
    assert crossing(WEST, classes=["car"]).line() == (0, 0)
    assert crossing(WEST, classes=["person"]).line() == (1, 0)


def test_a_line_along_the_edge_of_the_picture_can_be_crossed():
    edge = {"start": (0, 0.995), "end": (1, 0.995), "margin": 1.0}
    walk = Walk(lines={"l": edge}).walk(1, straight((500, 900), (500, 1000), 30))
    assert walk.line() == (1, 0)  # to the right, walking the picture from left to right, is down


def test_feet_that_the_picture_cuts_off_cross_a_line_that_ends_at_its_edge():
    walk = Walk(lines={"l": {"start": (0.5, 0.5), "end": (0.5, 1.0)}}).walk(1, straight((300, 1010), (700, 1010), 20))
    assert walk.line() == (0, 1)
