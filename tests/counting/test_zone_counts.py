"""Zones: who came in, who left, for how long, counted once."""

import pytest

from tests.counting.walking import Walk, square, straight


def through(steps=40, y=450):
    """A way through the middle of the zone, from left to right."""
    return straight((100, y), (900, y), steps)


def test_who_walks_through_is_counted_in_once_and_out_once():
    walk = Walk(zones={"a": square()}).walk(1, through())
    assert walk.zone() == (0, 1, 0, 1, 0)
    assert walk.kinds() == ["track_start", "zone_enter", "zone_exit"]


def test_the_stay_is_from_the_first_sight_inside_to_the_first_outside():
    walk = Walk(zones={"a": square()}).walk(1, through(81))  # 10 px a frame: inside from x = 300 up to x = 590
    left = next(h for h in walk.told if h.kind == "zone_exit")
    assert left.dwell_s == pytest.approx(3.0, abs=0.11)
    assert walk.counter.zones["a"].stayed_s == left.dwell_s
    entered = next(h for h in walk.told if h.kind == "zone_enter")
    assert left.pts - entered.pts == pytest.approx(left.dwell_s)


def test_events_tell_how_the_track_stood_before_and_after():
    walk = Walk(zones={"a": square()}).walk(7, through())
    entered, left = (next(h for h in walk.told if h.kind == kind) for kind in ("zone_enter", "zone_exit"))
    assert (entered.before.zones, entered.after.zones) == ((), ("a",))
    assert (left.before.zones, left.after.zones) == (("a",), ())
    assert entered.before.seq + 1 == entered.after.seq
    assert entered.after.bbox[3] == entered.after.point[1] == 450
    assert (entered.track_id, entered.zone, entered.class_id) == (7, "a", 0)


def test_trembling_on_the_border_is_one_entry_at_most():
    walk = Walk(zones={"a": square(margin=0.1, hold_s=0.2)})
    walk.walk(1, straight((200, 450), (298, 450), 10))
    for n in range(100):
        walk.see({1: (300 + 3 * (-1) ** n, 450)})  # the margin is 4 px
    assert walk.zone() == (0, 0, 0, 0, 0)
    walk.walk(1, straight((300, 450), (450, 450), 10))
    assert walk.zone() == (1, 1, 0, 0, 0)
    for n in range(100):
        walk.see({1: (300 + 3 * (-1) ** n, 450)})
    assert walk.zone() == (1, 1, 0, 0, 0)


def test_without_margin_and_hold_each_sight_on_the_other_side_counts():
    walk = Walk(zones={"a": square(margin=0, hold_s=0)})
    for n in range(10):
        walk.see({1: (300 + 3 * (-1) ** n, 450)})
    assert walk.zone() == (0, 4, 1, 5, 0)


def test_who_is_inside_for_less_than_the_hold_was_not_there():
    walk = Walk(zones={"a": square(hold_s=1.0)}).walk(1, [(100, 450), *[(450, 450)] * 9, (800, 450)])
    assert walk.zone() == (0, 0, 0, 0, 0)
    walk = Walk(zones={"a": square(hold_s=1.0)}).walk(1, [(100, 450), *[(450, 450)] * 11, *[(800, 450)] * 11])
    assert walk.zone() == (0, 1, 0, 1, 0)


def test_who_is_seen_inside_first_has_appeared_and_not_entered():
    walk = Walk(zones={"a": square()}).walk(1, [(450, 450)] * 5)
    assert walk.zone() == (1, 0, 1, 0, 0)
    assert walk.kinds() == ["track_start", "zone_enter"]


def test_who_is_lost_inside_is_still_in_and_comes_back_without_a_word():
    walk = Walk(zones={"a": square()}, lost_s=1.0).walk(1, straight((100, 450), (450, 450), 20))
    told = len(walk.told)
    for _ in range(9):
        walk.see({})
    assert walk.zone() == (1, 1, 0, 0, 0)
    walk.walk(1, [(455, 450)] * 3)
    assert walk.zone() == (1, 1, 0, 0, 0)
    assert len(walk.told) == told
    walk.walk(1, straight((455, 450), (800, 450), 20))
    assert walk.told[-1].dwell_s > 2.0  # the time unseen counts


def test_who_does_not_come_back_has_vanished_where_it_was_seen_last():
    walk = Walk(zones={"a": square()}, lost_s=1.0).walk(1, straight((100, 450), (450, 450), 20))
    for _ in range(12):
        walk.see({})
    assert walk.zone() == (0, 1, 0, 0, 1)
    left, ended = walk.told[-2:]
    assert (left.kind, left.after, left.before.zones) == ("zone_exit", None, ("a",))
    assert (ended.kind, ended.after) == ("track_end", None)
    assert left.pts == ended.pts == pytest.approx(2.0)


def test_a_long_stay_is_told_once():
    walk = Walk(zones={"a": square(dwell_s=1.0)}).walk(1, [(100, 450), *[(450, 450)] * 40])
    assert walk.kinds("zone_dwell") == ["zone_dwell"]
    dwell = next(h for h in walk.told if h.kind == "zone_dwell")
    assert dwell.dwell_s == pytest.approx(1.0)
    walk.walk(1, [(800, 450)] * 5).walk(1, [(450, 450)] * 40)
    assert walk.kinds("zone_dwell") == ["zone_dwell"] * 2


@pytest.mark.parametrize(("anchor", "high"), [("bottom", 550), ("centre", 600), ("top", 650)])
def test_the_anchor_is_the_point_that_counts(anchor, high):
    for feet in (550, 600, 650):  # of a box of 100 px, of which one point is in the zone, 10 px high
        band = {"points": [(0, 545), (999, 545), (999, 555), (0, 555)], "unit": "pixels", "anchor": anchor}
        assert Walk(zones={"a": band}).walk(1, [(450, feet, 100)] * 5).zone()[0] == (feet == high)


def test_classes_that_are_not_counted_are_not_in_the_zone():
    walk = Walk(zones={"a": square(classes=["car"]), "b": square(classes=[0])})
    walk.walk(1, through(), class_id=1)
    assert (walk.zone("a"), walk.zone("b")) == ((0, 1, 0, 1, 0), (0, 0, 0, 0, 0))
    assert walk.counter.zones["a"].by_class == {1: 1}


def test_a_class_that_flickers_neither_throws_out_nor_counts_twice():
    walk = Walk(zones={"a": square(classes=["person"])})
    for number, place in enumerate(through(80)):
        walk.see({1: place}, {1: number % 3 == 2})  # every third frame a car
    assert walk.zone() == (0, 1, 0, 1, 0)


def test_zones_that_overlap_count_by_themselves():
    walk = Walk(zones={"a": square(), "b": square(400, 700)}).walk(1, through(80))
    assert walk.zone("a") == walk.zone("b") == (0, 1, 0, 1, 0)
    walk = Walk(zones={"a": square(), "b": square(400, 700)}).walk(1, [(450, 450)] * 5)
    assert walk.told[-1].after.zones == ("a", "b")


def test_a_zone_thinner_than_the_margin_can_be_entered():
    thin = {"points": [(400, 0), (410, 0), (410, 1000), (400, 1000)], "unit": "pixels", "margin": 1.0, "hold_s": 0}
    walk = Walk(zones={"a": thin}).walk(1, straight((300, 500), (500, 500), 101))
    assert walk.zone() == (0, 1, 0, 1, 0)


def test_a_zone_that_leaves_little_of_the_picture_can_be_left():
    most = {"points": [(0, 0), (995, 0), (995, 1000), (0, 1000)], "unit": "pixels", "margin": 1.0, "hold_s": 0}
    walk = Walk(zones={"a": most}).walk(1, straight((500, 500), (999, 500), 51))
    assert walk.zone() == (0, 0, 1, 1, 0)


def test_feet_that_the_picture_cuts_off_are_in_a_zone_drawn_to_its_edge():
    walk = Walk(zones={"a": {"points": [(0, 0.5), (1, 0.5), (1, 1), (0, 1)]}}).walk(1, [(500, 1030)] * 5)
    assert walk.zone()[0] == 1


def test_a_notch_of_a_zone_is_outside():
    notched = {"points": [(200, 200), (800, 200), (800, 800), (500, 400), (200, 800)], "unit": "pixels"}
    assert Walk(zones={"a": notched}).walk(1, [(500, 700)] * 5).zone()[0] == 0
    assert Walk(zones={"a": notched}).walk(1, [(250, 500)] * 5).zone()[0] == 1


def test_a_track_that_is_only_expected_moves_nothing():
    walk = Walk(zones={"a": square(hold_s=0)}).walk(1, [(100, 450)] * 3)
    for x in (300, 450, 500):
        walk.see({1: (x, 450)}, seen=False)
    assert walk.zone() == (0, 0, 0, 0, 0)
    walk.walk(1, [(120, 450)] * 3)
    assert walk.kinds() == ["track_start"]


def test_counts_begin_anew_with_those_who_are_in():
    walk = Walk(zones={"a": square()}).walk(1, straight((100, 450), (450, 450), 20))
    walk.counter.begin()
    assert walk.zone() == (1, 0, 1, 0, 0)
    assert walk.counter.since_pts == pytest.approx(2.0)
    walk.walk(1, straight((450, 450), (800, 450), 20))
    assert walk.zone() == (0, 0, 1, 1, 0)
