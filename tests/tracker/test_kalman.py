"""The closed form against the filter of eight dimensions, written out. A filter is one row of the table of tracks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.inner_kernels import advance, distance, initiate, predict, to_xyxy, update
from tests.tracker.scenes import examples, found
from tracker import ByteTracker
from tracker.kalman import HEIGHT
from tracker.options import XYAH, XYWH, XYWH_HEIGHT
from tracker.table import FILTER, TRACK, Record, Records
from tracker.types import Floats

SEEDS = st.integers(0, 2**32 - 1)


STATES = pytest.mark.parametrize("state", [XYAH, XYWH, XYWH_HEIGHT], ids=["xyah", "xywh", "xywh_height"])


class DenseFilter:
    """One track's filter with its 8 x 8 matrices, as deep_sort's and BoT-SORT's papers and ByteTrack describe it."""

    def __init__(self, z: Floats, state: int) -> None:
        self.state = state
        self.mean = np.concatenate([z, np.zeros(4)])
        self.cov = np.diag(np.concatenate([self.deviations(2 / 20, 1e-2), self.deviations(10 / 160, 1e-5)]) ** 2)

    def deviations(self, weight: float, aspect: float) -> Floats:
        """Of the four coordinates, by the height, the own side, or `aspect`."""
        size, height = self.mean[2:4]
        if self.state == XYAH:
            return np.array([weight * height, weight * height, aspect, weight * height])
        side = size if self.state == XYWH else height
        return weight * np.array([side, height, side, height])

    def predict(self) -> None:
        q = np.diag(np.concatenate([self.deviations(1 / 20, 1e-2), self.deviations(1 / 160, 1e-5)]) ** 2)
        f = np.eye(8)
        f[:4, 4:] = np.eye(4)
        self.mean, self.cov = f @ self.mean, f @ self.cov @ f.T + q

    def update(self, z: Floats, noise_scale: float) -> None:
        to_z = np.eye(4, 8)
        r = np.diag(self.deviations(1 / 20, 1e-1) ** 2) * noise_scale
        s = to_z @ self.cov @ to_z.T + r
        gain = self.cov @ to_z.T @ np.linalg.inv(s)
        self.mean = self.mean + gain @ (z - to_z @ self.mean)
        self.cov = self.cov - gain @ s @ gain.T

    def distance(self, z: Floats) -> float:
        s = self.cov[:4, :4] + np.diag(self.deviations(1 / 20, 1e-1) ** 2)
        return float((z - self.mean[:4]) @ np.linalg.inv(s) @ (z - self.mean[:4]))


def measurements(random: np.random.Generator, count: int, state: int = XYAH) -> Floats:
    """(count, 4) centre x, centre y, aspect or width, and height."""
    largest = 3.0 if state == XYAH else 400.0
    return random.uniform([0, 0, largest / 15, 20], [1920, 1080, largest, 400], (count, 4))


def box_of(z: Floats, state: int = XYAH) -> Floats:
    half = np.array([z[2] * z[3] if state == XYAH else z[2], z[3]]) / 2
    return np.concatenate([z[:2] - half, z[:2] + half])


def filters(random: np.random.Generator, count: int) -> Records:
    """Filters after a few noisy steps."""
    table = np.zeros(count, TRACK)
    for row, z in zip(table, measurements(random, count), strict=True):
        initiate(row, box_of(z), XYAH)
        for _ in range(4):
            z = z + random.normal(0, [3, 3, 0.02, 1.5])
            predict(row, 1.0, XYAH)
            update(row, box_of(z), 1.0, XYAH)
    return table


def assert_close(one: Record, other: Record, rtol: float) -> None:
    for name in FILTER:
        np.testing.assert_allclose(one[name], other[name], rtol=rtol, atol=1e-9, err_msg=name)


@STATES
def test_the_closed_form_equals_the_filter_with_matrices(state: int) -> None:
    random = np.random.default_rng(1)
    z = measurements(random, 12, state)
    table, dense = np.zeros(len(z), TRACK), [DenseFilter(row, state) for row in z]
    jitter, least = ([4, 4, 0.03, 2], [-1e4, -1e4, 0.1, 10]) if state == XYAH else ([4, 4, 2, 2], [-1e4, -1e4, 10, 10])
    for row, measured in zip(table, z, strict=True):
        initiate(row, box_of(measured, state), state)
    for step in range(120):
        z = np.maximum(z + random.normal(0, jitter, z.shape), least)
        for row, matrices, measured in zip(table, dense, z, strict=True):
            predict(row, 1.0, state)
            matrices.predict()
            box, noise_scale = box_of(measured, state), 1.0 if step % 2 else 0.3
            assert distance(row, box, state) == pytest.approx(matrices.distance(measured), rel=1e-9)
            if step % 3:
                update(row, box, noise_scale, state)
                matrices.update(measured, noise_scale)
    mean, cov = np.array([f.mean for f in dense]), np.array([f.cov for f in dense])
    index = np.arange(4)
    np.testing.assert_allclose(table["position"], mean[:, :4], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(table["velocity"], mean[:, 4:], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(table["var_position"], cov[:, index, index], rtol=1e-9)
    np.testing.assert_allclose(table["covariance"], cov[:, index, index + 4], rtol=1e-9)
    np.testing.assert_allclose(table["var_velocity"], cov[:, index + 4, index + 4], rtol=1e-9)


@STATES
def test_the_box_of_a_fresh_filter_is_the_one_that_was_measured(state: int) -> None:
    row, box = np.zeros(1, TRACK)[0], np.empty(4)
    initiate(row, np.array([10.0, 20, 50, 120]), state)
    to_xyxy(row, box, state)
    assert box.tolist() == [10, 20, 50, 120]
    assert row["position"].tolist() == [30, 70, 0.4 if state == XYAH else 40, 100]
    assert not row["velocity"].any()


def test_a_tracked_box_is_one_filter_from_its_second_frame_on() -> None:
    random = np.random.default_rng(2)
    tracker, row = ByteTracker(), np.zeros(1, TRACK)[0]
    for frame in range(40):
        seen = found((100 + 3 * frame + random.normal(), 50 + random.normal(), 0.9), height=100 + random.normal())
        tracks = tracker.update(seen)
        if frame == 0:
            initiate(row, seen.xyxy[0].copy(), XYAH)
        else:
            advance(row, 1.0, XYAH)
            update(row, seen.xyxy[0].copy(), 1.0, XYAH)
        for name in FILTER:
            assert tracker.snapshot().table[name].tobytes() == row[name].tobytes(), name
        box = np.empty(4)
        to_xyxy(row, box, XYAH)
        assert tracks.xyxy.tobytes() == box.tobytes()


def noise(frames: float, height: float) -> Floats:
    """Q(d) as 2 x 2 matrices per coordinate: what a prediction adds to a filter that was certain."""
    row = np.zeros(1, TRACK)[0]
    row["position"] = [0, 0, 1, height]
    predict(row, frames, XYAH)
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
        predict(row, float(frames), XYAH)
        for _ in range(frames):
            predict(steps, 1.0, XYAH)
        assert_close(row, steps, rtol=1e-10)


@pytest.mark.parametrize("lost", [False, True])
def test_a_gap_equals_the_steps_of_frames_in_which_nobody_was_seen(lost: bool) -> None:
    table = filters(np.random.default_rng(3), 3)
    table["lost"] = lost
    for row, steps in zip(table, table.copy(), strict=True):
        advance(row, 5.0, XYAH)
        for _ in range(5):
            advance(steps, 1.0, XYAH)
            steps["lost"] = True
        for name in FILTER:
            assert row[name].tobytes() == steps[name].tobytes(), name


@settings(max_examples=examples(100))
@given(seed=SEEDS, frames=st.floats(1e-3, 40), lost=st.booleans())
def test_a_gap_is_whole_frames_and_a_remainder(seed: int, frames: float, lost: bool) -> None:
    table = filters(np.random.default_rng(seed), 2)
    table["lost"] = lost
    table[1] = table[0]
    advance(table[0], frames, XYAH)
    whole, rest = divmod(frames, 1.0)
    if whole:
        advance(table[1], whole, XYAH)
        table[1]["lost"] = True
    if rest:
        advance(table[1], rest, XYAH)
    assert_close(table[0], table[1], rtol=1e-9)


def test_only_a_lost_track_stops_changing_its_height_in_the_first_step() -> None:
    table = filters(np.random.default_rng(4), 2)
    table["lost"] = [True, False]
    before = table.copy()
    rate = before["velocity"][1, HEIGHT]
    assert rate != 0
    for row in table:
        advance(row, 1.0, XYAH)
    assert table["position"][0, HEIGHT] == before["position"][0, HEIGHT]
    assert table["position"][1, HEIGHT] == before["position"][1, HEIGHT] + rate
    assert table["velocity"][:, HEIGHT].tolist() == [0.0, rate]
    for row in before:
        advance(row, 1.5, XYAH)
    assert before["velocity"][:, HEIGHT].tolist() == [0.0, 0.0]


def test_a_gap_of_days_takes_few_steps_and_stays_finite() -> None:
    for row in filters(np.random.default_rng(5), 3):
        advance(row, 1e12, XYAH)
        assert all(np.isfinite(row[name]).all() for name in FILTER)


def test_the_filter_touches_nothing_but_its_own_columns() -> None:
    table = filters(np.random.default_rng(6), 1)
    table["track_id"], table["score"], table["start"], table["last"], table["lost"] = 7, 0.5, 3.0, 9.0, True
    before = table.copy()
    initiate(table[0], np.array([1.0, 2, 30, 40]), XYAH)
    advance(table[0], 2.5, XYAH)
    update(table[0], np.array([1.0, 2, 30, 40]), 1.0, XYAH)
    others = [name for name in TRACK.names or () if name not in FILTER]
    assert table[others].tolist() == before[others].tolist()
