"""The log of events: numbered, dated, bounded, paged."""

from app.engine.events import EventLog
from app.engine.selecting import Chosen
from app.engine.subscription import Subscription
from app.publish_settings import Selection
from app.wire import EventMessage
from tests.engine.scripted import Running, boxes, settings


def happened(detail="", stream="cam"):
    return EventMessage("health", stream, 1, detail)


def numbers(page):
    return [event.id for event in page.items]


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
    pages = [events.page(Chosen(), since, 10) for since in (before, ids[0], ids[1], ids[3], ids[4])]
    assert [numbers(page) for page in pages] == [ids[2:], ids[2:], ids[2:], ids[4:], []]
    assert [page.missed for page in pages] == [2, 1, 0, 0, 0]
    assert {page.cursor for page in pages} == {ids[4]}


def test_pages_follow_each_other_without_a_gap_and_the_cursor_passes_over_what_is_not_chosen():
    events = log(most=100)
    before = events.newest
    wanted = [events.stamp(happened(stream=stream)).id for stream in "abcabcab"]
    chosen, found, cursor = Chosen(Selection(streams=("a", "b"))), [], before
    while (page := events.page(chosen, cursor, 2)).items:
        assert len(page.items) <= 2
        found += numbers(page)
        cursor = page.cursor
    assert found == [wanted[n] for n in (0, 1, 3, 4, 6, 7)]
    assert events.page(Chosen(Selection(streams=("nobody",))), before, 2).cursor == wanted[-1]


def test_without_an_id_the_newest_chosen_ones_are_shown_oldest_first():
    events = log(most=100)
    ids = [events.stamp(happened(stream=stream)).id for stream in "abab"]
    page = events.page(Chosen(Selection(streams=("a",))), None, 1)
    assert (numbers(page), page.cursor, page.missed) == ([ids[2]], ids[3], 0)
    assert numbers(events.page(Chosen(), None, 3)) == ids[1:]


def test_an_id_of_another_life_is_told_from_an_old_one_and_shows_all_that_is_kept():
    former, events = log(now=1_000.0), log(now=1_001.0)
    old = former.stamp(happened()).id
    new = events.stamp(happened())
    assert old < new.id
    for foreign in (old, new.id + 1):
        page = events.page(Chosen(), foreign, 10)
        assert (page.items, page.missed, page.cursor) == ([new], None, new.id)


async def test_what_happens_to_streams_is_told_with_ids_that_go_on_from_stream_to_stream():
    async with Running(given=settings()) as engine:
        reader = engine.subscribe(Subscription())
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
