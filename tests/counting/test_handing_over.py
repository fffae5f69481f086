"""Identities that change: who goes on under another id is counted once."""

import numpy as np
import pytest

from tests.counting.walking import Walk, square, straight

ZONES = {"zones": {"a": square()}, "lines": {"l": {"start": (450, 0), "end": (450, 1000), "unit": "pixels"}}}
WAY = straight((100, 450), (900, 450), 81)  # 10 px a frame; in from frame 20, over the line at 35, out at 50


def switched(at, gap=0, way=WAY, **more):
    """A walk whose id changes at a frame, after it was not seen for some."""
    walk = Walk(**ZONES, **more)
    for number, place in enumerate(way):
        if not at <= number < at + gap:
            walk.see({1 if number < at else 2: place})
        else:
            walk.see({})
    for _ in range(12):
        walk.see({})
    return walk


@pytest.mark.parametrize("at", range(15, 60, 4))
@pytest.mark.parametrize("gap", [0, 2])
def test_a_new_id_anywhere_on_the_way_counts_nobody_twice(at, gap):
    walk = switched(at, gap)
    assert (walk.zone(), walk.line()) == ((0, 1, 0, 1, 0), (0, 1))
    assert walk.kinds("track_start", "track_end") == ["track_start", "track_start", "track_end", "track_end"]


def test_the_new_id_says_in_whose_place_it_goes_on():
    walk = switched(40)
    assert [h.continues for h in walk.told if h.kind == "track_start"] == [None, 1]


def test_the_stay_goes_on_under_the_new_id():
    left = next(h for h in switched(40, 2).told if h.kind == "zone_exit")
    assert left.track_id == 2
    assert left.dwell_s == pytest.approx(3.0, abs=0.11)


def test_somebody_far_away_does_not_take_the_place():
    walk = Walk(**ZONES).walk(1, WAY[:40])
    walk.see({2: (300, 560)})
    assert walk.told[-1].continues is None


def test_somebody_of_another_class_does_not_take_the_place():
    walk = Walk(**ZONES).walk(1, WAY[:40])
    walk.see({2: WAY[40]}, {2: 1})
    assert walk.told[-1].continues is None


def test_somebody_of_another_size_does_not_take_the_place():
    walk = Walk(**ZONES).walk(1, WAY[:40])
    walk.see({2: (500, 450, 100)})
    assert walk.told[-1].continues is None


def test_somebody_who_comes_in_at_the_edge_of_the_picture_is_somebody_new():
    whole = {"zones": {"a": {"points": [(0, 0), (1, 0), (1, 1), (0, 1)]}}}
    walk = Walk(**whole).walk(1, [(12, 500)] * 5)
    walk.walk(2, [(15, 500)] * 5)
    assert walk.zone() == (2, 0, 2, 0, 0)


def test_the_nearest_takes_the_place_and_only_one():
    walk = Walk(**ZONES).walk(1, WAY[:40])
    walk.see({3: (507, 450), 2: (501, 450)})
    assert {h.track_id: h.continues for h in walk.told if h.kind == "track_start"} == {1: None, 2: 1, 3: None}


def test_an_id_that_comes_back_beside_the_one_in_its_place_is_a_second_one():
    walk = Walk(**ZONES).walk(1, WAY[:40])
    for _ in range(3):
        walk.see({2: (505, 450)})
    assert walk.zone() == (1, 1, 0, 0, 0)
    for _ in range(3):
        walk.see({1: (495, 450), 2: (505, 450)})
    assert walk.zone() == (2, 1, 1, 0, 0)
    for _ in range(12):
        walk.see({})
    assert walk.zone() == (0, 1, 1, 0, 2)


def test_ids_that_change_all_the_time_are_still_one_walk():
    walk = Walk(**ZONES)
    for number, place in enumerate(WAY):
        walk.see({1 + number // 5: place})
    assert (walk.zone(), walk.line()) == ((0, 1, 0, 1, 0), (0, 1))


def test_many_who_change_at_once_each_go_on_as_themselves():
    rng = np.random.default_rng(3)
    lanes = {n: straight((100, y), (900, y), 81) for n, y in enumerate(range(320, 600, 60))}
    walk, ids = Walk(**ZONES), {n: n + 1 for n in lanes}
    for frame in range(81):
        if frame % 7 == 3:
            fresh = max(ids.values()) + 1 + rng.permutation(len(ids))
            ids = dict(zip(ids, fresh.tolist(), strict=True))
        walk.see({ids[n]: way[frame] for n, way in lanes.items()})
    assert (walk.zone(), walk.line()) == ((0, 5, 0, 5, 0), (0, 5))
