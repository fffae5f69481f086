"""The socket of pictures: wishes in, pictures out; and who may frame the pages."""

import struct
from typing import Any

import cv2
import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection

from tests.api.live_service import Service, detections, farewell, hear, jpeg, say, serving


async def want(socket: ClientConnection, *pictures: dict[str, Any]) -> None:
    await say(socket, type="want", pictures=list(pictures))


async def picture(socket: ClientConnection) -> tuple[str, int, int, tuple[int, int]]:
    """The next picture: stream, epoch, seq, and its width and height."""
    data = await socket.recv()
    assert isinstance(data, bytes), data
    magic, length, _, epoch, seq = struct.unpack_from("<4sHHIQ", data)
    assert magic == b"TRKP"
    image = cv2.imdecode(np.frombuffer(data, np.uint8, offset=20 + length), cv2.IMREAD_COLOR)
    assert image is not None
    return data[20 : 20 + length].decode(), epoch, seq, (image.shape[1], image.shape[0])


async def post(service: Service, stream: str, times: int = 1) -> None:
    for _ in range(times):
        (await service.http.post(f"/v1/streams/{stream}/frames", content=jpeg())).raise_for_status()


async def test_each_wish_is_answered_with_the_newest_picture_of_its_stream():
    async with serving() as service, service.connect("/v1/pictures") as socket:
        await post(service, "a", 3)
        await post(service, "b")
        await want(socket, {"stream": "a"}, {"stream": "b", "width": 32})
        assert await picture(socket) == ("a", 1, 3, (64, 64))
        assert await picture(socket) == ("b", 1, 1, (32, 32))


async def test_a_wish_that_cannot_be_met_names_its_stream_and_harms_no_other():
    async with serving() as service, service.connect("/v1/pictures") as socket:
        await post(service, "a")
        await service.http.post("/v1/streams/numbers/detections", json=detections())
        await want(socket, {"stream": "gone"}, {"stream": "numbers"}, {"stream": "a"})
        refusals = [await hear(socket), await hear(socket)]
        assert (await picture(socket))[0] == "a"
    assert [(refusal["status"], refusal["stream"]) for refusal in refusals] == [(404, "gone"), (404, "numbers")]


@pytest.mark.parametrize(
    "words",
    [
        {"type": "want"},
        {"type": "want", "pictures": [{"stream": "no such name!"}]},
        {"type": "want", "pictures": [{"stream": "a", "width": 0}]},
        {"type": "want", "pictures": [{"stream": "a", "size": 7}]},
        {"type": "reset"},
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused_and_the_socket_lives_on(words: dict[str, Any]):
    async with serving() as service, service.connect("/v1/pictures") as socket:
        await post(service, "a")
        await say(socket, **words)
        assert (await hear(socket))["status"] == 422
        await want(socket, {"stream": "a"})
        assert (await picture(socket))[0] == "a"


async def test_pictures_sent_to_it_end_the_socket():
    async with serving() as service, service.connect("/v1/pictures") as socket:
        await socket.send(jpeg())
        code, messages = await farewell(socket)
    assert code == 1003
    assert "want" in messages[0]["detail"]


async def test_a_page_of_another_origin_gets_no_socket_of_pictures():
    async with serving() as service:
        with pytest.raises(Exception, match="403"):
            async with service.connect("/v1/pictures", origin="https://evil.example"):
                pass


async def test_a_restart_is_announced_to_who_watches():
    async with serving() as service, service.connect("/v1/pictures") as socket:
        await post(service, "a")
        await want(socket, {"stream": "a"})
        await picture(socket)
        service.stop()
        code, _ = await farewell(socket)
    assert code == 1012


async def test_only_the_viewer_may_be_framed_by_strangers():
    async with serving() as service:
        page, viewer = await service.http.get("/"), await service.http.get("/embed/cam1")
        module, beside = await service.http.get("/web/js/main.js"), await service.http.get("/web/embed.html")
    assert page.headers["content-security-policy"] == "frame-ancestors 'self'"
    assert beside.headers["x-frame-options"] == page.headers["x-frame-options"] == "SAMEORIGIN"
    assert viewer.headers["content-security-policy"] == "frame-ancestors *"
    assert "x-frame-options" not in viewer.headers
    assert module.headers["cache-control"] == viewer.headers["cache-control"] == "no-cache"


async def test_the_viewer_is_there_before_its_stream_and_only_for_names_that_streams_may_have():
    async with serving() as service:
        assert (await service.http.get("/embed/not-yet")).status_code == 200
        assert (await service.http.get("/embed/no%20name")).status_code == 422
