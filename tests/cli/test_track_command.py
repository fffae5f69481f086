from pathlib import Path

import av
import cv2
import msgspec
import numpy as np
import pytest
from msgspec import UNSET

from app.wire import TracksMessage
from tracker import read_mot

DEMO = "demo:?seed=3&width=480&height=270&fps=10"


def messages(text: str) -> list[TracksMessage]:
    return [msgspec.json.decode(line, type=TracksMessage) for line in text.splitlines()]


def make_video(path: Path, frames: int = 12, rate: int = 10) -> Path:
    with av.open(str(path), mode="w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for index in range(frames):
            image = np.full((96, 128, 3), 10 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def make_pictures(folder: Path, count: int) -> Path:
    folder.mkdir()
    for index in range(count):
        cv2.imwrite(str(folder / f"{index}.jpg"), np.full((96, 128, 3), 10 * index, np.uint8))
    return folder


def frames_in(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_the_demo_camera_becomes_a_video_rows_and_messages_that_agree(trackd, tmp_path: Path) -> None:
    answer = trackd("track", f"{DEMO}&frames=25", "-o", "out.mp4", "--mot", "out.txt", "--json", "out.jsonl")
    assert answer.code == 0, answer.err
    assert "demo-3: 25 frames in" in answer.out
    assert "wrote out.mp4" in answer.out
    found = messages((tmp_path / "out.jsonl").read_text())
    assert [message.seq for message in found] == list(range(1, 26))
    assert [message.capture_ts for message in found] == pytest.approx([index / 10 for index in range(25)])
    assert {(message.stream, message.width, message.height) for message in found} == {("demo-3", 480, 270)}
    rows = read_mot(tmp_path / "out.txt")
    assert len(rows) == sum(len(message.tracks) for message in found) > 25
    assert rows.track_id.tolist() == [track.track_id for message in found for track in message.tracks]
    assert rows.xyxy.tolist() == [pytest.approx(track.bbox, abs=0.011) for message in found for track in message.tracks]
    assert frames_in(tmp_path / "out.mp4") == 25


def test_a_second_run_gives_the_same_rows(trackd, tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt"):
        assert trackd("track", f"{DEMO}&frames=10", "--mot", name).code == 0
    assert (tmp_path / "one.txt").read_text() == (tmp_path / "two.txt").read_text() != ""


def test_a_demo_camera_without_end_is_tracked_for_three_hundred_frames_unless_told_otherwise(trackd) -> None:
    answer = trackd("track", "demo:?width=64&height=64", "--every", "100", "--frames", "2", "--json", "-")
    assert [message.seq for message in messages(answer.out)] == [1, 101]
    assert "1 of 2 frames" in answer.err


def test_a_video_is_tracked_with_its_own_times(trackd, tmp_path: Path) -> None:
    answer = trackd("track", make_video(tmp_path / "clip.mp4"), "--json", "-", "--frames", "3")
    assert answer.code == 0
    assert [message.capture_ts for message in messages(answer.out)] == pytest.approx([0.0, 0.1, 0.2])
    assert "clip: 3 frames in" in answer.err, "rows have standard output for themselves"


def test_without_a_real_model_one_line_says_what_to_pull(trackd, tmp_path: Path) -> None:
    answer = trackd("track", make_video(tmp_path / "clip.mp4", frames=2))
    notes = [line for line in answer.err.splitlines() if line.startswith("trackd: note:")]
    assert len(notes) == 1
    assert "trackd models pull yolox_nano" in notes[0]
    assert "note" not in trackd("track", tmp_path / "clip.mp4", "--model", "demo").err


def test_a_folder_of_pictures_takes_its_rate_from_the_flag_and_reports_what_it_skipped(trackd, tmp_path: Path) -> None:
    folder = make_pictures(tmp_path / "shots", 4)
    (folder / "2.jpg").write_bytes(b"no picture")
    answer = trackd("track", folder, "--fps", "5", "--json", "rows.jsonl")
    assert answer.code == 0
    assert [message.capture_ts for message in messages((tmp_path / "rows.jsonl").read_text())] == [0.0, 0.2, 0.6]
    assert "skipped 1 that could not be decoded; first: " in answer.out
    assert "2.jpg" in answer.out


def test_every_second_frame_keeps_the_numbers_of_the_source(trackd) -> None:
    answer = trackd("track", f"{DEMO}&frames=9", "--every", "2", "--json", "-", "-q")
    assert [message.seq for message in messages(answer.out)] == [1, 3, 5, 7, 9]


def test_classes_are_kept_by_name_or_number(trackd) -> None:
    by_name = trackd("track", f"{DEMO}&frames=12", "--classes", "car,Cyclist", "--json", "-", "-q")
    by_number = trackd("track", f"{DEMO}&frames=12", "--classes", "1, 2", "--json", "-", "-q")
    kept = {track.class_name for message in messages(by_name.out) for track in message.tracks}
    assert kept <= {"car", "cyclist"}
    assert [m.tracks for m in messages(by_name.out)] == [m.tracks for m in messages(by_number.out)]


def test_quiet_means_silence(trackd) -> None:
    assert trackd("track", f"{DEMO}&frames=2", "-q", "--mot", "rows.txt") == type(trackd("--version"))(0, "", "")


def test_thresholds_of_the_settings_file_hold_and_flags_override_them(trackd, tmp_path: Path) -> None:
    (tmp_path / "trackd.toml").write_text("[stream.tracker]\ntrack_thresh = 0.99\ndet_thresh = 1.0\n")
    strict = trackd("track", f"{DEMO}&frames=10", "--json", "-", "-q")
    assert not any(message.tracks for message in messages(strict.out))
    loose = trackd("track", f"{DEMO}&frames=10", "--track-thresh", "0.4", "--det-thresh", "0.5", "--json", "-", "-q")
    assert any(message.tracks for message in messages(loose.out))


def test_any_parameter_of_the_tracker_can_be_set_by_name(trackd) -> None:
    plain = trackd("track", f"{DEMO}&frames=10", "--json", "-", "-q", "--emit", "detection", "--track-thresh", "0.4")
    named = trackd(
        "track", f"{DEMO}&frames=10", "--json", "-", "-q", "--set", "emit=detection", "--set", "track_thresh=.4"
    )
    assert [m.tracks for m in messages(plain.out)] == [m.tracks for m in messages(named.out)]
    assert any(message.tracks for message in messages(named.out))


CAMERA = [
    ([], "", False),
    (["--camera-motion"], "", True),
    (["--preset", "accurate"], "", True),
    (["--preset", "accurate", "--no-camera-motion"], "", False),
    ([], "[stream]\ncamera_motion = true\n", True),
    (["--no-camera-motion"], "[stream]\ncamera_motion = true\n", False),
    (["--preset", "accurate"], "[stream]\ncamera_motion = false\n", False),
    ([], '[stream.tracker]\npreset = "accurate"\n', True),
]


@pytest.mark.parametrize(("flags", "settings", "measured"), CAMERA)
def test_the_camera_s_motion_is_measured_where_flag_settings_or_preset_ask_for_it(
    trackd, tmp_path: Path, flags: list[str], settings: str, measured: bool
) -> None:
    (tmp_path / "trackd.toml").write_text(settings)
    answer = trackd("track", f"{DEMO}&frames=6", "--json", "out.jsonl", *flags)
    assert answer.code == 0, answer.err
    found = messages((tmp_path / "out.jsonl").read_text())
    assert [message.timing_ms.motion is not UNSET for message in found] == [measured] * 6
    assert ("camera motion measured in 5 of 5 frames" in answer.out) is measured


def test_a_preset_gives_what_neither_the_settings_nor_the_flags_do(trackd, tmp_path: Path) -> None:
    (tmp_path / "trackd.toml").write_text("[stream.tracker]\ntrack_thresh = 0.99\ndet_thresh = 1.0\n")
    kept = trackd("track", f"{DEMO}&frames=10", "--json", "-", "-q", "--preset", "mot17")
    assert not any(message.tracks for message in messages(kept.out)), "the file is nearer than the preset"
    (tmp_path / "trackd.toml").write_text("")
    preset = trackd("track", f"{DEMO}&frames=10", "--json", "-", "-q", "--preset", "mot17")
    spelt = trackd("track", f"{DEMO}&frames=10", "--json", "-", "-q", "--track-thresh", ".6", "--match-thresh", ".9")
    assert [m.tracks for m in messages(preset.out)] == [m.tracks for m in messages(spelt.out)]
    assert any(message.tracks for message in messages(preset.out))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nowhere.mp4"], 4, "no file or folder at nowhere.mp4"),
        (["letter.mp4"], 4, "letter.mp4 is no video or picture that trackd reads"),
        (["rtsp://camera/1"], 4, "sources of kind rtsp: are not read"),
        (["demo:?speed=2"], 4, "unknown key 'speed'"),
        ([DEMO, "--classes", "dog"], 2, "--classes: unknown class 'dog'; the model knows person, car, cyclist"),
        ([DEMO, "--classes", " , "], 2, "--classes names no class"),
        ([DEMO, "--model", "yolox_huge"], 3, "there is no model 'yolox_huge'"),
        ([DEMO, "--model", "yolox_nano"], 3, "run `trackd models pull yolox_nano`"),
        ([DEMO, "--model", "broken.onnx"], 3, "broken.onnx"),
        ([DEMO, "--model", "missing.onnx"], 3, "missing.onnx"),
        ([DEMO, "--device", "cuda:99"], 3, "cuda"),
        ([DEMO, "--device", "gpu"], 2, "device"),
        ([DEMO, "-o", "nowhere/out.mp4"], 5, "there is no folder nowhere"),
        ([DEMO, "-o", "out.gif"], 5, "a video's name ends in .mp4"),
        ([DEMO, "--mot", "nowhere/out.txt"], 5, "there is no folder nowhere"),
        ([DEMO, "--json", "folder"], 5, "it is a folder"),
        ([DEMO, "--mot", "same", "--json", "./same"], 2, "two outputs name the same file"),
        ([DEMO, "--mot", "/dev/full"], 5, "No space left on device"),
        ([DEMO, "--track-thresh", "1.5"], 2, "--track-thresh"),
        ([DEMO, "--track-thresh", "0.2", "--low-thresh", "0.5"], 2, "low_thresh"),
        ([DEMO, "--preset", "quick"], 2, "there is no preset 'quick'"),
        ([DEMO, "--set", "speed=2"], 2, "--set knows no 'speed'; it knows track_thresh"),
        ([DEMO, "--emit", "both"], 2, "emit is 'both'"),
        ([DEMO, "--frames", "0"], 2, "--frames"),
        ([DEMO, "--fps", "25"], 4, "demo:?fps=25"),
        ([DEMO, "--config", "none.toml"], 2, "no settings file at none.toml"),
        ([], 2, "Missing argument 'SOURCE'"),
        ([DEMO, "--bogus"], 2, "No such option: --bogus (see trackd track --help)"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_its_own_exit_code(
    trackd, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    (tmp_path / "letter.mp4").write_text("Dear reader, this is no video.\n" * 50)
    (tmp_path / "broken.onnx").write_bytes(b"\x08\x07broken" * 20)
    (tmp_path / "folder").mkdir()
    answer = trackd("track", *arguments, *(["-q"] if arguments else []))
    assert (answer.code, answer.out) == (code, ""), answer.err
    [line] = answer.err.splitlines()
    assert line.startswith("trackd: error: ")
    assert says in line


def test_a_source_is_not_overwritten(trackd, tmp_path: Path) -> None:
    video = make_video(tmp_path / "clip.mp4")
    before = video.read_bytes()
    (tmp_path / "link.mp4").symlink_to(video)
    for target in ("clip.mp4", "./clip.mp4", "link.mp4"):
        answer = trackd("track", "clip.mp4", "-o", target, "-q")
        assert answer.code == 5
        assert f"cannot write {target}: it is the source" in answer.err
    assert video.read_bytes() == before


def test_a_mistake_leaves_older_outputs_alone(trackd, tmp_path: Path) -> None:
    (tmp_path / "rows.txt").write_text("1,1,1,1,1,1,1,-1,-1,-1\n")
    assert trackd("track", DEMO, "--mot", "rows.txt", "--model", "yolox_huge").code == 3
    assert trackd("track", DEMO, "--mot", "rows.txt", "--classes", "dog").code == 2
    assert (tmp_path / "rows.txt").read_text() == "1,1,1,1,1,1,1,-1,-1,-1\n"


def test_pictures_are_decoded_small_for_the_detector_and_drawn_large(trackd, shared: Path, tmp_path: Path) -> None:
    model = shared / "onnx" / "yolox_nano_416.onnx"
    frames = shared / "data" / "mot17" / "MOT17-04" / "mini_frames"
    pictures = sorted((frames / "img1").glob("*.jpg"))
    answer = trackd("track", frames, "--model", model, "-o", "out.mp4", "--json", "-")
    assert answer.code == 0, answer.err
    first = messages(answer.out)[0]
    height, width = cv2.imread(str(pictures[0])).shape[:2]
    assert (first.width, first.height) == (width, height)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (width, height)
    assert any(track.class_name == "person" for message in messages(answer.out) for track in message.tracks)


@pytest.mark.slow
def test_the_same_person_in_a_real_video_keeps_one_id(trackd, shared: Path, tmp_path: Path) -> None:
    """In the first 450 frames two people come, one after the other, stand still, turn round and go."""
    video = shared / "videos" / "one-by-one-person-detection.mp4"
    model = shared / "onnx" / "yolox_nano_416.onnx"
    answer = trackd("track", video, "--model", model, "--mot", "rows.txt", "--frames", "450", "--classes", "person")
    assert answer.code == 0, answer.err
    assert "2 ids (person 2)" in answer.out
    rows = read_mot(tmp_path / "rows.txt")
    first, second = (rows.frame[rows.track_id == track_id] for track_id in (1, 2))
    assert first[-1] < second[0]
    assert len(first) > 120
    assert len(second) > 200
