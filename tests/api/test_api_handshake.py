"""Who may open a socket, in which words, and how many may."""

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from app.settings import StreamSettings
from tests.api.live_service import (
    farewell,
    hear,
    serving,
    welcomed,
)
from tests.engine.scripted import settings

WS = "/v1/streams/cam/ws"
LOSSLESS = settings(StreamSettings(overload="lossless"))


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


@pytest.mark.parametrize("path", [WS, "/v1/subscribe"])
async def test_an_opening_that_is_too_long_to_read_is_answered_and_ended(path):
    async with serving() as service:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{service.address.replace('http', 'ws')}{path}?since={'x' * 9000}")
        assert refused.value.response.status_code == 400
        assert b"8192" in refused.value.response.body


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
