from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from app.offline import OutputError, TrackedFrame
from app.offline.painter import Painter
from app.offline.video_sink import VideoSink
from app.sources import SourceFrame
from app.wire import Timing
from tracker import ByteTrackConfig, ByteTracker, Detections


def tracked_frames(count: int, size: tuple[int, int] = (96, 64), *, uneven: bool = False) -> list[TrackedFrame]:
    """A dark picture with one track that moves right."""
    tracker = ByteTracker(ByteTrackConfig(frame_rate=10.0))
    result = []
    for index in range(count):
        pts_s = 0.1 * index + (0.04 if uneven and index % 2 else 0.0)
        box = np.array([[10.0 + index, 20.0, 40.0 + index, 60.0]])
        found = Detections(xyxy=box, score=np.array([0.9]), class_id=np.array([0]))
        image = np.full((size[1], size[0], 3), 30, np.uint8)
        frame = SourceFrame(index + 1, pts_s, image, *size)
        result.append(TrackedFrame(frame, found, tracker.update(found, pts_s), Timing(0, 0, 0, 0, 0)))
    return result


def write(path: Path, frames: list[TrackedFrame]) -> None:
    first = frames[0].frame
    sink = VideoSink(str(path), (first.width, first.height), 10.0, Painter(("person",)))
    for tracked in frames:
        sink.write(tracked)
    sink.close()


def read(path: Path) -> tuple[list[float], list[np.ndarray]]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [frame.time for frame in frames], [frame.to_ndarray(format="bgr24") for frame in frames]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_the_video_has_every_frame_at_its_own_time_with_the_box_drawn(tmp_path: Path, suffix: str) -> None:
    frames = tracked_frames(8, uneven=True)
    write(tmp_path / f"out{suffix}", frames)
    times, images = read(tmp_path / f"out{suffix}")
    assert times == pytest.approx([tracked.frame.pts_s for tracked in frames], abs=2e-3)
    assert all(image.shape == (64, 96, 3) for image in images)
    edge_of_box = images[5][30:50, 14:18].astype(int)
    assert edge_of_box.max() > 90, "the left edge of the box is brighter than the picture"


def test_an_mp4_is_h264_in_the_pixel_format_that_browsers_play(tmp_path: Path) -> None:
    write(tmp_path / "out.mp4", tracked_frames(3))
    with av.open(str(tmp_path / "out.mp4")) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt, codec.width, codec.height) == ("h264", "yuv420p", 96, 64)
        assert container.streams.video[0].frames == 3


@pytest.mark.parametrize("size", [(97, 65), (64, 63), (1, 1)])
def test_odd_sides_grow_by_one_pixel(tmp_path: Path, size: tuple[int, int]) -> None:
    write(tmp_path / "odd.mp4", tracked_frames(2, size))
    _, images = read(tmp_path / "odd.mp4")
    assert [image.shape for image in images] == [(size[1] + size[1] % 2, size[0] + size[0] % 2, 3)] * 2


def test_a_picture_of_another_size_is_scaled_to_the_first(tmp_path: Path) -> None:
    write(tmp_path / "mixed.mp4", [tracked_frames(1)[0], tracked_frames(2, (200, 100))[1]])
    assert [image.shape for image in read(tmp_path / "mixed.mp4")[1]] == [(64, 96, 3)] * 2


def test_what_was_written_before_a_sudden_end_plays(tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    frames = tracked_frames(95)
    sink = VideoSink(str(path), (96, 64), 10.0, Painter(("person",)))
    for tracked in frames:
        sink.write(tracked)
    (tmp_path / "at_that_moment.mp4").write_bytes(path.read_bytes())
    sink.close()
    times, _ = read(tmp_path / "at_that_moment.mp4")
    assert times == pytest.approx([tracked.frame.pts_s for tracked in frames][: len(times)], abs=2e-3)
    assert len(times) >= 20, (
        "a key frame begins a fragment every 20 frames, and every fragment before the last is whole"
    )


def test_without_a_frame_no_file_is_left(tmp_path: Path) -> None:
    VideoSink(str(tmp_path / "none.mp4"), (96, 64), 10.0, Painter(())).close()
    assert not (tmp_path / "none.mp4").exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("out.gif", r"a video's name ends in \.mp4"),
        ("out", r"a video's name ends in \.mp4"),
        ("nowhere/out.mp4", "there is no folder"),
    ],
)
def test_what_cannot_become_a_video_is_refused(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(OutputError, match=says):
        VideoSink(str(tmp_path / name), (96, 64), 10.0, Painter(()))


def test_a_full_disk_is_one_clear_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    from app.offline.mot_sink import MotSink

    sink = MotSink("/dev/full")
    with pytest.raises(OutputError, match="cannot write /dev/full: No space left on device"):
        sink.write(tracked_frames(2)[1])
    with pytest.raises(OutputError):
        sink.close()


def test_the_painter_draws_on_the_full_picture_where_a_smaller_one_was_detected_on() -> None:
    full = np.full((128, 192, 3), 80, np.uint8)
    ok, data = cv2.imencode(".png", full)
    assert ok
    tracked = tracked_frames(1)[0]
    frame = SourceFrame(1, 0.0, full[::2, ::2], 192, 128, data.tobytes())
    painted = Painter(("person",)).paint(TrackedFrame(frame, tracked.detections, tracked.tracks, tracked.timing))
    assert painted.shape == (128, 192, 3)
    assert painted[40, 10].tolist() != [80, 80, 80]
    assert painted[100, 150].tolist() == [80, 80, 80]
