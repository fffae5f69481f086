"""Pictures over HTTP: what is in them, when they are sent again, how the live one ends."""

import cv2
import numpy as np
import pytest
from httpx import Response

from tests.api.live_service import detections, jpeg, png, serving, until
from tests.engine.scripted import settings

URL = "/v1/streams/cam"
SIZE = (320, 240)


def decoded(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


class PartReader:
    """Reads a multipart stream part by part, as a browser does."""

    def __init__(self, response: Response) -> None:
        kind, _, boundary = response.headers["content-type"].partition("; boundary=")
        assert kind == "multipart/x-mixed-replace"
        self._boundary = b"--" + boundary.encode() + b"\r\n"
        self._chunks = response.aiter_raw()
        self._data = b""

    async def next(self) -> tuple[dict[str, str], bytes]:
        """Headers and picture of the next part; raises StopAsyncIteration at the end."""
        if not self._data:
            self._data = await anext(self._chunks)
        while self._data.count(self._boundary) < 2:
            self._data += await anext(self._chunks)
        _, part, rest = self._data.split(self._boundary, 2)
        self._data = self._boundary + rest
        head, _, body = part.partition(b"\r\n\r\n")
        headers = dict(line.split(": ") for line in head.decode().split("\r\n"))
        return headers, body[: int(headers["Content-Length"])]


async def test_a_snapshot_is_the_newest_frame_with_its_boxes_drawn():
    async with serving() as service:
        await service.http.post(URL + "/frames", content=png(60, 50, SIZE))
        drawn = await service.http.get(URL + "/snapshot.jpg")
        plain = await service.http.get(URL + "/snapshot.jpg", params={"annotate": 0})
    assert (drawn.headers["content-type"], drawn.headers["frame-seq"], drawn.headers["frame-epoch"]) == (
        "image/jpeg",
        "1",
        "1",
    )
    assert decoded(plain.content).shape == (240, 320, 3)
    assert decoded(plain.content)[20:].max() < 10
    edge = decoded(drawn.content)[55:125, 58:63]
    assert edge.max(axis=(1, 2)).min() > 60, "the left edge of the box is drawn all along"


async def test_a_snapshot_without_boxes_is_the_very_jpeg_that_was_sent():
    sent = jpeg(SIZE)
    async with serving() as service:
        await service.http.post(URL + "/frames", content=sent)
        assert (await service.http.get(URL + "/snapshot.jpg?annotate=0")).content == sent


async def test_a_snapshot_is_shrunk_but_never_enlarged():
    async with serving() as service:
        await service.http.post(URL + "/frames", content=png(size=SIZE))
        shapes = {}
        for width in (16, 160, 320, 8192):
            data = (await service.http.get(URL + "/snapshot.jpg", params={"width": width})).content
            shapes[width] = decoded(data).shape[:2]
        statuses = [
            (await service.http.get(URL + "/snapshot.jpg", params={"width": width})).status_code
            for width in (15, 8193, "x", "9" * 400)
        ]
    assert shapes == {16: (12, 16), 160: (120, 160), 320: (240, 320), 8192: (240, 320)}
    assert statuses == [422] * 4


async def test_a_snapshot_is_sent_again_only_when_frame_or_form_is_another():
    async with serving() as service:
        await service.http.post(URL + "/frames", content=png(size=SIZE))
        tag = (await service.http.get(URL + "/snapshot.jpg")).headers["etag"]
        have = {"If-None-Match": tag}
        same = await service.http.get(URL + "/snapshot.jpg", headers=have)
        form = await service.http.get(URL + "/snapshot.jpg?annotate=0", headers=have)
        size = await service.http.get(URL + "/snapshot.jpg?width=64", headers=have)
        await service.http.post(URL + "/frames", content=png(size=SIZE))
        other = await service.http.get(URL + "/snapshot.jpg", headers=have)
    assert (same.status_code, same.content, same.headers["frame-seq"]) == (304, b"", "1")
    assert [answer.status_code for answer in (form, size, other)] == [200, 200, 200]


@pytest.mark.parametrize("path", ["/snapshot.jpg", "/video.mjpeg"])
async def test_a_stream_of_detections_has_no_pictures(path):
    async with serving() as service:
        await service.http.post(URL + "/detections", json=detections())
        answer = await service.http.get(URL + path)
        assert service.engine.stream("cam").readers == 0
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/nothing-yet")


async def test_the_live_picture_shows_each_frame_and_ends_with_its_stream():
    async with serving() as service:
        await service.http.post(URL + "/frames", content=png(size=SIZE))
        async with service.http.stream("GET", URL + "/video.mjpeg", params={"width": 160}) as response:
            parts = PartReader(response)
            seen = [await parts.next()]
            for number in range(3):
                await service.http.post(URL + "/frames", content=png(10 + number, size=SIZE))
                seen.append(await parts.next())
            await service.http.post(URL + "/reset")
            await service.http.post(URL + "/frames", content=png(size=SIZE))
            seen.append(await parts.next())
            await service.http.delete(URL)
            with pytest.raises(StopAsyncIteration):
                await parts.next()
    assert [(headers["Frame-Epoch"], headers["Frame-Seq"]) for headers, _ in seen] == [
        ("1", "1"),
        ("1", "2"),
        ("1", "3"),
        ("1", "4"),
        ("2", "1"),
    ]
    assert all(decoded(picture).shape == (120, 160, 3) for _, picture in seen)


async def test_the_live_picture_waits_for_the_first_frame_of_a_stream_and_ends_with_the_service():
    async with serving() as service:
        await service.http.put(URL)
        async with service.http.stream("GET", URL + "/video.mjpeg", params={"fps": 1000}) as response:
            parts = PartReader(response)
            await service.http.post(URL + "/frames", content=png(size=SIZE))
            assert (await parts.next())[0]["Frame-Seq"] == "1"
            service.stop()
            with pytest.raises(StopAsyncIteration):
                await parts.next()


async def test_a_slow_viewer_gets_the_newest_frame_and_not_those_in_between():
    async with serving() as service:
        await service.http.post(URL + "/frames", content=png(size=SIZE))
        async with service.http.stream("GET", URL + "/video.mjpeg", params={"fps": 2}) as response:
            parts = PartReader(response)
            await parts.next()
            for _ in range(20):
                await service.http.post(URL + "/frames", content=png(size=SIZE))
            seen = [int((await parts.next())[0]["Frame-Seq"])]
            while seen[-1] < 21:
                seen.append(int((await parts.next())[0]["Frame-Seq"]))
    assert len(seen) < 20
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("query", ["fps=0", "fps=nan", "fps=-1", "fps=1001", "width=1", "annotate=maybe"])
async def test_a_live_picture_of_no_sense_is_refused(query):
    async with serving() as service:
        await service.http.put(URL)
        answer = await service.http.get(f"{URL}/video.mjpeg?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


async def test_a_viewer_that_goes_leaves_its_place():
    async with serving(settings(sockets=1)) as service:
        await service.http.post(URL + "/frames", content=png(size=SIZE))
        for _ in range(3):
            async with service.http.stream("GET", URL + "/video.mjpeg") as response:
                assert response.status_code == 200
            await until(lambda: service.engine.stream("cam").readers == 0)
