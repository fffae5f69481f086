"""What may be said of zones, lines and the ground, and why not."""

import pytest
from pydantic import ValidationError

from app.counting_settings import CountingSettings

SQUARE = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]


def refusal(**settings):
    with pytest.raises(ValidationError) as refused:
        CountingSettings.model_validate(settings)
    return str(refused.value)


def zone(points, **more):
    return {"zones": {"a": {"points": points, **more}}}


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([(0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)], "meets the edge"),
        ([(0.1, 0.1), (0.5, 0.5), (0.9, 0.9)], "no area"),
        ([(0.1, 0.1), (0.9, 0.1), (0.5, 0.1), (0.5, 0.9)], "meets the edge"),
        ([(0.1, 0.1), (0.9, 0.1), (0.1, 0.1), (0.9, 0.1)], "corners"),
        ([(0.1, 0.1), (0.9, 0.1), (0.9, 0.1), (0.1, 0.1)], "different places"),
        ([(0.1, 0.1), (0.9, 0.1)], "at least 3"),
        ([(2, 2), (3, 2), (3, 3)], "outside the picture; are they pixels?"),
        ([(-3, 0.2), (-1, 0.2), (-1, 0.9)], "outside the picture"),
        ([(float("nan"), 0), (1, 0), (1, 1)], "finite"),
    ],
)
def test_a_zone_that_is_no_polygon_is_refused_with_the_reason(points, reason):
    assert reason in refusal(**zone(points))


def test_corners_in_turn_are_taken_either_way_around_and_closed_or_not():
    for points in (SQUARE, SQUARE[::-1], [*SQUARE, SQUARE[0]], [SQUARE[0], *SQUARE]):
        assert CountingSettings.model_validate(zone(points)).zones["a"].points[0] == SQUARE[0] or points is not SQUARE


def test_a_zone_need_not_be_convex():
    notched = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.5, 0.3), (0.1, 0.9)]
    assert CountingSettings.model_validate(zone(notched)).zones["a"].points == tuple(notched)


def test_a_line_has_two_ends():
    line = {"start": (0.5, 0.5), "end": (0.5, 0.5)}
    assert "same point" in refusal(lines={"l": line})
    assert "outside" in refusal(lines={"l": {"start": (1.5, 0), "end": (1.5, 1)}})


def test_a_zone_and_a_line_have_different_names():
    line = {"start": (0, 0.5), "end": (1, 0.5)}
    assert "name of a zone" in refusal(**zone(SQUARE), lines={"a": line})


@pytest.mark.parametrize(
    ("image", "metres", "reason"),
    [
        ([(0, 0), (1, 0), (1, 1)], [(0, 0), (1, 0), (1, 1)], "at least 4"),
        ([*SQUARE, (0.5, 0.5)], SQUARE, "5 points and metres has 4"),
        ([(0.1, 0.1), (0.2, 0.2), (0.3, 0.3), (0.9, 0.1)], [(0, 0), (1, 1), (2, 2), (5, 0)], "on one line"),
        ([(0.1, 0.1), (0.2, 0.2), (0.3, 0.3), (0.4, 0.4)], [(0, 0), (1, 1), (2, 2), (3, 3)], "on one line"),
        ([(0.5, 0.5)] * 4, [(0, 0), (1, 0), (1, 1), (0, 1)], "all points of image are the same"),
        ([(0, 0), (1, 0), (1, 1), (0, 1)], [(0, 0), (1, 0), (0, 1), (1, 1)], "horizon"),
        ([*SQUARE, (0.5, 0.5)], [(0, 0), (8, 0), (8, 8), (0, 8), (9, 4)], "contradict"),
    ],
)
def test_points_from_which_no_ground_follows_are_refused(image, metres, reason):
    assert reason in refusal(ground={"image": image, "metres": metres})


def test_more_than_thirty_two_zones_are_refused():
    assert "at most 32" in refusal(zones={f"z{n}": {"points": SQUARE} for n in range(33)})
