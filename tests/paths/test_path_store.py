"""The store of paths against a plain list of everything that ever was, and births as a real tracker makes them."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.paths import Paths, Span
from tests.paths.frames_of_tracks import SIZE, Tracked, frame_of
from tracker import ByteTrackConfig

FRAME_S = 1 / 32  # exact in binary, so that times of the model and of the store are the same


@dataclass
class Story:
    """One track of the model."""

    frames: list[int] = field(default_factory=list)
    kept: list[list[float]] = field(default_factory=list)  # [pts, seq, held_s, begins, order]


class Model:
    """Everything that ever was, in lists."""

    def __init__(self) -> None:
        self.tracks: dict[int, Story] = {}
        self.points: list[list[float]] = []

    def add(self, index: int, pts: float, ids: list[int]) -> None:
        for track_id in ids:
            story = self.tracks.setdefault(track_id, Story())
            there_before = bool(story.frames) and story.frames[-1] == index - 1
            if there_before:
                story.kept[-1][2] += FRAME_S
            if not there_before or pts - story.kept[-1][0] >= 0.099:
                point = [pts, index, 0.0, float(not there_before), track_id]
                story.kept.append(point)
                self.points.append(point)
            story.frames.append(index)

    def gaps(self, track_id: int) -> int:
        return int((np.diff(self.tracks[track_id].frames) > 1).sum())


sets_of_ids = st.lists(st.sets(st.integers(1, 9), max_size=6).map(sorted), min_size=1, max_size=40)


def both(shown: list[list[int]], most: int) -> tuple[Paths, Model]:
    paths, model = Paths(most), Model()
    for index, ids in enumerate(shown):
        model.add(index, index * FRAME_S, ids)
        paths.add(frame_of(index, index * FRAME_S, {n: (10.0 * n, index, 10.0 * n + 8, index + 20.0) for n in ids}))
    return paths, model


@given(sets_of_ids, st.integers(1, 40), st.data())
def test_the_newest_points_are_those_of_a_plain_list_for_any_span(shown, most, data):
    paths, model = both(shown, most)
    last = (len(shown) - 1) * FRAME_S
    begins = data.draw(st.floats(-1, last + 1))
    ends = data.draw(st.floats(begins, last + 2))
    found = paths.between(Span(begins, ends))
    assert len(paths) == min(most, len(model.points))
    wanted = [
        point
        for point in model.points[-most:]
        if point[0] <= ends and (point[0] >= begins or point[0] + point[2] > begins)
    ]
    assert found.pts.tolist() == [point[0] for point in wanted]
    assert found.seq.tolist() == [point[1] for point in wanted]
    assert found.begins.tolist() == [bool(point[3]) for point in wanted]
    assert found.track_id.tolist() == [point[4] for point in wanted]
    held = [max(0.0, min(point[0] + point[2], ends) - max(point[0], begins)) for point in wanted]
    assert found.held_s == pytest.approx(held, abs=1e-6)
    assert found.x.tolist() == [10.0 * n + 4 for n in found.track_id.tolist()]
    assert found.y.tolist() == [seq + 20.0 for seq in found.seq.tolist()]
    for track_id in range(1, 10):
        alone = paths.between(Span(begins, ends), track_id=track_id)
        assert alone.seq.tolist() == found.seq[found.track_id == track_id].tolist()


@given(sets_of_ids)
def test_the_summary_of_every_track_is_that_of_a_plain_list(shown):
    paths, model = both(shown, 10_000)
    for track_id, story in model.tracks.items():
        told = paths.track(track_id)
        assert told is not None
        assert (told.first_seq, told.last_seq) == (story.frames[0], story.frames[-1])
        assert (told.first_pts, told.last_pts) == (story.frames[0] * FRAME_S, story.frames[-1] * FRAME_S)
        assert (told.frames, told.gaps, told.class_id) == (len(story.frames), model.gaps(track_id), track_id % 3)
        assert told.shown == (story.frames[-1] == len(shown) - 1)
        assert told.bbox == (10.0 * track_id, story.frames[-1], 10.0 * track_id + 8, story.frames[-1] + 20.0)
        assert told.born is None
    assert paths.track(10) is None


@given(sets_of_ids, st.integers(1, 5))
def test_tracks_that_are_in_view_or_have_points_are_known_however_few_points_are_kept(shown, most):
    paths, _ = both(shown, most)
    for track_id in {*paths.between(Span(-1, 1e9)).track_id.tolist(), *shown[-1]}:
        assert paths.track(track_id) is not None


@given(st.lists(st.tuples(st.sets(st.integers(0, 7)), st.booleans(), st.booleans()), min_size=1, max_size=80))
def test_what_is_told_does_not_depend_on_how_often_somebody_asks(shown):
    """Each frame is the places that people stand in, whether it was looked at, and whether it is the larger picture."""
    tracked, often, once = Tracked(), Paths(100), Paths(100)
    for places, looked, large in shown:
        frame = tracked.frame(*(((70.0 * n, 9.0, 70.0 * n + 40, 90.0), 0.9) for n in sorted(places)))
        frame = replace(frame, looked=looked, size=(1280, 960) if large else SIZE)
        often.add(frame)
        once.add(frame)
        often.track(1)
    by_one, by_all = often.records(), once.records()
    for name in by_one.dtype.names:
        assert by_one[name] == pytest.approx(by_all[name], abs=1e-5)
    for track_id in range(1, tracked.tracker.snapshot().next_id):
        assert often.track(track_id) == once.track(track_id)


def test_memory_stays_bounded_over_tracks_that_come_and_go():
    paths = Paths(200)
    sizes = set()
    for index in range(1200):
        paths.add(frame_of(index, index / 30, {index + 1: (0, 0, 9, 9), index + 2: (9, 9, 20, 20)}))
        if index > 600:
            sizes.add(paths.nbytes)
    assert len(paths) == 200
    assert max(sizes) < 100_000
    assert paths.track(1) is None
    assert paths.track(1201) is not None


def test_points_follow_the_pixels_of_the_newest_image():
    paths = Paths(100)
    paths.add(frame_of(1, 0.0, {1: (100, 100, 200, 300)}))
    paths.add(frame_of(2, 1.0, {1: (50, 40, 110, 160)}, size=(SIZE[0] // 2, SIZE[1] // 2)))
    found = paths.between(Span(0, 1))
    assert (found.x.tolist(), found.y.tolist()) == ([75, 80], [150, 160])
    assert (found.width.tolist(), found.height.tolist()) == ([50, 60], [100, 120])
    assert paths.size == (320, 240)


def test_points_of_one_class_or_one_track_can_be_asked_for():
    paths = Paths(100)
    paths.add(frame_of(1, 0.0, dict.fromkeys(range(1, 7), (0, 0, 9, 9))))
    span = paths.span()
    assert span == Span(0.0, 0.0)
    assert paths.between(span, class_ids={0, 2}).track_id.tolist() == [2, 3, 5, 6]
    assert paths.between(span, class_ids=()).track_id.tolist() == []
    assert paths.between(span, track_id=4).track_id.tolist() == [4]
    assert [len(points) for points in paths.between(span).by_track()] == [1] * 6


def test_a_span_goes_from_the_oldest_point_to_the_newest_frame():
    paths = Paths(3)
    assert paths.span() is None
    for index in range(5):
        paths.add(frame_of(index, float(index), {1: (0, 0, 9, 9)} if index < 4 else {}))
    assert paths.span() == Span(1.0, 4.0)
    assert paths.span(2.0) == Span(2.0, 4.0)
    assert paths.span(ends=3.0) == Span(1.0, 3.0)


@pytest.mark.parametrize(("most", "left"), [(1, [99]), (2, [0, 99]), (4, [0, 33, 66, 99]), (500, list(range(100)))])
def test_thinned_points_keep_the_first_and_the_last(most, left):
    paths = Paths(1000)
    for index in range(100):
        paths.add(frame_of(index, float(index), {1: (0, 0, 9, 9)}))
    assert paths.between(Span(0, 99)).thinned(most).seq.tolist() == left


# -- births --------------------------------------------------------------------------------------------------------


def test_a_track_of_the_first_frame_is_born_at_once():
    tracked, paths = Tracked(), Paths(100)
    paths.add(tracked.frame(((10, 10, 50, 90), 0.83)))
    born = paths.track(1).born
    assert (born.seq, born.at_once, born.bbox) == (1, True, (10, 10, 50, 90))
    assert born.score == pytest.approx(0.83)
    assert (born.high, born.least) == pytest.approx((0.5, 0.6))


def test_a_later_track_is_born_one_frame_before_it_is_shown():
    tracked, paths = Tracked(ByteTrackConfig(track_thresh=0.4, det_thresh=0.7)), Paths(100)
    paths.add(tracked.frame(((10, 10, 50, 90), 0.9)))
    paths.add(tracked.frame(((11, 10, 51, 90), 0.9), ((300, 10, 340, 90), 0.75)))
    assert paths.track(2) is None
    paths.add(tracked.frame(((12, 10, 52, 90), 0.9), ((304, 10, 344, 90), 0.5)))
    told = paths.track(2)
    assert (told.first_seq, told.born.seq, told.born.at_once) == (3, 2, False)
    assert told.born.bbox == (300, 10, 340, 90)
    assert (told.born.pts, told.born.score) == pytest.approx((2 / 30, 0.75))
    assert (told.born.high, told.born.least) == pytest.approx((0.4, 0.7))


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_each_of_many_births_is_claimed_by_the_track_that_it_became(come_back, order):
    """The births whose turn is False are noise: nothing is there in the next frame."""
    tracked, paths = Tracked(), Paths(1000)
    places = [60.0 * n for n in range(len(come_back))]
    order.shuffle(places)
    paths.add(tracked.frame())
    born = [((x, 20, x + 40, 100), 0.7 + 0.01 * n) for n, x in enumerate(places)]
    paths.add(tracked.frame(*born))
    second = [((x + 3, 22, x + 43, 102), 0.9) for x, back in zip(places, come_back, strict=True) if back]
    order.shuffle(second)
    shown = tracked.frame(*second)
    paths.add(shown)
    for track_id, box in zip(shown.tracks.track_id.tolist(), shown.tracks.xyxy.tolist(), strict=True):
        told = paths.track(track_id).born
        assert abs(told.bbox[0] - box[0]) < 10
        assert told.score == pytest.approx(0.7 + 0.01 * places.index(told.bbox[0]))


def test_a_track_whose_first_detection_was_not_seen_has_no_birth():
    tracked, paths = Tracked(), Paths(100)
    tracked.frame(((10, 10, 50, 90), 0.9))
    paths.add(tracked.frame(((10, 10, 50, 90), 0.9)))
    assert paths.track(1).born is None
