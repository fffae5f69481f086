"""The subscribe socket: which streams, what first, how it ends."""

import msgspec
import pytest

from app.limits import KIB
from tests.api.live_service import Service, crowd, detections, farewell, found, hear, hear_until, png, say, serving
from tests.engine.scripted import settings


async def track(service: Service, stream: str, x: float = 10.0) -> dict[str, object]:
    answer = await service.http.post(f"/v1/streams/{stream}/detections", json=detections(found(x)))
    return answer.raise_for_status().json()


async def test_a_reader_hears_every_frame_of_the_streams_it_named_and_of_no_other():
    async with serving() as service:
        for stream in "abc":
            await service.http.put(f"/v1/streams/{stream}")
        async with service.connect("/v1/subscribe?streams=a,b") as socket:
            hello = await hear(socket)
            sent = [await track(service, stream) for stream in "acbcab"]
            told = [await hear(socket) for _ in range(4)]
    assert (hello["type"], hello["stream"]) == ("hello", None)
    assert told == [frame for frame in sent if frame["stream"] != "c"]


async def test_a_reader_of_all_hears_streams_that_open_later_too():
    async with serving() as service, service.connect("/v1/subscribe") as socket:
        await hear(socket)
        await track(service, "new")
        told = [await hear(socket), await hear(socket)]
        await service.http.delete("/v1/streams/new")
        gone = await hear(socket)
        await track(service, "newer")
        opened = await hear(socket)
    assert [(m["type"], m["stream"]) for m in told] == [("event", "new"), ("tracks", "new")]
    assert (gone["event"], gone["stream"]) == ("closed", "new")
    assert (opened["event"], opened["stream"]) == ("opened", "newer")


async def test_the_newest_state_comes_first():
    async with serving() as service:
        for number in range(3):
            newest = await track(service, "cam", 10.0 + number)
        async with service.connect("/v1/subscribe?streams=cam") as socket:
            hello, first = await hear(socket), await hear(socket)
    assert (hello["stream"], hello["epoch"], hello["next_seq"], hello["credit"]) == ("cam", 1, 4, 0)
    assert first == newest


@pytest.mark.parametrize(
    ("streams", "code", "status"), [("none", 4404, 404), ("", 4422, 422), ("a,,b", 4422, 422), ("a%20b", 4422, 422)]
)
async def test_streams_that_are_not_there_or_cannot_be_end_the_socket(streams, code, status):
    async with serving() as service, service.connect(f"/v1/subscribe?streams={streams}") as socket:
        closed, told = await farewell(socket)
    assert (closed, told[0]["status"]) == (code, status)


async def test_the_end_of_its_streams_ends_a_reader_normally():
    async with serving() as service:
        for stream in "ab":
            await service.http.put(f"/v1/streams/{stream}")
        async with service.connect("/v1/subscribe?streams=a,b") as socket:
            await hear(socket)
            for stream in "ab":
                await service.http.delete(f"/v1/streams/{stream}")
            code, told = await farewell(socket)
    assert code == 1000
    assert [(m["type"], m.get("stream")) for m in told] == [("event", "a"), ("event", "b"), ("bye", None)]


async def test_bye_ends_a_reader_and_an_ack_is_passed_over_and_nonsense_is_told():
    async with serving() as service, service.connect("/v1/subscribe") as socket:
        await hear(socket)
        await say(socket, type="ack", seq=5)
        await say(socket, type="reset")
        error = await hear(socket)
        await say(socket, type="bye")
        code, told = await farewell(socket)
    assert (error["type"], error["status"]) == ("error", 422)
    assert (code, told) == (1000, [{"type": "bye"}])


async def test_a_reader_that_sends_a_picture_is_closed_with_1003():
    async with serving() as service, service.connect("/v1/subscribe") as socket:
        await hear(socket)
        await socket.send(png())
        code, told = await farewell(socket)
    assert (code, told[0]["type"]) == (1003, "error")


async def test_a_text_over_the_limit_ends_a_reader_with_4413():
    async with serving() as service, service.connect("/v1/subscribe") as socket:
        await hear(socket)
        await socket.send(" " * (256 * KIB + 1))
        assert (await farewell(socket))[0] == 4413


async def test_a_drain_says_bye_and_closes_every_reader_with_1012():
    async with serving() as service:
        await track(service, "cam")
        paths = ["/v1/subscribe", "/v1/subscribe?streams=cam", "/v1/subscribe"]
        async with service.connect(paths[0]) as a, service.connect(paths[1]) as b, service.connect(paths[2]) as c:
            for socket in (a, b, c):
                await hear_until(socket, "tracks")
            service.stop()
            ends = [await farewell(socket) for socket in (a, b, c)]
    assert ends == [(1012, [{"type": "bye"}])] * 3


async def test_messagepack_readers_hear_the_same_words():
    async with serving() as service:
        sent = await track(service, "cam")
        async with service.connect("/v1/subscribe", subprotocols=["trackd.v1.msgpack"]) as socket:
            assert msgspec.msgpack.decode(await socket.recv())["type"] == "hello"
            assert msgspec.msgpack.decode(await socket.recv()) == sent


async def test_a_reader_that_does_not_read_learns_what_it_missed_and_slows_nobody():
    frames = 48
    async with serving(settings(reader_messages=8)) as service:
        await service.http.put("/v1/streams/cam")
        async with (
            service.connect("/v1/subscribe?streams=cam") as slow,
            service.connect("/v1/subscribe?streams=cam") as fast,
        ):
            await hear(slow)
            await hear(fast)
            slow.transport.pause_reading()
            body = crowd()
            for number in range(1, frames + 1):
                answer = await service.http.post("/v1/streams/cam/detections", json=body)
                assert answer.json()["seq"] == number
                assert (await hear(fast))["seq"] == number
            slow.transport.resume_reading()
            seen, missed, seq = 0, 0, 0
            while seq < frames:
                message = await hear(slow)
                seq, seen, missed = message["seq"], seen + 1, missed + message.get("missed", 0)
        assert service.books("cam").tracked == frames
    assert missed > 0
    assert seen + missed == frames
