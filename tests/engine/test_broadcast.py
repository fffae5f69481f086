"""Fan-out: bounded, newest kept, missed counted, each message encoded once."""

import asyncio

from app.engine.broadcast import Broadcast
from app.engine.reader import Reader
from app.engine.selecting import Chosen
from app.wire import DropMessage, Encoded, EventMessage


def message(seq):
    return Encoded(DropMessage("cam", 1, seq, "superseded"))


async def read_all(reader):
    reader.end()
    found = []
    while (one := await reader.next()) is not None:
        found.append((one[0].message.seq, one[1]))
    return found


async def test_a_slow_reader_keeps_the_newest_messages_and_learns_how_many_it_missed():
    broadcast, reader = Broadcast(), Reader(3, 10**6)
    reader.join(broadcast)
    for seq in range(1, 11):
        broadcast.publish(message(seq))
    assert await read_all(reader) == [(8, 7), (9, 0), (10, 0)]


async def test_a_reader_is_bounded_in_bytes_too_but_always_keeps_the_newest_message():
    broadcast, reader = Broadcast(), Reader(100, 10)
    reader.join(broadcast)
    for seq in range(1, 5):
        broadcast.publish(message(seq))
    assert await read_all(reader) == [(4, 3)]


async def test_every_reader_gets_the_very_same_bytes():
    broadcast, readers = Broadcast(), [Reader(8, 10**6) for _ in range(3)]
    for reader in readers:
        reader.join(broadcast)
    broadcast.publish(message(1))
    got = [(await reader.next())[0].json() for reader in readers]
    assert got[0] is got[1] is got[2]


async def test_a_waiting_reader_wakes_with_the_message_and_ends_with_its_last_stream():
    first, second, reader = Broadcast(), Broadcast(), Reader(8, 10**6)
    reader.join(first)
    reader.join(second)
    waiting = asyncio.ensure_future(reader.next())
    await asyncio.sleep(0)
    second.publish(message(5))
    assert (await waiting)[0].message.seq == 5
    first.end()
    second.publish(message(6))
    assert (await reader.next())[0].message.seq == 6
    second.end()
    assert await reader.next() is None


async def test_a_reader_of_all_streams_outlives_the_last_of_them():
    broadcast, reader = Broadcast(), Reader(8, 10**6)
    reader.join(broadcast)
    broadcast.end(keep={reader})
    later = Broadcast()
    reader.join(later)
    later.publish(message(1))
    assert (await reader.next())[0].message.seq == 1


async def test_a_reader_of_events_hears_nothing_else_and_counts_as_no_reader_where_it_should_not():
    broadcast, reader = Broadcast(), Reader(8, 10**6, Chosen(messages=["events"]), counted=False)
    reader.join(broadcast)
    broadcast.publish(message(1))
    broadcast.publish(Encoded(EventMessage("reset", "cam", 2)))
    assert len(broadcast) == 0
    assert (await reader.next())[0].message.event == "reset"


async def test_a_closed_reader_has_left_every_broadcast():
    broadcast, left = Broadcast(), []
    reader = Reader(8, 10**6, on_close=left.append)
    reader.join(broadcast)
    reader.close()
    reader.close()
    broadcast.publish(message(1))
    assert len(broadcast) == 0
    assert await reader.next() is None
    assert left[0] is reader
