"""What waits for a client that reads slowly."""

import asyncio

from app.api.outbox import Outbox
from app.wire import AckMessage, DropMessage, Encoded, EventMessage, Timing, TracksMessage


def tracks(seq: int) -> Encoded:
    timing = Timing(0.0, 0.0, 0.0, 0.0, 0.0)
    return Encoded(TracksMessage("cam", 1, seq, None, 640, 480, 0, [], timing))


def ack() -> Encoded:
    return Encoded(AckMessage("config", "cam", 1, 3))


async def taken(outbox: Outbox, count: int) -> list[Encoded]:
    return [await outbox.take() for _ in range(count)]


async def test_everything_is_taken_in_order_when_nobody_conflates():
    outbox = Outbox(2, 10_000)
    put = [tracks(1), ack(), tracks(2), Encoded(DropMessage("cam", 1, 3, "superseded"))]
    for message in put:
        outbox.put(message)
    assert await taken(outbox, 4) == put


async def test_conflating_keeps_words_and_the_newest_state_which_tells_how_many_answers_it_replaces():
    outbox = Outbox(3, 10_000)
    words = ack()
    for message in (tracks(1), words, Encoded(DropMessage("cam", 1, 2, "superseded")), tracks(3)):
        outbox.put(message)
    assert outbox.full
    outbox.conflate()
    assert not outbox.full
    first, second = await taken(outbox, 2)
    assert first is words
    assert (second.message.seq, second.message.missed) == (3, 2)
    outbox.put(tracks(4))
    assert "missed" not in (await outbox.take()).json().decode()


async def test_drops_alone_are_given_up_too_and_the_next_state_counts_them():
    outbox = Outbox(2, 10_000)
    for seq in (1, 2):
        outbox.put(Encoded(DropMessage("cam", 1, seq, "superseded")))
    outbox.conflate()
    outbox.put(tracks(3))
    assert (await outbox.take()).message.missed == 2


async def test_events_are_kept_up_to_the_bound_and_the_next_state_counts_those_that_went():
    outbox = Outbox(3, 10_000)
    events = [Encoded(EventMessage("zone_enter", "cam", 1, id=number)) for number in range(8)]
    outbox.put(tracks(1))
    for event in events:
        outbox.put(event)
    outbox.put(tracks(2))
    first, *kept, last = await taken(outbox, 5)
    assert (first.message.seq, first.message.missed) == (1, 5)
    assert kept == events[5:]
    assert last.message.seq == 2
    outbox.put(events[0])
    assert await taken(outbox, 1) == events[:1]


async def test_it_is_full_by_bytes_too_and_there_is_room_again_when_one_was_taken():
    outbox = Outbox(100, 2 * tracks(1).size)
    outbox.put(tracks(1))
    assert not outbox.full
    outbox.put(tracks(2))
    waiting = asyncio.create_task(outbox.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    await outbox.take()
    await waiting


async def test_it_is_empty_only_when_the_last_message_was_sent():
    outbox = Outbox(10, 10_000)
    outbox.put(tracks(1))
    waiting = asyncio.create_task(outbox.empty())
    await outbox.take()
    await asyncio.sleep(0)
    assert not waiting.done(), "taken, but perhaps not sent"
    following = asyncio.create_task(outbox.take())
    await waiting
    following.cancel()


async def test_after_the_end_nobody_waits_and_nothing_is_kept():
    outbox = Outbox(1, 10)
    outbox.put(tracks(1))
    waiting = [asyncio.create_task(wait) for wait in (outbox.room(), outbox.empty())]
    await asyncio.sleep(0)
    outbox.end()
    await asyncio.gather(*waiting)
    outbox.put(tracks(2))
    assert (await outbox.take()).message.seq == 1
