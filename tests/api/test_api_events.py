"""What happened lately: the list, the long poll, the event stream of all streams."""

import asyncio
import json

import httpx
import pytest

from tests.api.live_service import Service, hear, serving, until
from tests.api.test_api_tracks import EventReader
from tests.engine.scripted import settings

URL = "/v1/events"


async def opened(service: Service, *streams: str) -> None:
    for stream in streams:
        (await service.http.put(f"/v1/streams/{stream}")).raise_for_status()


async def asked(service: Service, **query: object) -> dict[str, object]:
    answer = await service.http.get(URL, params=query)
    assert answer.status_code == 200
    return answer.json()


def streams(page: dict[str, object]) -> list[str]:
    return [event["stream"] for event in page["items"]]


async def test_events_are_listed_oldest_first_and_pages_follow_each_other():
    async with serving() as service:
        empty = await asked(service)
        await opened(service, *"abcde")
        newest = await asked(service, limit=2)
        first = await asked(service, since=empty["next_cursor"], limit=3)
        second = await asked(service, since=first["next_cursor"], limit=3)
        none = await asked(service, since=second["next_cursor"])
        some = await asked(service, since=empty["next_cursor"], streams="b,d", events="opened,closed")
    assert (empty["items"], empty["missed"]) == ([], 0)
    assert [streams(page) for page in (newest, first, second, none, some)] == [
        ["d", "e"],
        ["a", "b", "c"],
        ["d", "e"],
        [],
        ["b", "d"],
    ]
    assert none["next_cursor"] == second["next_cursor"] == str(second["items"][-1]["id"])
    assert all(event["type"] == "event" and event["at"] > 0 for event in first["items"])


async def test_what_is_no_longer_kept_is_counted_and_an_id_of_an_earlier_life_is_told_from_it():
    async with serving(settings(events=3)) as service:
        start = (await asked(service))["next_cursor"]
        await opened(service, *"abcde")
        late, foreign = await asked(service, since=start), await asked(service, since=1)
    assert (streams(late), late["missed"]) == (["c", "d", "e"], 2)
    assert (streams(foreign), foreign["missed"]) == (["c", "d", "e"], None)


async def test_a_long_poll_waits_for_the_first_event_that_is_chosen():
    async with serving(settings(sockets=1)) as service:
        cursor = (await asked(service))["next_cursor"]
        waiting = asyncio.create_task(asked(service, since=cursor, streams="b", wait=25))
        await until(lambda: len(service.engine._readers._clients) == 1)
        assert (await service.http.get(URL, params={"wait": 1, "since": cursor})).status_code == 429
        await opened(service, "a")
        assert not waiting.done()
        await opened(service, "b")
        page = await waiting
        in_vain = await asked(service, since=page["next_cursor"], wait=0.01)
    assert streams(page) == ["b"]
    assert (in_vain["items"], in_vain["next_cursor"]) == ([], page["next_cursor"])


async def test_a_long_poll_ends_when_the_service_drains():
    async with serving() as service:
        waiting = asyncio.create_task(asked(service, wait=29))
        await until(lambda: len(service.engine._readers._clients) == 1)
        service.stop()
        assert (await waiting)["items"] == []


async def test_an_event_stream_goes_on_where_it_was_cut_off():
    headers = {"Accept": "text/event-stream"}
    async with serving() as service:
        await opened(service, "a")
        async with service.http.stream("GET", URL, headers=headers) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            reader = await told(response, 1)
            await opened(service, "b")
            second = json.loads((await reader.next())["data"])
        await opened(service, "c", "d")
        async with service.http.stream("GET", URL, headers={**headers, "Last-Event-ID": str(second["id"])}) as again:
            reader = EventReader(again)
            await reader.next()
            later = [await reader.next() for _ in range(2)]
            await service.http.delete("/v1/streams/c")
            live = await reader.next()
            service.stop()
            with pytest.raises(StopAsyncIteration):
                await reader.next()
    assert second["stream"] == "b"
    assert [json.loads(event["data"])["stream"] for event in later] == ["c", "d"]
    assert [int(event["id"]) - second["id"] for event in (*later, live)] == [1, 2, 3]
    assert json.loads(live["data"])["event"] == "closed"


async def told(response: httpx.Response, events: int) -> EventReader:
    """A reader that has read the retry line and so many events."""
    reader = EventReader(response)
    for _ in range(1 + events):
        await reader.next()
    return reader


async def test_an_event_stream_says_in_a_comment_how_much_is_no_longer_kept():
    async with serving(settings(events=2)) as service:
        start = (await asked(service))["next_cursor"]
        await opened(service, *"abcd")
        for seen, comment in ((start, ": missed 2"), ("7", ": missed unknown")):
            headers = {"Accept": "text/event-stream", "Last-Event-ID": seen}
            async with service.http.stream("GET", URL, headers=headers) as response:
                lines = response.aiter_lines()
                assert [await anext(lines) for _ in range(3)][-1] == comment


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"since": "x"}, "/query/since"),
        ({"limit": 0}, "/query/limit"),
        ({"limit": 1001}, "/query/limit"),
        ({"wait": 31}, "/query/wait"),
        ({"wait": "nan"}, "/query/wait"),
        ({"events": "opened,"}, "/query/events"),
        ({"streams": "a b"}, "/query/streams"),
        ({"zones": ""}, "/query/zones"),
    ],
)
async def test_what_cannot_be_asked_is_told_where_it_is_wrong(query, pointer):
    async with serving() as service:
        answer = await service.http.get(URL, params=query)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_an_event_has_the_same_number_wherever_it_is_read():
    async with serving() as service, service.connect("/v1/subscribe") as socket:
        await hear(socket)
        await opened(service, "a")
        heard = await hear(socket)
        listed = (await asked(service))["items"]
        async with service.http.stream("GET", "/v1/streams/a/events?since=1-9") as response:
            await service.http.delete("/v1/streams/a")
            reader = EventReader(response)
            await reader.next()
            closed = await reader.next()
    assert listed == [heard]
    assert closed["id"] == f"e{heard['id'] + 1}"
    assert json.loads(closed["data"])["missed"] is None, "nobody knows frame 9"
