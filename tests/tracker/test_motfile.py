"""MOT Challenge text, read and written."""

import io
from pathlib import Path

import numpy as np
import pytest

from tracker import ByteTracker, Detections, MotFormatError, MotRows, MotWriter, Tracks, read_mot


def rows_of(text: str) -> MotRows:
    return read_mot(io.StringIO(text))


def some_tracks() -> Tracks:
    xyxy = np.array([[10.5, 20.25, 50.5, 120.25], [300, 20, 340.12345, 120]])
    return ByteTracker().update(Detections(xyxy=xyxy, score=np.array([0.9, 0.75]), class_id=np.array([0, 2])))


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    tracks = some_tracks()
    with MotWriter(tmp_path / "out.txt") as writer:
        writer.write(3, tracks)
        writer.write(4, ByteTracker().update(Detections.empty()))
        writer.write(7, tracks)
    rows = read_mot(tmp_path / "out.txt")
    assert rows.frame.tolist() == [3, 3, 7, 7]
    assert rows.track_id.tolist() == [1, 2, 1, 2]
    np.testing.assert_allclose(rows.xyxy[:2], tracks.xyxy, atol=1e-4)
    assert rows.score.tolist() == [0.9, 0.75, 0.9, 0.75]
    assert rows.last_frame == 7


def test_a_row_has_ten_columns_and_a_box_by_its_corner_and_size() -> None:
    text = io.StringIO()
    MotWriter(text).write(1, some_tracks())
    assert text.getvalue().splitlines()[0] == "1,1,10.5000,20.2500,40.0000,100.0000,0.900000,-1,-1,-1"


def test_a_frame_is_on_disk_as_soon_as_it_is_written(tmp_path: Path) -> None:
    with MotWriter(str(tmp_path / "out.txt")) as writer:
        writer.write(1, some_tracks())
        assert len(read_mot(tmp_path / "out.txt")) == 2


def test_a_file_that_was_given_open_stays_open() -> None:
    text = io.StringIO()
    with MotWriter(text) as writer:
        writer.write(1, some_tracks())
    assert not text.closed


def test_frames_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="frame is 0: MOT files count frames from 1"):
        MotWriter(io.StringIO()).write(0, some_tracks())


def test_rows_are_sorted_by_frame_and_keep_their_order_within_one() -> None:
    rows = rows_of("2,5,0,0,10,10,1\n1,8,0,0,10,10,1\n2,3,0,0,10,10,1\n")
    assert rows.frame.tolist() == [1, 2, 2]
    assert rows.track_id.tolist() == [8, 5, 3]
    assert rows.rows_of(2) == slice(1, 3)
    assert rows.rows_of(9) == slice(3, 3)


def test_the_boxes_of_a_frame_become_detections() -> None:
    rows = rows_of("1,-1,10,20,30,40,0.5,-1,-1,-1\n2,-1,1,2,3,4,0.25,-1,-1,-1\n")
    detections = rows.detections(1)
    assert detections.xyxy.tolist() == [[10, 20, 40, 60]]
    assert detections.score.tolist() == [0.5]
    assert detections.class_id.tolist() == [0]
    assert len(rows.detections(5)) == 0


def test_ground_truth_has_a_class_and_a_visibility() -> None:
    rows = rows_of("1,2,1363,569,103,241,1,7,0.86014\n")
    assert (rows.class_id.tolist(), rows.visibility.tolist(), rows.score.tolist()) == ([7], [0.86014], [1.0])
    other = rows_of("1,2,1363,569,103,241,1,-1,-1,-1\n")
    assert (other.class_id.tolist(), other.visibility.tolist()) == ([-1], [-1.0])


@pytest.mark.parametrize("text", ["", "\n", " \r\n\n"])
def test_an_empty_file_has_no_rows(text: str) -> None:
    assert len(rows_of(text)) == 0
    assert rows_of(text).last_frame == 0


def test_blank_lines_windows_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "det.txt"
    path.write_bytes(b"\xef\xbb\xbf1,-1,1,2,3,4,0.5\r\n\r\n 2, -1, 1, 2, 3, 4, 0.5 \r\n")
    assert read_mot(path).frame.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1,2,3", "6 to 10 values separated by commas are needed, not 3"),
        ("1 2 3 4 5 6 7", "6 to 10 values"),
        ("1,1,1,1,1,1,1,1,1,1,1", "not 11"),
        ("1,1,x,2,3,4,0.5", "'x' is not a number"),
        ("1,1,nan,2,3,4,0.5", "'nan' is not finite"),
        ("1,1,1e999,2,3,4,0.5", "'1e999' is not finite"),
        ("0,1,1,2,3,4,0.5", "frame is 0: it must be a whole number from 1"),
        ("1.5,1,1,2,3,4,0.5", r"frame is 1\.5"),
        ("1e300,1,1,2,3,4,0.5", "frame is 1e"),
        ("1,-2,1,2,3,4,0.5", "id is -2: it must be a whole number from -1"),
        ("1,1,1,2,0,4,0.5", "width 0 and height 4 must be positive"),
        ("1,1,1,2,3,4,1,1.5,0.3", r"class is 1\.5"),
        ("\x00\xff" * 50, "6 to 10 values"),
    ],
    ids=range(13),
)
def test_a_line_that_is_no_row_is_refused_with_its_number(line: str, message: str) -> None:
    with pytest.raises(MotFormatError, match=f"^line 3: .*{message}") as caught:
        rows_of(f"1,1,1,2,3,4,0.5\n\n{line}\n")
    assert caught.value.line == 3
    assert len(str(caught.value)) < 200


def test_real_detections_and_ground_truth_are_read(shared: Path) -> None:
    folder = shared / "data" / "mot17" / "MOT17-09"
    assert read_mot(folder / "det_yolox_x.txt").last_frame == 525
    truth = read_mot(folder / "gt.txt")
    assert truth.last_frame == 525
    assert set(np.unique(truth.class_id)) <= set(range(1, 14))
