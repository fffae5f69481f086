"""Videos are made here, frame by frame, so that what comes back can be compared with what went in."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from app.sources import Source, SourceError, SourceFrame, open_source
from app.sources.video import upright

TICKS = 1000


def picture(index: int, width: int, height: int) -> np.ndarray:
    """Grey of a level that tells the frame, with a bright upper left quarter that tells which way is up."""
    image = np.full((height, width, 3), 20 + 8 * index, np.uint8)
    image[: height // 2, : width // 2] = 235
    return image


def make_video(
    path: Path,
    *,
    ticks: tuple[int, ...] = (0, 100, 200, 300, 400),
    size: tuple[int, int] = (64, 48),
    rotation: int = 0,
) -> Path:
    """A video whose frame i is `picture(i)`, shown at `ticks[i]` milliseconds."""
    with av.open(str(path), mode="w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS)
        stream.options = {"crf": "10", "g": "1", "bf": "0"}
        if rotation:
            stream.set_display_rotation(rotation)
        for index, tick in enumerate(ticks):
            frame = av.VideoFrame.from_ndarray(picture(index, *size), format="bgr24")
            frame.pts, frame.time_base = tick, Fraction(1, TICKS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def frames_of(source: Source) -> list[SourceFrame]:
    with source:
        return list(source)


def level(frame: SourceFrame) -> int:
    """The index that the picture's lower right corner tells."""
    return round((float(frame.image[-8:, -8:].mean()) - 20) / 8)


def test_frames_come_in_order_numbered_from_one_with_their_pixels(tmp_path: Path) -> None:
    source = open_source(make_video(tmp_path / "clip.mp4"))
    assert (source.name, source.width, source.height) == ("clip", 64, 48)
    assert (source.frame_rate, source.frame_count) == (10.0, 5)
    frames = frames_of(source)
    assert [frame.seq for frame in frames] == [1, 2, 3, 4, 5]
    assert [level(frame) for frame in frames] == [0, 1, 2, 3, 4]
    assert all(frame.image.dtype == np.uint8 and frame.image.shape == (48, 64, 3) for frame in frames)
    assert source.skipped.count == 0


def test_uneven_times_of_the_container_are_kept(tmp_path: Path) -> None:
    frames = frames_of(open_source(make_video(tmp_path / "uneven.mkv", ticks=(0, 40, 250, 260, 900))))
    assert [frame.pts_s for frame in frames] == pytest.approx([0.0, 0.04, 0.25, 0.26, 0.9], abs=1e-9)


def test_a_raw_stream_without_times_is_timed_by_its_rate(tmp_path: Path) -> None:
    source = open_source(make_video(tmp_path / "raw.h264"), frame_rate=5.0)
    assert [frame.pts_s for frame in frames_of(source)] == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8])


@pytest.mark.parametrize(
    ("rotation", "bright"), [(90, (1, 0)), (180, (1, 1)), (-90, (0, 1)), (0, (0, 0))], ids=["90", "180", "-90", "0"]
)
def test_the_rotation_of_the_container_is_applied(tmp_path: Path, rotation: int, bright: tuple[int, int]) -> None:
    """`bright` is (row, column) of the bright quarter after turning counter-clockwise."""
    source = open_source(make_video(tmp_path / "turned.mp4", rotation=rotation))
    size = (48, 64) if rotation in (90, -90) else (64, 48)
    assert (source.width, source.height) == size
    [first, *_] = frames_of(source)
    height, width = first.image.shape[:2]
    assert (width, height) == size == (first.width, first.height)
    quarters = first.image.reshape(2, height // 2, 2, width // 2, 3).mean(axis=(1, 3, 4))
    assert np.unravel_index(quarters.argmax(), (2, 2)) == bright


def test_an_odd_angle_is_left_alone() -> None:
    image = picture(0, 6, 4)
    assert upright(image, 45) is image


def test_damaged_frames_are_skipped_and_counted(tmp_path: Path) -> None:
    path = make_video(tmp_path / "damaged.mp4", size=(320, 240), ticks=tuple(range(0, 2000, 100)))
    with av.open(str(path)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    content = bytearray(path.read_bytes())
    position, size = packets[7]
    content[position : position + size] = bytes(size)
    path.write_bytes(content)
    source = open_source(path)
    frames = frames_of(source)
    assert len(frames) == 19
    assert source.skipped.count == 1
    assert [frame.seq for frame in frames] == list(range(1, 20))
    assert 0.7 not in [round(frame.pts_s, 3) for frame in frames]


def test_a_file_that_breaks_off_gives_the_frames_up_to_there(tmp_path: Path) -> None:
    path = make_video(tmp_path / "cut.mkv", size=(320, 240), ticks=tuple(range(0, 3000, 100)))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    frames = frames_of(open_source(path))
    assert 5 <= len(frames) < 30
    assert [level(frame) for frame in frames[:5]] == [0, 1, 2, 3, 4]


def test_an_estimate_stands_in_for_a_frame_count_that_the_container_lacks(tmp_path: Path) -> None:
    source = open_source(make_video(tmp_path / "uncounted.mkv", ticks=tuple(range(0, 2000, 100))))
    with source:
        assert source.frame_count is not None
        assert abs(source.frame_count - 20) <= 1


def test_a_text_with_the_name_of_a_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.mp4"
    path.write_text("Dear reader, this is no video.\n" * 50)
    with pytest.raises(SourceError, match=r"letter\.mp4 is no video or picture that trackd reads"):
        open_source(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    with pytest.raises(SourceError, match="is no video or picture"):
        open_source(path)


def test_a_sound_without_pictures_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(path), mode="w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(SourceError, match="has no video stream"):
        open_source(path)


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    make_video(tmp_path / "part.mp4")
    playlist = tmp_path / "list.m3u8"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\npart.mp4\n#EXT-X-ENDLIST\n")
    with pytest.raises(SourceError, match="is no video or picture"):
        open_source(playlist)
