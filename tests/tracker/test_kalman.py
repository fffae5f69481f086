"""The closed form against the filter of eight dimensions, written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import kalman
from tracker.kalman import Motion
from tracker.types import Floats

SEEDS = st.integers(0, 2**32 - 1)


class DenseFilter:
    """One track's filter with its 8 x 8 matrices, as deep_sort's paper and ByteTrack describe it."""

    def __init__(self, z: Floats) -> None:
        h = z[3]
        self.mean = np.concatenate([z, np.zeros(4)])
        self.cov = np.diag(np.square([h / 10, h / 10, 1e-2, h / 10, h / 16, h / 16, 1e-5, h / 16]))

    def predict(self) -> None:
        h = self.mean[3]
        f = np.eye(8)
        f[:4, 4:] = np.eye(4)
        q = np.diag(np.square([h / 20, h / 20, 1e-2, h / 20, h / 160, h / 160, 1e-5, h / 160]))
        self.mean, self.cov = f @ self.mean, f @ self.cov @ f.T + q

    def update(self, z: Floats) -> None:
        h = self.mean[3]
        to_z = np.eye(4, 8)
        s = to_z @ self.cov @ to_z.T + np.diag(np.square([h / 20, h / 20, 1e-1, h / 20]))
        gain = self.cov @ to_z.T @ np.linalg.inv(s)
        self.mean = self.mean + gain @ (z - to_z @ self.mean)
        self.cov = self.cov - gain @ s @ gain.T


def measurements(random: np.random.Generator, count: int) -> Floats:
    return random.uniform([0, 0, 0.2, 20], [1920, 1080, 3.0, 400], (count, 4))


def some_motion(random: np.random.Generator, count: int) -> Motion:
    """Filters after a few noisy steps."""
    z = measurements(random, count)
    motion = kalman.initiate(z)
    for _ in range(4):
        z = z + random.normal(0, [3, 3, 0.02, 1.5], (count, 4))
        motion = kalman.update(kalman.predict(motion), z)
    return motion


def assert_identical(one: Motion, other: Motion) -> None:
    for name, a, b in zip(Motion._fields, one, other, strict=True):
        np.testing.assert_array_equal(a, b, err_msg=name)


def test_the_closed_form_equals_the_filter_with_matrices() -> None:
    random = np.random.default_rng(1)
    z = measurements(random, 20)
    motion, dense = kalman.initiate(z), [DenseFilter(row) for row in z]
    for step in range(120):
        motion = kalman.predict(motion)
        for filter_ in dense:
            filter_.predict()
        if step % 3:
            z = np.maximum(z + random.normal(0, [4, 4, 0.03, 2], z.shape), [-1e4, -1e4, 0.1, 10])
            motion = kalman.update(motion, z)
            for filter_, row in zip(dense, z, strict=True):
                filter_.update(row)
    mean = np.array([f.mean for f in dense])
    cov = np.array([f.cov for f in dense])
    index = np.arange(4)
    np.testing.assert_allclose(motion.position, mean[:, :4], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(motion.velocity, mean[:, 4:], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(motion.var_position, cov[:, index, index], rtol=1e-9)
    np.testing.assert_allclose(motion.covariance, cov[:, index, index + 4], rtol=1e-9)
    np.testing.assert_allclose(motion.var_velocity, cov[:, index + 4, index + 4], rtol=1e-9)


@given(seed=SEEDS, frames=st.floats(0.05, 40))
def test_many_tracks_at_once_equal_one_by_one(seed: int, frames: float) -> None:
    random = np.random.default_rng(seed)
    motion, lost, z = some_motion(random, 5), random.random(5) < 0.5, measurements(random, 5)
    together = kalman.update(kalman.advance(motion, lost, frames), z)
    for row in np.arange(5)[:, None]:
        alone = kalman.update(kalman.advance(motion.take(row), lost[row], frames), z[row])
        assert_identical(alone, together.take(row))


def noise(frames: float, height: float) -> Floats:
    """Q(d) as 2 x 2 matrices per coordinate: what a prediction adds to a filter that was certain."""
    nothing = np.zeros((1, 4))
    position = np.array([[0, 0, 1, height]], np.float64)
    _, _, a, b, c = kalman.predict(Motion(position, nothing, nothing, nothing, nothing), frames)
    return np.moveaxis(np.array([[a[0], b[0]], [b[0], c[0]]]), 2, 0)


@given(first=st.floats(0.01, 50), then=st.floats(0.01, 50), height=st.floats(1, 1000))
def test_the_noise_of_two_steps_is_that_of_their_sum(first: float, then: float, height: float) -> None:
    f = np.array([[1, then], [0, 1]])
    np.testing.assert_allclose(
        noise(first + then, height), f @ noise(first, height) @ f.T + noise(then, height), rtol=1e-9, atol=1e-12
    )


@given(frames=st.floats(1e-6, 100))
def test_the_noise_of_any_step_is_positive_definite(frames: float) -> None:
    assert (np.linalg.eigvalsh(noise(frames, 100.0)) > 0).all()


@pytest.mark.parametrize("frames", [2, 5, 17])
def test_a_step_of_n_frames_equals_n_steps_where_the_height_stands_still(frames: int) -> None:
    motion = some_motion(np.random.default_rng(2), 8)
    motion.velocity[:, kalman.HEIGHT] = 0
    steps = motion
    for _ in range(frames):
        steps = kalman.predict(steps)
    for name, a, b in zip(Motion._fields, kalman.predict(motion, frames), steps, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, err_msg=name)


def test_a_gap_equals_the_steps_of_frames_in_which_nobody_was_seen() -> None:
    motion = some_motion(np.random.default_rng(3), 6)
    lost = np.array([True, False] * 3)
    steps = kalman.advance(motion, lost, 1.0)
    for _ in range(4):
        steps = kalman.advance(steps, np.ones(6, np.bool_), 1.0)
    assert_identical(kalman.advance(motion, lost, 5.0), steps)


def test_only_a_lost_track_stops_changing_its_height_in_the_first_step() -> None:
    motion = some_motion(np.random.default_rng(4), 2)
    rate = motion.velocity[1, kalman.HEIGHT]
    assert rate != 0
    after = kalman.advance(motion, np.array([True, False]), 1.0)
    assert after.position[0, kalman.HEIGHT] == motion.position[0, kalman.HEIGHT]
    assert after.position[1, kalman.HEIGHT] == motion.position[1, kalman.HEIGHT] + rate
    assert after.velocity[:, kalman.HEIGHT].tolist() == [0.0, rate]
    assert kalman.advance(motion, np.array([True, False]), 1.5).velocity[:, kalman.HEIGHT].tolist() == [0.0, 0.0]


def test_a_gap_of_days_takes_few_steps_and_stays_finite() -> None:
    motion = kalman.advance(some_motion(np.random.default_rng(5), 3), np.zeros(3, np.bool_), 1e12)
    for name, column in zip(Motion._fields, motion, strict=True):
        assert np.isfinite(column).all(), name


def test_no_function_changes_its_arguments() -> None:
    random = np.random.default_rng(6)
    motion, z = some_motion(random, 4), measurements(random, 4)
    for column in (*motion, z):
        column.setflags(write=False)
    kalman.initiate(z)
    kalman.predict(motion, 2.5)
    kalman.advance(motion, np.ones(4, np.bool_), 3.25)
    kalman.update(motion, z)
    kalman.advance(motion.take(np.array([0])), np.zeros(1, np.bool_), 1.0)
