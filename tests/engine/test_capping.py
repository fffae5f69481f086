"""A stream's frames are thinned out to its rate: so many, evenly, and none too few."""

import itertools
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.capping import FrameCap
from app.errors import FrameDropped
from app.settings import StreamSettings
from tests.engine.hand_clock import by_hand, turns
from tests.engine.scripted import Running, ScriptedDetector, balanced, boxes, settings


def taken(cap: float, times: list[float]) -> list[int]:
    thinning = FrameCap(cap)
    return [index for index, at_s in enumerate(times) if thinning.takes(at_s)]


def gaps(indices: list[int]) -> Counter[int]:
    return Counter(b - a for a, b in itertools.pairwise(indices))


def steady(rate: float, count: int = 3000, jitter_s: float = 0.0) -> list[float]:
    wobble = random.Random(5)
    return [50.0 + k / rate + wobble.uniform(-jitter_s, jitter_s) for k in range(count)]


@pytest.mark.parametrize("jitter_s", [0.0, 0.0005, 0.005, 0.01])
@pytest.mark.parametrize(
    ("rate", "cap", "pattern"),
    [(30, 10, {3}), (30, 15, {2}), (30, 20, {1, 2}), (30, 24, {1, 2}), (25, 10, {2, 3}), (30, 1, {30})],
)
def test_a_capped_stream_gets_its_whole_rate_evenly_whatever_the_jitter(rate, cap, pattern, jitter_s):
    found = taken(cap, steady(rate, jitter_s=jitter_s))
    assert abs(len(found) - 3000 * cap / rate) <= 1
    usual = sum(count for gap, count in gaps(found).items() if gap in pattern)
    assert usual >= 0.99 * len(found)


@pytest.mark.parametrize("cap", [30.0, 30.5, 60.0, 1000.0])
@pytest.mark.parametrize("jitter_s", [0.0, 0.001, 0.01])
def test_a_stream_that_is_no_faster_than_its_cap_loses_nothing(cap, jitter_s):
    assert taken(cap, steady(30, jitter_s=jitter_s)) == list(range(3000))


def test_a_camera_that_drops_frames_itself_still_gets_its_rate():
    lossy = random.Random(7)
    found = taken(10, [at_s for at_s in steady(30) if lossy.random() > 0.1])
    assert 990 <= len(found) <= 1000


@given(
    gaps_s=st.lists(st.floats(0.0, 3.0), min_size=1, max_size=200),
    cap=st.floats(0.1, 1000.0),
)
def test_no_span_holds_more_than_its_share_and_two_frames(gaps_s, cap):
    times = list(itertools.accumulate(gaps_s, initial=100.0))
    found = [times[index] for index in taken(cap, times)]
    for first, last in itertools.combinations(range(len(found)), 2):
        assert last - first + 1 <= (found[last] - found[first]) * cap + 3 + 1e-6


def test_the_frame_after_those_beyond_the_rate_tells_how_many_and_readers_and_books_agree():
    async def play(loop):
        async with Running(given=settings(StreamSettings(max_fps=10))) as engine:
            sent = [engine.submit("cam", boxes(5, seq=k, capture_ts=k / 30)) for k in range(1, 61)]
            ends = [await end_of(one) for one in sent]
            tracked = [end.message for end in ends if not isinstance(end, FrameDropped)]
            assert len(tracked) == 20
            assert [message.dropped_since_last for message in tracked] == [0] + [2] * 19
            assert {end.reason for end in ends if isinstance(end, FrameDropped)} == {"rate"}
            view = engine.stream("cam")
            assert (view.accounts.dropped, dict(view.drops)) == (40, {"rate": 40})
            assert balanced(engine, "cam")

    by_hand(play)


def test_without_capture_times_the_rate_is_that_of_arrival():
    async def play(loop):
        async with Running(given=settings(StreamSettings(max_fps=5))) as engine:
            kept = []
            for number in range(1, 101):
                end = await end_of(engine.submit("cam", boxes(5, seq=number)))
                kept += [] if isinstance(end, FrameDropped) else [number]
                await loop.pass_s(0.05)
            assert gaps(kept) == {4: len(kept) - 1}
            assert len(kept) == 25

    by_hand(play)


def test_a_cap_that_is_lifted_or_changed_holds_for_the_next_frame():
    async def play(loop):
        async with Running(given=settings(StreamSettings(max_fps=1))) as engine:
            await engine.submit("cam", boxes(5, capture_ts=1.0))
            assert isinstance(await end_of(engine.submit("cam", boxes(5, capture_ts=1.1))), FrameDropped)
            engine.patch_stream("cam", {"max_fps": None})
            answer = await engine.submit("cam", boxes(5, capture_ts=1.2))
            assert (answer.message.seq, answer.message.dropped_since_last) == (3, 1)

    by_hand(play)


def test_with_a_cap_above_the_rate_the_tracks_are_those_without_one():
    async def answers(cap):
        async with Running(ScriptedDetector(), settings(StreamSettings(max_fps=cap))) as engine:
            found = [await engine.submit("cam", boxes(10 + k, seq=k, capture_ts=k / 30)) for k in range(1, 40)]
            await turns(1)
            return [(a.message.seq, a.message.tracks, a.message.dropped_since_last) for a in found]

    async def play(loop):
        assert await answers(30.0) == await answers(None)

    by_hand(play)


async def end_of(waited):
    """The answer, or why there is none."""
    try:
        return await waited
    except FrameDropped as dropped:
        return dropped
