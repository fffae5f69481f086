"""Time: what counts as how many frames."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.scenes import COMPILED, assert_identical, assert_same_table, crowd
from tracker import ByteTrackConfig, ByteTracker, Detections, OutOfOrderError
from tracker.timebase import Timebase

RATES = st.sampled_from([1.0, 12.5, 24000 / 1001, 25.0, 30000 / 1001, 30.0, 60.0, 120.0])


def counted(times: list[float | None], frame_rate: float = 30.0) -> list[float]:
    """How many frames each time is after the one before, without the first."""
    base, steps = Timebase(), []
    for pts in times:
        base, frames = base.advance(pts, frame_rate)
        steps.append(frames)
    return steps[1:]


def test_a_call_without_a_time_is_one_frame() -> None:
    assert counted([None] * 4) == [1.0, 1.0, 1.0]


def test_a_dropped_frame_counts() -> None:
    assert counted([0.0, 1 / 30, 3 / 30, 7 / 30]) == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("interval", "frames"), [(1.2, 1.0), (1.76, 2.0), (0.76, 1.0), (1.5, 1.5), (2.5, 2.5), (0.5, 0.5), (0.1, 0.1)]
)
def test_an_interval_is_snapped_to_a_whole_frame_that_is_near(interval: float, frames: float) -> None:
    assert counted([0.0, interval / 30]) == [pytest.approx(frames)]


def test_a_time_that_no_constant_rate_explains_counts_as_it_is() -> None:
    # The two intervals leave nothing of the half frame by which jitter could move one.
    assert counted([0.0, 1.4 / 30, 2.8 / 30]) == [1.0, pytest.approx(1.4)]


@pytest.mark.parametrize("start", [0.0, 1.0, 7 / 3, 1e9, 1.76e9])
def test_one_and_a_half_frames_are_no_jitter_on_any_clock(start: float) -> None:
    for lead in range(1, 30):
        times = [start + k / 30 for k in range(lead)] + [start + (lead + 0.5) / 30]
        assert counted(times)[-1] == pytest.approx(1.5, abs=1e-4)


def test_a_stream_that_drifts_from_its_nominal_rate_counts_one_frame_a_frame() -> None:
    assert counted([k / 33 for k in range(200)]) == [1.0] * 199


def test_calls_with_and_without_times_may_alternate() -> None:
    assert counted([None, 10.0, None, 10 + 2 / 30, 10 + 5 / 30]) == [1.0, 1.0, 1.0, 3.0]


@pytest.mark.parametrize("pts", [5.0, 4.999, -1.0])
def test_a_time_at_or_before_the_last_is_refused(pts: float) -> None:
    base, _ = Timebase().advance(5.0, 30.0)
    with pytest.raises(OutOfOrderError):
        base.advance(pts, 30.0)


@pytest.mark.parametrize("pts", [float("nan"), float("inf"), -1e13])
def test_a_time_that_is_no_time_is_refused(pts: float) -> None:
    with pytest.raises(ValueError, match="finite number of seconds"):
        Timebase().advance(pts, 30.0)


@given(rate=RATES, seed=st.integers(0, 2**32 - 1), start=st.sampled_from([0.0, -3.5, 1e9, 1.76e9, 4e9]))
def test_times_jittered_by_less_than_a_quarter_frame_count_as_whole_frames(
    rate: float, seed: int, start: float
) -> None:
    random = np.random.default_rng(seed)
    index = np.cumsum(random.choice([1, 1, 1, 1, 2, 5], 300))
    jitter = random.uniform(-0.2499, 0.2499, 300)
    assert counted((start + (index + jitter) / rate).tolist(), rate) == np.diff(index).tolist()


@given(rate=RATES, start=st.sampled_from([0.0, 1e9, 1.76e9]))
def test_an_exact_clock_counts_whole_frames_for_ever(rate: float, start: float) -> None:
    assert set(counted([start + k / rate for k in range(2000)], rate)) == {1.0}
    accumulated = (start + np.cumsum(np.full(2000, 1 / rate))).tolist()
    assert set(counted(accumulated, rate)) == {1.0}


@given(seed=st.integers(0, 2**32 - 1))
def test_the_count_never_strays_from_a_steady_clock_by_more_than_half_a_frame(seed: int) -> None:
    random = np.random.default_rng(seed)
    index = np.cumsum(random.integers(1, 4, 200))
    times = ((index + random.uniform(-0.2499, 0.2499, 200)) / 30).tolist()
    strayed = np.cumsum(counted(times)) - (np.array(times[1:]) - times[0]) * 30
    assert np.abs(strayed).max() <= 0.5


@pytest.mark.parametrize("rate", [30.0, 25.0, 30000 / 1001])
@pytest.mark.parametrize("jitter", [0.0, 0.2499])
@pytest.mark.parametrize("start", [0.0, 1.76e9])
def test_nominal_and_jittered_times_give_bit_identical_tracks_to_no_times(
    rate: float, jitter: float, start: float
) -> None:
    config = ByteTrackConfig(frame_rate=rate)
    timed, untimed = ByteTracker(config), ByteTracker(config)
    count = 150 if COMPILED else 50
    noise = np.random.default_rng(9).uniform(-jitter, jitter, count)
    for index, frame in enumerate(crowd(7, count)):
        with_time = timed.update(frame, pts=start + (index + noise[index]) / rate)
        without = untimed.update(frame)
        assert_identical(with_time, without)
    assert_same_table(timed.snapshot().table, untimed.snapshot().table)


def one(x: float) -> Detections:
    return Detections(xyxy=np.array([[x, 100, x + 40, 200]]), score=np.array([0.9]), class_id=np.array([0]))


def test_a_dropped_frame_is_no_miss_and_the_motion_goes_on() -> None:
    tracker = ByteTracker()
    for frame in range(30):
        tracker.update(one(100 + 10 * frame), pts=frame / 30)
    assert not tracker.snapshot().table["lost"].any()
    after = tracker.update(one(100 + 10 * 38), pts=38 / 30)
    assert after.track_id.tolist() == [1]
    assert after.age_s[0] == pytest.approx(38 / 30)
    np.testing.assert_allclose(after.velocity, [[300, 0]], rtol=0.02, atol=1)


def test_a_lost_track_expires_by_time_and_not_by_calls() -> None:
    tracker = ByteTracker()
    tracker.update(one(100), pts=0.0)
    tracker.update(Detections.empty(), pts=1 / 30)
    assert len(tracker.snapshot()) == 1
    tracker.update(Detections.empty(), pts=1.0)
    assert len(tracker.snapshot()) == 1
    tracker.update(Detections.empty(), pts=31 / 30)
    assert len(tracker.snapshot()) == 0


def test_a_parked_car_is_the_same_after_a_day_without_frames() -> None:
    tracker = ByteTracker()
    for frame in range(5):
        tracker.update(one(100), pts=frame / 30)
    assert tracker.update(one(100), pts=86400.0).track_id.tolist() == [1]
