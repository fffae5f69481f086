"""Where tiles lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tiling import GRID, MOST_TILES, Tiling, TilingError, View, tiles_over

INPUT = (416, 416)
sides = st.integers(64, 4000)
grids = st.tuples(st.integers(1, 5), st.integers(1, 5))


@st.composite
def areas(draw):
    x1, y1 = (GRID * draw(st.integers(0, 100)) for _ in range(2))
    return View(x1, y1, x1 + draw(sides), y1 + draw(sides))


overlaps = st.floats(0.0, 0.6)


@given(areas(), grids, overlaps)
def test_every_pixel_of_the_area_is_in_a_tile_and_no_tile_leaves_the_area(area, grid, overlap):
    tiles = tiles_over(area, Tiling(tiles=grid, overlap=overlap, whole=False), INPUT)
    assert len(tiles) == grid[0] * grid[1]
    shown = np.zeros((area.y2, area.x2), bool)
    for tile in tiles:
        assert area.x1 <= tile.x1 < tile.x2 <= area.x2
        assert area.y1 <= tile.y1 < tile.y2 <= area.y2
        shown[tile.y1 : tile.y2, tile.x1 : tile.x2] = True
    assert shown[area.y1 :, area.x1 :].all()


@given(areas(), grids, overlaps, st.data())
def test_an_object_smaller_than_the_overlap_is_whole_in_one_tile(area, grid, overlap, data):
    tiles = tiles_over(area, Tiling(tiles=grid, overlap=overlap, whole=False), INPUT)
    sides = [full / (count - (count - 1) * overlap) for full, count in zip(area.size, grid, strict=True)]
    width, height = (overlap * side for side in sides)
    x = data.draw(st.floats(area.x1, area.x2 - width))
    y = data.draw(st.floats(area.y1, area.y2 - height))
    inside = [
        tile.x1 <= x + 1e-6 and x + width <= tile.x2 + 1e-6 and tile.y1 <= y + 1e-6 and y + height <= tile.y2 + 1e-6
        for tile in tiles
    ]
    assert any(inside)


@given(areas(), grids, overlaps)
def test_tiles_begin_and_end_on_the_grid_or_at_the_edges(area, grid, overlap):
    for tile in tiles_over(area, Tiling(tiles=grid, overlap=overlap), INPUT):
        assert tile.x1 in (area.x1, tile.x1 // GRID * GRID)
        assert tile.y2 in (area.y2, tile.y2 // GRID * GRID)


@given(areas(), st.integers(200, 2000), overlaps)
def test_no_tile_is_larger_than_the_side_that_was_asked_for_but_for_the_grid(area, side, overlap):
    try:
        tiles = tiles_over(area, Tiling(tiles=side, overlap=overlap, whole=False), INPUT)
    except TilingError:
        return
    assert len(tiles) <= MOST_TILES
    assert max(max(tile.size) for tile in tiles) <= side + 2 * GRID


def test_auto_tiles_are_as_large_as_the_input():
    tiles = tiles_over(View(0, 0, 1920, 1080), Tiling(tiles="auto", whole=False), INPUT)
    assert len(tiles) == 6 * 3
    assert max(max(tile.size) for tile in tiles) <= 416 + 2 * GRID


def test_auto_grows_tiles_where_too_many_would_be_needed():
    tiles = tiles_over(View(0, 0, 7680, 4320), Tiling(tiles="auto", whole=False), INPUT)
    assert MOST_TILES / 2 < len(tiles) <= MOST_TILES


def test_a_picture_that_fits_the_input_is_looked_at_once():
    assert tiles_over(View(0, 0, 400, 300), Tiling(tiles="auto"), INPUT) == [View(0, 0, 400, 300)]


def test_the_whole_comes_last():
    area = View(80, 0, 1920, 1080)
    tiles = tiles_over(area, Tiling(tiles=(2, 2)), INPUT)
    assert len(tiles) == 5
    assert tiles[-1] == area


def test_too_many_tiles_for_a_picture_are_refused_with_both_sizes():
    with pytest.raises(TilingError, match=r"tiles of 64 pixels over 1920 x 1080 make 38 x 21; at most 32"):
        tiles_over(View(0, 0, 1920, 1080), Tiling(tiles=64), INPUT)


@pytest.mark.parametrize("wrong", [{"tiles": (0, 2)}, {"tiles": (33, 1)}, {"tiles": 63}, {"overlap": 0.9}])
def test_a_tiling_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"tile|overlap"):
        Tiling(**{"tiles": (2, 2), **wrong})
