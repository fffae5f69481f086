"""Frames sent to an engine: what is counted, and as what."""

import asyncio
from collections import Counter

import pytest

from app.benching.holding import Holding, holdings, to_check
from app.benching.load import Load, as_cameras_send, as_fast_as_taken
from app.errors import DetectorFailed, FrameDropped, Overloaded

PICTURES = [b"a", b"b", b"c"]


class Engine:
    """Answers at once, after one turn of the loop, or refuses every third frame of a stream named so."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.flying: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def submit(self, stream: str, picture: bytes) -> None:
        assert picture in PICTURES
        self.seen[stream] += 1
        self.flying[stream] += 1
        self.most[stream] = max(self.most[stream], self.flying[stream])
        await asyncio.sleep(0)
        self.flying[stream] -= 1
        if stream in REFUSALS and self.seen[stream] % 3 == 0:
            raise REFUSALS[stream]


REFUSALS = {
    "drops": FrameDropped("old", reason="superseded"),
    "full": Overloaded("full"),
    "fails": DetectorFailed("broken"),
}


async def test_every_stream_keeps_as_many_frames_in_flight_as_it_was_told():
    engine = Engine()
    load = await as_fast_as_taken(engine.submit, PICTURES, ["a", "b"], 0.05, in_flight=3)
    assert engine.most == {"a": 3, "b": 3}
    assert load.sent == sum(engine.seen.values())
    assert load.fps > 0
    assert 0 < load.percentile_ms(50) <= load.percentile_ms(99)


async def test_cameras_send_their_rate_whether_they_are_answered_or_not():
    engine = Engine()
    load = await as_cameras_send(engine.submit, PICTURES, ["a", "b", "c"], fps=100, seconds=0.1)
    assert engine.seen == {"a": 10, "b": 10, "c": 10}
    assert (load.sent, load.dropped, load.failed) == (30, 0, 0)


@pytest.mark.parametrize(("stream", "dropped", "failed"), [("drops", 3, 0), ("full", 3, 0), ("fails", 0, 3)])
async def test_frames_without_an_answer_are_counted_by_what_became_of_them(stream, dropped, failed):
    load = await as_cameras_send(Engine().submit, PICTURES, [stream], fps=100, seconds=0.1)
    assert (load.dropped, load.failed, len(load.latencies_ms)) == (dropped, failed, 7)


def test_percentiles_of_few_answers_are_those_answers():
    assert Load().percentile_ms(99) == 0.0
    assert Load([4.0]).percentile_ms(50) == 4.0
    assert Load([float(n) for n in range(101)]).percentile_ms(99) == pytest.approx(99.0)


def test_a_fifth_of_the_measured_rate_is_kept_in_reserve():
    assert holdings(100.0)[:3] == (Holding(5.0, 16), Holding(10.0, 8), Holding(15.0, 5))
    assert [h.streams for h in holdings(4.0)] == [0, 0, 0, 0, 0]


def test_what_is_tried_out_is_near_ten_frames_per_second():
    assert to_check(holdings(100.0)) == Holding(10.0, 8)
    assert to_check(holdings(8.0)) == Holding(5.0, 1)
    assert to_check(holdings(1.0)) is None
