"""The camera's motion: known warps, moving objects, pictures that say nothing, and what others measured on MOT17."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.camera_motion import CameraMotion, Finding, Motion
from models.detector import Image
from models.glimpse import LONGER_SIDE, take_glimpse
from tracker import ByteTracker, Detections

WIDTH, HEIGHT = 1280, 720
STILL = np.eye(2, 3)


@cache
def scenery(seed: int = 0, size: tuple[int, int] = (2200, 1400)) -> Image:
    """Blotches of all sizes, as walls, trees and paving have them."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size[1], size[0], 3), np.float32)
    for cells in (12, 40, 120, 360):
        small = rng.normal(0, 1, (cells * size[1] // size[0], cells, 3)).astype(np.float32)
        total += cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    return np.clip(128 + 30 * total, 0, 255).astype(np.uint8)


def camera_move(dx: float = 0, dy: float = 0, turn_deg: float = 0, zoom: float = 1) -> NDArray[np.float64]:
    """The affine of a camera that turns and zooms about the middle of the picture and shifts it by (dx, dy)."""
    angle = np.radians(turn_deg)
    turned = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([WIDTH / 2, HEIGHT / 2])
    return np.column_stack((turned, middle - turned @ middle + [dx, dy]))


def seen(world: Image, move: NDArray[np.float64], seed: int, noise: float = 3.0) -> Image:
    """What the camera shows of the world after a move, with a sensor's noise. `move` maps the first picture's pixels,
    (0, 0) in the corner of the first, to this one's."""
    half = np.array([0.5, 0.5])
    start = np.array([(world.shape[1] - WIDTH) // 2, (world.shape[0] - HEIGHT) // 2])
    # OpenCV counts from the centre of the first pixel, and wants the way from the world to the picture.
    shift = move[:, 2] + move[:, :2] @ (half - start) - half
    view = cv2.warpAffine(world, np.column_stack((move[:, :2], shift)), (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
    return np.clip(view + np.random.default_rng(seed).normal(0, noise, view.shape), 0, 255).astype(np.uint8)


def worst_px(one: NDArray[np.float64], other: NDArray[np.float64], width: int = WIDTH, height: int = HEIGHT) -> float:
    """How far two motions are apart at most, in pixels, anywhere in the picture."""
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], float)
    return float(np.hypot(*((one - other) @ corners.T)).max())


def measured(first: Image, second: Image, boxes: NDArray[np.float64] | None = None) -> Motion:
    camera = CameraMotion()
    assert camera.estimate(first, boxes).finding is Finding.FIRST
    return camera.estimate(second, boxes)


MOVES = {
    "nothing": camera_move(),
    "a fraction of a pixel": camera_move(0.4, -0.3),
    "a few pixels": camera_move(3.3, -2.7),
    "a quick pan": camera_move(90, -20),
    "a pan by a sixth of the picture": camera_move(210, 10),
    "a little turn": camera_move(turn_deg=0.5),
    "a turn": camera_move(turn_deg=-5),
    "zooming in": camera_move(zoom=1.02),
    "zooming out quickly": camera_move(zoom=0.9),
    "all at once": camera_move(15, -8, 1.5, 0.97),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_known_move_is_measured_to_a_fraction_of_a_pixel_and_the_error_is_stated_honestly(move):
    world = scenery()
    motion = measured(seen(world, STILL, 1), seen(world, move, 2))
    assert motion.finding is Finding.MEASURED
    assert worst_px(motion.affine, move) < 0.4
    assert motion.error_px < 0.2
    assert motion.inliers > 50


def test_a_picture_decoded_at_a_reduced_scale_gives_the_motion_in_pixels_of_the_full_one():
    world, move = scenery(), camera_move(12, -6, 0.5, 1.01)
    camera = CameraMotion()
    box = np.array([[100.0, 100.0, 300.0, 500.0]])
    for seed, pose in ((1, STILL), (2, move)):
        full = seen(world, pose, seed)
        half = cv2.resize(full, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
        motion = camera.estimate(half, box, (WIDTH, HEIGHT))
    assert motion.finding is Finding.MEASURED
    assert worst_px(motion.affine, move) < 0.4


def crowd(step: int) -> tuple[NDArray[np.float64], list[Image]]:
    """Ten people who walk to the right together, 9 px a picture: where they are, and what they look like."""
    lefts = 60.0 + 120 * np.arange(10) + 9 * step
    boxes = np.column_stack((lefts, np.full(10, 90.0), lefts + 100, np.full(10, 640.0)))
    return boxes, [scenery(100 + person, (100, 550)) for person in range(10)]


def test_people_who_move_are_looked_past_where_their_boxes_are_given():
    world, move = scenery(), camera_move(-5, 3)
    pictures, boxes = [], []
    for step, pose in enumerate((STILL, move)):
        picture = seen(world, pose, step)
        where, people = crowd(step)
        for (left, top, right, bottom), person in zip(where.astype(int), people, strict=True):
            picture[top:bottom, left:right] = person
        pictures.append(picture)
        boxes.append(where)
    camera, blind = CameraMotion(), CameraMotion()
    camera.estimate(pictures[0], boxes[0])
    blind.estimate(pictures[0])
    assert worst_px(camera.estimate(pictures[1], boxes[1]).affine, move) < 0.4
    assert worst_px(blind.estimate(pictures[1]).affine, move) > 5


def test_each_motion_is_that_since_the_picture_before():
    world = scenery()
    poses = [camera_move(7 * n, -4 * n, 0.3 * n) for n in range(5)]
    camera = CameraMotion()
    whole = np.eye(3)
    for n, pose in enumerate(poses):
        motion = camera.estimate(seen(world, pose, n))
        whole = np.vstack((motion.affine, [0, 0, 1])) @ whole
    assert worst_px(whole[:2], poses[-1]) < 1.0


def flat() -> Image:
    return np.full((HEIGHT, WIDTH, 3), 90, np.uint8)


def leaves(seed: int) -> Image:
    """A blank wall and, far off the middle, one small bush that the wind stirs: each leaf goes its own way."""
    x, y = np.meshgrid(np.arange(110, dtype=np.float32), np.arange(110, dtype=np.float32))
    stir = np.random.default_rng(seed).normal(0, 0.8, (7, 7, 2)).astype(np.float32)
    stirred = cv2.resize(stir, (110, 110), interpolation=cv2.INTER_CUBIC)
    bush = cv2.resize(scenery(5, (300, 300)), (110, 110), interpolation=cv2.INTER_AREA)
    wall = flat()
    wall[40:150, 40:150] = cv2.remap(bush, x + stirred[..., 0], y + stirred[..., 1], cv2.INTER_CUBIC)
    return wall


UNUSABLE = {
    Finding.FEATURELESS: (flat(), flat()),
    Finding.LOST: (scenery(1, (WIDTH, HEIGHT)), scenery(2, (WIDTH, HEIGHT))),
    Finding.RESIZED: (scenery(1, (WIDTH, HEIGHT)), scenery(1, (640, 480))),
    Finding.UNCERTAIN: (leaves(1), leaves(2)),
    Finding.IMPLAUSIBLE: (seen(scenery(), STILL, 1), seen(scenery(), camera_move(zoom=1.3), 2)),
}


@pytest.mark.parametrize(("finding", "pictures"), UNUSABLE.items(), ids=[finding.name for finding in UNUSABLE])
def test_pictures_that_tell_no_motion_give_the_identity_and_the_reason(finding, pictures):
    motion = measured(*pictures)
    assert motion.finding is finding
    np.testing.assert_array_equal(motion.affine, STILL)


def test_after_a_cut_the_motion_is_measured_from_the_new_scene_on():
    old, new, move = scenery(1), scenery(2), camera_move(4, 4)
    camera = CameraMotion()
    findings = [
        camera.estimate(picture).finding
        for picture in (seen(old, STILL, 1), seen(old, move, 2), seen(new, STILL, 3), seen(new, move, 4))
    ]
    assert findings == [Finding.FIRST, Finding.MEASURED, Finding.LOST, Finding.MEASURED]


def test_a_reset_forgets_the_last_picture():
    camera, picture = CameraMotion(), scenery(1, (640, 480))
    camera.estimate(picture)
    camera.reset()
    assert camera.estimate(picture).finding is Finding.FIRST


def test_a_picture_whose_every_pixel_lies_in_a_box_has_no_background():
    picture = scenery(1, (640, 480))
    assert measured(picture, picture, np.array([[-50.0, -50.0, 1e6, 1e6]])).finding is Finding.FEATURELESS


def test_the_same_pictures_give_the_same_bits_whatever_the_seed_and_the_threads_of_opencv():
    world = scenery()
    first, second = seen(world, STILL, 1, noise=25), seen(world, camera_move(5, 2, 1), 2, noise=25)
    threads = cv2.getNumThreads()
    found = set()
    try:
        for count in (1, 4):
            for seed in (0, 1, 12345):
                cv2.setNumThreads(count)
                cv2.setRNGSeed(seed)
                found.add(measured(first, second).affine.tobytes())
    finally:
        cv2.setNumThreads(threads)
    assert len(found) == 1


SIZES = [(1, 1), (2, 3), (8192, 1), (1, 8192), (16, 8192), (500, 10), (1919, 1079), (3000, 40)]


@pytest.mark.parametrize("size", SIZES)
def test_a_picture_of_any_shape_is_taken(size):
    picture = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    motion = measured(picture, picture)
    assert motion.finding in (Finding.MEASURED, Finding.FEATURELESS)
    assert worst_px(motion.affine, STILL, *size) < 1e-3
    assert max(take_glimpse(picture).grey.shape) <= LONGER_SIDE


BAD_PICTURES = [
    np.zeros((4, 4), np.uint8),
    np.zeros((4, 4, 4), np.uint8),
    np.zeros((4, 4, 3)),
    np.zeros((0, 4, 3), np.uint8),
]


@pytest.mark.parametrize("picture", BAD_PICTURES, ids=lambda picture: f"{picture.shape}-{picture.dtype}")
def test_what_is_no_bgr_picture_is_refused(picture):
    with pytest.raises(ValueError, match="must be"):
        CameraMotion().estimate(picture)


NO_BOXES = [np.zeros((3, 5)), np.zeros(4), np.array([[0, 0, np.nan, 1]]), np.array([[0, 0, np.inf, 1]])]


@pytest.mark.parametrize("boxes", NO_BOXES)
def test_boxes_that_are_none_are_refused_and_nothing_has_changed(boxes):
    world, move = scenery(), camera_move(6, 2)
    camera = CameraMotion()
    camera.estimate(seen(world, STILL, 1))
    with pytest.raises(ValueError, match=r"boxes must be \(N, 4\)"):
        camera.estimate(seen(world, camera_move(50), 2), boxes)
    assert worst_px(camera.estimate(seen(world, move, 3)).affine, move) < 0.4


def test_the_motion_is_what_a_tracker_takes_and_keeps_a_track_through_a_jerk_of_the_camera():
    world, jerk = scenery(), camera_move(120, 0)
    box = np.array([[500.0, 300.0, 540.0, 400.0]])
    moved = box + np.array([120.0, 0.0, 120.0, 0.0])
    with_motion, without, camera = ByteTracker(), ByteTracker(), CameraMotion()
    for pose, where in ((STILL, box), (STILL, box), (jerk, moved), (jerk, moved)):
        motion = camera.estimate(seen(world, pose, 1), where)
        given = Detections(where, np.array([0.9]), np.array([0]))
        ids = with_motion.update(given, motion=motion.affine).track_id.tolist()
        others = without.update(given).track_id.tolist()
    assert (ids, others) == ([1], [2])
    assert not motion.affine.flags.writeable


# -- against what others measured ----------------------------------------------------------------------------------


def reference(shared, name):
    """(N, 2, 3): the motion into each frame, counted from 0."""
    rows = np.loadtxt(shared / "data/mot17" / name / "camera_motion.txt")
    return rows[:, 1:].reshape(-1, 2, 3)


def people(shared, name, frame):
    rows = np.loadtxt(shared / "data/mot17" / name / "det_yolox_x.txt", delimiter=",")
    rows = rows[rows[:, 0] == frame]
    return np.column_stack((rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]))


@pytest.mark.parametrize(("name", "within_px"), [("MOT17-04", 0.15), ("MOT17-09", 0.3), ("MOT17-11", 2.0)])
def test_the_motion_on_mot17_is_that_of_the_published_files(shared, name, within_px):
    """MOT17-11 is filmed by a walking person: what is near moves otherwise than what is far, so that two methods
    agree to a pixel or two. The other cameras stand still."""
    expected = reference(shared, name)
    camera = CameraMotion()
    pictures = sorted((shared / "data/mot17" / name / "mini_frames/img1").glob("*.jpg"))
    assert len(pictures) >= 4
    for index, path in enumerate(pictures):
        motion = camera.estimate(cv2.imread(str(path)), people(shared, name, index + 1))
        assert worst_px(motion.affine, expected[index], 1920, 1080) < within_px
        moved_px = worst_px(STILL, expected[index], 1920, 1080)
        assert name != "MOT17-11" or worst_px(motion.affine, expected[index], 1920, 1080) <= moved_px / 2


def test_the_motion_in_a_compressed_video_is_that_of_the_published_file(shared):
    expected = reference(shared, "MOT17-04")
    camera, video = CameraMotion(), cv2.VideoCapture(str(shared / "videos/mot17-04-first8.mp4"))
    count = 0
    while (read := video.read())[0]:
        motion = camera.estimate(read[1], people(shared, "MOT17-04", count + 1))
        assert worst_px(motion.affine, expected[count], 1920, 1080) < 0.5
        count += 1
    video.release()
    assert count == 8
