"""Images on every way in: what is refused, with which status, and that nothing else suffers."""

import asyncio

import httpx
import pytest

from tests.api.hostile import BROKEN, LEGAL, TOO_LARGE, UNSUPPORTED
from tests.api.live_service import hear, jpeg, png, say, serving
from tests.engine.scripted import settings

REFUSED = [
    *((name, data, 413) for name, data in TOO_LARGE.items()),
    *((name, data, 422) for name, data in BROKEN.items()),
    *((name, data, 415) for name, data in UNSUPPORTED.items()),
]


async def test_a_bad_image_is_refused_and_another_stream_beside_loses_neither_frame_nor_id(subtests):
    async with serving() as service:
        for number, (name, data, status) in enumerate(REFUSED, start=1):
            with subtests.test(name):
                refused = await service.http.post("/v1/streams/cam/frames", content=data)
                assert (refused.status_code, refused.json()["status"]) == (status, status)
                assert (await service.http.get("/readyz")).status_code == 200
            beside = (await service.http.post("/v1/streams/beside/frames", content=png(10))).json()
            assert ([track["track_id"] for track in beside["tracks"]], beside["seq"]) == ([1], number)
        good = await service.http.post("/v1/streams/cam/frames", content=jpeg())
        books, other = service.books("cam"), service.books("beside")
    assert good.json()["seq"] == 1
    assert (books.received, books.tracked, books.rejected) == (len(REFUSED) + 1, 1, len(REFUSED))
    assert (other.received, other.tracked) == (len(REFUSED), len(REFUSED))


async def test_a_bad_image_on_a_socket_is_an_error_of_that_frame_only(subtests):
    async with serving() as service, service.connect("/v1/streams/cam/ws") as socket:
        await hear(socket)
        for number, (name, data, status) in enumerate(REFUSED, start=1):
            with subtests.test(name):
                await socket.send(data)
                error = await hear(socket)
                assert (error["type"], error["status"], error["stream"]) == ("error", status, "cam")
            await socket.send(jpeg())
            answer = await hear(socket)
            assert (answer["type"], answer["seq"]) == ("tracks", number)
        books = service.books("cam")
    assert (books.tracked, books.rejected) == (len(REFUSED), len(REFUSED))


async def test_a_legal_image_of_any_layout_is_tracked_and_the_answer_says_its_size(subtests):
    async with serving() as service:
        for name, (data, size) in LEGAL.items():
            with subtests.test(name):
                answer = await service.http.post("/v1/streams/cam/frames", content=data)
                assert answer.status_code == 200
                assert (answer.json()["width"], answer.json()["height"]) == size


@pytest.mark.parametrize(
    ("query", "length", "status", "pointer"),
    [
        ("width=64&height=64", 64 * 64 * 3 - 1, 422, None),
        ("width=64&height=64", 64 * 64 * 3 + 1, 422, None),
        ("width=64", 10, 422, "/query/height"),
        ("height=64", 10, 422, "/query/width"),
        ("width=0&height=64", 0, 422, "/query/width"),
        ("width=x&height=64", 0, 422, "/query/width"),
        ("width=8193&height=1", 3, 413, None),
        ("width=8192&height=8192", 3, 413, None),
        ("width=99999999999999999999&height=1", 3, 413, None),
    ],
)
async def test_a_raw_frame_of_another_length_or_size_is_refused(query, length, status, pointer):
    async with serving() as service:
        answer = await service.http.post(f"/v1/streams/cam/frames?{query}", content=bytes(length))
    assert answer.status_code == status
    if pointer:
        assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_raw_frame_gives_the_same_tracks_as_the_same_picture_encoded():
    image = bytearray(64 * 64 * 3)
    image[0:2] = (20, 30)
    async with serving() as service:
        raw = await service.http.post("/v1/streams/a/frames?width=64&height=64", content=bytes(image))
        form = await service.http.post(
            "/v1/streams/b/frames?width=64&height=64", files={"file": ("x.bgr", bytes(image))}
        )
        coded = await service.http.post("/v1/streams/c/frames", content=png(20, 30))
    boxes = [[track["bbox"] for track in answer.json()["tracks"]] for answer in (raw, form, coded)]
    assert boxes == [[[20, 30, 60, 110]]] * 3


async def test_a_detector_that_fails_costs_the_frame_and_not_the_stream():
    async with serving() as service:
        url = "/v1/streams/cam/frames"
        statuses = [
            (await service.http.post(url, content=data)).status_code
            for data in (png(10), png(11, poisoned=True), png(12))
        ]
        books = service.books("cam")
    assert statuses == [200, 503, 200]
    assert (books.tracked, books.rejected) == (2, 1)


async def test_a_client_that_goes_in_the_middle_of_a_body_leaves_nothing_behind():
    async with serving(settings()) as service:
        port = httpx.URL(service.address).port
        for _ in range(3):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /v1/streams/cam/frames HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        answer = await service.http.post("/v1/streams/cam/frames", content=png(10))
        books = service.books("cam")
    assert answer.status_code == 200
    assert (books.received, books.tracked) == (1, 1)


async def test_every_detection_is_told_with_its_track_or_the_reason_why_it_has_none():
    async with serving() as service:
        url = "/v1/streams/cam/detections"
        rows = [
            {"bbox": [10, 10, 50, 90], "score": 0.9},
            {"bbox": [300, 10, 340, 90], "score": 0.3},
        ]
        body = {"width": 640, "height": 480, "detections": rows}
        plain = await service.http.post(url, json=body)
        full = await service.http.post(url + "?detections=1", json=body)
    assert "detections" not in plain.json()
    first, second = full.json()["detections"]
    assert (first["track_id"], first["outcome"]) == (1, "matched_high")
    assert "track_id" not in second
    assert second["reason"]


async def test_the_times_of_a_frame_stand_in_server_timing_too():
    async with serving() as service:
        answer = await service.http.post("/v1/streams/cam/frames", content=png())
    told = dict(part.strip().split(";dur=") for part in answer.headers["server-timing"].split(","))
    assert {stage: float(value) for stage, value in told.items()} == pytest.approx(answer.json()["timing_ms"])


async def test_the_same_number_again_gets_the_same_answer_again():
    async with serving() as service:
        url, headers = "/v1/streams/cam/frames", {"Frame-Seq": "7", "Capture-Timestamp": "1.5"}
        first = await service.http.post(url, content=png(10), headers=headers)
        again = await service.http.post(url, content=png(10), headers=headers)
        books = service.books("cam")
    assert first.json() == again.json()
    assert (first.json()["seq"], first.json()["capture_ts"]) == (7, 1.5)
    assert (books.received, books.replayed) == (1, 1)


async def test_words_and_pictures_of_a_socket_have_their_limits():
    async with serving(settings(image_bytes=2000)) as service, service.connect("/v1/streams/cam/ws") as socket:
        await hear(socket)
        await socket.send(jpeg() + bytes(2000 - len(jpeg())))
        taken = await hear(socket)
        await socket.send(jpeg() + bytes(2001 - len(jpeg())))
        refused = await hear(socket)
        await say(socket, type="config", detections=True)
        assert (await hear(socket))["type"] == "ack"
    assert (taken["type"], refused["status"], refused["limit"]) == ("tracks", 413, 2000)
