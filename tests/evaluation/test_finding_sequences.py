from pathlib import Path

import pytest

from app.evaluation import find_sequences
from app.sources import SourceError
from tests.evaluation.mot_folders import write_perfect, write_sequence


def test_both_layouts_are_found_in_a_parent_folder_in_the_order_of_their_names(tmp_path: Path) -> None:
    write_perfect(tmp_path / "B")
    write_perfect(tmp_path / "A", flat=True, rate=25)
    (tmp_path / "notes").mkdir()
    (tmp_path / "readme.txt").write_text("")
    first, second = find_sequences([tmp_path])
    assert (first.name, first.truth, first.frame_rate) == ("A", tmp_path / "A" / "gt.txt", 25.0)
    assert (second.name, second.truth, second.length) == ("B", tmp_path / "B" / "gt" / "gt.txt", 10)
    assert first.detections() == tmp_path / "A" / "det.txt"
    assert second.detections() == tmp_path / "B" / "det" / "det.txt"


def test_sequences_are_taken_in_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    folders = [write_perfect(tmp_path / name) for name in ("B", "A")]
    assert [sequence.name for sequence in find_sequences(folders)] == ["B", "A"]


def test_a_sequence_without_a_description_has_thirty_frames_per_second_and_no_stated_length(tmp_path: Path) -> None:
    folder = write_perfect(tmp_path / "A")
    (folder / "seqinfo.ini").unlink()
    [sequence] = find_sequences([folder])
    assert (sequence.frame_rate, sequence.length, sequence.title) == (30.0, None, "A")


def test_a_sequence_knows_the_name_in_its_description(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "A", "", name="MOT17-04-FRCNN")
    assert find_sequences([folder])[0].title == "MOT17-04-FRCNN"


def test_the_present_folder_is_a_sequence_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_perfect(tmp_path / "A"))
    assert [sequence.name for sequence in find_sequences([Path()])] == ["A"]


def test_the_only_file_of_detections_is_taken_whatever_its_name(tmp_path: Path) -> None:
    folder = write_perfect(tmp_path / "A", flat=True)
    (folder / "det.txt").rename(folder / "det_yolox_x.txt")
    assert find_sequences([folder])[0].detections() == folder / "det_yolox_x.txt"


def test_of_several_files_of_detections_det_is_the_one_unless_another_is_named(tmp_path: Path) -> None:
    folder = write_perfect(tmp_path / "A")
    (folder / "det" / "other.txt").write_text("")
    [sequence] = find_sequences([folder])
    assert sequence.detections() == folder / "det" / "det.txt"
    assert sequence.detections("other") == sequence.detections("other.txt") == folder / "det" / "other.txt"


def test_several_files_of_detections_must_be_told_apart(tmp_path: Path) -> None:
    folder = write_perfect(tmp_path / "A", flat=True)
    (folder / "det.txt").rename(folder / "det_one.txt")
    (folder / "det_two.txt").write_text("")
    with pytest.raises(SourceError, match=r"several files of detections, name one of det_one\.txt, det_two\.txt"):
        find_sequences([folder])[0].detections()
    with pytest.raises(SourceError, match=r"no detections named three; it has det_one\.txt, det_two\.txt"):
        find_sequences([folder])[0].detections("three")


def test_a_sequence_without_truth_is_refused_even_among_others(tmp_path: Path) -> None:
    write_perfect(tmp_path / "A")
    (write_perfect(tmp_path / "B") / "gt" / "gt.txt").unlink()
    with pytest.raises(SourceError, match=r"B has no truth; looked for gt/gt\.txt and gt\.txt"):
        find_sequences([tmp_path])


def test_two_sequences_of_one_name_are_refused(tmp_path: Path) -> None:
    folders = [write_perfect(tmp_path / parent / "A") for parent in ("one", "two")]
    with pytest.raises(SourceError, match="are both named A"):
        find_sequences(folders)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[Sequence]\nseqLength=0\n", "seqLength must be at least 1, not 0"),
        ("[Sequence]\nseqLength=ten\n", "no sequence description"),
        ("[Sequence]\nframeRate=-5\n", "frameRate must be from"),
        ("frameRate=30\n", "no sequence description"),
    ],
)
def test_a_description_that_cannot_be_right_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    folder = write_perfect(tmp_path / "A")
    (folder / "seqinfo.ini").write_text(text)
    with pytest.raises(SourceError, match=says) as caught:
        find_sequences([folder])
    assert str(folder / "seqinfo.ini") in str(caught.value)
