"""The service is killed and started anew while a client sends and another reads."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.client import AsyncClient, TracksMessage
from app.imaging.draw import encode_jpeg
from app.sources.demo import DemoCamera
from benchmarks.machine import REPOSITORY

FRAMES = 120
KILLED_AT = 40


class Killable:
    """`trackd serve` on one port, as often as it takes."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._log = folder / "service.log"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        self._open()
        while not self._is_ready():
            assert self._process is not None
            assert self._process.poll() is None, self._log.read_text()
            await asyncio.sleep(0.05)

    def _open(self) -> None:
        words = ["serve", "--port", str(self._port), "--model", "demo", "--log-format", "json"]
        variables = {name: value for name, value in os.environ.items() if not name.startswith("TRACKD_")}
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", "app.cli", *words]
            self._process = subprocess.Popen(command, cwd=REPOSITORY, env=variables, stderr=log)

    def _is_ready(self) -> bool:
        lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
        return any(line["event"] == "ready" for line in lines)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@pytest.fixture
def server(tmp_path):
    server = Killable(tmp_path)
    yield server
    server.kill()


@pytest.fixture(scope="module")
def pictures():
    camera = DemoCamera(seed=1)
    return [encode_jpeg(camera.frame(index)) for index in range(FRAMES)]


async def test_a_killed_service_costs_no_frame_and_what_is_new_is_told_apart(server, pictures):
    await server.start()
    answers, heard = [], []
    async with AsyncClient(server.address) as client, AsyncClient(server.address) as reader:

        async def read() -> None:
            async for message in reader.subscribe(streams="cam", messages=["tracks", "events"], wait=True):
                heard.append(message)
                if isinstance(message, TracksMessage) and message.seq == FRAMES:
                    return

        reading = asyncio.create_task(read())
        async for answer in client.stream("cam", pictures, settings={"tracker": {"frame_rate": 25}}):
            answers.append(answer)
            if len(answers) == KILLED_AT:
                server.kill()
                await server.start()
        view = await client.stream_view("cam")
        await reading
    assert [answer.seq for answer in answers] == list(range(1, FRAMES + 1))
    assert [answer.frame for answer in answers] == pictures
    assert all(isinstance(answer.message, TracksMessage) for answer in answers)
    runs = [answer.run for answer in answers]
    assert runs == sorted(runs)
    assert set(runs) == {1, 2}
    assert runs.index(2) >= KILLED_AT
    assert view.accounts.tracked == runs.count(2)  # none of those that the first had answered
    assert view.settings["tracker"]["frame_rate"] == 25  # what was asked for holds again
    anew = [message for message in heard if message.missed is None or getattr(message, "event", "") == "opened"]
    assert anew, "the reader was not told that the stream was opened anew"
