"""Which part of a picture is looked at."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.region import Region, RegionError
from models.tiling import View

SIZE = (640, 480)
TRIANGLE = ((100.0, 100.0), (300.0, 110.0), (200.0, 300.0))


def boxes(points, side: float = 10.0):
    centre = np.array(points, np.float64).reshape(-1, 2)
    return np.hstack([centre - side / 2, centre + side / 2])


def test_the_bounds_hold_the_polygon_and_lie_on_the_grid():
    assert Region(points=TRIANGLE).bounds(SIZE) == View(96, 96, 304, 304)


def test_fractions_are_of_the_picture_at_hand():
    region = Region(points=((0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0)), fractions=True)
    assert region.bounds(SIZE) == View(320, 240, 640, 480)
    assert region.bounds((1001, 1001)) == View(496, 496, 1001, 1001)


def test_what_lies_outside_the_picture_is_clipped():
    assert Region(points=((-50, -50), (700, -50), (700, 100), (-50, 100))).bounds(SIZE) == View(0, 0, 640, 104)


def test_a_region_beyond_the_picture_is_refused_with_both():
    region = Region(points=((1000, 10), (1200, 10), (1200, 90)))
    with pytest.raises(RegionError, match=r"\(1000, 10\) to \(1200, 90\) is not inside the picture of 640 x 480"):
        region.bounds(SIZE)
    assert region.bounds((1920, 1080)).size == (200, 88)


@given(st.lists(st.tuples(st.integers(0, 640), st.integers(0, 480)), min_size=3, max_size=8), st.data())
def test_a_box_is_inside_where_its_centre_is_inside_by_a_second_opinion(points, data):
    try:
        region = Region(points=tuple((float(x), float(y)) for x, y in points))
    except RegionError:
        return
    # Half pixels are on no edge's end; what is on an edge may count either way.
    point = data.draw(st.tuples(st.integers(0, 640), st.integers(0, 480)).map(lambda p: (p[0] + 0.25, p[1] + 0.25)))
    contour = np.array(points, np.float32).reshape(-1, 1, 2)
    if abs(cv2.pointPolygonTest(contour, point, True)) < 1e-3:
        return
    [inside] = region.holds(boxes([point]), SIZE)
    assert inside == (cv2.pointPolygonTest(contour, point, False) > 0)


def test_the_anchor_is_the_centre_or_the_foot():
    lower_half = ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0))
    tall = np.array([[100.0, 100.0, 140.0, 300.0]])
    assert not Region(points=lower_half, fractions=True).holds(tall, SIZE)[0]
    assert Region(points=lower_half, fractions=True, anchor="bottom").holds(tall, SIZE)[0]


def test_a_hole_between_the_arms_of_a_polygon_is_outside():
    horseshoe = ((0, 0), (300, 0), (300, 300), (200, 300), (200, 100), (100, 100), (100, 300), (0, 300))
    inside = Region(points=horseshoe).holds(boxes([(50, 200), (150, 200), (250, 200), (150, 50)]), SIZE)
    assert inside.tolist() == [True, False, True, True]


def test_no_boxes_are_no_trouble():
    assert Region(points=TRIANGLE).holds(np.empty((0, 4)), SIZE).shape == (0,)


@pytest.mark.parametrize(
    ("points", "fractions", "why"),
    [
        (((0, 0), (9, 9)), False, "at least 3 points, got 2"),
        (((0, 0), (5, 5), (9, 9)), False, "no area"),
        (((0, 0), (math.nan, 5), (9, 0)), False, "finite"),
        (((-9, -9), (-5, -9), (-5, -5)), False, "outside the picture"),
        (((1, 0), (2, 0), (2, 1)), True, "outside the picture"),
    ],
)
def test_a_region_that_is_none_is_refused(points, fractions, why):
    with pytest.raises(RegionError, match=why):
        Region(points=points, fractions=fractions)
