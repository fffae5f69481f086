"""Zones and lines on a picture, pixel by pixel."""

import numpy as np
import pytest

from app.counting_settings import CountingSettings
from app.imaging.counts import LINE, ZONE, draw_counts
from app.wire import Counts, LineCount, ZoneCount

SHADES = [10, 250]  # a scene at night, and one in glaring light
SIZES = [(640, 360), (1920, 1080)]
LINES = {  # start, end, and where forward points
    "down": ((0.5, 0.2), (0.5, 0.8), (-1, 0)),
    "up": ((0.5, 0.8), (0.5, 0.2), (1, 0)),
    "right": ((0.2, 0.5), (0.8, 0.5), (0, 1)),
    "left": ((0.8, 0.5), (0.2, 0.5), (0, -1)),
    "short": ((0.5, 0.5), (0.54, 0.5), (0, 1)),
}


def drawn(size, shade, counting, zones=None, lines=None, scale=1.0):
    width, height = (round(side * scale) for side in size)
    scene = np.full((height, width, 3), shade, np.uint8)
    settings = CountingSettings.model_validate(counting)
    return draw_counts(scene, settings, Counts(zones or {}, lines or {}), size, scale)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shade", SHADES)
@pytest.mark.parametrize("way", LINES)
def test_the_arrow_of_a_line_points_forward_and_no_label_lies_on_it(size, shade, way):
    start, end, forward = LINES[way]
    line = {"gate-with-a-name": LineCount(1234, 5678, {})}
    picture = drawn(size, shade, {"lines": {"gate-with-a-name": {"start": start, "end": end}}}, lines=line)
    foot = np.add(start, 0.25 * np.subtract(end, start)) * size
    reach = 0.06 * min(size)
    x, y = np.rint(foot + 0.4 * reach * np.array(forward)).astype(int)
    assert np.abs(picture[y, x].astype(int) - LINE).max() <= 24
    # Beside the shaft the scene is as it was: there is an arrow, and not the flat of a label.
    side = np.rint((x, y) + 0.3 * reach * np.array(forward)[::-1]).astype(int)
    assert picture[side[1], side[0]].tolist() == [shade] * 3
    # Nothing behind the foot but the line itself.
    x, y = np.rint(foot - 0.6 * reach * np.array(forward)).astype(int)
    if way != "short":
        assert picture[y, x].tolist() == [shade] * 3


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shade", SHADES)
def test_a_zone_is_tinted_more_while_somebody_is_in_it_and_outlined_in_full(size, shade):
    counting = {"zones": {"a": {"points": [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)]}}}
    empty, full = (
        drawn(size, shade, counting, zones={"a": ZoneCount(inside, 1, 0, None, {})}).astype(int) for inside in (0, 1)
    )
    x, y = size[0] // 2, size[1] // 2
    assert 0 < np.abs(empty[y, x] - shade).max() < np.abs(full[y, x] - shade).max()
    assert np.abs(full[round(0.7 * size[1]), x] - ZONE).max() <= 24
    assert full[round(0.8 * size[1]), x].tolist() == [shade] * 3


def test_a_reduced_picture_has_zones_and_lines_at_the_same_places():
    counting = {"lines": {"l": {"start": (320, 72), "end": (320, 288), "unit": "pixels"}}}
    counts = {"l": LineCount(0, 0, {})}
    whole, half = (drawn((640, 360), 10, counting, lines=counts, scale=scale) for scale in (1.0, 0.5))
    assert np.abs(whole[270, 320].astype(int) - LINE).max() <= 24
    assert np.abs(half[135, 160].astype(int) - LINE).max() <= 24


def test_what_has_no_counts_is_not_drawn():
    counting = {"lines": {"l": {"start": (0.2, 0.5), "end": (0.8, 0.5)}}}
    assert (drawn((640, 360), 10, counting) == 10).all()
