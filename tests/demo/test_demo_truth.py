"""The demo camera's truth is about the pixels that it paints."""

from itertools import pairwise

import numpy as np
import pytest

from app.sources.demo import DemoCamera

SEEDS = (1, 2, 7)


def painted(camera, index, object_id, share=0.05):
    """Where one object is seen (H, W): the pixels that differ between painting all of it white and all of it black."""
    pictures = []
    for level in (255.0, 0.0):
        shown = camera._shown(index)
        figure = next(item.figure for item in shown if item.actor.traveller.object_id == object_id)
        figure._glow = [True] * len(figure._glow)
        figure._colours = [(level,) * 3] * len(figure._colours)
        pictures.append(camera._render(index, shown).astype(int))
    return (pictures[0] - pictures[1]).min(axis=2) > 255 * share


def extent(mask):
    """The box x1, y1, x2, y2 around the True pixels."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.array((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_box_is_tight_around_the_pixels_of_an_unhidden_object(seed):
    camera, checked = DemoCamera(seed), 0
    for index in range(0, 1200, 200):
        truth = camera.truth(index)
        for row in np.flatnonzero(truth.visibility > 0.999):
            mask = painted(camera, index, truth.object_id[row])
            np.testing.assert_allclose(extent(mask), truth.xyxy[row], atol=1.6)
            checked += 1
    assert checked >= 8


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_of_an_object_shows_outside_its_box(seed):
    camera = DemoCamera(seed)
    for index in (90, 700):
        truth = camera.truth(index)
        for object_id, box in zip(truth.object_id, truth.xyxy, strict=True):
            mask = painted(camera, index, object_id)
            x1, y1, x2, y2 = (np.rint(box) + np.array((-2, -2, 2, 2))).astype(int)
            mask[max(y1, 0) : y2, max(x1, 0) : x2] = False
            assert not mask.any()


@pytest.mark.parametrize("seed", SEEDS)
def test_visibility_is_the_share_of_the_silhouette_that_is_seen(seed):
    camera, errors = DemoCamera(seed), []
    for index in range(0, 1200, 200):
        truth = camera.truth(index)
        for item in camera._shown(index):
            row = int(np.flatnonzero(truth.object_id == item.actor.traveller.object_id)[0])
            x1, y1, x2, y2 = item.box
            if min(x1, y1) < 0 or x2 > camera.width or y2 > camera.height or y2 - y1 < 40:
                continue
            alone = np.zeros((camera.height, camera.width), dtype=np.uint8)
            item.figure.stamp(alone, 1)
            seen = painted(camera, index, truth.object_id[row], 0.5).sum() / alone.sum()
            errors.append(abs(seen - truth.visibility[row]))
    assert len(errors) >= 10
    assert np.quantile(errors, 0.9) < 0.12


def test_an_object_that_nothing_hides_is_fully_visible_and_a_hidden_one_is_not():
    camera = DemoCamera(1)
    visibility = np.concatenate([camera.truth(index).visibility for index in range(0, 1800, 100)])
    assert (visibility == 1.0).mean() > 0.3
    assert ((visibility > 0.0) & (visibility < 0.9)).mean() > 0.1
    assert ((visibility >= 0.0) & (visibility <= 1.0)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_boxes_lie_inside_the_picture_and_have_an_area(seed):
    camera = DemoCamera(seed, 640, 360)
    for index in range(0, 2400, 160):
        x1, y1, x2, y2 = camera.truth(index).xyxy.T
        assert (x1 >= 0).all()
        assert (y1 >= 0).all()
        assert (x2 <= 640).all()
        assert (y2 <= 360).all()
        assert (x2 > x1).all()
        assert (y2 > y1).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_an_identity_is_used_once_keeps_its_class_and_never_comes_back(seed):
    camera, classes, spans = DemoCamera(seed, 320, 180), {}, {}
    for index in range(0, 1800, 15):
        truth = camera.truth(index)
        assert len(set(truth.object_id.tolist())) == len(truth)
        for object_id, class_id in zip(truth.object_id.tolist(), truth.class_id.tolist(), strict=True):
            assert classes.setdefault(object_id, class_id) == class_id
            spans.setdefault(object_id, []).append(index)
    assert all(max(np.diff(span), default=15) == 15 for span in spans.values())
    assert len(spans) > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_moves_smoothly_and_nobody_jumps(seed):
    camera, before = DemoCamera(seed, 640, 360), {}
    for index in range(200, 320):
        truth = camera.truth(index)
        now = dict(zip(truth.object_id.tolist(), truth.xyxy, strict=True))
        for object_id in now.keys() & before.keys():
            x1, y1, x2, y2 = now[object_id]
            if min(x1, y1) <= 0 or x2 >= camera.width or y2 >= camera.height:
                continue
            step = np.abs(now[object_id] - before[object_id])
            assert step.max() < max(0.3 * (x2 - x1), 6.0)
        before = now


@pytest.mark.parametrize("seed", SEEDS)
def test_objects_come_and_go_at_the_borders_of_the_picture(seed):
    camera = DemoCamera(seed)
    truths = [camera.truth(index) for index in range(240)]
    for truth, after in pairwise(truths):
        for one, other in ((truth, after), (after, truth)):
            gone = ~np.isin(one.object_id, other.object_id)
            x1, y1, x2, y2 = one.xyxy[gone].T
            touches = (x1 <= 0) | (y1 <= 0) | (x2 >= camera.width) | (y2 >= camera.height)
            assert touches.all()


def test_people_walk_towards_the_camera_and_grow():
    camera, heights = DemoCamera(1, 320, 180), {}
    for index in range(0, 3000, 30):
        truth = camera.truth(index)
        for object_id, class_id, box in zip(truth.object_id.tolist(), truth.class_id, truth.xyxy, strict=True):
            if class_id == 0 and box[0] > 0 and box[2] < camera.width and box[3] < camera.height:
                heights.setdefault(object_id, []).append(box[3] - box[1])
    assert any(max(seen) > 1.8 * min(seen) for seen in heights.values())
