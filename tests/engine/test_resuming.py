"""Readers that come back: nothing twice, nothing out of order, and what is not sent is counted exactly."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.broadcast import Broadcast
from app.engine.history import Place, place_of
from app.engine.reader import Reader
from app.engine.selecting import MESSAGE_KINDS, Chosen, kind_of
from app.publish_settings import Selection
from app.wire import DropMessage, Encoded, EventMessage, Timing, TrackRow, TracksMessage

NO_TIME = Timing(0.0, 0.0, 0.0, 0.0, 0.0)
MUCH = 10**9


def tracks(seq, stream="cam", rows=()):
    return Encoded(TracksMessage(stream, 1, seq, None, 640, 480, 0, list(rows), NO_TIME))


def drop(seq, stream="cam"):
    return Encoded(DropMessage(stream, 1, seq, "superseded"))


def event(number, stream="cam", kind="zone_enter"):
    return Encoded(EventMessage(kind, stream, 1, id=number))


def published(broadcast, *messages):
    for message in messages:
        broadcast.publish(message)


def resumed(broadcast, since, chosen=None, most=64):
    reader = Reader(most, MUCH, chosen)
    reader.join(broadcast, since=since, state=True)
    return reader


async def next_if_any(reader):
    """The next message that is there already."""
    reading = asyncio.ensure_future(reader.next())
    for _ in range(3):
        await asyncio.sleep(0)
    if reading.done():
        return reading.result()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    return None


async def all_there(reader):
    found = []
    while (one := await next_if_any(reader)) is not None:
        found.append((place_of(one[0].message).number, one[1]))
    return found


async def test_a_reader_goes_on_behind_what_it_saw_and_then_live():
    broadcast = Broadcast("cam", 10, MUCH)
    published(broadcast, *(tracks(seq) for seq in range(1, 6)))
    reader = resumed(broadcast, Place("tracks", 1, 2))
    assert await next_if_any(reader) is not None
    published(broadcast, tracks(6), tracks(7))
    assert await all_there(reader) == [(4, 0), (5, 0), (6, 0), (7, 0)]
    published(broadcast, tracks(8))
    assert await all_there(reader) == [(8, 0)]


async def test_a_reader_that_saw_everything_is_sent_nothing_again():
    broadcast = Broadcast("cam", 10, MUCH)
    published(broadcast, tracks(1), event(77))
    assert await all_there(resumed(broadcast, Place("events", 0, 77))) == []
    assert await all_there(resumed(broadcast, Place("tracks", 1, 1))) == [(77, 0)]


@pytest.mark.parametrize("kept", [0, 2])
async def test_what_is_no_longer_kept_is_counted(kept):
    broadcast = Broadcast("cam", kept, MUCH)
    published(broadcast, *(tracks(seq) for seq in range(1, 11)))
    found = await all_there(resumed(broadcast, Place("tracks", 1, 3)))
    assert found == ([(10, 6)] if kept == 0 else [(9, 5), (10, 0)])


async def test_what_is_kept_is_bounded_in_bytes():
    size = len(tracks(1).json())
    broadcast = Broadcast("cam", 100, 3 * size)
    published(broadcast, *(tracks(seq) for seq in range(1, 10)))
    assert await all_there(resumed(broadcast, Place("tracks", 1, 1))) == [(7, 5), (8, 0), (9, 0)]


async def test_a_place_that_nobody_knows_begins_with_the_newest_state_and_says_so():
    broadcast = Broadcast("cam", 10, MUCH)
    published(broadcast, tracks(1), tracks(2))
    for place in (Place("tracks", 1, 5), Place("tracks", 7, 1), Place("drops", 1, 2), Place("events", 0, 2)):
        assert await all_there(resumed(broadcast, place)) == [(2, None)]


async def test_where_there_is_no_state_yet_the_first_message_says_that_something_was_missed():
    broadcast = Broadcast("cam", 10, MUCH)
    reader = resumed(broadcast, Place("tracks", 1, 5))
    assert await all_there(reader) == []
    published(broadcast, tracks(1), tracks(2))
    assert await all_there(reader) == [(1, None), (2, 0)]


async def test_only_what_is_chosen_is_sent_again_and_counted():
    row = TrackRow(1, "cam/1/1", 0, "person", 0.9, [0.0] * 4, [0.0] * 2, 1.0, 0)
    broadcast = Broadcast("cam", 4, MUCH)
    chosen = Chosen(Selection(classes=("car",)), ["tracks"])
    published(broadcast, tracks(1), event(1), drop(2), tracks(3), drop(4), event(2), tracks(5, rows=[row]), tracks(6))
    reader = resumed(broadcast, Place("tracks", 1, 1), chosen)
    message, missed = await next_if_any(reader)
    assert (message.message.seq, message.message.tracks, missed) == (5, [], 1), "drop 4 is the oldest that is kept"
    assert await all_there(reader) == [(6, 0)]


async def test_a_reader_that_falls_behind_while_it_catches_up_counts_that_too_and_pins_nothing():
    broadcast = Broadcast("cam", 3, MUCH)
    published(broadcast, *(tracks(seq) for seq in range(1, 5)))
    reader = resumed(broadcast, Place("tracks", 1, 1))
    assert (await next_if_any(reader))[0].message.seq == 2
    published(broadcast, *(tracks(seq) for seq in range(5, 50)))
    assert await all_there(reader) == [(47, 44), (48, 0), (49, 0)]


async def test_a_place_is_known_long_after_its_message_is_gone_and_then_no_more():
    broadcast = Broadcast("cam", 1, MUCH)
    published(broadcast, tracks(1), *(tracks(2 * seq) for seq in range(1, 1025)))
    assert await all_there(resumed(broadcast, Place("tracks", 1, 2))) == [(2048, 1022)]
    assert await all_there(resumed(broadcast, Place("tracks", 1, 1))) == [(2048, 1023)]
    published(broadcast, tracks(5000), tracks(6000))
    assert await all_there(resumed(broadcast, Place("tracks", 1, 1))) == [(6000, None)]


@dataclass
class Client:
    """One who reads, goes and comes back, and keeps books."""

    chosen: Chosen
    most: int
    reader: Reader | None = None
    seen: dict[str, list[int]] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)
    last: dict[str, Place] = field(default_factory=dict)

    def connect(self, broadcasts):
        self.reader = Reader(self.most, MUCH, self.chosen)
        for stream, broadcast in broadcasts.items():
            self.reader.join(broadcast, since=self.last[stream])

    def disconnect(self):
        self.reader.close()

    async def read(self, times=MUCH):
        while times and (found := await next_if_any(self.reader)) is not None:
            times -= 1
            message, missed = found[0].message, found[1]
            self.seen.setdefault(message.stream, []).append(number_of(message))
            self.missed[message.stream] = self.missed.get(message.stream, 0) + missed
            self.last[message.stream] = place_of(message)


def number_of(message):
    return message.id if isinstance(message, EventMessage) else message.seq


MAKERS = {"tracks": tracks, "drops": drop, "events": event}
STEPS = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from("ab"), st.sampled_from(["tracks", "tracks", "drops", "events"])),
    st.tuples(st.just("read"), st.integers(1, 5)),
    st.tuples(st.just("come back")),
)


@given(
    steps=st.lists(STEPS, max_size=60),
    kept=st.integers(0, 12),
    most=st.integers(1, 8),
    kinds=st.sets(st.sampled_from(MESSAGE_KINDS), min_size=1),
)
async def test_whatever_happens_each_message_is_seen_once_in_order_or_counted_as_missed(steps, kept, most, kinds):
    broadcasts = {stream: Broadcast(stream, kept, MUCH) for stream in "ab"}
    chosen = Chosen(messages=kinds)
    wanted: dict[str, list[int]] = {"a": [], "b": []}
    client = Client(chosen, most)
    for stream, broadcast in broadcasts.items():
        first = tracks(0, stream)
        broadcast.publish(first)
        client.last[stream] = place_of(first.message)
    client.connect(broadcasts)
    number = 0
    all_told = [step for stream in broadcasts for step in (("publish", stream, min(kinds)), ("read", MUCH))]
    for step, *details in [*steps, ("read", MUCH), *all_told]:
        if step == "publish":
            number += 1
            stream, kind = details
            message = MAKERS[kind](number, stream)
            broadcasts[stream].publish(message)
            if kind_of(message.message) in kinds:
                wanted[stream].append(number)
        elif step == "read":
            await client.read(*details)
        else:
            client.disconnect()
            client.connect(broadcasts)
    for stream, numbers in wanted.items():
        seen = client.seen.get(stream, [])
        assert seen == sorted(set(seen)), "nothing twice, nothing out of order"
        assert set(seen) <= set(numbers)
        assert len(seen) + client.missed.get(stream, 0) == len(numbers)
