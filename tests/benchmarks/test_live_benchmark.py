"""The arithmetic of `benchmarks.live`, numbers in pictures, and a small run of it over all ways in."""

import json
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import simplejpeg

from app.framing import unpack
from benchmarks.live import plan
from benchmarks.live_cameras import Lens
from benchmarks.live_code import FIRST_CLASS, NUMBERS, ReadingDetector, draw, read
from benchmarks.live_report import HEAD, Result, memory_of_a_stream
from benchmarks.live_rows import Heard, NothingTracked, Row, Window, median_of, window_of
from benchmarks.live_sender import pictures
from benchmarks.live_spent import Spent
from benchmarks.machine import REPOSITORY
from tests.engine.scripted import ScriptedDetector

SPENT = Spent(at=2.0, service=0.4, loop=0.1, decoders=0.2, beside=0.6, machine=1.6)
STAGES = {"detect": 4.0}


def heard(*rows: tuple[str, int, float]) -> Heard:
    """Tracks of (stream, number, came at), which the service had half a second and answered a quarter before."""
    told = [(stream, number, at, at - 0.5, at - 0.25, at - 0.5, STAGES) for stream, number, at in rows]
    return Heard(told, begun=100.0, ended=102.0, spent=SPENT)


def test_a_frame_is_as_old_as_its_number_says() -> None:
    taken = {"a": [(1, 99.0), (2, 100.0), (3, 101.0)], "b": [(1, 100.0), (2, 100.5), (3, 101.0), (4, 101.5)]}

    seen = window_of(heard(("a", 2, 101.0), ("a", 3, 102.0), ("b", 2, 101.5)), taken, cores=2)

    assert seen.p50 == pytest.approx(1000)
    assert (seen.way_in, seen.inside, seen.way_out) == pytest.approx((500, 250, 250))
    assert (seen.sent, seen.tracked) == (3.0, 1.5)
    assert (seen.least, seen.most) == (0.25, 1.0)
    assert (seen.service, seen.decoders, seen.whole) == pytest.approx((400 / 3, 200 / 3, 400))
    assert (seen.busy, seen.others) == pytest.approx((0.4, 0.1))
    assert seen.stages == STAGES


def test_a_number_that_comes_again_is_of_the_last_frame_before_the_answer() -> None:
    taken = {"a": [(5, 90.0), (6, 90.5), (5 + NUMBERS, 100.0), (6 + NUMBERS, 100.5), (5 + 2 * NUMBERS, 200.0)]}

    seen = window_of(heard(("a", 5, 100.75), ("a", 6, 101.25)), taken, cores=2)

    assert seen.p50 == pytest.approx(750)


def test_a_frame_without_a_number_is_told_and_not_timed() -> None:
    taken = {"a": [(1, 100.0), (2, 100.5)]}

    seen = window_of(heard(("a", 1, 101.0), ("a", -1, 101.2), ("a", 2, 101.5), ("a", -1, 101.9)), taken, cores=2)

    assert (seen.unread, seen.tracked, seen.p99) == (0.5, 2.0, pytest.approx(1000))


def test_a_window_without_frames_says_so() -> None:
    with pytest.raises(NothingTracked, match="1 frames were tracked, 0 of them with a number of ours"):
        window_of(heard(("a", 7, 101.0)), {"a": [(1, 100.0)]}, cores=2)


def test_each_figure_is_the_median_of_the_rounds() -> None:
    taken = {"a": [(1, 100.0), (2, 101.0)]}
    rounds = [window_of(heard(("a", 1, 100.0 + s), ("a", 2, 101.0 + s)), taken, 2) for s in (0.2, 0.9, 0.3)]

    assert median_of(rounds).p50 == pytest.approx(300)


def test_of_each_way_few_streams_come_before_many_and_readers_after() -> None:
    capacity = {("detections", None): 960.0, ("jpeg", (640, 360)): 80.0, ("rtsp", (640, 360)): 64.0}

    rows = list(plan(capacity, [1, 8, 32], 64))

    assert [row.title for row in rows] == [
        "detections, 1", "detections, 32", "detections, 8", "detections, 1, 64 readers",
        "jpeg 640x360, 1", "jpeg 640x360, 32", "jpeg 640x360, 8", "jpeg 640x360, 32, twice too many",
        "jpeg 640x360, 1, 64 readers", "rtsp 640x360, 1", "rtsp 640x360, 32", "rtsp 640x360, 8",
    ]  # fmt: skip
    assert [row.fps for row in rows[4:8]] == [30.0, 1.5, 6.0, 5.0]


def test_a_stream_takes_what_many_take_more_than_few() -> None:
    rows = [Row("rtsp", (640, 360), count, 1.0) for count in (1, 9)]
    crowded = Result(Row("rtsp", (640, 360), 1, 1.0, 4, "4 readers"), memory_mb=(900.0, 1.0))
    results = [Result(rows[0], memory_mb=(200.0, 30.0)), Result(rows[1], memory_mb=(216.0, 180.0)), crowded]

    assert memory_of_a_stream(results) == [("rtsp 640x360", 2.0, 20.0)]


@pytest.mark.parametrize("scale", [1, 2])
def test_a_number_is_read_from_a_picture_that_was_encoded_and_made_smaller(scale: int) -> None:
    lens, decoder = Lens((640, 360)), av.CodecContext.create("h264", "r")
    found = []
    for index in range(30):
        stream = b"".join(b"\0\0\0\1" + unit for unit in lens[index])
        for frame in decoder.decode(av.Packet(stream)):
            found.append(read(frame.to_ndarray(format="bgr24")[::scale, ::scale]))
    found += [read(frame.to_ndarray(format="bgr24")[::scale, ::scale]) for frame in decoder.decode(None)]

    assert found == list(range(30))
    assert [number for number, _ in lens.taken] == found


def test_a_picture_without_a_number_has_none() -> None:
    assert read(np.full((360, 640, 3), 128, np.uint8)) is None


def test_a_detector_tells_the_number_beside_what_it_finds() -> None:
    image, blank = np.zeros((360, 640, 3), np.uint8), np.zeros((360, 640, 3), np.uint8)
    luma = image[..., 1]
    draw(luma, NUMBERS + 1234)

    marked, plain = ReadingDetector(ScriptedDetector()).detect([image, blank])

    assert marked.class_id.tolist() == [FIRST_CLASS + 1234, *plain.class_id.tolist()]
    assert len(plain) == 1


def test_a_jpeg_says_when_it_was_taken() -> None:
    header, image = unpack(pictures((320, 180), 0)(7, 1234.5))

    assert (header.seq, header.capture_ts) == (7, 1234.5)
    assert simplejpeg.decode_jpeg_header(image)[:2] == (180, 320)


def test_a_small_run_times_what_is_sent_and_what_is_pulled(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    small = ("--rounds", "1", "--seconds", "0.5", "--streams", "1", "--readers", "2", "--json", str(figures))

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.live", "--ways", "detections", "rtsp", *small],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    results = json.loads(figures.read_text())["results"]
    assert [result["row"]["way"] for result in results] == ["detections", "detections", "rtsp"]
    windows = [Window(**window) for result in results for window in result["windows"]]
    for window in windows:
        assert 0 < window.p50 <= window.p99
        assert min(window.way_in, window.inside, window.way_out) > 0
        assert min(window.service, window.loop, window.most) > 0
        assert window.unread < 1
    assert [window.decoders > 0 for window in windows] == [False, False, True]
    assert all(len(row) == len(HEAD) for row in rows_of(done.stdout))


def rows_of(report: str) -> list[str]:
    """The lines of the first table."""
    return report.split(HEAD + "\n")[1].split("\n\n")[0].splitlines()
