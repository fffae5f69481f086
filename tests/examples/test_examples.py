"""The programs of `examples/` run as a user runs them, against the real service."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.client import Client
from app.imaging.draw import encode_jpeg
from app.sources.demo import DemoCamera
from benchmarks.machine import REPOSITORY
from benchmarks.serving import serving
from tests.client.street_video import write_street_video
from tests.sources.camera_service import watching
from tests.sources.clips import street_clip
from tests.sources.rtsp_server import camera

PROGRAMS = sorted(path.name for path in (REPOSITORY / "examples").glob("*.py"))
FRAMES = 50


def command(program: str, *words: object) -> list[str]:
    return [sys.executable, str(REPOSITORY / "examples" / program), *map(str, words)]


def run(program: str, *words: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OPENCV_LOG_LEVEL": "SILENT", "OPENCV_VIDEOIO_PRIORITY_LIST": "FFMPEG"}
    return subprocess.run(
        command(program, *words), capture_output=True, text=True, timeout=120, check=False, env=environment
    )


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with serving('model = "demo"\n', tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture(scope="module")
def street(tmp_path_factory) -> Path:
    return write_street_video(tmp_path_factory.mktemp("videos") / "street.mp4", FRAMES)


def test_the_programs_are_those_that_the_readme_names():
    text = (REPOSITORY / "examples" / "README.md").read_text()
    assert sorted(re.findall(r"^\| `(\w+\.py)", text, re.MULTILINE)) == PROGRAMS
    assert len(PROGRAMS) == 5


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_explains_the_program(program):
    done = run(program, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--server" in done.stdout


@pytest.mark.parametrize(
    ("program", "words"),
    [("folder.py", ["demo:?frames=2"]), ("rtsp.py", ["demo:?seed=1"])],
)
def test_no_service_is_one_clear_line(program, words):
    done = run(program, *words, "--server", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert re.fullmatch(rf"{program[:-3]}: no service at (ws|http)://127\.0\.0\.1:9.*\n", done.stderr)


@pytest.mark.parametrize(("program", "flag"), [("webcam.py", ["--source"]), ("detections_only.py", [])])
def test_no_camera_is_one_clear_line(program, flag, service, tmp_path):
    done = run(program, *flag, tmp_path / "none.mp4", "--server", service.address)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"{program[:-3]}: no ")
    assert "Traceback" not in done.stderr


def test_webcam_prints_who_is_in_view_of_each_frame(service, street):
    done = run("webcam.py", "--source", street, "--all", "--server", service.address)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == FRAMES
    assert re.match(rf"{FRAMES}: \w+ \d+", lines[-1])


def test_webcam_drops_what_cannot_be_tracked_in_time(service, street):
    done = run("webcam.py", "--source", street, "--stream", "late", "--server", service.address)
    assert done.returncode == 0, done.stderr
    with Client(service.address) as client:
        books = client.stream_view("late").accounts
    assert 0 < len(done.stdout.splitlines()) == books.tracked + books.dropped <= FRAMES


def test_folder_writes_the_rows_of_a_folder(service, tmp_path):
    frames = tmp_path / "frames"
    frames.mkdir()
    scene = DemoCamera(seed=1)
    for index in range(10):
        (frames / f"{index + 1:06}.jpg").write_bytes(encode_jpeg(scene.frame(index)))
    done = run("folder.py", frames, "--fps", 25, "-o", tmp_path / "out.txt", "--server", service.address)
    assert (done.returncode, done.stderr) == (0, "10 frames\n")
    rows = [line.split(",") for line in (tmp_path / "out.txt").read_text().splitlines()]
    assert {int(row[0]) for row in rows} == set(range(1, 11))
    assert all(len(row) == 10 and float(row[4]) > 0 and float(row[5]) > 0 for row in rows)
    scene_rows = run("folder.py", "demo:?seed=1&frames=10", "--server", service.address)
    assert len(scene_rows.stdout.splitlines()) == len(rows)


def test_detections_only_tracks_what_moves(service, street):
    done = run("detections_only.py", street, "--server", service.address)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == FRAMES
    with Client(service.address) as client:
        (moving,) = [stream for stream in client.streams() if stream.stream == "moving"]
        newest = client.tracks("moving")
    assert (moving.accounts.tracked, moving.pictures) == (FRAMES, False)
    assert newest is not None
    assert {track.class_name for track in newest.tracks} == {"moving"}


def test_counting_prints_crossings_and_counts_that_agree(service, street):
    done = run("counting.py", "--file", street, "--zone", "0,0 1,0 1,1 0,1", "--server", service.address)
    assert done.returncode == 0, done.stderr
    *events, zone, line = done.stdout.splitlines()
    forward, backward = map(int, re.fullmatch(r"line: (\d+) forward, (\d+) backward", line).groups())
    crossed = [event for event in events if "line_cross" in event]
    assert len(crossed) == forward + backward > 0
    assert sum(" forward " in event for event in crossed) == forward
    assert re.match(r"zone: \d+ in it", zone)


async def test_rtsp_adds_a_camera_and_prints_what_happens():
    async with watching() as service, camera(street_clip(), fps=15.0) as found:
        done = await asyncio.to_thread(run, "rtsp.py", found.url(), "--events", 3, "--server", service.address)
        assert done.returncode == 0, done.stderr
        lines: list[Any] = done.stdout.splitlines()
        assert [line.split()[2] for line in lines[:2]] == ["opened", "source"]
        assert any(" source live" in line for line in lines)
        assert len(lines) >= 3
        assert service.engine.streams() == []


@pytest.mark.parametrize("program", ["rtsp.py", "counting.py"])
def test_ctrl_c_ends_a_program_that_reads_along(program, service):
    with Client(service.address) as client:
        client.put_stream("counting", {"source": {"url": "demo:?seed=1"}})
    words = ["demo:?seed=2"] if program == "rtsp.py" else []
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command(program, *words, "--server", service.address), text=True, **pipes) as child:
        first = child.stdout.readline()
        os.kill(child.pid, signal.SIGINT)
        rest, complaint = child.communicate(timeout=60)
    assert first
    assert (complaint, child.returncode) == ("", 0)
    with Client(service.address) as client:
        client.delete("counting")
        assert "camera" not in [stream.stream for stream in client.streams()]
    assert program == "rtsp.py" or "line: " in rest
