"""The closed form against the filter of eight dimensions, written out. A filter is one row of the table of tracks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.inner_kernels import advance, initiate, predict, to_xyxy, update
from tests.tracker.scenes import examples, found
from tracker import ByteTracker
from tracker.kalman import HEIGHT
from tracker.table import FILTER, TRACK, Record, Records
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
    """(count, 4) centre x, centre y, aspect and height."""
    return random.uniform([0, 0, 0.2, 20], [1920, 1080, 3.0, 400], (count, 4))


def box_of(z: Floats) -> Floats:
    half = np.array([z[2] * z[3], z[3]]) / 2
    return np.concatenate([z[:2] - half, z[:2] + half])


def filters(random: np.random.Generator, count: int) -> Records:
    """Filters after a few noisy steps."""
    table = np.zeros(count, TRACK)
    for row, z in zip(table, measurements(random, count), strict=True):
        initiate(row, box_of(z))
        for _ in range(4):
            z = z + random.normal(0, [3, 3, 0.02, 1.5])
            predict(row, 1.0)
            update(row, box_of(z))
    return table


def assert_close(one: Record, other: Record, rtol: float) -> None:
    for name in FILTER:
        np.testing.assert_allclose(one[name], other[name], rtol=rtol, atol=1e-9, err_msg=name)


def test_the_closed_form_equals_the_filter_with_matrices() -> None:
    random = np.random.default_rng(1)
    z = measurements(random, 20)
    table, dense = np.zeros(20, TRACK), [DenseFilter(row) for row in z]
    for row, measured in zip(table, z, strict=True):
        initiate(row, box_of(measured))
    for step in range(120):
        seen = bool(step % 3)
        z = np.maximum(z + random.normal(0, [4, 4, 0.03, 2], z.shape), [-1e4, -1e4, 0.1, 10])
        for row, matrices, measured in zip(table, dense, z, strict=True):
            predict(row, 1.0)
            matrices.predict()
            if seen:
                update(row, box_of(measured))
                matrices.update(measured)
    mean, cov = np.array([f.mean for f in dense]), np.array([f.cov for f in dense])
    index = np.arange(4)
    np.testing.assert_allclose(table["position"], mean[:, :4], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(table["velocity"], mean[:, 4:], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(table["var_position"], cov[:, index, index], rtol=1e-9)
    np.testing.assert_allclose(table["covariance"], cov[:, index, index + 4], rtol=1e-9)
    np.testing.assert_allclose(table["var_velocity"], cov[:, index + 4, index + 4], rtol=1e-9)


def test_a_tracked_box_is_one_filter_from_its_second_frame_on() -> None:
    random = np.random.default_rng(2)
    tracker, row = ByteTracker(), np.zeros(1, TRACK)[0]
    for frame in range(40):
        seen = found((100 + 3 * frame + random.normal(), 50 + random.normal(), 0.9), height=100 + random.normal())
        tracks = tracker.update(seen)
        if frame == 0:
            initiate(row, seen.xyxy[0].copy())
        else:
            advance(row, 1.0)
            update(row, seen.xyxy[0].copy())
        for name in FILTER:
            assert tracker.snapshot().table[name].tobytes() == row[name].tobytes(), name
        box = np.empty(4)
        to_xyxy(row, box)
        assert tracks.xyxy.tobytes() == box.tobytes()


def noise(frames: float, height: float) -> Floats:
    """Q(d) as 2 x 2 matrices per coordinate: what a prediction adds to a filter that was certain."""
    row = np.zeros(1, TRACK)[0]
    row["position"] = [0, 0, 1, height]
    predict(row, frames)
    a, b, c = row["var_position"], row["covariance"], row["var_velocity"]
    return np.moveaxis(np.array([[a, b], [b, c]]), 2, 0)


@settings(max_examples=examples(100))
@given(first=st.floats(0.01, 50), then=st.floats(0.01, 50), height=st.floats(1, 1000))
def test_the_noise_of_two_steps_is_that_of_their_sum(first: float, then: float, height: float) -> None:
    f = np.array([[1, then], [0, 1]])
    np.testing.assert_allclose(
        noise(first + then, height), f @ noise(first, height) @ f.T + noise(then, height), rtol=1e-9, atol=1e-12
    )


@settings(max_examples=examples(100))
@given(frames=st.floats(1e-6, 100))
def test_the_noise_of_any_step_is_positive_definite(frames: float) -> None:
    assert (np.linalg.eigvalsh(noise(frames, 100.0)) > 0).all()


@pytest.mark.parametrize("frames", [2, 5, 17])
def test_a_step_of_n_frames_equals_n_steps_where_the_height_stands_still(frames: int) -> None:
    table = filters(np.random.default_rng(2), 8)
    table["velocity"][:, HEIGHT] = 0
    for row, steps in zip(table, table.copy(), strict=True):
        predict(row, float(frames))
        for _ in range(frames):
            predict(steps, 1.0)
        assert_close(row, steps, rtol=1e-10)


@pytest.mark.parametrize("lost", [False, True])
def test_a_gap_equals_the_steps_of_frames_in_which_nobody_was_seen(lost: bool) -> None:
    table = filters(np.random.default_rng(3), 3)
    table["lost"] = lost
    for row, steps in zip(table, table.copy(), strict=True):
        advance(row, 5.0)
        for _ in range(5):
            advance(steps, 1.0)
            steps["lost"] = True
        for name in FILTER:
            assert row[name].tobytes() == steps[name].tobytes(), name


@settings(max_examples=examples(100))
@given(seed=SEEDS, frames=st.floats(1e-3, 40), lost=st.booleans())
def test_a_gap_is_whole_frames_and_a_remainder(seed: int, frames: float, lost: bool) -> None:
    table = filters(np.random.default_rng(seed), 2)
    table["lost"] = lost
    table[1] = table[0]
    advance(table[0], frames)
    whole, rest = divmod(frames, 1.0)
    if whole:
        advance(table[1], whole)
        table[1]["lost"] = True
    if rest:
        advance(table[1], rest)
    assert_close(table[0], table[1], rtol=1e-9)


def test_only_a_lost_track_stops_changing_its_height_in_the_first_step() -> None:
    table = filters(np.random.default_rng(4), 2)
    table["lost"] = [True, False]
    before = table.copy()
    rate = before["velocity"][1, HEIGHT]
    assert rate != 0
    for row in table:
        advance(row, 1.0)
    assert table["position"][0, HEIGHT] == before["position"][0, HEIGHT]
    assert table["position"][1, HEIGHT] == before["position"][1, HEIGHT] + rate
    assert table["velocity"][:, HEIGHT].tolist() == [0.0, rate]
    for row in before:
        advance(row, 1.5)
    assert before["velocity"][:, HEIGHT].tolist() == [0.0, 0.0]


def test_a_gap_of_days_takes_few_steps_and_stays_finite() -> None:
    for row in filters(np.random.default_rng(5), 3):
        advance(row, 1e12)
        assert all(np.isfinite(row[name]).all() for name in FILTER)


def test_the_filter_touches_nothing_but_its_own_columns() -> None:
    table = filters(np.random.default_rng(6), 1)
    table["track_id"], table["score"], table["start"], table["last"], table["lost"] = 7, 0.5, 3.0, 9.0, True
    before = table.copy()
    initiate(table[0], np.array([1.0, 2, 30, 40]))
    advance(table[0], 2.5)
    update(table[0], np.array([1.0, 2, 30, 40]))
    others = [name for name in TRACK.names or () if name not in FILTER]
    assert table[others].tolist() == before[others].tolist()
