"""One clear error for each thing that is wrong with an address, a service or what is asked of it."""

import asyncio
import socket
import subprocess
import sys

import numpy as np
import pytest

from app.client import AsyncClient, ClientError, DetectionsMessage, InputDetection, NotFound, Overloaded, Unreachable
from tests.api.live_service import png, serving, until
from tests.engine.scripted import settings


async def drained(coming) -> list:
    return [item async for item in coming]


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "ftp://host", "http://", "http://host:port", "http://host/?a=1"])
def test_what_is_no_address_is_refused_before_anything_is_sent(url):
    with pytest.raises(ValueError, match="is no address of a service; one looks like http://127"):
        AsyncClient(url)


def test_a_timeout_must_be_above_nothing():
    with pytest.raises(ValueError, match="timeout_s 0 must be above 0"):
        AsyncClient(timeout_s=0)


@pytest.fixture
def nobody():
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


async def test_nobody_at_the_address_is_told_at_once_by_every_kind_of_call(nobody):
    async with AsyncClient(nobody) as client:
        for call in (
            client.ready(),
            drained(client.stream("cam", [png()])),
            drained(client.subscribe()),
            drained(client.track_file("demo:?frames=2")),
        ):
            with pytest.raises(Unreachable, match=r"no service at (http|ws)://127.0.0.1:.*onnect") as caught:
                await call
            assert (caught.value.status, caught.value.retry_after_s) == (None, None)


async def test_who_accepts_and_says_nothing_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with AsyncClient(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.3) as client:
            for call in (client.ready(), drained(client.stream("cam", [png()])), drained(client.subscribe())):
                with pytest.raises(Unreachable, match=r"no answer in time|timed out"):
                    await call


async def test_another_kind_of_server_is_named_as_such():
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(other, "127.0.0.1", 0)
    async with server, AsyncClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as client:
        for call in (client.streams(), drained(client.subscribe())):
            with pytest.raises(NotFound, match="is that a trackd service") as caught:
                await call
            assert caught.value.status == 404


async def test_a_path_below_which_there_is_no_service_is_named():
    async with serving() as service, AsyncClient(service.address + "/somewhere/") as client:
        with pytest.raises(NotFound, match="/somewhere/v1/streams"):
            await client.streams()


async def test_problem_documents_become_errors_with_all_that_they_say():
    async with serving() as service, AsyncClient(service.address) as client:
        with pytest.raises(ClientError) as caught:
            await client.put_stream("cam", {"max_fps": -1, "overload": "sometimes"})
        error = caught.value
        assert (error.status, error.problem, error.retry_after_s) == (422, "/problems/invalid-input", None)
        assert [row["pointer"] for row in error.errors] == ["/overload", "/max_fps"]
        assert error.members["request_id"]
        await client.frame("cam", png(), seq=7)
        with pytest.raises(ClientError, match="frame 3 is not after frame 7") as caught:
            await client.frame("cam", png(), seq=3)
        assert (caught.value.status, caught.value.members["expected_seq"]) == (409, 8)
        with pytest.raises(ClientError) as caught:
            await client.frame("cam", b"no picture")
        assert caught.value.status == 415


@pytest.mark.parametrize("stream", ["", "..", "no pe", "a/b", "ü", "x" * 65])
async def test_a_bad_stream_id_is_refused_by_calls_and_sockets(stream):
    async with serving() as service, AsyncClient(service.address) as client:
        for call in (lambda: client.put_stream(stream), lambda: drained(client.stream(stream, [png()]))):
            with pytest.raises(ClientError) as caught:
                await call()
            assert caught.value.status == 422
        with pytest.raises(ClientError) as caught:
            await drained(client.subscribe(streams=[stream]))
        assert caught.value.status == (404 if stream == ".." else 422)


async def test_settings_that_cannot_be_end_the_sending_with_their_reason():
    async with serving() as service, AsyncClient(service.address) as client:
        with pytest.raises(ClientError, match="max_fps") as caught:
            await drained(client.stream("cam", [png()], settings={"max_fps": -1}))
        assert (caught.value.status, caught.value.errors[0]["pointer"]) == (422, "/max_fps")


@pytest.mark.parametrize("capture_ts", [-1.0, float("nan"), float("inf")])
async def test_a_capture_time_that_cannot_be_ends_the_sending_with_its_reason(capture_ts):
    async with serving() as service, AsyncClient(service.address) as client:
        with pytest.raises(ValueError, match=f"capture time {capture_ts} must lie in"):
            await drained(client.stream("cam", [(png(), capture_ts)]))


async def test_a_stream_that_is_not_open_cannot_be_read():
    async with serving() as service, AsyncClient(service.address) as client:
        with pytest.raises(NotFound, match="nowhere"):
            await drained(client.subscribe(streams="nowhere"))


async def test_what_is_too_large_for_the_service_ends_the_sending_and_is_not_sent_again():
    many = [InputDetection((1.0, 1.0, 2.0, 2.0), 0.5)] * 8000
    async with serving() as service, AsyncClient(service.address) as client:
        with pytest.raises(ClientError, match="more than 262144 bytes") as caught:
            await drained(client.detections("cam", [DetectionsMessage(640, 480, many)]))
        assert caught.value.status == 413


async def test_more_sockets_than_may_be_are_refused_with_the_time_to_come_again():
    async with serving(settings(sockets=1)) as service, AsyncClient(service.address) as client:
        reading = asyncio.create_task(drained(client.subscribe()))
        await until(lambda: service.engine._readers._clients)
        with pytest.raises(Overloaded) as caught:
            await drained(client.subscribe(reconnect_s=1))
        assert caught.value.retry_after_s == 5
        reading.cancel()


@pytest.mark.parametrize(
    ("picture", "error", "says"),
    [
        ("a name", TypeError, "encoded bytes or a BGR array, not str"),
        (np.zeros((4, 4), np.uint8), ValueError, r"not \(4, 4\) uint8"),
        (np.zeros((4, 4, 3)), ValueError, "float64"),
    ],
)
async def test_what_is_no_picture_is_refused_here(picture, error, says):
    async with serving() as service, AsyncClient(service.address) as client:
        with pytest.raises(error, match=says):
            await client.frame("cam", picture)
        with pytest.raises(error, match=says):
            await drained(client.stream("cam", [picture]))


async def test_headers_for_a_proxy_and_the_name_of_the_client_go_with_calls_and_sockets():
    heads = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, AsyncClient(address, headers={"Authorization": "Bearer sesame"}) as client:
        for call in (client.streams(), drained(client.subscribe())):
            with pytest.raises(ClientError, match="401"):
                await call
    assert len(heads) == 2
    for head in heads:
        assert "authorization: bearer sesame" in head
        assert "user-agent: trackd-client/" in head


def test_importing_the_client_brings_neither_the_service_nor_a_detector():
    heavy = ["fastapi", "starlette", "uvicorn", "onnxruntime", "onnx", "numba", "cv2", "numpy", "pydantic", "av"]
    program = f"import sys, app.client; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
