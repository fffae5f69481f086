"""Videos and Motion JPEG over HTTP, from a real server on loopback."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.api.live_service import jpeg
from tests.engine.pulled import Watching, make_video, pulling, put, source
from tests.engine.scripted import until
from tests.sources.rtsp_words import Request, challenge, proves
from tests.sources.web_camera import Answer, Asked, motion_jpeg, web_camera

SECRET = "pa%24s-w0rd"  # as it stands in an address


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow at once."""
    monkeypatch.setattr("app.sources.backoff.LEAST_S", 0.01)
    monkeypatch.setattr("app.sources.backoff.MOST_S", 0.02)


def always(answer: Callable[[], Answer]) -> Callable[[Asked], Answer]:
    return lambda asked: answer()


@pytest.mark.parametrize("lengths", [True, False])
async def test_motion_jpeg_is_tracked_with_the_time_of_day(lengths: bool):
    pictures = [jpeg((64, 48)), jpeg((64, 48))]
    async with web_camera(always(lambda: motion_jpeg(pictures, 0.01, lengths=lengths))) as camera, pulling() as engine:
        watching = Watching(engine)
        before = time.time()
        put(engine, "cam", camera.url())
        await watching.until(lambda: len(watching.tracks("cam")) >= 5)
        times = [message.capture_ts for message in watching.tracks("cam")]
        assert all(first < then for first, then in pairwise(times))
        assert before < times[0] < times[-1] < time.time()
        assert {(m.width, m.height, m.epoch) for m in watching.tracks("cam")} == {(64, 48, 1)}
        assert watching.told("cam") == ["live: mjpeg on the processor"]


async def test_another_size_of_the_picture_begins_a_new_epoch():
    pictures = [jpeg((64, 48))] * 3 + [jpeg((96, 64))] * 3
    async with web_camera(always(lambda: motion_jpeg(pictures, 0.02))) as camera, pulling() as engine:
        watching = Watching(engine)
        put(engine, "cam", camera.url())
        await watching.until(lambda: len(watching.events("cam", "reset")) >= 2)
        assert {m.width for m in watching.tracks("cam") if m.epoch == 2} <= {96}
        times = [message.capture_ts for message in watching.tracks("cam")]
        assert all(first < then for first, then in pairwise(times))


async def test_a_video_is_read_to_its_end_whether_one_can_seek_in_it_or_not(tmp_path: Path):
    behind = make_video(
        tmp_path / "behind.mp4", 12, size=(320, 240), noisy=True
    ).read_bytes()  # what says how to read it is at its end
    front = make_video(tmp_path / "front.mp4", 12, options={"movflags": "faststart"}).read_bytes()
    given = {"/behind": Answer(behind, ranges=True), "/front": Answer(front)}
    async with web_camera(lambda asked: given[asked.path]) as camera, pulling() as engine:
        watching = Watching(engine)
        for path in given:
            put(engine, path[1:], camera.url(path), pace="fast")
            await watching.until(lambda path=path: watching.told(path[1:])[-1:] == ["ended"])
            assert [message.capture_ts for message in watching.tracks(path[1:])] == pytest.approx(
                [index / 10 for index in range(12)]
            )
        assert any("range" in asked.headers for asked in camera.asked)


async def test_a_live_video_that_ends_is_connected_to_again_and_its_tracks_live_on(tmp_path: Path):
    data = make_video(tmp_path / "a.ts", 20).read_bytes()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 4096):
            yield data[start : start + 4096]
            await asyncio.sleep(0)

    async with web_camera(always(lambda: Answer(pieces(), kind="video/mp2t"))) as camera, pulling() as engine:
        watching = Watching(engine)
        put(engine, "cam", camera.url())
        await watching.until(lambda: sum("live" in told for told in watching.told("cam")) >= 3)
        assert any("the camera ended the connection; next attempt in 0.0 s" in told for told in watching.told("cam"))
        tracks = watching.tracks("cam")
        assert {message.epoch for message in tracks} == {1}
        assert all(first.capture_ts < then.capture_ts for first, then in pairwise(tracks))
        assert source(engine, "cam").connects >= 3


async def test_a_camera_that_goes_silent_is_stalled_and_back_when_it_speaks():
    speaking = asyncio.Event()

    async def parts() -> AsyncIterator[bytes]:
        yield b"--frame\r\n\r\n" + jpeg((64, 48)) + b"\r\n--frame\r\n\r\n"
        await speaking.wait()
        async for part in motion_jpeg([jpeg((64, 48))], 0.01, lengths=False).body:
            yield part

    answer = always(lambda: Answer(parts(), kind="multipart/x-mixed-replace; boundary=frame"))
    async with web_camera(answer) as camera, pulling(source_s=0.5) as engine:
        watching = Watching(engine)
        put(engine, "cam", camera.url())
        await watching.until(lambda: any(told.startswith("stalled: ") for told in watching.told("cam")))
        speaking.set()
        await until(lambda: source(engine, "cam").frames > 10)
        assert source(engine, "cam").state == "live"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=302, headers={"Location": "/elsewhere"}), "it redirects (302), and redirects are not followed"),
        (Answer(status=404), "it answers 404 Not Found"),
        (Answer(status=401, headers={"WWW-Authenticate": challenge("basic")}), "another name or password"),
        (Answer(b"#EXTM3U\n", kind="application/vnd.apple.mpegurl"), "it is a playlist"),
        (Answer(b"#EXTM3U\n#EXTINF:2,\n/elsewhere\n", kind="video/mp4"), "it is no video that is read here"),
        (Answer(b"<html>", kind="text/html"), "it answers with text/html, and not with a video"),
        (Answer(b"", kind="video/mp4"), "it is no video that is read here"),
        (Answer(b"noise" * 9000, kind="multipart/x-mixed-replace"), "a line that never ends"),
    ],
)
async def test_what_is_no_camera_fails_with_a_reason_and_is_tried_again(answer: Answer, reason: str):
    async with web_camera(always(lambda: answer)) as camera, pulling() as engine:
        put(engine, "cam", camera.url(credentials=f"admin:{SECRET}@"))
        await until(lambda: source(engine, "cam").state == "failed")
        assert reason in source(engine, "cam").detail
        await until(lambda: source(engine, "cam").attempts > 1)
        assert not [asked for asked in camera.asked if asked.path == "/elsewhere"]


@pytest.mark.parametrize("kind", ["basic", "digest"])
async def test_a_camera_that_asks_for_a_password_gets_it_and_nobody_else_sees_it(
    kind: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    def give(asked: Asked) -> Answer:
        if not proves(Request(asked.method, asked.path, asked.headers), kind, "admin", "pa$s-w0rd"):
            return Answer(status=401, headers={"WWW-Authenticate": challenge(kind)})
        return motion_jpeg([jpeg((64, 48))], 0.01)

    async with web_camera(give) as camera, pulling() as engine:
        watching = Watching(engine)
        put(engine, "cam", camera.url(credentials=f"admin:{SECRET}@"))
        await watching.until(lambda: watching.tracks("cam"))
        everything = engine.stream("cam").model_dump_json() + engine.metrics().decode() + str(watching.told("cam"))
        await camera.end()
        await until(lambda: source(engine, "cam").connects > 1)
        everything += engine.stream("cam").model_dump_json() + caplog.text + "".join(capsys.readouterr())
        assert "w0rd" not in everything
        assert "admin" not in everything
        assert 'trackd_source_state{state="live",stream="cam"} 1.0' in everything


async def test_nobody_at_home_is_told_as_such():
    async with web_camera(always(Answer)) as camera:
        port = camera.port
    async with pulling() as engine:
        put(engine, "cam", f"http://127.0.0.1:{port}/video")
        await until(lambda: source(engine, "cam").state == "failed")
        assert source(engine, "cam").detail == "connection refused"
        assert source(engine, "cam").retry_in_s is not None
