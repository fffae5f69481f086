"""Limits of bodies, at the limit and one above, whichever way the bytes come."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from app.api.body import decode_json
from app.errors import InvalidInput
from app.limits import MIB, Limits
from tests.api.live_service import Service, detections, jpeg, png, serving
from tests.engine.scripted import settings

LIMITS = Limits()


async def chunked(body: bytes) -> AsyncIterator[bytes]:
    """Bytes without a Content-Length."""
    for start in range(0, len(body), 65_536):
        yield body[start : start + 65_536]


def padded(image: bytes, size: int) -> bytes:
    """A JPEG of exactly `size` bytes: decoders stop at its end marker."""
    return image + bytes(size - len(image))


async def post_image(service: Service, way: str, body: bytes) -> int:
    url = "/v1/streams/cam/frames"
    if way == "multipart":
        return (await service.http.post(url, files={"file": ("x.jpg", body)})).status_code
    content = body if way == "length" else chunked(body)
    return (await service.http.post(url, content=content)).status_code


def test_the_limits_are_those_of_the_table():
    assert (LIMITS.json_body_bytes, LIMITS.image_bytes, LIMITS.raw_frame_bytes) == (MIB, 10 * MIB, 32 * MIB)
    assert (LIMITS.image_pixels, LIMITS.image_side, LIMITS.detections) == (16_800_000, 8192, 1000)
    assert (LIMITS.streams, LIMITS.idle_s, LIMITS.sockets, LIMITS.text_message_bytes) == (256, 300, 1024, 262_144)
    assert (LIMITS.reader_messages, LIMITS.reader_bytes) == (64, MIB)
    assert (LIMITS.waiting_latest, LIMITS.waiting_lossless, LIMITS.detector_s, LIMITS.source_s) == (1, 32, 10, 10)


@pytest.mark.parametrize("way", ["length", "chunked", "multipart"])
async def test_an_image_at_the_limit_is_taken_and_one_byte_more_is_not(way):
    async with serving() as service:
        assert await post_image(service, way, padded(jpeg(), LIMITS.image_bytes)) == 200
        assert await post_image(service, way, padded(jpeg(), LIMITS.image_bytes + 1)) == 413
        assert await post_image(service, way, jpeg()) == 200
        assert service.books("cam").tracked == 2


@pytest.mark.parametrize("way", ["length", "chunked"])
async def test_json_at_the_limit_is_taken_and_one_byte_more_is_not(way):
    async with serving() as service:
        statuses = []
        for size in (LIMITS.json_body_bytes, LIMITS.json_body_bytes + 1):
            body = b'{"width":640,"height":480,"detections":[]'.ljust(size - 1) + b"}"
            content = body if way == "length" else chunked(body)
            statuses.append((await service.http.post("/v1/streams/cam/detections", content=content)).status_code)
        assert statuses == [200, 413]


async def test_settings_have_the_limit_of_json_too():
    async with serving() as service:
        body = b"{".ljust(LIMITS.json_body_bytes) + b"}"
        for method in ("PUT", "PATCH"):
            refused = await service.http.request(method, "/v1/streams/cam", content=body)
            assert (refused.status_code, refused.json()["limit"]) == (413, LIMITS.json_body_bytes)
        assert service.engine.streams() == []


@pytest.mark.parametrize(("more", "status"), [(0, 200), (3, 413)])
async def test_a_raw_frame_at_the_limit_is_taken_and_a_pixel_more_is_not(more, status):
    async with serving(settings(raw_frame_bytes=64 * 64 * 3)) as service:
        width, height = (64, 64) if not more else (64 * 64 + 1, 1)
        url = f"/v1/streams/cam/frames?width={width}&height={height}"
        assert (await service.http.post(url, content=bytes(3 * width * height))).status_code == status


async def test_a_body_that_declares_too_much_is_refused_before_it_is_sent():
    async with serving() as service:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(service.address).port)
        writer.write(b"POST /v1/streams/cam/frames HTTP/1.1\r\nHost: x\r\nContent-Length: 500000000\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 413")
        writer.close()
        await writer.wait_closed()


async def test_a_stream_beside_is_unaffected_by_refused_bodies():
    async with serving() as service:
        for number in range(5):
            assert await post_image(service, "chunked", padded(jpeg(), LIMITS.image_bytes + 1)) == 413
            answer = await service.http.post("/v1/streams/beside/frames", content=png(10 + number))
            assert [track["track_id"] for track in answer.json()["tracks"]] == [1]
        assert (await service.http.get("/readyz")).status_code == 200
        assert service.books("beside").tracked == 5
        assert [view.stream for view in service.engine.streams()] == ["beside"]


@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ({"files": {"picture": ("x.jpg", jpeg())}}, "/picture"),
        ({"files": {"file": ("x.jpg", jpeg())}, "data": {"seq": "1"}}, "/seq"),
        ({"files": [("file", ("x.jpg", jpeg())), ("file", ("y.jpg", jpeg()))]}, "/file"),
        ({"content": b"--b--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, "/file"),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, "/header/Content-Type"),
        ({"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, ""),
        (
            {
                "content": b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nhalf',
                "headers": {"Content-Type": "multipart/form-data; boundary=b"},
            },
            "",
        ),
    ],
)
async def test_a_form_must_have_one_whole_file_and_nothing_else(form, pointer):
    async with serving() as service:
        answer = await service.http.post("/v1/streams/cam/frames", **form)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_form_gives_the_same_answer_as_the_bare_bytes():
    async with serving() as service:
        bare = (await service.http.post("/v1/streams/a/frames", content=png(20, 30))).json()
        form = (await service.http.post("/v1/streams/b/frames", files={"file": ("any.bin", png(20, 30))})).json()
    assert [t["bbox"] for t in bare["tracks"]] == [t["bbox"] for t in form["tracks"]] == [[20, 30, 60, 110]]


async def test_a_compressed_body_is_refused_because_its_length_says_nothing():
    async with serving() as service:
        answer = await service.http.put("/v1/streams/a", content=b"{}", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("{", ""),
        ("", ""),
        ("[1, 2", ""),
        ("[" * 200_000, ""),
        ('{"detections": [{"score": NaN}]}', "/detections/0/score"),
        ('{"a/b": {"c~d": Infinity}}', "/a~1b/c~0d"),
        ('{"a": [0, -1e999]}', "/a/1"),
        ('{"a": ' + "9" * 5000 + "}", ""),
        ("\ud800", ""),
    ],
)
def test_json_that_is_none_points_to_the_number_at_fault_where_there_is_one(text, pointer):
    with pytest.raises(InvalidInput) as caught:
        decode_json(text.encode("utf-8", "surrogatepass"), dict)
    assert caught.value.members["errors"][0]["pointer"] == pointer


async def test_detections_of_every_kind_of_body_need_no_content_type():
    async with serving() as service:
        body = json.dumps(detections()).encode()
        for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
            answer = await service.http.post(
                "/v1/streams/cam/detections", content=body, headers={"Content-Type": kind} if kind else {}
            )
            assert answer.status_code == 200
