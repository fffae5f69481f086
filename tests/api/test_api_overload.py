"""Frames that come faster than they are tracked, and answers faster than they are read."""

import asyncio
import socket

import httpx
import msgspec
import pytest

from app.framing import FrameHeader, pack
from app.settings import StreamSettings
from tests.api.live_service import (
    detections,
    farewell,
    found,
    hear,
    png,
    say,
    serving,
    until,
)
from tests.engine.scripted import ScriptedDetector, reached, settings

WS = "/v1/streams/cam/ws"
LOSSLESS = settings(StreamSettings(overload="lossless"))


async def test_policy_latest_answers_the_frames_that_gave_way_with_drop():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with serving(detector=detector) as service, service.connect(WS) as socket:
        await hear(socket)
        for number in range(10):
            await socket.send(pack(FrameHeader(seq=number)) + png(number))
        await until(lambda: service.engine.streams() and service.books("cam").received == 10)
        detector.gate.set()
        told = [await hear(socket) for _ in range(10)]
        books = service.books("cam")
    dropped = [m["seq"] for m in told if m["type"] == "drop"]
    tracked = [m for m in told if m["type"] == "tracks"]
    assert {m["reason"] for m in told if m["type"] == "drop"} == {"superseded"}
    assert sorted(dropped + [m["seq"] for m in tracked]) == list(range(10))
    assert tracked[-1]["seq"] == 9
    assert sum(m["dropped_since_last"] for m in tracked) == len(dropped) > 0
    assert (books.tracked, books.dropped) == (len(tracked), len(dropped))


async def test_policy_lossless_refuses_a_frame_beyond_the_credit_and_takes_it_again_later():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with serving(LOSSLESS, detector) as service, service.connect(WS) as socket:
        credit = (await hear(socket))["credit"]
        for number in range(credit):
            await socket.send(png(number))
        await reached(detector)
        await until(lambda: service.books("cam").in_flight == credit)
        await socket.send(png(0))
        error = await hear(socket)
        detector.gate.set()
        answers = [await hear(socket) for _ in range(credit)]
        await socket.send(png(0))
        again = await hear(socket)
        books = service.books("cam")
    assert (error["status"], error["problem"]) == (429, "/problems/overloaded")
    assert error["retry_after_s"]
    assert [answer["type"] for answer in answers] == ["tracks"] * credit
    assert again["seq"] == credit + 1
    assert (books.tracked, books.rejected) == (credit + 1, 1)


@pytest.mark.parametrize("overload", ["latest", "lossless"])
async def test_a_client_that_does_not_read_for_long_grows_no_queue_and_can_account_for_every_frame(overload):
    frames, rows = 100, [found(x=float(50 * n)) for n in range(500)]
    text = msgspec.json.encode({"type": "detections", **detections(*rows)}).decode()
    given = settings(StreamSettings(overload=overload), reader_messages=4)
    async with serving(given) as service:
        narrow = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", httpx.URL(service.address).port))
        async with service.connect(WS, sock=narrow) as client:
            credit = (await hear(client))["credit"]
            client.transport.pause_reading()

            async def write() -> None:
                for number in range(1, frames + 1):
                    await client.send(text)
                    if overload == "latest":  # one by one, so that nothing is dropped before it is tracked
                        await until(lambda n=number: service.engine.streams() and service.books("cam").tracked == n)
                await say(client, type="bye")

            writing = asyncio.create_task(write())
            if overload == "latest":
                await writing
            else:
                await until(lambda: service.engine.streams() and service.books("cam").tracked >= min(credit, 30))
            client.transport.resume_reading()
            code, told = await farewell(client)
            await writing
    answers = [message for message in told if message["type"] == "tracks"]
    missed = sum(message.get("missed", 0) for message in answers)
    refused = [message["status"] for message in told if message["type"] == "error"]
    assert code == 1000
    assert len(answers) + missed + len(refused) == frames
    if overload == "latest":
        assert (missed > 0, refused, answers[-1]["seq"]) == (True, [], frames)
    else:  # it also sent beyond its credit, and was told so for each frame
        assert missed == 0
        assert set(refused) <= {429}
        assert [answer["seq"] for answer in answers] == list(range(1, len(answers) + 1))


async def test_two_hundred_frames_at_once_on_two_sockets_mix_nothing_up():
    async with serving(LOSSLESS) as service:

        async def run(name: str, offset: int) -> list[float]:
            async with service.connect(f"/v1/streams/{name}/ws") as socket:
                credit = asyncio.Semaphore((await hear(socket))["credit"])

                async def write() -> None:
                    for number in range(100):
                        await credit.acquire()
                        await socket.send(png(offset + number % 3))

                writing = asyncio.create_task(write())
                seen = []
                for number in range(100):
                    answer = await hear(socket)
                    credit.release()
                    assert (answer["type"], answer["stream"], answer.get("seq")) == ("tracks", name, number + 1), answer
                    seen += [track["bbox"][0] for track in answer["tracks"]]
                await writing
                return seen

        left, right = await asyncio.gather(run("left", 10), run("right", 100))
    assert max(left) < 20
    assert min(right) > 90
