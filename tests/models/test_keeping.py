"""Files that are whole or not there."""

from pathlib import Path

from models.keeping import keep


def test_what_is_kept_takes_the_place_of_what_was_there_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "note"
    for content in (b"first", b"", b"second"):
        keep(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_where_nothing_can_be_written_nothing_is_raised_and_nothing_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    keep(tmp_path / "file" / "note", b"content")
    (tmp_path / "taken").mkdir()
    keep(tmp_path / "taken", b"content")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]
    assert list((tmp_path / "taken").iterdir()) == []
