"""Which files may be named over HTTP, and what of them is told."""

from pathlib import Path

import pytest

from app.engine.model_files import locate, open_model
from app.errors import InvalidInput, ModelRefused, ModelUnknown
from app.inference_settings import ModelSettings
from app.settings import Settings
from models import Abort
from tests.engine.tiny_models import write_broken, write_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that was opened, with a model in it and another one beside it."""
    opened = tmp_path / "opened"
    (opened / "below").mkdir(parents=True)
    for path in (opened / "a.onnx", opened / "below" / "b.onnx", tmp_path / "secret.onnx"):
        path.write_bytes(b"model")
    (opened / "notes.txt").write_text("no model")
    return opened


@pytest.mark.parametrize("source", ["a.onnx", "below/b.onnx", "./a.onnx", "below//b.onnx"])
def test_a_file_below_the_folder_is_found(folder, source):
    assert locate(source, Settings(model_dir=folder)).path == (folder / source).resolve()


@pytest.mark.parametrize(
    "source",
    [
        "../secret.onnx",
        "below/../../secret.onnx",
        "below/../a.onnx",
        "..\\secret.onnx",
        "/etc/passwd",
        "/a.onnx",
        "C:\\a.onnx",
        "c:a.onnx",
        "\\\\host\\share\\a.onnx",
        "notes.txt",
        "a.onnx/",
        "a.onnx\0.txt",
        "a\n.onnx",
        "~/a.onnx",
        "a.ONNX",
        "below",
        ".",
    ],
)
def test_a_name_that_leads_out_of_the_folder_or_to_no_model_is_refused(folder, source):
    with pytest.raises((InvalidInput, ModelUnknown)) as refusal:
        locate(source, Settings(model_dir=folder))
    assert str(folder.parent) not in refusal.value.detail.replace(source, "")


def test_an_absolute_path_is_refused_even_where_it_lies_below_the_folder(folder):
    with pytest.raises(InvalidInput, match="below model_dir"):
        locate(str(folder / "a.onnx"), Settings(model_dir=folder))


def test_a_link_is_judged_by_where_it_leads(folder):
    (folder / "out.onnx").symlink_to(folder.parent / "secret.onnx")
    (folder / "in.onnx").symlink_to(folder / "a.onnx")
    (folder / "text.onnx").symlink_to(folder / "notes.txt")
    (folder / "circle.onnx").symlink_to(folder / "circle.onnx")
    (folder / "door").symlink_to(folder.parent)
    assert locate("in.onnx", Settings(model_dir=folder)).path == folder / "a.onnx"
    for source in ("out.onnx", "text.onnx", "circle.onnx", "door/secret.onnx"):
        with pytest.raises((InvalidInput, ModelUnknown)):
            locate(source, Settings(model_dir=folder))


def test_a_folder_may_itself_be_a_link(folder):
    (folder.parent / "link").symlink_to(folder)
    assert locate("a.onnx", Settings(model_dir=folder.parent / "link")).path == folder / "a.onnx"


def test_what_is_no_regular_file_is_not_found(folder):
    (folder / "dir.onnx").mkdir()
    for source in ("dir.onnx", "none.onnx", "x" * 300 + ".onnx"):
        with pytest.raises(ModelUnknown):
            locate(source, Settings(model_dir=folder))


def test_without_a_folder_only_the_catalogue_and_what_the_operator_named_may_be_loaded(folder):
    mine = str(folder.parent / "secret.onnx")
    service = Settings(model=mine, models={"a": {"source": str(folder / "a.onnx")}})
    assert locate("demo", service).path.is_file()
    assert locate(mine, service).path == Path(mine)
    assert locate(str(folder / "a.onnx"), service).path == folder / "a.onnx"
    with pytest.raises(InvalidInput, match=r"choose demo, .*model_dir") as refusal:
        locate(str(folder / "below" / "b.onnx"), service)
    assert [error["pointer"] for error in refusal.value.members["errors"]] == ["/source"]


def test_a_file_that_is_read_beside_a_model_is_judged_by_where_it_leads(folder):
    (folder.parent / "secret.txt").write_text("secret\n")
    for name in ("a.labels.txt", "a.trackd.json", "a.onnx.sha256"):
        (folder / name).symlink_to(folder.parent / "secret.txt")
        with pytest.raises(InvalidInput, match=rf"{name} beside 'a.onnx' leads"):
            locate("a.onnx", Settings(model_dir=folder))
        (folder / name).unlink()
        (folder / name).symlink_to(folder / "notes.txt")
        assert locate("a.onnx", Settings(model_dir=folder)).path == folder / "a.onnx"


def test_a_mark_changes_with_the_model_and_with_what_beside_it_says_how_it_is_read(folder):
    file = locate("a.onnx", Settings(model_dir=folder))
    marks = [file.mark(), file.mark()]
    (folder / "a.labels.txt").write_text("bus\n")
    marks.append(file.mark())
    (folder / "a.trackd.json").write_text("{}")
    marks.append(file.mark())
    file.path.write_bytes(b"other")
    marks.append(file.mark())
    assert marks[0] == marks[1]
    assert len({*marks}) == 4
    file.path.unlink()
    assert file.mark() is None


def test_a_refusal_does_not_tell_where_the_folder_lies(tmp_path):
    write_broken(tmp_path / "bad.onnx")
    service = Settings(model_dir=tmp_path, cache_dir=tmp_path)
    with pytest.raises(ModelRefused) as refusal:
        open_model(locate("bad.onnx", service), ModelSettings(source="bad.onnx", device="cpu"), service, Abort())
    assert refusal.value.detail.startswith("bad.onnx")
    assert str(tmp_path) not in refusal.value.detail
    assert refusal.value.members["kind"] == "ModelBroken"


def test_nor_does_a_refusal_of_what_lies_beside_the_model(tmp_path):
    write_model(tmp_path / "a.onnx")
    (tmp_path / "a.trackd.json").write_text('{"colours": "rgb"}')
    service = Settings(model_dir=tmp_path, cache_dir=tmp_path)
    with pytest.raises(ModelRefused, match=r"^a\.trackd\.json: there is no 'colours'") as refusal:
        open_model(locate("a.onnx", service), ModelSettings(source="a.onnx", device="cpu"), service, Abort())
    assert str(tmp_path) not in refusal.value.detail


def test_an_inspection_ends_with_the_service(tmp_path):
    write_model(tmp_path / "a.onnx")
    service, ended = Settings(model_dir=tmp_path, cache_dir=tmp_path), Abort()
    ended.set()
    with pytest.raises(ModelRefused) as refusal:
        open_model(locate("a.onnx", service), ModelSettings(source="a.onnx", device="cpu"), service, ended)
    assert refusal.value.members["kind"] == "InspectionFailed"
