"""Frames that overtake each other: put in order, waited for, given up, sent twice."""

import asyncio

import pytest

from app.engine.port import Answer
from app.errors import FrameDropped, InvalidInput, Overloaded
from app.settings import StreamSettings
from tests.engine.hand_clock import HandLoop, by_hand, eventually, turns
from tests.engine.scripted import Running, ScriptedDetector, balanced, boxes, frame, reached, settings

REORDER = StreamSettings(overload="lossless", order="reorder", reorder_ms=200)


class Client:
    """Sends frames, and knows in which order they were answered."""

    def __init__(self, engine) -> None:
        self.engine = engine
        self.ended: list[object] = []

    def send(self, *seqs: int, at: str = "seq") -> list[asyncio.Future[Answer]]:
        sent = [boxes(5, **{at: seq}) for seq in seqs]
        return [self._follow(one) for one in sent]

    def _follow(self, sent) -> asyncio.Future[Answer]:
        reply = asyncio.ensure_future(self.engine.submit("cam", sent))
        reply.add_done_callback(self._end)
        return reply

    def _end(self, done: asyncio.Future[Answer]) -> None:
        error = done.exception()
        dropped = isinstance(error, FrameDropped)
        self.ended.append((error.members.get("seq"), error.reason) if dropped else error or done.result().message.seq)


def playing(given: StreamSettings = REORDER, **limits: float):
    """A test with an engine, a client of it, and the clock in its hand; the books must balance at the end."""

    def decorate(play):
        def test() -> None:
            async def run(loop: HandLoop) -> None:
                async with Running(given=settings(given, **limits)) as engine:
                    await play(engine, Client(engine), loop)
                    await turns(10)
                    assert balanced(engine, "cam")

            by_hand(run)

        test.__name__, test.__doc__ = play.__name__, play.__doc__
        return test

    return decorate


@playing()
async def test_frames_that_overtook_each_other_are_tracked_in_order(engine, client, loop):
    client.send(1, 3, 2, 5, 4, 6)
    await turns(20)
    assert client.ended == [1, 2, 3, 4, 5, 6]


@playing()
async def test_a_missing_frame_is_waited_for_as_long_as_said_and_dropped_when_it_comes_later(engine, client, loop):
    client.send(1, 3, 4)
    await turns(20)
    assert client.ended == [1]
    await loop.pass_s(0.19)
    assert (client.ended, engine.stream("cam").accounts.in_flight) == ([1], 2)
    await loop.pass_s(0.02)
    await turns(20)
    assert client.ended == [1, 3, 4]
    client.send(2, 5)
    await turns(20)
    assert client.ended[3:] == [(2, "late"), 5] or client.ended[3:] == [5, (2, "late")]
    assert dict(engine.stream("cam").drops) == {"late": 1}
    assert engine.newest("cam").message.dropped_since_last == 1


@playing()
async def test_the_wait_is_over_for_each_frame_by_itself(engine, client, loop):
    client.send(1, 3)
    await loop.pass_s(0.15)
    client.send(6)
    await loop.pass_s(0.06)
    await turns(20)
    assert client.ended == [1, 3]
    await loop.pass_s(0.1)
    assert client.ended == [1, 3]
    await loop.pass_s(0.05)
    await turns(20)
    assert client.ended == [1, 3, 6]


@playing()
async def test_capture_times_alone_order_frames_that_all_wait(engine, client, loop):
    client.send(1.0, 1.2, 1.1, at="capture_ts")
    await turns(20)
    assert client.ended == []
    await loop.pass_s(0.21)
    await turns(20)
    assert client.ended == [1, 2, 3]
    assert engine.newest("cam").message.capture_ts == 1.2


@playing(reorder=3)
async def test_when_too_many_wait_the_first_goes_on_without_those_before_it(engine, client, loop):
    client.send(1, 9, 8, 7)
    await turns(20)
    assert client.ended == [1]
    client.send(6)
    await turns(20)
    assert client.ended == [1, 6, 7, 8, 9]


@playing()
async def test_a_reset_lets_what_waits_end_in_its_own_epoch(engine, client, loop):
    held = client.send(5, 4)
    await turns(5)
    await engine.reset_stream("cam")
    assert [(await one).message.epoch for one in held] == [1, 1]
    assert client.ended == [4, 5]
    [first] = client.send(1)
    assert ((await first).message.epoch, (await first).message.seq) == (2, 1)


@playing()
async def test_another_order_lets_what_waits_go_on_at_once(engine, client, loop):
    client.send(4, 3)
    await turns(5)
    engine.patch_stream("cam", {"order": "strict"})
    await turns(20)
    assert client.ended == [3, 4]


@playing()
async def test_a_shorter_wait_holds_for_those_who_wait(engine, client, loop):
    client.send(3)
    await loop.pass_s(0.1)
    engine.patch_stream("cam", {"reorder_ms": 50})
    await turns(20)
    assert client.ended == [3]


@playing()
async def test_at_shutdown_nobody_waits_for_what_is_missing(engine, client, loop):
    client.send(4, 3)
    await turns(5)
    await engine.drain()
    await turns(5)
    assert client.ended == [3, 4]


def test_a_stream_that_is_closed_gives_up_what_waits():
    async def play(loop):
        async with Running(given=settings(REORDER)) as engine:
            client = Client(engine)
            client.send(4, 3)
            await turns(5)
            await engine.delete_stream("cam")
            await turns(5)
            assert client.ended == [(3, "closed"), (4, "closed")]

    by_hand(play)


@playing()
async def test_copies_of_a_frame_share_its_answer_while_it_waits_and_for_a_while_after(engine, client, loop):
    first, copy = client.send(2, 2)
    await turns(5)
    client.send(1)
    await turns(20)
    assert (await first) is (await copy)
    [again] = client.send(1)
    assert (await again).message.seq == 1
    books = engine.stream("cam").accounts
    assert (books.received, books.tracked, books.replayed) == (2, 2, 2)


@playing(replays=2)
async def test_only_the_newest_answers_are_given_again(engine, client, loop):
    client.send(1, 2, 3, 4, 5)
    await turns(20)
    client.send(4)
    client.send(2)
    await turns(20)
    assert client.ended == [1, 2, 3, 4, 5, 4, (2, "late")]


@playing()
async def test_a_frame_whose_clock_is_another_is_refused_when_its_turn_comes_and_holds_nobody_up(engine, client, loop):
    client._follow(boxes(5, seq=3, capture_ts=1.0))
    client._follow(boxes(5, seq=2))
    await loop.pass_s(0.3)
    await turns(20)
    assert {type(end) for end in client.ended} == {int, InvalidInput}
    assert engine.stream("cam").accounts.rejected == 1


@playing(StreamSettings(order="reorder", max_fps=10))
async def test_frames_are_thinned_out_in_the_order_in_which_they_were_taken(engine, client, loop):
    for seq in (1, 3, 2, 5, 4, 6, 7):
        client._follow(boxes(5, seq=seq, capture_ts=seq / 30))
        await turns(20)
    kept = [end for end in client.ended if isinstance(end, int)]
    assert kept == [1, 4, 7]
    assert dict(engine.stream("cam").drops) == {"rate": 4}


@pytest.mark.parametrize("overload", ["latest", "lossless"])
def test_credit_counts_those_who_are_held_back_and_holds_when_the_order_changes(overload):
    async def play(loop):
        detector = ScriptedDetector()
        given = settings(StreamSettings(overload=overload, order="reorder"), reorder=4, waiting_lossless=3)
        async with Running(detector, given) as engine:
            writer = engine.attach_writer("cam")
            promised = writer.credit
            plain = Running(ScriptedDetector(), settings(StreamSettings(overload=overload), waiting_lossless=3))
            async with plain as other:
                assert promised == other.attach_writer("cam").credit + 4
            detector.gate.clear()
            engine.patch_stream("cam", {"order": "strict"})
            sent = [writer.submit(frame(5)) for _ in range(promised)]
            await reached(detector)
            if overload == "lossless":
                with pytest.raises(Overloaded):
                    writer.submit(frame(5))
            detector.gate.set()
            await eventually(lambda: all(one.done() for one in sent))
            if overload == "lossless":
                assert [one.result().message.seq for one in sent] == list(range(1, promised + 1))
            writer.close()

    by_hand(play)


def test_a_new_writer_gets_its_whole_credit_beside_what_is_in_flight_of_the_one_before():
    async def play(loop):
        detector = ScriptedDetector()
        detector.gate.clear()
        given = settings(StreamSettings(overload="lossless"), waiting_lossless=3, reorder=1)
        async with Running(detector, given) as engine:
            sent = []
            for _ in range(2):
                writer = engine.attach_writer("cam")
                sent += [writer.submit(frame(5)) for _ in range(writer.credit)]
                writer.close()
            with pytest.raises(Overloaded):
                engine.attach_writer("cam")
            detector.gate.set()
            await eventually(lambda: all(one.done() for one in sent))
            assert [one.result().message.seq for one in sent] == list(range(1, len(sent) + 1))
            engine.attach_writer("cam").close()

    by_hand(play)


def test_a_frame_that_is_in_flight_is_not_tracked_twice_when_it_is_sent_again():
    async def play(loop):
        detector = ScriptedDetector()
        detector.gate.clear()
        async with Running(detector, settings(StreamSettings(overload="lossless"))) as engine:
            client = Client(engine)
            sent = [client._follow(frame(5, seq=seq)) for seq in (1, 2, 3, 1)]
            await reached(detector)
            detector.gate.set()
            await eventually(lambda: all(one.done() for one in sent))
            assert sent[0].result() is sent[3].result()
            assert engine.stream("cam").accounts.tracked == 3

    by_hand(play)
