"""The log of events: numbered, dated, bounded, waited for."""

import asyncio

from app.engine.events import EventLog
from app.wire import EventMessage
from tests.engine.scripted import Running, boxes, settings


def happened(detail=""):
    return EventMessage("health", "cam", 1, detail)


def log(most=3, now=1_000.0):
    return EventLog(most, now=lambda: now)


def test_events_are_numbered_one_by_one_and_dated():
    events = log()
    first, second = events.stamp(happened("a")), events.stamp(happened("b"))
    assert second.id == first.id + 1 == events.newest
    assert (first.at, first.detail, second.detail) == (1_000.0, "a", "b")


def test_the_newest_are_kept_and_what_is_gone_is_counted():
    events = log(most=3)
    before = events.newest
    ids = [events.stamp(happened()).id for _ in range(5)]
    assert [event.id for event in events.after(before)] == ids[2:]
    assert [event.id for event in events.after(ids[3])] == ids[4:]
    assert events.after(ids[4]) == []
    assert [events.missed(since) for since in (before, ids[0], ids[1], ids[4])] == [2, 1, 0, 0]


def test_an_id_of_another_life_is_told_from_an_old_one_and_shows_all_that_is_kept():
    former, events = log(now=1_000.0), log(now=1_001.0)
    old = former.stamp(happened()).id
    new = events.stamp(happened())
    assert old < new.id
    assert events.missed(old) is None
    assert events.missed(new.id + 1) is None
    assert events.after(old) == [new]


async def test_who_waits_for_news_is_woken_by_the_next_event():
    events = log()
    waiting = asyncio.ensure_future(events.told())
    await asyncio.sleep(0)
    assert not waiting.done()
    events.stamp(happened())
    await waiting


async def test_what_happens_to_streams_is_told_with_ids_that_go_on_from_stream_to_stream():
    async with Running(given=settings()) as engine:
        reader = engine.subscribe(None)
        await engine.submit("a", boxes(1))
        await engine.submit("b", boxes(1))
        await engine.reset_stream("a")
        await engine.delete_stream("b")
        reader.close()
        told = []
        while (got := await reader.next()) is not None:
            told.append(got[0].message)
    events = [message for message in told if isinstance(message, EventMessage)]
    assert [(e.event, e.stream) for e in events] == [("opened", "a"), ("opened", "b"), ("reset", "a"), ("closed", "b")]
    assert [e.id - events[0].id for e in events] == [0, 1, 2, 3]
