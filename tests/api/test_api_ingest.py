"""The ingest socket: order and words."""

import msgspec
import pytest

from app.framing import Codec, FrameHeader, pack
from app.settings import StreamSettings
from tests.api.live_service import (
    detections,
    found,
    hear,
    hear_until,
    png,
    say,
    serving,
)
from tests.engine.scripted import settings

WS = "/v1/streams/cam/ws"
LOSSLESS = settings(StreamSettings(overload="lossless"))


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
