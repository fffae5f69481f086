"""The service as a process: how it starts, refuses to start, and ends."""

import asyncio
import json
import socket
import subprocess

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from benchmarks.serving import serving
from tests.e2e.clients import config, run_cli

DEMO = '[streams.cam.source]\nurl = "demo:?seed=3&width=320&height=180"\n'


def test_sigterm_with_open_sockets_closes_them_with_1012_and_ends_with_0(tmp_path):
    async def hold_open(service, ready, codes):
        async with (
            connect(service.socket("/v1/subscribe")) as reader,
            connect(service.socket("/v1/streams/mine/ws")) as writer,
            httpx.AsyncClient(base_url=service.address, timeout=30) as client,
            client.stream("GET", "/v1/streams/cam/events") as events,
        ):
            lines = events.aiter_lines()
            await anext(lines)
            await reader.recv()
            await writer.recv()
            ready.set()
            codes += [await close_code(reader), await close_code(writer)]
            async for _ in lines:  # ends with the service, or the test's time limit
                pass

    async def scenario():
        ready, codes = asyncio.Event(), []
        running = serving(config(more=DEMO), tmp_path)
        service = running.__enter__()
        held = asyncio.create_task(hold_open(service, ready, codes))
        await ready.wait()
        await asyncio.to_thread(running.__exit__, None, None, None)  # SIGTERM; raises unless the exit code is 0
        await held
        return codes

    assert asyncio.run(scenario()) == [1012, 1012]


async def close_code(one):
    try:
        while True:
            await one.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code


def test_a_port_that_is_taken_ends_with_1_and_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run_cli("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert_one_line(done, "in use")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--model", "nowhere.onnx"], 3, "nowhere.onnx"),
        (["--model", "yolox_nano"], 3, "trackd models pull yolox_nano"),
        (["--model", "no_such_model"], 3, "yolox_nano"),
        (["--device", "gpu"], 2, "device"),
        (["--device", "cuda"], 3, "cuda"),
        (["--config", "nowhere.toml"], 2, "nowhere.toml"),
        (["--config", "dragons.toml"], 2, "streams.a: unknown class 'dragon'"),
    ],
)
def test_a_start_that_cannot_work_ends_with_its_code_and_one_line_that_says_why(tmp_path, words, code, says):
    if words == ["--config", "dragons.toml"]:
        words = ["--config", stream_of_dragons(tmp_path)]
    if words == ["--model", "yolox_nano"]:
        words = [*words, "--config", empty_cache(tmp_path)]
    done = run_cli("serve", "--port", "0", *words)
    assert done.returncode == code, done.stderr
    assert_one_line(done, says)


def empty_cache(folder):
    file = folder / "trackd.toml"
    file.write_text(f'cache_dir = "{folder}"\n')
    return file


def stream_of_dragons(folder):
    file = folder / "trackd.toml"
    file.write_text('[inference]\ngoal = "cores"\n[streams.a]\nclasses = ["dragon"]\n')
    return file


def assert_one_line(done: subprocess.CompletedProcess[str], says: str) -> None:
    complaints = [line for line in done.stderr.splitlines() if line.startswith("trackd: error:")]
    assert len(complaints) == 1, done.stderr
    assert says in complaints[0]
    assert "Traceback" not in done.stderr


def test_the_configured_demo_stream_is_live_and_its_newest_frame_can_be_seen(tmp_path):
    with serving(config(more=DEMO), tmp_path) as service, httpx.Client(base_url=service.address, timeout=30) as client:
        tracks = client.get("/v1/streams/cam/tracks", params={"since": 5, "wait": 30}).json()
        picture = client.get("/v1/streams/cam/snapshot.jpg")
        view = client.get("/v1/streams/cam").json()
    assert tracks["seq"] > 5
    assert (tracks["width"], tracks["height"]) == (320, 180)
    assert picture.content.startswith(b"\xff\xd8\xff")
    assert view["source"]["state"] == "live"
    assert json.dumps(view["accounts"])
