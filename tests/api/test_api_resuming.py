"""Readers that come back: what they had not seen first, then what is new; and what is gone is counted."""

import json

import pytest

from tests.api.live_service import Service, detections, found, hear, serving
from tests.api.test_api_tracks import EventReader
from tests.engine.scripted import settings


async def track(service: Service, *streams: str) -> None:
    for stream in streams:
        (await service.http.post(f"/v1/streams/{stream}/detections", json=detections(found()))).raise_for_status()


async def read(service: Service, query: str, count: int, meanwhile: tuple[str, ...] = ()) -> list[tuple[object, ...]]:
    """The stream, number and gap of the messages that a reader is told after its hello."""
    async with service.connect(f"/v1/subscribe?{query}") as socket:
        await hear(socket)
        await track(service, *meanwhile)
        told = [await hear(socket) for _ in range(count)]
    return [(message["stream"], message.get("seq"), message.get("missed", 0)) for message in told]


async def test_a_socket_goes_on_behind_what_was_seen_of_one_stream_and_of_several():
    async with serving() as service:
        await track(service, *"aaabb")
        one = await read(service, "streams=a&since=1-1", 3, ("a",))
        both = await read(service, "streams=a,b&since=a:1-2,b:1-1", 3)
        some = await read(service, "since=a:1-3", 2)
        drained = await read(service, "streams=a&since=1-4", 1, ("a",))
    assert one == [("a", 2, 0), ("a", 3, 0), ("a", 4, 0)]
    assert sorted(both) == [("a", 3, 0), ("a", 4, 0), ("b", 2, 0)]
    assert sorted(some) == [("a", 4, 0), ("b", 2, 0)], "the state of a stream that was not named"
    assert drained == [("a", 5, 0)]


async def test_what_a_socket_cannot_be_sent_again_is_counted_and_what_nobody_knows_is_said():
    async with serving(settings(history_messages=2)) as service:
        await track(service, *("cam",) * 6)
        gone = await read(service, "streams=cam&since=1-1", 2)
        unknown = await read(service, "streams=cam&since=3-17", 2, ("cam",))
        await service.http.post("/v1/streams/cam/reset")
        await track(service, "cam")
        over = await read(service, "streams=cam&since=1-6&messages=tracks", 1)
    assert gone == [("cam", 5, 3), ("cam", 6, 0)]
    assert unknown == [("cam", 6, None), ("cam", 7, 0)]
    assert over == [("cam", 1, 1)], "frame 7 of the epoch before is no longer kept"


@pytest.mark.parametrize("by", ["header", "query"])
async def test_an_event_stream_goes_on_behind_its_last_id(by):
    async with serving() as service:
        await track(service, "cam")
        await service.http.post("/v1/streams/cam/reset")
        await track(service, "cam", "cam")
        given = {"headers": {"Last-Event-ID": "1-1"}} if by == "header" else {"params": {"since": "1-1"}}
        async with service.http.stream("GET", "/v1/streams/cam/events", **given) as response:
            reader = EventReader(response)
            await reader.next()
            told = [await reader.next() for _ in range(3)]
        headers = {"Last-Event-ID": told[0]["id"]}
        async with service.http.stream("GET", "/v1/streams/cam/events", headers=headers) as response:
            reader = EventReader(response)
            await reader.next()
            again = [await reader.next() for _ in range(2)]
    assert [event["id"] for event in told][1:] == ["2-1", "2-2"]
    assert json.loads(told[0]["data"])["event"] == "reset"
    assert again == told[1:]
