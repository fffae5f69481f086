"""Filling the gaps of finished tracks."""

import tracemalloc
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import MotRows
from tracker.interpolation import MAX_GAP, NOISE, TAU, WINDOW, Floats, fill_gaps, find_gaps, smoothed


def rows_of(*rows: tuple[float, ...]) -> MotRows:
    """From (frame, id, x1, y1, x2, y2, score); the class is ten times the id."""
    table = np.array(rows, np.float64).reshape(-1, 7)
    frame, track_id = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    return MotRows(frame, track_id, table[:, 2:6], table[:, 6], 10 * track_id, np.full(len(table), -1.0))


def chosen(rows: MotRows, which: np.ndarray) -> MotRows:
    return MotRows(*(getattr(rows, name)[which] for name in MotRows.__slots__))


def same(first: MotRows, second: MotRows) -> bool:
    """Bit for bit."""
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in MotRows.__slots__)


def walk(frames: int, seed: int = 0, jitter_px: float = 1.0) -> Floats:
    """A jittery box, (frames, 4), that wanders."""
    random = np.random.default_rng(seed)
    corner = 500 + random.normal(0, 2, (frames, 2)).cumsum(axis=0) + random.normal(0, jitter_px, (frames, 2))
    sides = random.uniform((40, 100), (40 + jitter_px, 100 + jitter_px), (frames, 2))
    return np.concatenate([corner, corner + sides], axis=1)


def smoothed_walk(path: Floats) -> Floats:
    return smoothed(np.arange(len(path)), np.ones(len(path), np.int64), path)


@st.composite
def tracks(draw: st.DrawFn) -> MotRows:
    """Rows of a few tracks with holes, and some that belong to none, in the order of a MOT file."""
    frames = st.lists(st.integers(1, 40), max_size=12, unique=True)
    seen = [(frame, track_id) for track_id in draw(st.sets(st.integers(0, 9), max_size=4)) for frame in draw(frames)]
    seen += [(frame, -1) for frame in draw(st.lists(st.integers(1, 40), max_size=4))]
    seen = sorted(draw(st.permutations(seen)), key=lambda row: row[0])
    corner = st.floats(-1e4, 1e4)
    side = st.floats(1e-3, 1e3)
    rows = []
    for frame, track_id in seen:
        x, y, w, h, score = draw(st.tuples(corner, corner, side, side, st.floats(0, 1)))
        rows.append((frame, track_id, x, y, x + w, y + h, score))
    return rows_of(*rows)


def test_a_gap_is_filled_on_the_line_between_its_ends() -> None:
    filled = fill_gaps(rows_of((1, 7, 0, 0, 10, 20, 0.5), (5, 7, 8, 4, 26, 28, 0.9)))
    assert filled.frame.tolist() == [1, 2, 3, 4, 5]
    assert filled.track_id.tolist() == [7] * 5
    assert filled.class_id.tolist() == [70] * 5
    assert filled.xyxy[1:4].tolist() == [[2, 1, 14, 22], [4, 2, 18, 24], [6, 3, 22, 26]]
    assert filled.score.tolist() == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9])
    assert filled.visibility.tolist() == [-1, 0, 0, 0, -1], "0 tells a filled row"


@pytest.mark.parametrize(("apart", "filled"), [(1, 0), (2, 1), (20, 19), (21, 0)])
def test_rows_twenty_frames_apart_are_joined_and_rows_farther_apart_are_not(apart: int, filled: int) -> None:
    rows = rows_of((3, 1, 0, 0, 10, 10, 1), (3 + apart, 1, 5, 5, 15, 15, 1))
    assert len(fill_gaps(rows)) == 2 + filled
    assert MAX_GAP == 20


def test_how_far_a_gap_may_reach_can_be_chosen() -> None:
    rows = rows_of((1, 1, 0, 0, 10, 10, 1), (5, 1, 0, 0, 10, 10, 1), (30, 1, 0, 0, 10, 10, 1))
    assert [len(fill_gaps(rows, max_gap=most)) for most in (1, 3, 4, 24, 25)] == [3, 3, 6, 6, 30]


def test_filled_rows_stand_behind_those_of_their_frame_in_the_order_of_ids() -> None:
    box = (0, 0, 10, 10, 1)
    filled = fill_gaps(
        rows_of((1, 9, *box), (1, 2, *box), (1, 3, *box), (2, 3, *box), (3, 2, *box), (3, 9, *box), (3, 3, *box))
    )
    assert filled.frame.tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert filled.track_id.tolist() == [9, 2, 3, 3, 2, 9, 2, 9, 3]


def test_rows_that_belong_to_no_track_are_left_alone() -> None:
    rows = rows_of(*[(frame, -1, frame, frame**2, frame + 9, frame**2 + 9, 0.4) for frame in (1, 2, 3, 4, 4, 7)])
    assert same(fill_gaps(rows), rows)
    assert same(fill_gaps(rows, "gaussian"), rows)


@pytest.mark.parametrize("method", ["linear", "gaussian"])
@pytest.mark.parametrize("rows", [rows_of(), rows_of((4, 1, 0, 0, 9, 9, 1))], ids=["none", "one"])
def test_where_nothing_is_missing_nothing_changes(rows: MotRows, method) -> None:
    assert same(fill_gaps(rows, method), rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "cubic"}, "method is 'cubic': it must be one of linear, gaussian"),
        ({"max_gap": 0}, "max_gap is 0: it must be at least 1"),
        ({}, "track 8 has two rows in frame 2"),
    ],
)
def test_what_cannot_be_filled_is_refused_with_the_reason(arguments, message: str) -> None:
    box = (0, 0, 10, 10, 1)
    with pytest.raises(ValueError, match=message):
        fill_gaps(rows_of((1, 8, *box), (2, 8, *box), (2, 4, *box), (2, 8, *box)), **arguments)


@given(rows=tracks(), max_gap=st.integers(1, 45))
def test_linear_filling_adds_the_lines_inside_gaps_and_nothing_else(rows: MotRows, max_gap: int) -> None:
    """Against a plain loop over the rows of each track."""
    seen = defaultdict(list)
    for row, (frame, track_id) in enumerate(zip(rows.frame.tolist(), rows.track_id.tolist(), strict=True)):
        if track_id >= 0:
            seen[track_id].append((frame, row))
    wanted = {}
    for track_id, places in seen.items():
        for (start, first), (stop, last) in zip(sorted(places), sorted(places)[1:], strict=False):
            for frame in range(start + 1, stop) if stop - start <= max_gap else ():
                share = (frame - start) / (stop - start)
                box = rows.xyxy[first] + (rows.xyxy[last] - rows.xyxy[first]) * share
                score = rows.score[first] + (rows.score[last] - rows.score[first]) * share
                wanted[frame, track_id] = (*box.tolist(), score, 10 * track_id)
    filled = fill_gaps(rows, max_gap=max_gap)
    assert (np.diff(filled.frame) >= 0).all()
    new = filled.visibility == 0
    assert same(chosen(filled, ~new), rows), "rows that were there stay, in their order"
    columns = (filled.frame, filled.track_id, filled.xyxy, filled.score, filled.class_id)
    got = zip(*(column[new].tolist() for column in columns), strict=True)
    assert {(frame, track_id): (*box, *rest) for frame, track_id, box, *rest in got} == wanted
    assert new.sum() == len(wanted)


@pytest.mark.parametrize("method", ["linear", "gaussian"])
@given(rows=tracks(), seed=st.integers(0, 99))
def test_the_order_of_the_rows_does_not_matter(method, rows: MotRows, seed: int) -> None:
    shuffled = fill_gaps(chosen(rows, np.random.default_rng(seed).permutation(len(rows))), method)
    filled = fill_gaps(rows, method)
    assert (np.diff(shuffled.frame) >= 0).all()
    first, second = (
        chosen(each, np.lexsort((each.score, *each.xyxy.T, each.track_id, each.frame))) for each in (filled, shuffled)
    )
    assert same(first, second)


@given(rows=tracks())
def test_what_is_filled_has_no_more_gaps(rows: MotRows) -> None:
    filled = fill_gaps(rows)
    assert same(fill_gaps(filled), filled)
    assert len(find_gaps(filled.frame, filled.track_id)) == 0


@given(rows=tracks())
def test_gaussian_filling_gives_the_rows_of_linear_filling_with_sound_boxes_elsewhere(rows: MotRows) -> None:
    linear, gaussian = fill_gaps(rows), fill_gaps(rows, "gaussian")
    for name in ("frame", "track_id", "score", "class_id", "visibility"):
        assert np.array_equal(getattr(linear, name), getattr(gaussian, name))
    assert np.isfinite(gaussian.xyxy).all()
    assert (gaussian.xyxy[:, 2:] > gaussian.xyxy[:, :2]).all()


def test_a_smooth_path_is_the_posterior_mean_about_the_fitted_line() -> None:
    """Against the textbook's formula, written out entry by entry (Rasmussen and Williams, 2006, equation 2.23)."""
    path = walk(9)
    times = range(9)
    scale = TAU * np.log(TAU**3 / 9)
    covariance = np.array([[np.exp(-((s - t) ** 2) / (2 * scale**2)) for s in times] for t in times])
    for coordinate in range(4):
        line = np.polyval(np.polyfit(times, path[:, coordinate], 1), times)
        weights = np.linalg.inv(covariance + NOISE * np.eye(9)) @ (path[:, coordinate] - line)
        np.testing.assert_allclose(smoothed_walk(path)[:, coordinate], line + covariance @ weights, atol=1e-6)


def test_a_steady_walk_stays_on_its_line_over_a_gap() -> None:
    path = np.linspace((0, 400, 40, 500), (240, 320, 280, 420), 81)
    seen = np.r_[0:30, 45:81]
    filled = fill_gaps(rows_of(*[(frame + 1, 1, *path[frame], 1) for frame in seen]), "gaussian")
    np.testing.assert_allclose(filled.xyxy, path, atol=1e-6)


def test_smoothing_takes_away_jitter_and_keeps_a_curve() -> None:
    time = np.arange(200)
    centre = np.stack([300 + 200 * np.cos(time / 60), 300 + 200 * np.sin(time / 60)], axis=1)
    half = np.array([20, 50])
    truth = np.concatenate([centre - half, centre + half], axis=1)
    seen = truth + np.random.default_rng(3).normal(0, 2, truth.shape)
    left = np.sqrt(((smoothed_walk(seen) - truth) ** 2).mean())
    assert left < 0.6 * np.sqrt(((seen - truth) ** 2).mean())


@given(seed=st.integers(0, 99), frames=st.integers(1, 60), scale=st.floats(0.1, 10), shift=st.floats(-1e4, 1e4))
def test_smoothing_knows_no_origin_and_no_unit(seed: int, frames: int, scale: float, shift: float) -> None:
    path = walk(frames, seed)
    np.testing.assert_allclose(smoothed_walk(scale * path + shift), scale * smoothed_walk(path) + shift, atol=1e-5)


def test_tracks_and_the_parts_between_long_gaps_are_smoothed_apart() -> None:
    frame = np.r_[1:31, 90:130, 1:31]
    track_id = np.repeat([4, 4, 6], [30, 40, 30])
    paths = [walk(30, 1), walk(40, 2), walk(30, 3)]
    np.testing.assert_allclose(
        smoothed(frame, track_id, np.concatenate(paths)), np.concatenate([smoothed_walk(path) for path in paths])
    )


def test_no_side_becomes_shorter_than_the_shortest_that_was_seen() -> None:
    path = walk(60, jitter_px=0.0)
    path[30, 2:] += 900
    sides = smoothed_walk(path)[:, 2:] - smoothed_walk(path)[:, :2]
    assert (sides >= [40 - 1e-9, 100 - 1e-9]).all()


def test_a_long_path_in_windows_is_smooth_as_if_it_were_solved_at_once() -> None:
    path = walk(2 * WINDOW + 130)
    time = np.arange(len(path)) - (len(path) - 1) / 2
    line = path.mean(axis=0) + np.outer(time, time @ path / (time @ time))
    kernel = np.exp(-0.5 * ((time[:, None] - time) / (TAU * np.log(TAU**3 / WINDOW))) ** 2)
    at_once = line + kernel @ np.linalg.solve(kernel + NOISE * np.eye(len(path)), path - line)
    windowed = smoothed_walk(path)
    assert np.abs(windowed - at_once).max() < 0.05
    assert np.abs(windowed - path).max() > 1


@settings(max_examples=20)
@given(frames=st.integers(WINDOW - 3, 3 * WINDOW))
def test_every_frame_of_a_long_path_is_smoothed(frames: int) -> None:
    path = walk(frames)
    assert (smoothed_walk(path) != path).any(axis=1).all()


def test_the_memory_for_a_path_does_not_grow_with_its_square() -> None:
    path = walk(20_000)
    tracemalloc.start()
    smoothed_walk(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6, "one matrix over all frames would take 3.2 GB"
