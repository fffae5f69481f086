from pathlib import Path

import numpy as np
import pytest

from benchmarks.tracker_scene import FALSE_POSITIVES, MISSES, Scene, make_scene


@pytest.fixture(scope="module")
def crowd() -> Scene:
    return make_scene(200, 150)


def columns(scene: Scene) -> list[np.ndarray]:
    return [scene.xyxy, scene.score, scene.class_id, scene.truth, scene.offsets]


def test_a_seed_gives_one_scene_and_another_gives_another() -> None:
    first, again, other = make_scene(20, 10, seed=5), make_scene(20, 10, seed=5), make_scene(20, 10, seed=6)
    assert all(np.array_equal(one, two) for one, two in zip(columns(first), columns(again), strict=True))
    assert not np.array_equal(first.xyxy[:5], other.xyxy[:5])


def test_a_longer_scene_begins_with_the_shorter_one() -> None:
    short, long = make_scene(30, 10), make_scene(30, 20)
    assert np.array_equal(long.xyxy[: len(short.xyxy)], short.xyxy)
    assert np.array_equal(long.offsets[:11], short.offsets)


def test_the_shares_of_misses_and_false_positives_are_those_stated(crowd: Scene) -> None:
    looks = 200 * 150
    assert (crowd.truth >= 0).sum() / looks == pytest.approx(1.0 - MISSES, abs=0.005)
    assert (crowd.truth < 0).sum() / looks == pytest.approx(FALSE_POSITIVES, abs=0.005)


def test_some_objects_are_low_for_a_while_and_recover(crowd: Scene) -> None:
    real = crowd.truth >= 0
    low = crowd.score < 0.5
    assert 0.03 < low[real].mean() < 0.07
    dips = [low[crowd.truth == thing] for thing in range(200)]
    starts = sum(int((dip[1:] & ~dip[:-1]).sum()) for dip in dips)
    assert 3.5 < low[real].sum() / starts < 7.0


def test_an_object_is_seen_once_a_frame_at_most_and_moves_little_between_two(crowd: Scene) -> None:
    for before, after in zip(list(crowd)[:20], list(crowd)[1:21], strict=True):
        seen = after.truth[after.truth >= 0]
        assert len(np.unique(seen)) == len(seen)
        _, old, new = np.intersect1d(before.truth[before.truth >= 0], seen, return_indices=True)
        step = after.xyxy[after.truth >= 0][new] - before.xyxy[before.truth >= 0][old]
        assert np.abs(step).max() < 40.0


def test_the_crowd_is_as_dense_however_many_there_are() -> None:
    def area(scene: Scene) -> float:
        return float(np.prod(scene.xyxy[:, 2:].max(axis=0)))

    assert area(make_scene(1000, 20)) / area(make_scene(100, 20)) == pytest.approx(10.0, rel=0.2)


def test_every_detection_is_one_that_a_tracker_takes(crowd: Scene) -> None:
    assert np.isfinite(crowd.xyxy).all()
    assert ((crowd.xyxy[:, 2:] - crowd.xyxy[:, :2]) >= 1.0).all()
    assert ((crowd.score > 0.0) & (crowd.score < 1.0)).all()
    assert (crowd.xyxy.dtype, crowd.score.dtype, crowd.class_id.dtype) == (np.float64, np.float64, np.int64)


def test_a_scene_is_the_same_after_saving_and_loading(tmp_path: Path) -> None:
    scene = make_scene(10, 5)
    scene.save(tmp_path / "scene.npz")
    loaded = Scene.load(tmp_path / "scene.npz")
    assert len(loaded) == len(list(loaded)) == 5
    assert all(np.array_equal(one, two) for one, two in zip(columns(scene), columns(loaded), strict=True))


def test_writing_to_a_frame_leaves_the_scene_as_it_was() -> None:
    scene = make_scene(10, 5)
    kept = scene.xyxy.copy()
    for frame in scene:
        frame.xyxy[:] = 0.0
    assert np.array_equal(scene.xyxy, kept)
