"""Who may write to a stream: one socket, or one source, or whoever posts; the others are told who does."""

import pytest

from app.settings import Settings, StreamSettings
from app.source_settings import SourcePolicy
from tests.api.live_service import detections, farewell, hear, hear_until, png, say, serving, until, welcomed
from tests.engine.scripted import settings

WS = "/v1/streams/cam/ws"
DEMO = {"url": "demo:?seed=7"}


def with_sources() -> Settings:
    return settings().model_copy(update={"sources": SourcePolicy(schemes=("demo",))})


@pytest.mark.parametrize("call", ["frames", "detections"])
async def test_a_post_beside_a_socket_is_refused_and_costs_it_nothing(call):
    async with serving() as service:
        async with service.connect(WS) as socket:
            hello = await hear(socket)
            body = {"content": png(10)} if call == "frames" else {"json": detections()}
            refused = await service.http.post(f"/v1/streams/cam/{call}", **body)
            await socket.send(png(10))
            answer = await hear(socket)
            await say(socket, type="bye")
            await farewell(socket)
        problem = refused.json()
        assert (refused.status_code, problem["type"], problem["stream"]) == (409, "/problems/second-writer", "cam")
        assert "a socket writes to stream 'cam'" in problem["detail"]
        assert (hello["next_seq"], answer["seq"], service.books("cam").received) == (1, 1, 1)
        await until(lambda: "cam" not in service.engine._writers)
        assert (await service.http.post(f"/v1/streams/cam/{call}", **body)).status_code == 200


async def test_a_second_socket_is_told_4409_and_may_come_when_the_first_has_gone():
    async with serving() as service:
        async with service.connect(WS) as first:
            await hear(first)
            async with service.connect(WS) as second:
                code, told = await farewell(second)
            assert (code, told[0]["status"], told[0]["problem"]) == (4409, 409, "/problems/second-writer")
            await first.send(png(10))
            assert (await hear(first))["type"] == "tracks"
        async with welcomed(service, WS) as (_, hello):
            assert hello["next_seq"] == 2


async def test_a_stream_whose_source_the_server_reads_takes_frames_from_nobody_else():
    async with serving(with_sources()) as service:
        assert (await service.http.put("/v1/streams/cam", json={"source": DEMO})).status_code == 201
        posted = await service.http.post("/v1/streams/cam/frames", content=png(10))
        async with service.connect(WS) as socket:
            code, told = await farewell(socket)
        assert (posted.status_code, code, told[0]["status"]) == (409, 4409, 409)
        assert "set source to null first" in posted.json()["detail"]
        assert "set source to null first" in told[0]["detail"]
        assert (await service.http.patch("/v1/streams/cam", json={"source": None})).status_code == 200
        await service.http.post("/v1/streams/cam/reset")
        assert (await service.http.post("/v1/streams/cam/frames", content=png(10))).status_code == 200


@pytest.mark.parametrize("way", ["PUT", "PATCH", "config"])
async def test_a_source_is_refused_while_a_socket_writes_and_the_socket_goes_on(way):
    async with serving(with_sources()) as service, service.connect(WS) as socket:
        await hear(socket)
        if way == "config":
            await say(socket, type="config", settings={"source": DEMO})
            told = await hear_until(socket, "error")
        else:
            told = (await service.http.request(way, "/v1/streams/cam", json={"source": DEMO})).json()
        await socket.send(png(10))
        answer = await hear(socket)
        assert told["status"] == 409
        assert "must be closed before a source is read" in told["detail"]
        assert answer["type"] == "tracks"
        assert service.engine.stream("cam").settings.source is None


async def test_a_stream_that_is_closed_and_opened_again_is_free_for_a_new_writer_at_once():
    async with serving() as service, service.connect(WS) as old:
        await hear(old)
        assert (await service.http.delete("/v1/streams/cam")).status_code == 204
        assert (await service.http.post("/v1/streams/cam/frames", content=png(10))).status_code == 200
        code, _ = await farewell(old)
        assert code == 4404
        assert service.books("cam").tracked == 1


async def test_sockets_of_other_streams_are_nobodys_conflict():
    given = settings(StreamSettings(overload="lossless"))
    async with serving(given) as service, service.connect(WS) as one, service.connect("/v1/streams/b/ws") as two:
        assert {(await hear(socket))["stream"] for socket in (one, two)} == {"cam", "b"}
