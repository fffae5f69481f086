from pathlib import Path

import cv2
import numpy as np
import pytest

from app.imaging.decode import decode
from app.imaging.sniff import sniff
from app.sources import Source, SourceError, SourceFrame, open_source
from app.sources.pictures import natural_key


def encoded(level: int, size: tuple[int, int] = (64, 48), suffix: str = ".jpg") -> bytes:
    image = np.full((size[1], size[0], 3), level, np.uint8)
    image[: size[1] // 2] //= 2
    ok, data = cv2.imencode(suffix, image)
    assert ok
    return data.tobytes()


def folder_of(path: Path, **files: bytes) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (path / name.replace("__", ".")).write_bytes(content)
    return path


def frames_of(source: Source) -> list[SourceFrame]:
    with source:
        return list(source)


def level(frame: SourceFrame) -> int:
    return round(float(frame.image[-4:].mean()))


def test_pictures_come_in_natural_order_at_thirty_frames_per_second(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path / "shots", f10__jpg=encoded(100), f2__jpg=encoded(20), F1__PNG=encoded(10, suffix=".png")
    )
    source = open_source(folder)
    assert (source.name, source.frame_rate, source.frame_count) == ("shots", 30.0, 3)
    frames = frames_of(source)
    assert [level(frame) for frame in frames] == [10, 20, 100]
    assert [(frame.seq, frame.pts_s) for frame in frames] == [(1, 0.0), (2, 1 / 30), (3, 2 / 30)]


def test_other_files_and_hidden_ones_are_passed_over(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, a__jpg=encoded(50), notes__txt=b"hello")
    (folder / ".b.jpg").write_bytes(encoded(60))
    (folder / "sub.jpg").mkdir()
    assert open_source(folder).frame_count == 1


def test_a_frame_carries_the_bytes_it_was_decoded_from_and_their_pixels(tmp_path: Path) -> None:
    data = encoded(77)
    [frame] = frames_of(open_source(folder_of(tmp_path, a__jpg=data)))
    assert frame.encoded == data
    assert np.array_equal(frame.image, decode(data, sniff(data)))


def test_with_cover_a_large_jpeg_is_decoded_smaller_and_keeps_its_full_size_in_numbers(tmp_path: Path) -> None:
    data = encoded(77, size=(640, 480))
    source = open_source(folder_of(tmp_path, a__jpg=data), cover=lambda width, height: (width // 4, height // 4))
    [frame] = frames_of(source)
    assert frame.image.shape == (120, 160, 3)
    assert (frame.width, frame.height) == (640, 480) == (source.width, source.height)


def test_an_unreadable_picture_is_skipped_counted_and_leaves_its_number_free(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, a1__jpg=encoded(10), a2__jpg=encoded(20)[:200], a3__jpg=b"text", a4__jpg=encoded(40))
    source = open_source(folder)
    frames = frames_of(source)
    assert [frame.seq for frame in frames] == [1, 4]
    assert source.skipped.count == 2
    assert "a2.jpg" in source.skipped.reasons[0]
    assert "a3.jpg" in source.skipped.reasons[1]


def test_a_folder_without_one_readable_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no picture of broken can be read; .*a\.jpg"):
        open_source(folder_of(tmp_path / "broken", a__jpg=b"text"))


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"holds no picture; pictures end in \.jpeg, \.jpg, \.png, \.webp"):
        open_source(tmp_path)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
def test_a_single_picture_is_one_frame_whatever_its_name(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "picture.dat"
    path.write_bytes(encoded(90, suffix=suffix))
    [frame] = frames_of(open_source(path))
    assert (frame.seq, frame.pts_s, frame.width, frame.height) == (1, 0.0, 64, 48)
    assert abs(level(frame) - 90) <= 2


def test_a_sequence_of_the_mot_challenge_brings_its_name_and_rate(tmp_path: Path) -> None:
    folder_of(tmp_path / "seq" / "img1", **{"000001__jpg": encoded(1), "000002__jpg": encoded(2)})
    (tmp_path / "seq" / "seqinfo.ini").write_text("[Sequence]\nname=TOWN-7\nimDir=img1\nframeRate=14\nseqLength=2\n")
    for where in (tmp_path / "seq", tmp_path / "seq" / "img1"):
        source = open_source(where)
        assert (source.name, source.frame_rate, source.frame_count) == ("TOWN-7", 14.0, 2)
    assert open_source(tmp_path / "seq", frame_rate=25.0).frame_rate == 25.0


def test_a_folder_with_img1_alone_is_a_sequence_too(tmp_path: Path) -> None:
    folder_of(tmp_path / "seq" / "img1", a__jpg=encoded(1))
    assert open_source(tmp_path / "seq").name == "seq"


@pytest.mark.parametrize("text", ["frameRate=14\n", "[Sequence]\nframeRate=fast\n", "[Sequence]\nframeRate=0\n"])
def test_a_broken_description_is_refused_by_name(tmp_path: Path, text: str) -> None:
    folder_of(tmp_path / "img1", a__jpg=encoded(1))
    (tmp_path / "seqinfo.ini").write_text(text)
    with pytest.raises(SourceError, match=r"seqinfo\.ini"):
        open_source(tmp_path)


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["10", "9b", "9a", "a", "a10b2", "a10b10", "a2"]
    assert sorted(names, key=natural_key) == ["9a", "9b", "10", "a", "a2", "a10b2", "a10b10"]
