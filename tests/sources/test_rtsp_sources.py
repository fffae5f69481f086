import asyncio
import logging
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import pytest

from app.sources import backoff
from app.sources.addresses import Addresses
from tests.api.live_service import Service, hear_until, serving, until
from tests.sources.camera_service import (
    POLICY,
    camera_settings,
    put,
    source_of,
    until_state,
    until_tracked,
    watching,
)
from tests.sources.clips import square_clip
from tests.sources.rtsp_server import camera


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a service waits before it tries again is tested elsewhere."""
    monkeypatch.setattr(backoff, "LEAST_S", 0.02)
    monkeypatch.setattr(backoff, "MOST_S", 0.05)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with watching() as running:
        yield running


async def seen(service: Service, frames: int, stream: str = "cam") -> list[dict[str, Any]]:
    """The next messages of tracks of a stream."""
    async with service.connect(f"/v1/subscribe?streams={stream}") as client:
        return [await hear_until(client, "tracks") for _ in range(frames)]


@pytest.mark.parametrize(("codec", "transport"), [("h264", "tcp"), ("h264", "udp"), ("mjpeg", "tcp"), ("mjpeg", "udp")])
async def test_a_camera_goes_live_and_what_it_shows_keeps_its_id(service: Service, codec: str, transport: str) -> None:
    async with camera(square_clip(codec=codec), fps=10.0) as found:
        await put(service, "cam", found.url(), transport=transport)
        await until_state(service, "live")
        messages = await seen(service, 20)
        assert {row["track_id"] for message in messages for row in message["tracks"]} == {1}
        times = [message["capture_ts"] for message in messages]
        assert times == sorted(set(times))
        source = source_of(service)
        assert (source.codec, source.connects, source.attempts) == (codec, 1, 0)
        assert source.url == found.url()


async def test_a_camera_that_falls_silent_is_stalled_and_comes_back(service: Service) -> None:
    async with camera(silent_after=10) as found:
        await put(service, "cam", found.url())
        stalled = await until_state(service, "stalled")
        assert stalled.detail
        assert stalled.retry_in_s is not None
        found.behave(silent_after=None)
        await until_state(service, "live")
        await until_tracked(service, 5)
        assert service.engine.stream("cam").epoch == 1


async def test_a_camera_that_resets_the_connection_is_connected_to_again(service: Service) -> None:
    async with camera(reset_after=8) as found:
        await put(service, "cam", found.url())
        await until(lambda: source_of(service).connects >= 3)
        times = [message["capture_ts"] for message in await seen(service, 20)]
        assert times == sorted(set(times))
        assert found.plays >= 3


async def test_a_camera_may_go_away_and_return(service: Service) -> None:
    async with camera() as found:
        await put(service, "cam", found.url())
        await until_state(service, "live")
        await until_tracked(service, 3)
        await found.go()
        failed = await until_state(service, "failed")
        await until(lambda: "refused" in source_of(service).detail)
        assert failed.connects == 1
        await found.come()
        assert (await until_state(service, "live")).connects == 2


async def test_a_clock_that_jumps_or_wraps_costs_no_id_and_never_turns_time_back(service: Service) -> None:
    async with camera(base=2**32 - 45_000, jumps={25: 100.0, 40: -50.0}, fps=30.0) as found:
        await put(service, "cam", found.url())
        await until(lambda: found.plays)
        messages = await seen(service, 60)
        times = [message["capture_ts"] for message in messages]
        assert times == sorted(set(times))
        assert times[-1] - times[0] < 50
        assert {row["track_id"] for message in messages for row in message["tracks"]} == {1}


async def test_wrong_credentials_are_told_and_shown_nowhere(
    service: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for kind in ("basic", "digest"):
        async with camera(auth=kind, user="keeper", password="opensesame") as found:
            view = await put(service, "cam", found.url(credentials="keeper:hushhush@"))
            assert view["settings"]["source"]["url"] == found.url(credentials="***@")
            await until(lambda: "401" in source_of(service).detail)
            right = {"source": {"url": found.url(credentials="keeper:opensesame@")}}
            answer = await service.http.patch("/v1/streams/cam", json=right)
            assert answer.status_code == 200
            await until_state(service, "live")
            shown = [answer.text, caplog.text, "".join(capfd.readouterr())]
            for path in ("/v1/streams", "/v1/streams/cam", "/metrics", "/v1/events", "/readyz"):
                shown.append((await service.http.get(path)).text)
            for text in shown:
                assert "hush" not in text
                assert "sesame" not in text
                assert "keeper" not in text


async def test_settings_sent_back_as_they_were_shown_keep_the_password(service: Service) -> None:
    async with camera(auth="digest") as found:
        view = await put(service, "cam", found.url(credentials="admin:secret@"))
        await until_state(service, "live")
        again = await service.http.put("/v1/streams/cam", json=view["settings"])
        assert again.status_code == 200, again.text
        await until_tracked(service, 3)
        assert source_of(service).connects == 1
        other = await service.http.put("/v1/streams/other", json={"source": view["settings"]["source"]})
        assert other.status_code == 422
        assert other.json()["errors"][0]["pointer"] == "/source/url"


async def test_one_bad_camera_costs_a_good_one_nothing(service: Service) -> None:
    bad = camera(square_clip((160, 96)), garbage_after=3), camera(reset_after=2), camera(silent_after=0)
    async with camera(fps=8.0) as good, bad[0] as noisy, bad[1] as broken, bad[2] as silent:
        await put(service, "good", good.url())
        await until_state(service, "live", "good")
        for index, found in enumerate((noisy, broken, silent)):
            await put(service, f"bad{index}", found.url())
        await until(lambda: broken.plays >= 4)
        await until(lambda: source_of(service, "bad2").state == "failed")
        await until(lambda: source_of(service, "bad0").state in ("stalled", "failed"))
        await until_tracked(service, 5, "good")
        source, view = source_of(service, "good"), service.engine.stream("good")
        assert (source.state, source.connects, source.skipped) == ("live", 1, 0), source
        assert (view.ids, view.accounts.dropped, view.accounts.rejected) == (1, 0, 0)
        assert good.sent - view.accounts.received <= 3


async def test_a_camera_that_changes_its_resolution_begins_a_new_epoch(service: Service) -> None:
    async with camera(resized=(15, square_clip((480, 272))), fps=30.0) as found:
        await put(service, "cam", found.url())
        await until(lambda: service.engine.stream("cam").width == 480)
        assert service.engine.stream("cam").epoch == 2
        assert source_of(service).connects == 1


async def test_packets_that_are_lost_or_trickle_in_end_nothing(service: Service) -> None:
    async with camera(loss=9) as lossy, camera(trickle=50, fps=10.0) as slow:
        await put(service, "lossy", lossy.url(), transport="udp")
        await put(service, "slow", slow.url())
        for stream in ("lossy", "slow"):
            await until_state(service, "live", stream)
            await until_tracked(service, 10, stream)
            assert source_of(service, stream).connects == 1


async def test_packets_of_somebody_else_are_no_frames(service: Service) -> None:
    async with camera(impostor=square_clip((480, 272))) as found:
        await put(service, "cam", found.url(), transport="udp")
        await until_state(service, "live")
        await until_tracked(service, 20)
        view = service.engine.stream("cam")
        assert (view.width, view.epoch) == (320, 1)
        assert source_of(service).connects == 1


async def test_a_camera_that_does_not_describe_itself_has_failed(service: Service) -> None:
    async with camera(mute=True) as found:
        await put(service, "cam", found.url())
        failed = await until_state(service, "failed")
        assert failed.detail.startswith("no answer within")
        assert failed.connects == 0


async def test_a_camera_that_takes_connections_and_says_nothing_gives_no_answer(service: Service) -> None:
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        await put(service, "cam", f"rtsp://127.0.0.1:{frozen.getsockname()[1]}/stream")
        failed = await until_state(service, "failed")
        assert failed.detail.startswith("no answer within")


async def test_what_is_no_camera_has_failed_and_disturbs_nobody(service: Service) -> None:
    banners = [b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"x" * 65_536, bytes(65_536)]
    banners += [b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n" * 99]
    async with camera() as good, AsyncExitStack() as stack:
        await put(service, "good", good.url())
        await until_state(service, "live", "good")
        for index, words in enumerate(banners):
            await put(service, f"odd{index}", await stack.enter_async_context(_saying(words)))
        for index in range(len(banners)):
            failed = await until_state(service, "failed", f"odd{index}")
            assert failed.detail
            assert failed.connects == 0
        assert "no RTSP camera" in source_of(service, "odd0").detail
        await until_tracked(service, 5, "good")
        assert source_of(service, "good").connects == 1
        assert service.engine.stream("good").ids == 1


async def test_a_redirect_is_not_followed(service: Service) -> None:
    async with camera() as other, camera(redirect=other.url()) as found:
        await put(service, "cam", found.url())
        assert "redirects" in (await until_state(service, "failed")).detail
        await until(lambda: len(found.requests) > 4)
        assert other.requests == []


async def test_the_certificate_of_a_camera_is_checked_unless_that_is_waived(tmp_path: Path) -> None:
    tls = _own_certificate(tmp_path)
    waived = POLICY.model_copy(update={"verify_certificates": False})
    async with camera(tls=tls, auth="basic") as found:
        async with watching() as service:
            await put(service, "cam", found.url(credentials="admin:secret@"))
            assert "certificate is not trusted" in (await until_state(service, "failed")).detail
            assert found.requests == []
        async with watching(camera_settings(waived)) as service:
            await put(service, "cam", found.url(credentials="admin:secret@"))
            await until_state(service, "live")
            await until_tracked(service, 3)


async def test_an_address_that_is_not_allowed_is_refused_where_it_stands(service: Service) -> None:
    for url in ("rtsp://10.0.0.7/", "rtsp://[::1]/", "file:street.mp4", "rtsp://169.254.169.254/", "gopher://x/"):
        answer = await service.http.put("/v1/streams/cam", json={"source": {"url": url}})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/source/url"
    assert (await service.http.get("/v1/streams/cam")).status_code == 404


async def test_a_name_that_leads_to_this_machine_is_not_connected_to() -> None:
    given = camera_settings(POLICY.model_copy(update={"networks": ("0.0.0.0/0",)}))
    addresses = Addresses(given.sources, resolve=lambda host, port: ["8.8.8.8", "127.0.0.1"])
    async with camera() as found, serving(given, addresses=addresses) as service:
        await put(service, "cam", f"rtsp://camera.example:{found.port}/")
        assert "leads to 127.0.0.1" in (await until_state(service, "failed")).detail
        assert found.connections == 0


@asynccontextmanager
async def _saying(words: bytes) -> AsyncIterator[str]:
    """The address of something that says the same to everybody, again and again."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while words and not reader.at_eof():
                writer.write(words)
                await writer.drain()
            await reader.read()
        writer.transport.abort()

    async with await asyncio.start_server(say, "127.0.0.1", 0) as server:
        yield f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        server.close()


def _own_certificate(folder: Path) -> SSLContext:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=camera"
    try:
        subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
