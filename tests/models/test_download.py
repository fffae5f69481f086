"""Pulling a file: resume, hash check, atomic rename, clear errors; against a real server."""

import fcntl
import hashlib
import random
import socket
import sys
from pathlib import Path

import pytest

import models
from models.catalog import CatalogEntry, pull_entry
from models.download import fetch
from tests.models.fileserver import Behaviour, served

CONTENT = random.Random(7).randbytes(300_000)
HASH = hashlib.sha256(CONTENT).hexdigest()


def get(behaviour: Behaviour, path: Path, progress: list[tuple[int, int]] | None = None) -> None:
    calls = [] if progress is None else progress
    with served(behaviour) as url:
        fetch(f"{url}/model.onnx", path, len(CONTENT), HASH, lambda done, total: calls.append((done, total)))


def entry() -> CatalogEntry:
    return CatalogEntry(
        name="small",
        summary="",
        licence="Apache-2.0",
        head="yolox",
        input=None,
        url="https://example.org/release/small-v1.onnx",
        size_bytes=len(CONTENT),
        sha256=HASH,
    )


def test_a_pulled_file_is_whole_and_nothing_else_stays(tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    get(Behaviour(CONTENT), tmp_path / "new" / "m.onnx", progress)
    assert (tmp_path / "new" / "m.onnx").read_bytes() == CONTENT
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["m.onnx"]
    assert progress == sorted(progress)
    assert progress[-1] == (len(CONTENT), len(CONTENT))


def test_a_file_that_is_there_and_right_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(CONTENT)
    behaviour = Behaviour(CONTENT)
    get(behaviour, tmp_path / "m.onnx")
    assert behaviour.asked == []


def test_a_file_that_is_there_and_wrong_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"x" * len(CONTENT))
    get(Behaviour(CONTENT), tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").read_bytes() == CONTENT


def test_a_broken_line_is_resumed_where_it_broke(tmp_path: Path) -> None:
    behaviour = Behaviour(CONTENT, cuts=[100_000, 50_000])
    get(behaviour, tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").read_bytes() == CONTENT
    assert behaviour.asked == [None, "bytes=100000-", "bytes=150000-"]


def test_what_a_failed_pull_left_is_used_by_the_next(tmp_path: Path) -> None:
    with pytest.raises(models.DownloadFailed, match="30000 of 300000 bytes are here; pull again"):
        get(Behaviour(CONTENT, cuts=[10_000] * 3), tmp_path / "m.onnx")
    assert [p.name for p in tmp_path.iterdir()] == ["m.onnx.part"]
    behaviour = Behaviour(CONTENT)
    get(behaviour, tmp_path / "m.onnx")
    assert behaviour.asked == ["bytes=30000-"]
    assert (tmp_path / "m.onnx").read_bytes() == CONTENT


def test_a_server_without_ranges_makes_the_pull_start_over(tmp_path: Path) -> None:
    behaviour = Behaviour(CONTENT, ranges=False, cuts=[100_000])
    get(behaviour, tmp_path / "m.onnx")
    assert behaviour.asked == [None, "bytes=100000-"]
    assert (tmp_path / "m.onnx").read_bytes() == CONTENT


def test_a_part_of_another_file_is_thrown_away_and_the_pull_succeeds(tmp_path: Path) -> None:
    (tmp_path / "m.onnx.part").write_bytes(b"stale" * 1000)
    behaviour = Behaviour(CONTENT)
    get(behaviour, tmp_path / "m.onnx")
    assert behaviour.asked == ["bytes=5000-", None]
    assert (tmp_path / "m.onnx").read_bytes() == CONTENT


@pytest.mark.parametrize("size", [len(CONTENT), len(CONTENT) + 1])
def test_a_part_that_is_too_long_or_wrong_is_thrown_away(tmp_path: Path, size: int) -> None:
    (tmp_path / "m.onnx.part").write_bytes(b"x" * size)
    get(Behaviour(CONTENT), tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").read_bytes() == CONTENT


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "undeclared"])
@pytest.mark.parametrize(
    "content", [b"?" + CONTENT[1:], CONTENT + b"more", CONTENT[:-1]], ids=["other", "long", "short"]
)
def test_wrong_bytes_leave_nothing_under_the_name(tmp_path: Path, content: bytes, declared: bool) -> None:
    with pytest.raises(models.DownloadFailed):
        get(Behaviour(content, declares_length=declared, ranges=False), tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


@pytest.mark.parametrize("content", [b"?" + CONTENT[1:], CONTENT + b"more"], ids=["other", "long"])
def test_wrong_bytes_leave_no_part_to_be_resumed(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(models.ChecksumMismatch):
        get(Behaviour(content, declares_length=False), tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []


def test_wrong_bytes_leave_the_file_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"old")
    with pytest.raises(models.ChecksumMismatch):
        get(Behaviour(b"?" * len(CONTENT)), tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").read_bytes() == b"old"


def test_a_short_file_is_an_error_that_says_how_short(tmp_path: Path) -> None:
    with pytest.raises(models.ChecksumMismatch, match="has 1000 bytes, not the 300000 that were promised"):
        get(Behaviour(CONTENT[:1000]), tmp_path / "m.onnx")
    with pytest.raises(models.DownloadFailed, match="gave 1000 of 300000 bytes"):
        get(Behaviour(CONTENT[:1000], ranges=False, declares_length=False), tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def test_not_found_names_the_address_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(models.DownloadFailed, match=r"/model.onnx answered 404 Not Found"):
        get(Behaviour(CONTENT, status=404), tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []


def test_offline_is_a_clear_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: a connection is refused
        port = taken.getsockname()[1]
        with pytest.raises(models.DownloadFailed, match=f"cannot reach http://127.0.0.1:{port}/yolox_nano.onnx: "):
            models.pull("yolox_nano", tmp_path, base_url=f"http://127.0.0.1:{port}")


def test_plain_http_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(models.DownloadFailed, match="only https"):
        models.pull("yolox_nano", tmp_path, base_url="http://192.0.2.1")
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_away_from_https_is_refused(tmp_path: Path) -> None:
    with pytest.raises(models.DownloadFailed, match=r"refused to fetch http://192.0.2.1/x: only https"):
        get(Behaviour(CONTENT, status=302, location="http://192.0.2.1/x"), tmp_path / "m.onnx")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "m.onnx.part").symlink_to("/dev/full")
    with pytest.raises(models.DownloadFailed, match="disk full, 300000 bytes needed"):
        get(Behaviour(CONTENT), tmp_path / "m.onnx")


@pytest.mark.skipif(sys.platform == "win32", reason="needs flock")
def test_two_pulls_of_one_file_do_not_mix(tmp_path: Path) -> None:
    with (tmp_path / "m.onnx.part").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(models.DownloadFailed, match="another process"):
            get(Behaviour(CONTENT), tmp_path / "m.onnx")


def test_a_mirror_serves_the_official_file_name(tmp_path: Path) -> None:
    with served(Behaviour(CONTENT)) as url:
        path = pull_entry(entry(), tmp_path, base_url=f"{url}/")
    assert path == tmp_path / "models" / "small.onnx"
    assert path.read_bytes() == CONTENT


def test_a_mirror_that_serves_something_else_is_caught(tmp_path: Path) -> None:
    with served(Behaviour(CONTENT)) as url, pytest.raises(models.ChecksumMismatch):
        models.pull("yolox_nano", tmp_path, base_url=url)
    assert not (tmp_path / "models" / "yolox_nano.onnx").exists()


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        models.ModelNotFound, match=r"no model 'yolo9000': choose demo, yolox_nano, yolox_tiny, yolox_s"
    ):
        models.pull("yolo9000", tmp_path)


def test_a_range_the_server_refuses_makes_the_pull_start_over(tmp_path: Path) -> None:
    (tmp_path / "m.onnx.part").write_bytes(CONTENT[:1000])
    behaviour = Behaviour(CONTENT, refuses_ranges=True)
    get(behaviour, tmp_path / "m.onnx")
    assert behaviour.asked == ["bytes=1000-", None]
    assert (tmp_path / "m.onnx").read_bytes() == CONTENT


def test_a_range_that_is_not_the_one_asked_for_is_not_appended(tmp_path: Path) -> None:
    (tmp_path / "m.onnx.part").write_bytes(CONTENT[:1000])
    behaviour = Behaviour(CONTENT, shift=7)
    get(behaviour, tmp_path / "m.onnx")
    assert behaviour.asked == ["bytes=1000-", None]
    assert (tmp_path / "m.onnx").read_bytes() == CONTENT


def test_a_bundled_model_is_there_or_the_installation_is_broken(tmp_path: Path) -> None:
    bundled = CatalogEntry(name="nothing-of-this-name", summary="", licence="", head="yolov8", input=None)
    assert bundled.bundled
    with pytest.raises(models.DownloadFailed, match="install trackd again"):
        pull_entry(bundled, tmp_path)


def test_models_are_kept_in_a_folder_of_our_own_below_the_home() -> None:
    folder = models.default_cache_dir()
    assert folder.name in ("trackd", "Cache")
    assert folder.is_relative_to(Path.home())
