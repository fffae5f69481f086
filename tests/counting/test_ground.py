"""Speeds over the ground."""

import numpy as np
import pytest

from app.counting.ground import Ground
from app.counting_settings import CountingSettings
from app.sources.demo import DemoCamera
from tests.counting.walking import Walk, straight

# A camera 4 m up that looks level: a row of pixels y below the horizon (500) is 4 * 800 / (y - 500) metres away.
FOCAL, HORIZON, EYE = 800.0, 500.0, 4.0


def pixel(x, y):
    return 500 + FOCAL * x / y, HORIZON + FOCAL * EYE / y


CORNERS = [(-3, 5), (3, 5), (6, 20), (-6, 20)]
GROUND = {"image": [pixel(*p) for p in CORNERS], "metres": CORNERS, "unit": "pixels"}


def test_four_points_give_the_map_exactly():
    ground = Ground.from_points(np.array(GROUND["image"]), np.array(CORNERS, float))
    places = np.random.default_rng(1).uniform((-5, 4), (5, 25), (50, 2))
    np.testing.assert_allclose(ground.places(np.array([pixel(*p) for p in places])), places, rtol=1e-6, atol=1e-6)


def test_many_points_that_are_a_little_off_give_nearly_the_map():
    rng = np.random.default_rng(2)
    places = rng.uniform((-5, 5), (5, 20), (20, 2))
    image = np.array([pixel(*p) for p in places]) + rng.normal(0, 0.5, (20, 2))
    ground = Ground.from_points(image, places)
    inner = np.array([(0, 6), (2, 10), (-2, 12)])
    assert np.abs(ground.places(np.array([pixel(*p) for p in inner])) - inner).max() < 0.2


@pytest.mark.parametrize("y", [0, 300, 500, 505])
def test_at_and_beyond_the_horizon_there_is_no_place(y):
    ground = Ground.from_points(np.array(GROUND["image"]), np.array(CORNERS, float))
    assert np.isnan(ground.places(np.array([(500.0, y)]))).all()


@pytest.mark.parametrize("speed", [0.7, 1.4, 4.0])
@pytest.mark.parametrize("way", [((-2, 8), (2, 8)), ((1, 7), (1, 16)), ((-2, 16), (2, 7))])
def test_a_walk_over_the_ground_has_its_speed(speed, way):
    length = float(np.hypot(*np.subtract(*way)))
    steps = int(length / speed * 10) + 1
    end = np.array(way[0]) + (np.subtract(way[1], way[0])) / length * speed * (steps - 1) / 10
    walk = Walk(ground=GROUND)
    for place in straight(way[0], end, steps):
        walk.see({1: pixel(*place)})
        told = walk.counter.speeds_of(np.array([1]))[0]
        assert np.isnan(told) or told == pytest.approx(speed, rel=1e-6)
    assert told == pytest.approx(speed, rel=1e-6)


def test_trembling_of_a_box_hardly_shows():
    rng, walk = np.random.default_rng(3), Walk(ground=GROUND, fps=30.0)
    told = []
    for step in range(120):
        x, y = pixel(-2 + 1.4 * step / 30, 8)
        walk.see({1: (x + rng.normal(0, 1), y + rng.normal(0, 1))})
        told.append(walk.counter.speeds_of(np.array([1]))[0])
    assert np.nanmean(told) == pytest.approx(1.4, rel=0.1)
    assert np.nanmax(told) < 2.2


def test_without_a_ground_nobody_has_a_speed_in_metres():
    walk = Walk(zones={})
    walk.see({1: (500, 500)})
    assert walk.counter.speeds_of(np.array([1])) is None


def test_the_ground_of_a_demo_street_gives_the_speeds_of_its_walkers():
    camera = DemoCamera(seed=4, width=640, height=360)
    view = camera._view
    corners = [(view.street_x(y, column), y) for y, column in ((7, 40), (7, 600), (14, 600), (14, 40))]
    ground = {"image": [view.spot(*c) for c in corners], "metres": corners, "unit": "pixels"}
    assert CountingSettings.model_validate({"ground": ground}).ground is not None
    walk = Walk(ground=ground, fps=30.0)
    walk.size = (640, 360)
    told, true = [], []
    for index in range(150):
        actors = {actor.traveller.object_id: actor for actor in camera._traffic.at(index / 30)}
        before = {
            actor.traveller.object_id: actor for actor in camera._traffic.at((index - 15) / 30 if index > 15 else 0)
        }
        spots = {n: view.spot(actor.x, actor.y) for n, actor in actors.items()}
        inside = {n: spot for n, spot in spots.items() if 0 < spot[0] < 640 and 0 < spot[1] < 360}
        walk.see(inside)
        if index >= 60:
            speeds = walk.counter.speeds_of(np.array(list(inside), np.int64))
            for n, speed in zip(inside, speeds.tolist(), strict=True):
                if n in before and speed == speed:
                    told.append(speed)
                    true.append(2 * np.hypot(actors[n].x - before[n].x, actors[n].y - before[n].y))
    assert len(told) > 200
    assert np.median(np.abs(np.array(told) - true)) < 0.1
