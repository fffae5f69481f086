"""The demo camera is a pure function of its seed and the frame's index."""

from itertools import pairwise

import numpy as np
import pytest

from app.sources.demo import CLASSES, DemoCamera

SMALL = (480, 270)


def test_random_access_gives_the_same_frames_as_going_through_in_order():
    ordered, jumping = DemoCamera(5, *SMALL), DemoCamera(5, *SMALL)
    expected = [ordered.frame(index) for index in range(12)]
    for index in (7, 0, 11, 3, 3, 10):
        np.testing.assert_array_equal(jumping.frame(index), expected[index])


def test_truth_does_not_depend_on_what_was_asked_before():
    fresh, used = DemoCamera(2, *SMALL), DemoCamera(2, *SMALL)
    for index in range(0, 3000, 250):
        used.truth(index)
    for index in (2500, 4):
        one, other = fresh.truth(index), used.truth(index)
        np.testing.assert_array_equal(one.object_id, other.object_id)
        np.testing.assert_array_equal(one.xyxy, other.xyxy)
        np.testing.assert_array_equal(one.visibility, other.visibility)


def test_asking_for_the_truth_leaves_the_picture_alone():
    plain, asked = DemoCamera(3, *SMALL), DemoCamera(3, *SMALL)
    asked.truth(20)
    np.testing.assert_array_equal(plain.frame(20), asked.frame(20))


def test_a_frame_belongs_to_the_caller():
    camera = DemoCamera(1, *SMALL)
    first = camera.frame(0)
    expected = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(camera.frame(0), expected)


def test_frames_have_the_size_asked_for_and_are_pictures():
    frame = DemoCamera(1, 640, 480).frame(0)
    assert (frame.shape, frame.dtype) == ((480, 640, 3), np.uint8)
    assert frame.std() > 20


def test_another_seed_is_another_street():
    frames = [DemoCamera(seed, *SMALL).frame(0).astype(int) for seed in (1, 2, 3)]
    assert all(np.abs(frames[a] - frames[b]).mean() > 15 for a, b in ((0, 1), (0, 2), (1, 2)))


def test_noise_is_new_in_every_frame():
    one, other = (DemoCamera(1, *SMALL).frame(index)[:40].astype(int) for index in (0, 1))
    assert 1.0 < (one - other).std() < 12.0


def test_the_light_changes_within_minutes():
    camera = DemoCamera(1, *SMALL)
    brightness = [camera.frame(30 * second).mean() for second in range(0, 150, 10)]
    assert max(brightness) > 1.4 * min(brightness)
    assert all(abs(a - b) < 45 for a, b in pairwise(brightness))


def test_the_same_moment_looks_the_same_at_every_frame_rate():
    slow, fast = DemoCamera(4, *SMALL, frame_rate=10.0), DemoCamera(4, *SMALL, frame_rate=30.0)
    np.testing.assert_allclose(slow.truth(40).xyxy, fast.truth(120).xyxy)


def test_a_street_goes_on_for_ever():
    camera = DemoCamera(6, *SMALL)
    assert len(camera.truth(30 * 60 * 60 * 24 * 365)) > 0
    assert camera.frame(30 * 60 * 60 * 24 * 365).shape == (270, 480, 3)


@pytest.mark.parametrize("seed", [1, 2, 3, 8])
def test_a_street_is_busy_and_shows_every_class(seed):
    camera = DemoCamera(seed, *SMALL)
    truths = [camera.truth(index) for index in range(0, 3600, 120)]
    counts = [int((truth.visibility > 0.05).sum()) for truth in truths]
    assert min(counts) >= 1
    assert 5 <= np.mean(counts) <= 15
    assert {int(c) for truth in truths for c in truth.class_id} == set(range(len(CLASSES)))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"width": 10}, "10x540"),
        ({"height": 0}, "960x0"),
        ({"frame_rate": 0.0}, "frame_rate is 0.0"),
        ({"frame_rate": float("nan")}, "frame_rate is nan"),
    ],
)
def test_a_setting_that_makes_no_camera_is_refused(arguments, named):
    with pytest.raises(ValueError, match=named):
        DemoCamera(**arguments)


def test_there_is_no_frame_before_the_first():
    with pytest.raises(ValueError, match="-1"):
        DemoCamera(1, *SMALL).frame(-1)
