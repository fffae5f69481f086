import json
from pathlib import Path

import pytest

from app.evaluation.exports import find_tracks, read_tracks
from app.evaluation.motion import read_motion
from app.evaluation.reading import read_rows
from app.evaluation.sequences import find_sequences
from app.evaluation.span import Span
from app.sources import SourceError
from tests.evaluation.mot_folders import write_perfect, write_sequence


def message(seq: int, *tracks: dict[str, object], **more: object) -> str:
    return json.dumps({"type": "tracks", "stream": "s", "epoch": 1, "seq": seq, "tracks": list(tracks), **more}) + "\n"


def track(track_id: int, kind: str = "person", class_id: int = 0, x: float = 10.0) -> dict[str, object]:
    box = [x, 10.0, x + 40, 90.0]
    return {"track_id": track_id, "class_id": class_id, "class": kind, "score": 0.5, "bbox": box, "age_s": 1.0}


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_json_lines_become_rows_in_the_order_of_frames(tmp_path: Path) -> None:
    lines = message(2, track(5), track(6, x=99)) + "\n" + message(3) + message(1, track(5))
    given = read_tracks(written(tmp_path / "A.jsonl", lines), classes=False)
    assert given.rows.frame.tolist() == [1, 2, 2]
    assert given.rows.track_id.tolist() == [5, 5, 6]
    assert given.rows.xyxy[2].tolist() == [99.0, 10.0, 139.0, 90.0]
    assert given.left_out == 0


def test_other_classes_than_persons_are_left_out_where_classes_do_not_matter(tmp_path: Path) -> None:
    path = written(tmp_path / "A.jsonl", message(1, track(1), track(2, "car", 2), track(3, "Pedestrian", 7)))
    given = read_tracks(path, classes=False)
    assert (given.rows.track_id.tolist(), given.left_out) == ([1, 3], 1)
    assert read_tracks(path, classes=True).rows.class_id.tolist() == [0, 2, 7]


def test_tracks_of_unknown_classes_all_count_where_no_person_is_known(tmp_path: Path) -> None:
    path = written(tmp_path / "A.jsonl", message(1, track(1, "0"), track(2, "1", 1)))
    assert len(read_tracks(path, classes=False).rows) == 2


def test_messages_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    lines = '{"type":"hello","credit":4}\n' + message(1, track(1)) + '{"type":"drop","seq":0,"epoch":3}\n'
    assert len(read_tracks(written(tmp_path / "A.jsonl", lines), classes=False).rows) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (message(1, track(1)) + "{oops\n", "line 2 is no message of tracks"),
        (message(0, track(1)), "line 1: seq is 0, and frames count from 1"),
        (message(1, track(1)) + message(1, track(1), epoch=2), "line 2: epoch 2 begins"),
        (message(1, track(1)) * 2, "id 1 is twice in frame 1"),
        (message(1, {**track(1), "bbox": [1, 2, 1, 9]}), "must have x1 < x2"),
        (message(1, {**track(1), "bbox": [1, 2]}), "no message of tracks"),
        ("1,1,10,10,5,5,1,-1,-1,-1\n1,1,20,20,5,5,1,-1,-1,-1\n", "id 1 is twice in frame 1"),
        ("1,-1,10,10,5,5,1,-1,-1,-1\n", "frame 1 has the id -1; ids are needed"),
        ("1,1,10,10,5,5,1,-1,-1,-1\n2,1,10,10\n", "line 2: 6 to 10 values"),
    ],
)
def test_tracks_that_are_not_are_refused_by_file_and_place(tmp_path: Path, text: str, says: str) -> None:
    path = written(tmp_path / "tracks", text)
    with pytest.raises(SourceError, match=says) as caught:
        read_tracks(path, classes=False)
    assert str(path) in str(caught.value)


def test_tracks_of_a_folder_are_found_by_either_name_of_the_sequence(tmp_path: Path) -> None:
    write_perfect(tmp_path / "in" / "A")
    write_sequence(tmp_path / "in" / "B", "", name="B-FRCNN")
    (tmp_path / "out" / "data").mkdir(parents=True)
    sequences = find_sequences([tmp_path / "in"])
    first = written(tmp_path / "out" / "A.jsonl", "")
    with pytest.raises(SourceError, match=r"no tracks of B; looked for B\.txt, B-FRCNN\.txt, B\.jsonl"):
        find_tracks(tmp_path / "out", sequences)
    second = written(tmp_path / "out" / "data" / "B-FRCNN.txt", "")
    assert find_tracks(tmp_path / "out", sequences) == {"A": first, "B": second}
    with pytest.raises(SourceError, match="is one file for 2 sequences"):
        find_tracks(first, sequences)
    assert find_tracks(first, sequences[1:]) == {"B": first}
    with pytest.raises(SourceError, match="no tracks at"):
        find_tracks(tmp_path / "nowhere", sequences)


@pytest.mark.parametrize("tail", ["3,7", "3,7,-1", "3,7,-1,-1"])
def test_the_eighth_column_is_the_class_where_classes_matter(tmp_path: Path, tail: str) -> None:
    path = written(tmp_path / "rows.txt", f"1,1,10,10,5,5,{tail}\n")
    assert read_rows(path, classes=True).class_id.tolist() == [7]


def test_without_classes_ten_columns_end_in_coordinates_of_the_world(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.txt", "1,1,10,10,5,5,1,2.5,7.25,0\n")
    assert read_rows(path).class_id.tolist() == [-1]


def test_camera_motion_is_read_for_the_frames_of_a_part(tmp_path: Path) -> None:
    text = "".join(f"{frame}\t1\t0\t{frame}.5\t0\t1\t-2\t\n" for frame in range(6))
    motion = read_motion(written(tmp_path / "camera_motion.txt", text), Span(3, 5))
    assert motion.shape == (3, 2, 3)
    assert motion[0].tolist() == [[1.0, 0.0, 2.5], [0.0, 1.0, -2.0]], "the third frame is the one numbered 2"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0 1 0 0 0 1 0\n", "no line for frame 1, counted from 0"),
        ("0 1 0 0 0 1\n", "line 1: a frame and six finite numbers are needed"),
        ("0 1 0 0 0 1 nan\n", "line 1: a frame and six finite numbers are needed"),
        ("0 1 0 x 0 1 0\n", "line 1: '0 1 0 x 0 1 0' is not a row of numbers"),
    ],
)
def test_camera_motion_that_is_not_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read_motion(written(tmp_path / "camera_motion.txt", text), Span(1, 2))
    with pytest.raises(SourceError, match="cannot read"):
        read_motion(tmp_path / "nowhere.txt", Span(1, 2))
