"""Heat maps and trajectories: what is drawn, where, and how much of it."""

import math
import tracemalloc
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.counting_settings import CountingSettings
from app.imaging.draw import colour_of
from app.imaging.heat import FAINTEST, heat_layer, heat_of, spent_on_grid
from app.imaging.layers import empty_layer, over, png_of_layer
from app.imaging.legend import _clock, ticks
from app.imaging.path_picture import PathScene, draw_paths, fitting
from app.imaging.shapes import Shape, draw_shapes, shapes_of
from app.imaging.trajectories import trajectory_layer
from app.paths import PathPoints, Paths, Span
from tests.paths.frames_of_tracks import frame_of

SIZE = (640, 480)
FRAMES = st.lists(
    st.dictionaries(st.integers(1, 5), st.tuples(st.floats(-300, 900), st.floats(-300, 900)), max_size=5),
    min_size=1,
    max_size=30,
)


def followed(frames: list[dict[int, tuple[float, float]]], step_s: float = 0.125) -> Paths:
    """Tracks whose feet are at these points, frame after frame."""
    paths = Paths(10_000)
    for index, feet in enumerate(frames):
        boxes = {track_id: (x - 10, y - 60, x + 10, y) for track_id, (x, y) in feet.items()}
        paths.add(frame_of(index + 1, index * step_s, boxes, SIZE))
    return paths


def points_of(frames: list[dict[int, tuple[float, float]]], step_s: float = 0.125) -> PathPoints:
    paths = followed(frames, step_s)
    return paths.between(paths.span())


def image_of(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


# -- heat ----------------------------------------------------------------------------------------------------------


@given(FRAMES, st.floats(0, 2), st.floats(0, 2))
def test_the_time_on_the_map_is_the_time_that_tracks_were_in_the_picture(frames, one, other):
    span = Span(min(one, other), max(one, other))
    wanted = 0.0
    for index, (before, after) in enumerate(pairwise(frames)):
        begins, ends = index * 0.125, (index + 1) * 0.125
        wanted += len(before.keys() & after.keys()) * max(0.0, min(ends, span.ends) - max(begins, span.begins))
    points = followed(frames).between(span)
    assert spent_on_grid(points, (48, 64), 10.0).sum() == pytest.approx(wanted, abs=1e-4)
    assert heat_of(points, SIZE).total_s == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("feet", [(320.0, 240.0), (0.0, 0.0), (640.0, 480.0), (700.0, 100.0), (100.0, 479.5)])
def test_who_stands_still_leaves_as_many_seconds_there_and_none_far_away(feet):
    heat = heat_of(points_of([{1: feet}] * 81), SIZE)
    assert heat.total_s == pytest.approx(10.0)
    assert heat.top_s == pytest.approx(10.0, rel=0.01)
    row, column = np.unravel_index(heat.seconds.argmax(), heat.seconds.shape)
    assert (column, row) == (min(639, int(feet[0])), min(479, int(feet[1])))
    down, across = np.mgrid[0:480, 0:640]
    far = np.hypot(across - column, down - row) > 5 * heat.radius
    assert heat.seconds[far].max() < 1e-3


def test_who_walks_leaves_the_same_at_every_place_of_the_way():
    # 20 px with every frame: more than a cell of the grid, so that the time between is shared out.
    heat = heat_of(points_of([{1: (100.0 + 20 * n, 200.0)} for n in range(21)]), SIZE)
    along = heat.seconds[200, 150:450]
    assert along.max() / along.min() < 1.1
    speed = 20 / 0.125
    assert along.mean() == pytest.approx(math.sqrt(math.pi) * heat.radius / speed, rel=0.05)


def test_time_in_which_a_track_was_lost_is_nowhere_on_the_map():
    there, gone = {1: (100.0, 200.0)}, {}
    heat = heat_of(points_of([there] * 9 + [gone] * 20 + [{1: (500.0, 200.0)}] * 9), SIZE)
    assert heat.total_s == pytest.approx(2.0)
    assert heat.seconds[200, 300] < 1e-6


def test_tracks_that_leap_across_the_picture_take_no_more_memory_than_others():
    corners = [(0.0, 0.0), (float(SIZE[0]), float(SIZE[1]))]
    frames = [dict.fromkeys(range(20), corners[n % 2]) for n in range(100)]
    points = points_of(frames)
    tracemalloc.start()
    try:
        heat = heat_of(points, SIZE)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert heat.total_s == pytest.approx(20 * 99 * 0.125, rel=1e-4)
    assert most < 32 * 2**20


def test_a_heat_map_is_transparent_where_nobody_was_and_nearly_opaque_where_most_time_was():
    heat = heat_of(points_of([{1: (100.0, 200.0)}] * 9), SIZE)
    layer = heat_layer(heat, (320, 240))
    assert layer.shape == (240, 320, 4)
    assert tuple(layer[200, 300]) == (0, 0, 0, 0)
    assert layer[100, 50, 3] > 200
    assert (layer[..., :3] <= layer[..., 3:]).all(), "colours are multiplied by alpha"


def test_a_heat_map_of_nothing_is_empty():
    heat = heat_of(points_of([{}, {}]), SIZE)
    assert (heat.top_s, heat.total_s) == (0, 0)
    assert not heat_layer(heat, SIZE).any()


@pytest.mark.parametrize("top", [0.013, 0.2, 0.99, 1.0, 7.3, 50.0, 86_400.0])
def test_the_scale_has_a_few_round_numbers_up_to_its_top(top):
    marks = ticks(top)
    assert marks[0] == 0
    assert 2 <= len(marks) <= 5
    assert top * FAINTEST < marks[-1] <= top
    assert all(f"{mark:.0e}"[0] in "0125" for mark in marks)
    assert ticks(0.0) == []


# -- trajectories --------------------------------------------------------------------------------------------------


def drawn(frames: list[dict[int, tuple[float, float]]], *, named: bool = False) -> np.ndarray:
    layer = empty_layer(SIZE)
    trajectory_layer(points_of(frames), layer, 1.0, named=named)
    return layer


def test_a_way_is_drawn_where_the_feet_were_in_the_colour_of_the_track():
    layer = drawn([{17: (100.0 + 10 * n, 300.0)} for n in range(40)])
    shade = layer[299, 470, :3].astype(float) / layer[299, 470, 3] * 255
    assert np.abs(shade - colour_of(17)).max() < 8
    assert layer[299, 105:485, 3].min() > 50
    assert not layer[:280].any()
    assert not layer[320:].any()
    assert not layer[:, :90].any()


def test_a_way_is_fainter_towards_its_beginning_and_ends_in_an_arrow_that_points_on():
    layer = drawn([{17: (100.0 + 10 * n, 300.0)} for n in range(40)])
    assert layer[299, 110, 3] < layer[299, 300, 3] < layer[299, 470, 3]
    thick = (layer[..., 3] > 200).sum(axis=0)
    assert thick[480:486].max() > 2 * thick[470], "wider where the arrow begins"
    assert thick[494] < thick[484], "and it tapers in the direction of the way"


def test_the_gap_of_a_lost_track_stays_open():
    frames = [{1: (100.0 + 10 * n, 300.0)} if not 10 < n < 20 else {} for n in range(30)]
    layer = drawn(frames)
    assert layer[299, 120, 3] > 0
    assert not layer[290:310, 215:285].any()
    assert layer[299, 320, 3] > 0


def test_who_stands_still_is_a_dot():
    layer = drawn([{1: (200.0, 300.0)}] * 10)
    rows, columns = np.nonzero(layer[..., 3])
    assert rows.max() - rows.min() < 12
    assert (rows.mean(), columns.mean()) == pytest.approx((299.5, 199.5), abs=0.6)


def test_ids_stand_beside_the_arrows_where_they_are_wanted():
    frames = [{1: (100.0 + 10 * n, 300.0)} for n in range(20)]
    assert (drawn(frames, named=True)[..., :3] == 255).all(axis=2).any()
    assert not (drawn(frames)[..., :3] == 255).all(axis=2).any()


# -- whole pictures ------------------------------------------------------------------------------------------------


def scene(**more: object) -> PathScene:
    points = points_of([{1: (100.0 + 10 * n, 300.0)} for n in range(20)])
    return PathScene(points=points, span=Span(0.0, 2.375), size=SIZE, **more)


@pytest.mark.parametrize("kind", ["heatmap", "trajectories"])
def test_alone_a_picture_has_the_size_asked_for_and_transparent_corners(kind):
    image = image_of(draw_paths(kind, scene(), (320, 240), None, annotate=False))
    assert image.shape == (240, 320, 4)
    assert image[0, 0, 3] == image[-1, -1, 3] == 0
    assert image[149, 120, 3] > 0


@pytest.mark.parametrize("kind", ["heatmap", "trajectories"])
def test_for_people_it_lies_over_the_dimmed_picture_with_a_strip_below(kind):
    picture = np.full((480, 640, 3), (40, 120, 200), np.uint8)
    image = image_of(draw_paths(kind, scene(), SIZE, picture, annotate=True))
    assert image.shape[1:] == (640, 3)
    assert 500 < image.shape[0] < 540
    assert image[10, 10].max() < 120, "darker than the picture"
    assert image[10, 10].argmax() == 2, "and yet of its colour"
    assert (image[480:] > 200).all(axis=2).any(), "something is written below"


@pytest.mark.parametrize("size", [(16, 12), (239, 179), (240, 180), (1, 1), (640, 1)])
def test_pictures_of_any_size_are_drawn_the_smallest_without_a_strip(size):
    for kind in ("heatmap", "trajectories"):
        image = image_of(draw_paths(kind, scene(), size, None, annotate=True))
        assert image.shape[1] == size[0]
        assert (image.shape[0] == size[1]) == (size[0] < 240)


def test_zones_and_lines_are_drawn_over_it():
    counting = CountingSettings.model_validate(
        {
            "zones": {"gate": {"points": [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]]}},
            "lines": {"door": {"start": [400, 20], "end": [400, 460], "unit": "pixels"}},
        }
    )
    shapes = shapes_of(counting, SIZE)
    assert [(shape.name, shape.closed) for shape in shapes] == [("gate", True), ("door", False)]
    assert shapes[0].corners[2].tolist() == [320, 240]
    assert shapes[1].corners.tolist() == [[400, 20], [400, 460]]
    bare, image = (
        image_of(draw_paths("trajectories", scene(shapes=some), SIZE, None, annotate=True)) for some in ([], shapes)
    )
    changed = np.abs(bare.astype(int) - image).max(axis=2) > 60
    assert changed[48, 70:310].all()
    assert changed[30:200, 400].all()
    assert not changed[380:470, 20:380].any()


def test_a_shape_far_outside_the_picture_is_no_trouble():
    layer = empty_layer((64, 48))
    draw_shapes(layer, [Shape("far", np.array([[-1e6, 5.0], [1e6, 5.0], [1e6, 1e6]]), closed=True)], 1.0)
    assert layer[5].any()


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_a_layer_over_a_picture_and_its_png_are_the_same_to_the_eye(colour, alpha, ground):
    layer = np.array([[[colour * alpha // 255, 0, alpha, alpha]]], np.uint8)
    picture = np.full((1, 1, 3), ground, np.uint8)
    straight = image_of(png_of_layer(layer))[0, 0].astype(float)
    mixed = straight[:3] * straight[3] / 255 + ground * (1 - straight[3] / 255)
    assert over(picture, layer)[0, 0].tolist() == pytest.approx(mixed.tolist(), abs=1.5)


@pytest.mark.parametrize(
    ("size", "width", "result"),
    [((3840, 2160), None, (1920, 1080)), ((640, 480), None, (640, 480)), ((640, 480), 8000, (640, 480)),
     ((640, 480), 100, (100, 75)), ((8000, 20), 100, (100, 1)), ((8000, 8000), 8000, (2880, 2880)),
     ((2, 10**9), None, (1, 8192)), ((10**9, 10**9), 8192, (2880, 2880))],
)  # fmt: skip
def test_a_picture_is_shrunk_to_what_was_asked_and_may_be_and_never_enlarged(size, width, result):
    assert fitting(size, width, 1920) == result


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0:00.0"), (61.25, "1:01.2"), (3661.0, "1:01:01.0"), (-5.0, "-0:05.0"),
     (1_700_000_000.0, "2023-11-14 22:13:20 UTC"), (1e12, "1000000000000.0 s")],
)  # fmt: skip
def test_media_time_is_written_as_a_film_s_or_as_a_clock_s(seconds, text):
    assert _clock(seconds) == text
