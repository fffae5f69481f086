"""Small objects in a large picture, with and without tiles."""

import numpy as np
import pytest

import models
from app.sources.demo import DemoCamera
from models.tiling import Tiling
from models.viewing import Sight, detect_in_views
from tests.models.scoring import iou

ACROSS, WIDTH, HEIGHT = 3, 640, 360


@pytest.fixture(scope="module")
def mosaic():
    """Nine pictures of the demo camera as one of 1920 x 1080, and the boxes of all objects that can be seen."""
    camera = DemoCamera(seed=7, width=WIDTH, height=HEIGHT)
    image, boxes = np.zeros((ACROSS * HEIGHT, ACROSS * WIDTH, 3), np.uint8), []
    for place in range(ACROSS**2):
        top, left = place // ACROSS * HEIGHT, place % ACROSS * WIDTH
        image[top : top + HEIGHT, left : left + WIDTH] = camera.frame(40 * place)
        truth = camera.truth(40 * place)
        boxes.append(truth.xyxy[truth.visibility > 0.5] + [left, top, left, top])
    return image, np.vstack(boxes)


@pytest.fixture(scope="module")
def detector():
    loaded = models.load_detector("demo", "cpu")
    yield loaded
    loaded.close()


def recall(detector, mosaic, sight):
    image, truth = mosaic
    [found] = detect_in_views(detector, [image], None, sight)
    return (iou(truth, found.xyxy[found.score > 0.4]).max(axis=1, initial=0) > 0.5).mean()


@pytest.mark.parametrize("merge", ["nms", "ios", "weighted"])
def test_tiles_find_the_small_objects_that_the_picture_as_a_whole_loses(detector, mosaic, merge):
    assert len(mosaic[1]) > 50
    assert recall(detector, mosaic, Sight()) < 0.2
    assert recall(detector, mosaic, Sight(tiling=Tiling(tiles=(3, 3)), merge=merge)) > 0.8
