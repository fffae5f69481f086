"""The ingest socket: order, credit, words, and how it ends."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from app.api.framing import Codec, FrameHeader, pack
from app.limits import KIB
from app.settings import StreamSettings
from tests.api.live_service import (
    Message,
    Service,
    detections,
    farewell,
    found,
    hear,
    hear_until,
    jpeg,
    png,
    say,
    serving,
    until,
)
from tests.engine.scripted import ScriptedDetector, reached, settings

WS = "/v1/streams/cam/ws"
LOSSLESS = settings(StreamSettings(overload="lossless"))


@asynccontextmanager
async def welcomed(service: Service, path: str) -> AsyncIterator[tuple[ClientConnection, Message]]:
    """A socket and its hello, as soon as the server has noticed that the one before has gone."""
    while True:
        async with service.connect(path) as client:
            hello = await hear(client)
            if hello["type"] == "hello":
                yield client, hello
                return


async def test_the_server_speaks_first_and_tells_epoch_and_credit():
    async with serving(LOSSLESS) as service, service.connect(WS) as socket:
        hello = await hear(socket)
    assert hello == {
        "type": "hello",
        "stream": "cam",
        "epoch": 1,
        "credit": hello["credit"],
        "next_seq": 1,
        "version": 1,
    }
    assert hello["credit"] > 32


async def test_frames_are_answered_in_order_and_an_object_keeps_its_id():
    async with serving(LOSSLESS) as service, service.connect(WS) as socket:
        await hear(socket)
        for number in range(30):
            await socket.send(png(10 + number))
        answers = [await hear(socket) for _ in range(30)]
        assert service.books("cam").tracked == 30
    assert [answer["seq"] for answer in answers] == list(range(1, 31))
    assert {track["track_id"] for answer in answers for track in answer["tracks"]} == {1}


async def test_a_socket_and_rest_give_the_same_tracks():
    async with serving() as service, service.connect("/v1/streams/a/ws") as socket:
        await hear(socket)
        for number in range(5):
            await socket.send(png(10 + number))
            told = await hear(socket)
            posted = (await service.http.post("/v1/streams/b/frames", content=png(10 + number))).json()
            assert [t["bbox"] for t in told["tracks"]] == [t["bbox"] for t in posted["tracks"]]
            assert told.keys() == posted.keys()


async def test_the_header_carries_number_and_time_and_asks_for_detections():
    async with serving() as service, service.connect(WS) as socket:
        await hear(socket)
        await socket.send(pack(FrameHeader(Codec.PNG, seq=41, capture_ts=1.25, detections=True)) + png(10))
        full = await hear(socket)
        await socket.send(pack(FrameHeader(seq=43, capture_ts=1.5)) + png(11))
        plain = await hear(socket)
    assert (full["seq"], full["capture_ts"], len(full["detections"])) == (41, 1.25, 1)
    assert (plain["seq"], plain["capture_ts"]) == (43, 1.5)
    assert "detections" not in plain


async def test_a_raw_frame_needs_its_size_first():
    raw = pack(FrameHeader(Codec.RAW)) + bytes([20, 30]) + bytes(64 * 64 * 3 - 2)
    async with serving() as service, service.connect(WS) as socket:
        await hear(socket)
        await socket.send(raw)
        refused = await hear(socket)
        await say(socket, type="config", raw_width=64, raw_height=64)
        acked = await hear(socket)
        await socket.send(raw)
        answer = await hear(socket)
        await socket.send(raw[:-1])
        short = await hear(socket)
    assert (refused["status"], acked["type"], acked["of"]) == (422, "ack", "config")
    assert [track["bbox"] for track in answer["tracks"]] == [[20, 30, 60, 110]]
    assert short["status"] == 422


@pytest.mark.parametrize(
    "message",
    [
        b"TRK1",
        b"TRK1" + bytes([9, 0, 0, 0]) + bytes(16),
        b"TRK1" + bytes([0, 8, 0, 0]) + bytes(16),
        b"TRK1" + bytes([0, 0, 1, 0]) + bytes(16),
        pack(FrameHeader(Codec.JPEG)) + png(),
        b"",
        "no json",
        '{"type": "nonsense"}',
        '{"type": "config", "surprise": 1}',
        '{"type": "config", "raw_width": 5}',
        '{"type": "config", "settings": {"overload": "sometimes"}}',
        '{"type": "config", "settings": 5}',
        '{"type": "bye" ',
        "[]",
    ],
)
async def test_what_is_wrong_with_one_message_costs_that_message_only(message):
    async with serving() as service, service.connect(WS) as socket:
        await hear(socket)
        await socket.send(message)
        error = await hear(socket)
        await socket.send(png(10))
        answer = await hear(socket)
    assert (error["type"], error["status"], error["title"]) == ("error", 422, "Invalid input")
    assert answer["type"] == "tracks"


async def test_a_frame_out_of_order_names_its_number_and_the_one_expected():
    async with serving() as service, service.connect(WS) as socket:
        await hear(socket)
        for seq in (5, 6, 4):
            await socket.send(pack(FrameHeader(seq=seq)) + png(10))
        error = await hear_until(socket, "error")
    assert (error["status"], error["seq"], error["expected_seq"]) == (409, 4, 7)


async def test_settings_and_reset_stand_where_they_were_said_among_the_frames():
    async with serving(LOSSLESS) as service, service.connect(WS) as socket:
        await hear(socket)
        await socket.send(png(10))
        await say(socket, type="reset")
        await socket.send(png(11))
        await say(socket, type="config", settings={"tracker": {"track_thresh": 0.88}})
        await say(socket, type="detections", **detections(found(x=400.0)))
        told = [await hear(socket) for _ in range(6)]
        assert service.engine.stream("cam").settings.tracker.track_thresh == 0.88
    frames = [(m["epoch"], m["seq"], len(m["tracks"])) for m in told if m["type"] == "tracks"]
    assert frames == [(1, 1, 1), (2, 1, 1), (2, 2, 0)]
    assert [m["of"] for m in told if m["type"] == "ack"] == ["reset", "config"]
    assert [m["event"] for m in told if m["type"] == "event"] == ["reset"]
    assert told[0]["type"] == "tracks", "what was said before the reset is answered before it"


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


async def test_messagepack_says_the_same_as_json():
    async with serving() as service:
        async with service.connect(WS, subprotocols=["trackd.v1.msgpack"]) as socket:
            assert socket.subprotocol == "trackd.v1.msgpack"
            hello = msgspec.msgpack.decode(await socket.recv())
            await socket.send(png(10))
            packed = msgspec.msgpack.decode(await socket.recv())
        newest = (await service.http.get("/v1/streams/cam/tracks")).json()
    assert hello["type"] == "hello"
    assert packed == newest


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


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (None, True),
        ("same", True),
        ("https://friend.example", True),
        ("https://evil.example", False),
        ("null", False),
        ("http://127.0.0.1:1", False),
        ("https://friend.example.evil", False),
        ("nonsense", False),
    ],
)
@pytest.mark.parametrize("path", [WS, "/v1/subscribe"])
async def test_only_pages_of_our_own_and_of_allowed_origins_may_open_a_socket(path, origin, welcome):
    given = settings().model_copy(update={"allowed_origins": ("https://friend.example/",)})
    async with serving(given) as service:
        headers = {} if origin is None else {"Origin": service.address if origin == "same" else origin}
        if welcome:
            async with service.connect(path, additional_headers=headers) as socket:
                assert (await hear(socket))["type"] == "hello"
            return
        with pytest.raises(InvalidStatus) as refused:
            await service.connect(path, additional_headers=headers)
        answer = refused.value.response
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert msgspec.json.decode(answer.body)["type"] == "/problems/origin-refused"
        assert service.engine.streams() == []


async def test_an_unknown_subprotocol_is_refused_and_the_first_known_one_is_taken():
    async with serving() as service:
        with pytest.raises(InvalidStatus) as refused:
            await service.connect(WS, subprotocols=["trackd.v9.xml"])
        async with service.connect(WS, subprotocols=["trackd.v9.xml", "trackd.v1.json"]) as socket:
            assert socket.subprotocol == "trackd.v1.json"
    assert refused.value.response.status_code == 415


async def test_one_socket_too_many_is_closed_with_1013():
    async with (
        serving(settings(sockets=2)) as service,
        service.connect(WS) as one,
        service.connect("/v1/subscribe") as two,
    ):
        await hear(one)
        await hear(two)
        for path in ("/v1/streams/other/ws", "/v1/subscribe"):
            async with service.connect(path) as third:
                code, told = await farewell(third)
            assert (code, told[0]["limit"]) == (1013, 2)
        assert (await service.http.get("/v1/streams/cam/events")).status_code == 429
        await two.close()
        async with welcomed(service, "/v1/subscribe"):
            pass
