"""Files that the server reads by itself, through the real child process."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.engine.pulled import Watching, child_of, level, make_video, pulling, put, source
from tests.engine.scripted import ScriptedDetector, balanced, until


async def test_every_frame_of_a_file_is_tracked_at_its_own_time(tmp_path: Path):
    ticks = [0, 40, 80, 200, 240, 1000]
    make_video(tmp_path / "street.mp4", 6, ticks=ticks)
    async with pulling(tmp_path) as engine:
        watching = Watching(engine)
        put(engine, "cam", "file:street.mp4", pace="fast")
        await watching.until(lambda: watching.told("cam")[-1:] == ["ended"])
        tracks = watching.tracks("cam")
        assert [message.capture_ts for message in tracks] == pytest.approx([tick / 1000 for tick in ticks])
        assert [message.seq for message in tracks] == [1, 2, 3, 4, 5, 6]
        seen = [message.tracks[0].bbox[0] for message in tracks]
        assert seen == pytest.approx([level(index) for index in range(6)], abs=6)
        assert watching.told("cam") == ["live: h264 on the processor", "ended"]
        view = source(engine, "cam")
        assert (view.state, view.frames, view.connects, view.retry_in_s) == ("ended", 6, 1, None)
        assert balanced(engine, "cam")


async def test_nothing_of_a_fast_file_is_lost_however_slow_the_detector_is(tmp_path: Path):
    make_video(tmp_path / "a.mp4", 60)
    detector = ScriptedDetector()
    async with pulling(tmp_path, detector) as engine:
        detector.gate.clear()
        put(engine, "cam", "file:a.mp4", pace="fast")
        await until(lambda: engine.stream("cam").accounts.in_flight)
        detector.gate.set()
        await until(lambda: source(engine, "cam").state == "ended")
        await until(lambda: not engine.stream("cam").accounts.in_flight)
        books = engine.stream("cam").accounts
        assert (books.received, books.tracked) == (60, 60)


@pytest.mark.parametrize("name", ["short.mp4", "pictures"])
async def test_what_is_read_in_a_loop_begins_a_new_epoch_each_time(tmp_path: Path, name: str):
    make_video(tmp_path / "short.mp4", 3)
    (tmp_path / "pictures").mkdir()
    for index in range(3):
        cv2.imwrite(str(tmp_path / "pictures" / f"{index}.png"), np.full((64, 64, 3), level(index), np.uint8))
    async with pulling(tmp_path) as engine:
        watching = Watching(engine)
        put(engine, "cam", f"file:{name}", pace="fast", loop=True)
        await watching.until(lambda: len(watching.tracks("cam")) >= 7)
        tracks = watching.tracks("cam")[:7]
        assert [message.epoch for message in tracks] == [1, 1, 1, 2, 2, 2, 3]
        assert [message.seq for message in tracks] == [1, 2, 3, 1, 2, 3, 1]
        assert tracks[0].capture_ts == tracks[3].capture_ts
        assert {row.uid for message in tracks for row in message.tracks} == {"cam/1/1", "cam/2/1", "cam/3/1"}


async def test_a_file_at_its_own_pace_takes_its_time(tmp_path: Path):
    make_video(tmp_path / "a.mp4", 6, rate=20)
    async with pulling(tmp_path) as engine:
        put(engine, "cam", "file:a.mp4")
        await until(lambda: source(engine, "cam").state == "live")
        await until(lambda: source(engine, "cam").state == "ended")
        assert engine.stream("cam").age_s >= 0.25


async def test_a_file_of_a_lossless_stream_waits_instead_of_being_refused(tmp_path: Path):
    make_video(tmp_path / "a.mp4", 60, rate=200)
    detector = ScriptedDetector()
    async with pulling(tmp_path, detector, waiting_lossless=2) as engine:
        detector.gate.clear()
        put(engine, "cam", "file:a.mp4", overload="lossless")
        credit = engine._sessions["cam"].credit
        await until(lambda: engine.stream("cam").accounts.in_flight == credit)
        detector.gate.set()
        await until(lambda: engine.stream("cam").accounts.tracked == 60)
        assert engine.stream("cam").accounts.received == 60


async def test_a_file_that_is_not_there_or_no_video_fails_once_and_says_why(tmp_path: Path):
    (tmp_path / "noise.mp4").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n")
    async with pulling(tmp_path) as engine:
        for stream, name, reason in [
            ("a", "missing.mp4", "there is no missing.mp4"),
            ("b", "noise.mp4", "it is no video that is read here"),
            ("c", "list.mp4", "it is no video that is read here"),
        ]:
            put(engine, stream, f"file:{name}")
            await until(lambda stream=stream: source(engine, stream).state == "failed")
            view = source(engine, stream)
            assert reason in view.detail
            assert (view.retry_in_s, view.attempts) == (None, 1)
            await until(lambda stream=stream: child_of(engine, stream) is None)


async def test_what_is_damaged_is_passed_over_and_counted(tmp_path: Path):
    path = make_video(tmp_path / "a.mkv", 40, codec="mjpeg")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 1500] = bytes(1500)
    path.write_bytes(data)
    async with pulling(tmp_path) as engine:
        put(engine, "cam", "file:a.mkv", pace="fast")
        await until(lambda: source(engine, "cam").state == "ended")
        view = source(engine, "cam")
        assert 0 < view.frames < 40
        assert view.skipped > 0
        assert view.skipped_reason


async def test_a_picture_that_is_none_is_rejected_and_those_after_it_are_tracked(tmp_path: Path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for index in range(4):
        cv2.imwrite(str(folder / f"{index}.png"), np.full((64, 64, 3), level(index), np.uint8))
    (folder / "1.png").write_bytes(b"no picture")
    (folder / "2.png").write_bytes(b"\x89PNG" + bytes(5000))
    async with pulling(tmp_path, image_bytes=4000) as engine:
        watching = Watching(engine)
        put(engine, "cam", "file:pictures", pace="fast")
        await watching.until(lambda: watching.told("cam")[-1:] == ["ended"])
        assert [message.seq for message in watching.tracks("cam")] == [1, 4]
        view = source(engine, "cam")
        assert (view.skipped, engine.stream("cam").accounts.rejected) == (1, 1)
        assert "2.png has 5004 bytes" in view.skipped_reason


async def test_a_new_size_in_the_middle_begins_a_new_epoch(tmp_path: Path):
    for index, size in enumerate([(64, 64), (64, 64), (96, 80), (96, 80)]):
        (tmp_path / "p").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "p" / f"{index}.png"), np.full((size[1], size[0], 3), level(index), np.uint8))
    async with pulling(tmp_path) as engine:
        watching = Watching(engine)
        put(engine, "cam", "file:p", pace="fast")
        await watching.until(lambda: watching.told("cam")[-1:] == ["ended"])
        assert [(m.epoch, m.width, m.height) for m in watching.tracks("cam")] == [
            (1, 64, 64),
            (1, 64, 64),
            (2, 96, 80),
            (2, 96, 80),
        ]
        assert "live: the picture's size changed from 64 x 64 to 96 x 80; a new epoch begins" in watching.told("cam")


async def test_who_asks_for_the_graphics_device_is_told_what_decodes(tmp_path: Path):
    make_video(tmp_path / "a.mp4", 3)
    async with pulling(tmp_path) as engine:
        put(engine, "cam", "file:a.mp4", pace="fast", hardware=True)
        await until(lambda: source(engine, "cam").state == "ended")
        decoder = source(engine, "cam").decoder or ""
        assert decoder.startswith("h264 on ")
        assert decoder != "h264 on the processor", "the reason is missing"
        assert engine.stream("cam").accounts.tracked == 3


async def test_another_source_takes_the_place_of_the_one_before_and_its_process_goes(tmp_path: Path):
    make_video(tmp_path / "a.mp4", 3)
    make_video(tmp_path / "b.mp4", 3)
    async with pulling(tmp_path) as engine:
        watching = Watching(engine)
        put(engine, "cam", "file:a.mp4", loop=True)
        await watching.until(lambda: watching.tracks("cam"))
        first = child_of(engine, "cam")
        engine.patch_stream("cam", {"source": {"url": "file:b.mp4"}})
        await watching.until(lambda: watching.told("cam").count("live: h264 on the processor") == 2)
        await watching.until(lambda: watching.tracks("cam")[-1].epoch == 2)
        assert first is not None
        assert not Path(f"/proc/{first}").exists()
        second = child_of(engine, "cam")
        engine.patch_stream("cam", {"source": None})
        await until(lambda: not Path(f"/proc/{second}").exists())
        assert engine.stream("cam").source is None


async def test_deleting_a_stream_and_stopping_the_service_end_their_processes(tmp_path: Path):
    make_video(tmp_path / "a.mp4", 3)
    async with pulling(tmp_path) as engine:
        for stream in ("a", "b", "c"):
            put(engine, stream, "file:a.mp4", loop=True)
        await until(lambda: all(source(engine, stream).frames for stream in "abc"))
        children = [child_of(engine, stream) for stream in "abc"]
        assert len(set(children)) == 3
        await engine.delete_stream("a")
        assert not Path(f"/proc/{children[0]}").exists()
    assert not any(Path(f"/proc/{child}").exists() for child in children)


async def test_times_that_a_file_repeats_or_steps_back_go_forward(tmp_path: Path):
    first, then = make_video(tmp_path / "1.ts", 4), make_video(tmp_path / "2.ts", 4)
    (tmp_path / "both.ts").write_bytes(first.read_bytes() + then.read_bytes())
    async with pulling(tmp_path) as engine:
        watching = Watching(engine)
        put(engine, "cam", "file:both.ts", pace="fast")
        await watching.until(lambda: watching.told("cam")[-1:] == ["ended"])
        times = [message.capture_ts for message in watching.tracks("cam")]
        assert len(times) >= 7
        assert all(before < after for before, after in pairwise(times))
        assert {message.epoch for message in watching.tracks("cam")} == {1}
