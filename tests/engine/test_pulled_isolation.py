"""What one decoder does to itself touches no other stream."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.live_service import jpeg
from tests.engine.pulled import Watching, child_of, make_video, pulling, put, source
from tests.engine.scripted import balanced, until
from tests.sources.web_camera import motion_jpeg, web_camera

NEIGHBOUR_FRAMES = 60


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sources.backoff.LEAST_S", 0.01)
    monkeypatch.setattr("app.sources.backoff.MOST_S", 0.02)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (signal.SIGSEGV, "its decoder crashed (SIGSEGV)"),
        (signal.SIGKILL, "its decoder was killed"),
        (signal.SIGSTOP, "stalled: no frame for 4 s"),
    ],
)
async def test_a_decoder_that_dies_or_hangs_comes_back_and_its_neighbour_loses_nothing(
    tmp_path: Path, how: signal.Signals, told: str
):
    make_video(tmp_path / "a.mp4", NEIGHBOUR_FRAMES, rate=60)
    async with (
        web_camera(lambda asked: motion_jpeg([jpeg((64, 48))], 0.02)) as camera,
        pulling(tmp_path, source_s=4) as engine,
    ):
        watching = Watching(engine)
        put(engine, "victim", camera.url())
        put(engine, "neighbour", "file:a.mp4", overload="lossless")
        await watching.until(lambda: watching.tracks("victim") and watching.tracks("neighbour"))
        child = child_of(engine, "victim")
        assert child is not None
        os.kill(child, how)
        await watching.until(lambda: sum(line.startswith("live") for line in watching.told("victim")) == 2)
        assert any(told in line for line in watching.told("victim"))
        await watching.until(lambda: watching.told("neighbour")[-1:] == ["ended"])
        tracks = watching.tracks("neighbour")
        assert [message.seq for message in tracks] == list(range(1, NEIGHBOUR_FRAMES + 1))
        assert {row.uid for message in tracks for row in message.tracks} == {"neighbour/1/1"}
        assert source(engine, "neighbour").skipped == 0
        assert balanced(engine, "victim")
        assert not Path(f"/proc/{child}").exists()


async def test_a_picture_over_the_limit_fails_and_takes_no_memory(tmp_path: Path):
    make_video(tmp_path / "large.mp4", 2, size=(1280, 720))
    async with pulling(tmp_path, image_pixels=900_000) as engine:
        put(engine, "cam", "file:large.mp4")
        await until(lambda: source(engine, "cam").state == "failed")
        assert "1280 x 720 pixels, more than limits.image_pixels, 900000" in source(engine, "cam").detail


async def test_a_decoder_that_wants_too_much_memory_fails_alone(tmp_path: Path):
    make_video(tmp_path / "large.mp4", 4, size=(3840, 2160))
    make_video(tmp_path / "small.mp4", 4)
    async with pulling(tmp_path, source_bytes=128 * 2**20) as engine:
        put(engine, "large", "file:large.mp4")
        put(engine, "small", "file:small.mp4")
        await until(lambda: source(engine, "large").state == "failed" and source(engine, "small").state == "ended")
        assert "memory" in source(engine, "large").detail


async def test_a_child_ends_with_the_service_however_that_ends(tmp_path: Path):
    make_video(tmp_path / "a.mp4", 3)
    script = f"""
import asyncio, os, pathlib, signal
from tests.engine.pulled import child_of, pulling, put, source
from tests.engine.scripted import until
async def main():
    async with pulling(pathlib.Path({str(tmp_path)!r})) as engine:
        put(engine, "cam", "file:a.mp4", loop=True)
        await until(lambda: source(engine, "cam").frames)
        os.kill(child_of(engine, "cam"), signal.SIGSTOP)
        print(child_of(engine, "cam"), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    child = int(done.stdout.split()[-1])
    os.kill(child, signal.SIGCONT)
    await until(lambda: _is_gone(child))


def _is_gone(pid: int) -> bool:
    """No longer there, or dead and waiting for who buries it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
