"""Tracks over plain HTTP: the newest, the long poll, the event stream."""

import asyncio
import json

import httpx
import pytest

from app.api.feed import Feed, of_stream
from app.api.tracks import told
from app.engine.subscription import Subscription
from tests.api.live_service import Service, detections, found, serving, until
from tests.engine.scripted import Running, boxes, settings

URL = "/v1/streams/cam"


async def track(service: Service, x: float = 10.0) -> dict[str, object]:
    return (await service.http.post(URL + "/detections", json=detections(found(x)))).raise_for_status().json()


class EventReader:
    """Reads an event stream event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, str]:
        """Fields of the next event; raises StopAsyncIteration at the end."""
        fields: dict[str, str] = {}
        while line := await anext(self._lines):
            name, _, value = line.partition(": ")
            fields[name] = value
        return fields


async def test_the_newest_tracks_are_the_last_answer_with_a_tag_that_changes_with_every_frame():
    async with serving() as service:
        sent = await track(service)
        first = await service.http.get(URL + "/tracks")
        same = await service.http.get(URL + "/tracks", headers={"If-None-Match": first.headers["etag"]})
        weak = await service.http.get(URL + "/tracks", headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
        await track(service, 11.0)
        other = await service.http.get(URL + "/tracks", headers={"If-None-Match": first.headers["etag"]})
    assert first.json() == sent
    assert (same.status_code, same.content, weak.status_code, other.status_code) == (304, b"", 304, 200)
    assert other.headers["etag"] != first.headers["etag"]


async def test_a_reader_gets_every_detection_of_a_frame_where_it_asks_for_them():
    async with serving() as service:
        body = detections(found(10.0), found(300.0) | {"score": 0.05})
        sent = (await service.http.post(URL + "/detections?detections=1", json=body)).json()
        plain = await service.http.get(URL + "/tracks")
        read = await service.http.get(URL + "/tracks?detections=1", headers={"If-None-Match": plain.headers["etag"]})
    assert "detections" not in plain.json()
    assert read.json() == sent
    assert [row["outcome"] for row in read.json()["detections"]] == ["born", "below_floor"]


async def test_a_stream_without_a_frame_has_nothing_yet():
    async with serving() as service:
        await service.http.put(URL)
        for path in ("/tracks", "/snapshot.jpg"):
            answer = await service.http.get(URL + path)
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/nothing-yet")


async def test_a_long_poll_answers_at_once_with_news_and_204_without():
    async with serving() as service:
        await track(service)
        news = await service.http.get(URL + "/tracks", params={"since": 0})
        none = await service.http.get(URL + "/tracks", params={"since": 1})
        some = await service.http.get(URL + "/tracks", params={"wait": 0})
    assert (news.status_code, news.json()["seq"]) == (200, 1)
    assert (none.status_code, none.content, some.status_code) == (204, b"", 200)


async def test_a_long_poll_ends_with_the_frame_it_waits_for():
    async with serving() as service:
        await track(service)
        waiting = asyncio.create_task(service.http.get(URL + "/tracks", params={"since": 2, "wait": 25}))
        await track(service)
        assert not waiting.done()
        await track(service)
        answer = await waiting
    assert (answer.status_code, answer.json()["seq"]) == (200, 3)


async def test_a_long_poll_ends_when_the_service_drains():
    async with serving() as service:
        await track(service)
        waiting = asyncio.create_task(service.http.get(URL + "/tracks", params={"since": 5, "wait": 29}))
        await track(service)  # one round trip: the poll has arrived
        service.stop()
        assert (await waiting).status_code == 204


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"wait": 31}, "/query/wait"),
        ({"wait": "nan"}, "/query/wait"),
        ({"wait": -1}, "/query/wait"),
        ({"since": "x"}, "/query/since"),
        ({"since": 2**53}, "/query/since"),
    ],
)
async def test_a_long_poll_has_its_limits(query, pointer):
    async with serving() as service:
        answer = await service.http.get(URL + "/tracks", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_an_event_stream_begins_with_the_newest_state_and_tells_every_frame():
    async with serving() as service:
        newest = await track(service)
        async with service.http.stream("GET", URL + "/events") as response:
            reader = EventReader(response)
            assert response.headers["content-type"].startswith("text/event-stream")
            assert (await reader.next())["retry"]
            first = await reader.next()
            sent = [await track(service, 10.0 + number) for number in range(3)]
            told = [await reader.next() for _ in range(3)]
            await service.http.post(URL + "/reset")
            reset = await reader.next()
    assert (first["id"], first["event"], json.loads(first["data"])) == ("1-1", "tracks", newest)
    assert [event["id"] for event in told] == ["1-2", "1-3", "1-4"]
    assert [json.loads(event["data"]) for event in told] == sent
    assert (reset["event"], reset["id"]) == ("event", f"e{json.loads(reset['data'])['id']}")


async def test_an_event_that_was_seen_before_the_connection_broke_is_not_sent_again():
    async with serving() as service:
        await track(service)
        headers = {"Last-Event-ID": "1-1"}
        async with service.http.stream("GET", URL + "/events", headers=headers) as response:
            reader = EventReader(response)
            await reader.next()
            await track(service)
            assert (await reader.next())["id"] == "1-2"


@pytest.mark.parametrize("end", ["drain", "close"])
async def test_an_event_stream_ends_with_the_service_and_with_its_stream(end):
    async with serving() as service:
        await track(service)
        async with service.http.stream("GET", URL + "/events") as response:
            reader = EventReader(response)
            await reader.next()
            await reader.next()
            if end == "drain":
                service.stop()
            else:
                await service.http.delete(URL)
                assert json.loads((await reader.next())["data"])["event"] == "closed"
            with pytest.raises(StopAsyncIteration):
                await reader.next()


async def test_a_reader_that_goes_leaves_its_place():
    async with serving(settings(sockets=1)) as service:
        await track(service)
        for _ in range(3):
            async with service.http.stream("GET", URL + "/events") as response:
                assert response.status_code == 200
                assert service.engine.stream("cam").readers == 1
                assert (await service.http.get(URL + "/events")).status_code == 429
            await until(lambda: service.engine.stream("cam").readers == 0)


async def test_an_event_stream_of_no_stream_is_not_found():
    async with serving() as service:
        assert (await service.http.get(URL + "/events")).status_code == 404


async def test_a_comment_keeps_a_silent_event_stream_alive_and_no_message_is_lost_by_it():
    async with Running() as engine:
        await engine.submit("cam", boxes())
        feed = Feed(engine, of_stream("cam", Subscription(state=True)))
        sent = told(feed, keep_alive_s=0.001)
        first = [await anext(sent) for _ in range(4)]
        await engine.submit("cam", boxes(11.0))
        while (following := await anext(sent)).startswith(b":"):
            pass
        await sent.aclose()
        feed.close()
    assert first[0].startswith(b"retry: ")
    assert first[1].startswith(b"id: 1-1\n")
    assert first[2:] == [b": still here\n\n"] * 2
    assert following.startswith(b"id: 1-2\nevent: tracks\ndata: {")
