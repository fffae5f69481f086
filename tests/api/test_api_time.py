"""Time from end to end: when a frame came and was answered, which order, what rate, and what is dropped for it."""

import time

import pytest

from app.engine.views import StreamView
from app.framing import FrameHeader, pack
from app.settings import StreamSettings
from tests.api.live_service import detections, hear, png, say, serving
from tests.engine.scripted import settings

WS = "/v1/streams/cam/ws"


async def test_every_answer_says_when_its_frame_came_and_when_it_was_ready():
    async with serving() as service:
        before = time.time()
        posted = (await service.http.post("/v1/streams/cam/frames", content=png(10))).json()
        after = time.time()
        latest = (await service.http.get("/v1/streams/cam/tracks")).json()
        async with service.connect(WS) as socket:
            await hear(socket)
            await socket.send(png(10))
            on_socket = await hear(socket)
    assert before - 0.001 <= posted["received_at"] <= posted["sent_at"] <= after + 0.001
    spent_s = posted["timing_ms"]["total"] / 1e3
    assert posted["sent_at"] - posted["received_at"] == pytest.approx(spent_s, abs=0.0002)
    assert (latest["received_at"], latest["sent_at"]) == (posted["received_at"], posted["sent_at"])
    assert on_socket["received_at"] > posted["received_at"]


async def test_the_latency_from_capture_is_measured_where_capture_times_are_those_of_a_clock():
    name = "trackd_capture_to_answer_seconds"
    async with serving() as service:
        for stream, at_s in (("media", 61.4), ("clock", time.time() - 2.0), ("ahead", time.time() + 3000.0)):
            await service.http.post(f"/v1/streams/{stream}/detections", json=detections(capture_ts=at_s))
        text = (await service.http.get("/metrics")).text
    samples = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith(name))
    assert float(samples[f"{name}_count"]) == 2.0
    assert float(samples[f"{name}_sum"]) >= 2.0
    assert float(samples[f'{name}_bucket{{le="1.0"}}']) == 1.0


async def test_frames_beyond_the_rate_are_answered_with_drop_and_counted():
    async with serving(settings(StreamSettings(overload="lossless", max_fps=10))) as service:
        async with service.connect(WS) as socket:
            await hear(socket)
            for number in range(1, 31):
                await socket.send(pack(FrameHeader(seq=number, capture_ts=number / 30)) + png(10))
            told = [await hear(socket) for _ in range(30)]
        view = StreamView.model_validate((await service.http.get("/v1/streams/cam")).json())
    tracked = [message["seq"] for message in told if message["type"] == "tracks"]
    assert tracked == list(range(1, 31, 3))
    assert {message["reason"] for message in told if message["type"] == "drop"} == {"rate"}
    assert (dict(view.drops), view.accounts.dropped) == ({"rate": 20}, 20)


async def test_a_posted_frame_beyond_the_rate_is_told_so():
    async with serving(settings(StreamSettings(max_fps=1))) as service:
        first = await service.http.post("/v1/streams/cam/detections", json=detections(capture_ts=1.0))
        second = await service.http.post("/v1/streams/cam/detections", json=detections(capture_ts=1.1))
    assert (first.status_code, second.status_code) == (200, 429)
    assert (second.json()["type"], second.json()["reason"]) == ("/problems/frame-dropped", "rate")


@pytest.mark.parametrize("overload", ["latest", "lossless"])
async def test_frames_that_overtook_each_other_on_a_socket_are_answered_in_order(overload):
    given = settings(StreamSettings(overload=overload, order="reorder", reorder_ms=10_000))
    async with serving(given) as service, service.connect(WS) as socket:
        credit = (await hear(socket))["credit"]
        told = []
        for pair in ((2, 1), (4, 3), (6, 5)):
            for number in pair:
                await say(socket, type="detections", **detections(seq=number))
            told += [await hear(socket) for _ in pair]
        assert [message["seq"] for message in told] == [1, 2, 3, 4, 5, 6]
        assert credit >= 32
        assert service.books("cam").tracked == 6


async def test_a_late_frame_is_answered_with_drop_to_its_sender_and_its_readers():
    given = settings(StreamSettings(order="reorder", reorder_ms=1))
    async with serving(given) as service, service.connect(WS) as socket:
        await hear(socket)
        async with service.connect("/v1/subscribe?streams=cam") as reader:
            await hear(reader)
            for number in (1, 3):
                await say(socket, type="detections", **detections(seq=number))
                assert (await hear(socket))["seq"] == number
            await say(socket, type="detections", **detections(seq=2))
            late = await hear(socket)
            told = [await hear(reader) for _ in range(3)]
        assert (late["type"], late["seq"], late["reason"]) == ("drop", 2, "late")
        assert [(message["type"], message["seq"]) for message in told] == [("tracks", 1), ("tracks", 3), ("drop", 2)]


async def test_a_frame_sent_twice_costs_two_credits_and_gets_two_equal_answers():
    async with serving() as service, service.connect(WS) as socket:
        await hear(socket)
        for number in (1, 2, 2):
            await say(socket, type="detections", **detections(seq=number))
        told = [await hear(socket) for _ in range(3)]
        assert told[1] == told[2]
        assert [message["seq"] for message in told] == [1, 2, 2]
        assert service.books("cam").replayed == 1
