"""What holds for any input."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import ByteTrackConfig, ByteTracker, Detections, Tracks
from tracker.types import COORDINATE_LIMIT, SMALLEST_SIDE, Ints

LIMIT = COORDINATE_LIMIT

SIDES = st.one_of(st.floats(1, 500), st.floats(2 * SMALLEST_SIDE, 1), st.floats(1, LIMIT))
CORNERS = st.one_of(st.floats(0, 300), st.floats(-LIMIT, 0))
ROW = st.tuples(CORNERS, CORNERS, SIDES, SIDES, st.floats(0, 1))
FRAMES = st.lists(
    st.tuples(st.lists(ROW, max_size=4), st.one_of(st.just(1.0), st.floats(1e-3, 1e7))), min_size=1, max_size=25
)


def detections_of(rows: list[tuple[float, float, float, float, float]]) -> Detections:
    # A box far away keeps a frame of tiny ones from being taken for normalised coordinates.
    rows = [*rows, (5000, 5000, 40, 100, 0.05)]
    xyxy = np.array([(x, y, min(x + w, LIMIT), min(y + h, LIMIT)) for x, y, w, h, _ in rows])
    return Detections(xyxy=xyxy, score=np.array([row[4] for row in rows]), class_id=np.zeros(len(rows), np.int64))


@settings(max_examples=60)
@given(frames=FRAMES)
def test_the_state_stays_finite_and_its_variances_positive_for_any_valid_input(frames: list) -> None:
    tracker, pts = ByteTracker(ByteTrackConfig(match_thresh=1.0, track_thresh=0.3)), 0.0
    for rows, interval in frames:
        pts += interval / 30
        tracks = tracker.update(detections_of(rows), pts)
        tracker.snapshot().check()
        for column in (tracks.xyxy, tracks.velocity, tracks.age_s):
            assert np.isfinite(column).all()


def test_wild_jumps_in_size_and_place_keep_the_state_sound() -> None:
    random = np.random.default_rng(8)
    tracker = ByteTracker(ByteTrackConfig(match_thresh=1.0))
    for _ in range(600):
        size = 10 ** random.uniform(-5, 5.9, (3, 2))
        corner = random.uniform(-1, 0, (3, 2)) * size
        xyxy = np.concatenate(
            [
                corner,
                corner + size,
            ],
            axis=1,
        )
        frame = np.concatenate([xyxy, [[5000, 5000, 5040, 5100]]])
        tracker.update(Detections(xyxy=frame, score=np.array([0.9, 0.9, 0.9, 0.05]), class_id=np.zeros(4, np.int64)))
        tracker.snapshot().check()


def crowd(seed: int, frames: int, count: int = 9) -> list[Detections]:
    random = np.random.default_rng(seed)
    corner, out = random.uniform(0, 300, (count, 2)), []
    for _ in range(frames):
        corner = corner + random.normal(0, 5, (count, 2))
        seen = random.random(count) > 0.2
        xyxy = np.concatenate([corner, corner + random.uniform([35, 90], [45, 110], (count, 2))], axis=1)[seen]
        out.append(
            Detections(xyxy=xyxy, score=random.uniform(0.1, 1, count)[seen], class_id=np.zeros(seen.sum(), np.int64))
        )
    return out


def shuffled(detections: Detections, order: Ints) -> Detections:
    return Detections(xyxy=detections.xyxy[order], score=detections.score[order], class_id=detections.class_id[order])


def by_place(tracks: Tracks) -> Ints:
    return np.lexsort(tracks.xyxy.T)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_detections_changes_no_box_and_no_identity(seed: int) -> None:
    random = np.random.default_rng(seed)
    plain, mixed = ByteTracker(), ByteTracker()
    names: dict[int, int] = {}
    for frame in crowd(seed, 40):
        one, other = plain.update(frame), mixed.update(shuffled(frame, random.permutation(len(frame))))
        a, b = by_place(one), by_place(other)
        np.testing.assert_array_equal(one.xyxy[a], other.xyxy[b])
        for ours, theirs in zip(one.track_id[a].tolist(), other.track_id[b].tolist(), strict=True):
            assert names.setdefault(ours, theirs) == theirs
    assert len(set(names.values())) == len(names)


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_same_input_gives_the_same_output(seed: int) -> None:
    frames = crowd(seed, 15)
    states = []
    for _ in range(2):
        tracker = ByteTracker()
        for frame in frames:
            tracker.update(frame)
        states.append(tracker.snapshot().to_bytes())
    assert states[0] == states[1]


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1))
def test_ids_are_given_in_order_and_without_holes(seed: int) -> None:
    tracker, highest = ByteTracker(), 0
    for frame in crowd(seed, 40):
        ids = tracker.update(frame).track_id
        assert len(set(ids.tolist())) == len(ids)
        new = sorted(ids[ids > highest].tolist())
        assert new == list(range(highest + 1, highest + 1 + len(new)))
        highest += len(new)
    assert tracker.snapshot().next_id == highest + 1
