"""How an ingest socket ends."""

from app.limits import KIB
from app.settings import StreamSettings
from tests.api.live_service import (
    farewell,
    hear,
    jpeg,
    png,
    say,
    serving,
    until,
    welcomed,
)
from tests.engine.scripted import ScriptedDetector, settings

WS = "/v1/streams/cam/ws"
LOSSLESS = settings(StreamSettings(overload="lossless"))


async def test_bye_is_answered_when_every_frame_before_it_is():
    async with serving(LOSSLESS) as service, service.connect(WS) as socket:
        await hear(socket)
        for number in range(12):
            await socket.send(png(number))
        await say(socket, type="bye")
        code, told = await farewell(socket)
    assert code == 1000
    assert [message["type"] for message in told] == ["tracks"] * 12 + ["bye"]


async def test_a_second_writer_is_told_and_closed_and_the_first_goes_on():
    async with serving() as service, service.connect(WS) as first:
        await hear(first)
        async with service.connect(WS) as second:
            code, told = await farewell(second)
        await first.send(png(10))
        assert (await hear(first))["type"] == "tracks"
        await first.close()
        async with welcomed(service, WS) as (_, hello):
            assert hello["next_seq"] == 2
    assert (code, [message["status"] for message in told]) == (4409, [409])


async def test_a_closed_stream_ends_its_socket_with_4404():
    async with serving() as service, service.connect(WS) as socket:
        await hear(socket)
        assert (await service.http.delete("/v1/streams/cam")).status_code == 204
        code, told = await farewell(socket)
    assert code == 4404
    assert [(m["type"], m.get("event"), m.get("status")) for m in told] == [
        ("event", "closed", None),
        ("error", None, 404),
    ]


async def test_an_impossible_name_ends_the_socket_with_4422():
    async with serving() as service, service.connect("/v1/streams/" + "x" * 65 + "/ws") as socket:
        code, told = await farewell(socket)
        assert service.engine.streams() == []
    assert (code, told[0]["status"]) == (4422, 422)


async def test_one_stream_too_many_ends_the_socket_with_4429():
    async with serving(settings(streams=1)) as service, service.connect(WS) as first:
        await hear(first)
        async with service.connect("/v1/streams/other/ws") as socket:
            code, told = await farewell(socket)
    assert (code, told[0]["limit"]) == (4429, 1)


async def test_a_text_at_the_limit_is_read_and_one_byte_more_ends_the_socket_with_4413():
    async with serving() as service, service.connect(WS) as socket:
        await hear(socket)
        await socket.send('{"type": "ack"}'.ljust(256 * KIB))
        await socket.send(png(10))
        answer = await hear(socket)
        await socket.send('{"type": "ack"}'.ljust(256 * KIB + 1))
        code, told = await farewell(socket)
    assert answer["type"] == "tracks"
    assert (code, told[0]["limit"]) == (4413, 256 * KIB)


async def test_a_drain_answers_what_is_in_flight_says_bye_and_closes_with_1012():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with serving(LOSSLESS, detector) as service, service.connect(WS) as socket:
        await hear(socket)
        for number in range(3):
            await socket.send(png(number))
        await until(lambda: service.books("cam").in_flight == 3)
        service.stop()
        await until(lambda: not service.engine.health().ready)
        detector.gate.set()
        code, told = await farewell(socket)
    assert code == 1012
    assert [message["type"] for message in told] == ["tracks"] * 3 + ["bye"]


async def test_a_client_that_goes_with_frames_in_flight_leaves_the_books_balanced_and_the_place_free():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with serving(LOSSLESS, detector) as service:
        async with service.connect(WS) as socket:
            await hear(socket)
            for number in range(5):
                await socket.send(png(number))
            await until(lambda: service.books("cam").in_flight == 5)
            socket.transport.abort()
        detector.gate.set()
        await until(lambda: service.books("cam").tracked == 5)
        async with welcomed(service, WS) as (again, hello):
            assert hello["next_seq"] == 6
            await again.send(jpeg())
            assert (await hear(again))["seq"] == 6
