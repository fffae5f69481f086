"""Frames that a client sends again after it was cut off are answered as before, and not tracked twice."""

import pytest

from app.framing import FrameHeader, pack
from tests.api.live_service import Service, detections, found, hear, hear_until, png, say, serving, until, welcomed
from tests.engine.scripted import settings

WS = "/v1/streams/cam/ws"


def again(seq: int, x: int = 10) -> bytes:
    return pack(FrameHeader(seq=seq, again=True)) + png(x)


async def told_of(service: Service, frames: list[bytes]) -> list[dict]:
    async with welcomed(service, WS) as (socket, _):
        for frame in frames:
            await socket.send(frame)
        return [await hear(socket) for _ in frames]


async def tracked(service: Service, count: int) -> list[dict]:
    async with welcomed(service, WS) as (socket, _):
        await say(socket, type="config", settings={"overload": "lossless"})
        await hear_until(socket, "ack")
        for seq in range(1, count + 1):
            await socket.send(pack(FrameHeader(seq=seq)) + png(10 + seq))
        return [await hear(socket) for _ in range(count)]


async def test_every_frame_that_was_answered_gets_its_answer_again_and_the_next_is_new():
    async with serving() as service:
        first = await tracked(service, 5)
        second = await told_of(service, [again(seq) for seq in range(1, 7)])
        assert second[:5] == first
        assert (second[5]["type"], second[5]["seq"], second[5]["epoch"]) == ("tracks", 6, 1)
        books = service.books("cam")
        assert (books.received, books.tracked, books.replayed) == (6, 6, 5)


async def test_a_client_that_counts_anew_and_does_not_say_again_is_still_refused():
    async with serving() as service:
        await tracked(service, 5)
        (refused,) = await told_of(service, [pack(FrameHeader(seq=2)) + png(10)])
        assert (refused["type"], refused["status"], refused["expected_seq"]) == ("error", 409, 6)


async def test_frames_in_flight_when_their_client_was_cut_off_are_answered_to_the_next():
    async with serving() as service:
        service.detector.gate.clear()
        async with welcomed(service, WS) as (socket, hello):
            for seq in (1, 2):
                await socket.send(pack(FrameHeader(seq=seq)) + png(10))
            await until(lambda: service.books("cam").in_flight == min(2, hello["credit"]))
        async with welcomed(service, WS) as (socket, _):
            for seq in (1, 2):
                await socket.send(again(seq))
            await until(lambda: service.books("cam").replayed == 2)
            service.detector.gate.set()
            assert [(await hear(socket))["seq"] for _ in range(2)] == [1, 2]
        assert service.books("cam").tracked == 2


async def test_a_dropped_frame_is_told_as_dropped_again():
    async with serving() as service:
        await service.http.put("/v1/streams/cam", json={"max_fps": 1})
        async with welcomed(service, WS) as (socket, _):
            for seq in range(1, 5):
                await socket.send(pack(FrameHeader(seq=seq, capture_ts=seq / 10)) + png(10))
            assert sorted([(await hear(socket))["type"] for _ in range(4)]) == ["drop", "drop", "drop", "tracks"]
        first, second = await told_of(
            service, [pack(FrameHeader(seq=s, capture_ts=s / 10, again=True)) + png(10) for s in (2, 1)]
        )
        assert (first["type"], first["seq"], first["reason"]) == ("drop", 2, "rate")
        assert (second["type"], second["seq"]) == ("tracks", 1)
        assert service.books("cam").dropped == 3


async def test_detections_are_answered_again_too():
    async with serving() as service:
        async with welcomed(service, WS) as (socket, _):
            for seq in (1, 2, 3):
                await say(socket, type="detections", **detections(found(10.0 * seq), seq=seq))
            first = [await hear(socket) for _ in range(3)]
        async with welcomed(service, WS) as (socket, _):
            for seq in (1, 2, 3):
                await say(socket, type="detections", **detections(found(10.0 * seq), seq=seq, again=True))
            assert [await hear(socket) for _ in range(3)] == first
        assert service.books("cam").tracked == 3


@pytest.mark.parametrize("kept", [0, 2])
async def test_what_is_no_longer_kept_is_refused_as_late(kept):
    async with serving(settings(history_messages=kept)) as service:
        await tracked(service, 5)
        answers = await told_of(service, [again(seq) for seq in range(1, 6)])
        known = [answer["type"] == "tracks" for answer in answers]
        assert known == [seq > 5 - max(1, kept) for seq in range(1, 6)]
        assert {answer["status"] for answer in answers if answer["type"] == "error"} == {409}
