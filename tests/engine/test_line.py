"""More streams than places: who comes next, and with which frame."""

import asyncio

from app.engine.line import Line
from app.settings import InferenceSettings, Settings, StreamSettings
from tests.engine.scripted import Running, ScriptedDetector, balanced, boxes, frame, reached, until

NARROW = InferenceSettings(callers=1, max_batch=1)  # two places


def test_streams_are_called_in_the_order_they_came_each_once_and_only_while_there_is_a_place():
    line, called = Line(1), []

    def caller(stream, takes=True):
        def call():
            called.append(stream)
            if takes:
                line.take()

        return call

    line.take()
    for stream, takes in (("a", True), ("gone", False), ("b", True), ("a", True)):
        line.wait(stream, caller(stream, takes))
    assert not line.has_place
    assert len(line) == 3
    line.give_back()
    assert called == ["a"]
    line.give_back()  # the one that has gone takes nothing
    assert called == ["a", "gone", "b"]
    line.give_back()
    assert line.has_place


async def test_with_more_streams_than_places_all_get_their_turn_with_their_newest_frame():
    detector = ScriptedDetector()
    detector.gate.clear()
    names = [f"s{n}" for n in range(6)]
    async with Running(detector, Settings(inference=NARROW)) as engine:
        first = asyncio.ensure_future(engine.submit("s0", frame(0)))
        await reached(detector)
        sent = [asyncio.ensure_future(engine.submit(name, frame(1))) for name in names[1:]]
        await until(lambda: len(engine.streams()) == len(names))
        newer = [asyncio.ensure_future(engine.submit(name, frame(100 + n))) for n, name in enumerate(names[1:], 1)]
        await until(lambda: all(engine.stream(name).accounts.received == 2 for name in names[1:]))
        detector.gate.set()
        old = await asyncio.gather(first, *sent, return_exceptions=True)
        new = await asyncio.gather(*newer)
        for name in names:
            assert balanced(engine, name)
    # The first stream behind had a place already; the frames of the others waited undecoded, and made way.
    assert [str(getattr(one, "members", {}).get("reason")) for one in old] == ["None", "None", *["superseded"] * 4]
    assert [one.message.dropped_since_last for one in new] == [0, 1, 1, 1, 1]
    assert detector.batches == [[0], [1], [102], [103], [104], [105], [101]]


async def test_a_lossless_stream_in_line_keeps_its_order_and_shares_turns_with_the_others():
    detector = ScriptedDetector()
    detector.gate.clear()
    lossless = StreamSettings(overload="lossless")
    async with Running(detector, Settings(inference=NARROW, stream=lossless)) as engine:
        sent = []
        for name, start in (("a", 0), ("b", 10), ("c", 20)):
            sent += [asyncio.ensure_future(engine.submit(name, frame(start + n))) for n in range(4)]
        await reached(detector)
        await until(lambda: sum(view.accounts.received for view in engine.streams()) == 12)
        detector.gate.set()
        answers = await asyncio.gather(*sent)
    assert [answer.message.seq for answer in answers] == [1, 2, 3, 4] * 3
    order = [batch[0] for batch in detector.batches]
    for start in (0, 10, 20):
        assert [x for x in order if start <= x < start + 4] == [start, start + 1, start + 2, start + 3]
    assert max(order.index(start) for start in (0, 10, 20)) <= 4, "a stream waited for all of another's frames"


async def test_detections_and_resets_need_no_place():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with Running(detector, Settings(inference=NARROW)) as engine:
        held = [asyncio.ensure_future(engine.submit(name, frame(0))) for name in ("a", "b")]
        await reached(detector)
        assert (await engine.submit("posted", boxes(1))).message.seq == 1
        assert (await engine.reset_stream("posted")).epoch == 2
        detector.gate.set()
        await asyncio.gather(*held)


async def test_a_stream_that_is_closed_in_line_keeps_nobody_waiting():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with Running(detector, Settings(inference=NARROW)) as engine:
        sent = [asyncio.ensure_future(engine.submit(name, frame(n))) for n, name in enumerate("abcd")]
        await reached(detector)
        await until(lambda: len(engine.streams()) == 4)
        await engine.delete_stream("c")
        detector.gate.set()
        results = await asyncio.gather(*sent, return_exceptions=True)
    assert results[2].members["reason"] == "closed"
    assert [result.message.seq for result in (results[0], results[1], results[3])] == [1, 1, 1]


def test_a_stream_that_asks_again_keeps_its_turn_and_is_called_as_it_asked_last():
    line, called = Line(0), []
    line.wait("a", lambda: called.append("the one that was closed"))
    line.wait("b", lambda: called.append("b"))
    line.wait("a", lambda: called.append("the one that was opened again"))
    line.give_back()
    assert called == ["the one that was opened again", "b"]


def test_all_who_wait_are_called_when_nobody_will_be_served_any_more():
    line, called = Line(0), []
    for stream in ("a", "b"):
        line.wait(stream, lambda stream=stream: called.append(stream))
    line.disband()
    assert called == ["a", "b"]
    assert not len(line)
