"""Optimised graphs on disk: kept, found again, and passed over where they are not what they should be."""

import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from numpy.typing import NDArray

from models.detector import ModelBroken
from models.graph_cache import DIGEST_BYTES, MOST_GRAPHS, GraphCache, graph_key, processor
from models.options import DetectorOptions
from models.session import open_session
from tests.models.graphs import table_model


def model(level: float = 1.0) -> bytes:
    slope = np.full((10, 6), level, np.float32)
    return table_model(np.ones((10, 6), np.float32), slope=slope, metadata={"names": "{0: 'cat'}"})


def opened(content: bytes, folder: Path | None) -> ort.InferenceSession:
    return open_session(content, "tiny.onnx", "cpu", DetectorOptions(graph_cache=folder, threads=1)).session


def answer(session: ort.InferenceSession) -> NDArray[np.float32]:
    images = np.linspace(0, 1, 2 * 3 * 64 * 64, dtype=np.float32).reshape(2, 3, 64, 64)
    [output] = session.run(None, {"images": images})
    return output


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "cpu").iterdir())


def test_a_kept_graph_answers_as_the_model_does_and_keeps_its_metadata(tmp_path: Path) -> None:
    plain = opened(model(), None)
    for _ in range(2):
        session = opened(model(), tmp_path)
        np.testing.assert_array_equal(answer(session), answer(plain))
        assert session.get_modelmeta().custom_metadata_map == {"names": "{0: 'cat'}"}
        assert [(i.name, i.shape) for i in session.get_inputs()] == [(i.name, i.shape) for i in plain.get_inputs()]
    assert len(kept(tmp_path)) == 1


def test_the_kept_graph_is_what_is_opened_the_second_time(tmp_path: Path) -> None:
    opened(model(), tmp_path)
    [file] = kept(tmp_path)
    # Another model's graph under this one's key: whoever opens it shows that it was taken from the cache.
    other = tmp_path / "other"
    opened(model(5), other)
    shutil.copy(kept(other)[0], file)
    assert answer(opened(model(), tmp_path))[0, 0, 0] == answer(opened(model(5), None))[0, 0, 0]


def test_each_model_has_a_graph_of_its_own(tmp_path: Path) -> None:
    opened(model(), tmp_path)
    opened(model(2), tmp_path)
    assert len(kept(tmp_path)) == 2
    np.testing.assert_array_equal(answer(opened(model(2), tmp_path)), answer(opened(model(2), None)))


@pytest.mark.parametrize("damage", ["cut", "empty", "turned", "nonsense", "no model", "folder"])
def test_a_damaged_graph_is_passed_over_and_written_again(tmp_path: Path, damage: str) -> None:
    opened(model(), tmp_path)
    [file] = kept(tmp_path)
    whole = file.read_bytes()
    if damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        turned = bytes([whole[-1] ^ 1])
        file.write_bytes(
            {
                "cut": whole[:-9],
                "empty": b"",
                "turned": whole[:-1] + turned,
                "nonsense": b"\xff" * 999,
                # A true digest of something that onnxruntime does not open.
                "no model": sha256(b"noise").digest() + b"noise",
            }[damage]
        )
    np.testing.assert_array_equal(answer(opened(model(), tmp_path)), answer(opened(model(), None)))
    if damage != "folder":
        assert file.read_bytes()[:DIGEST_BYTES] == whole[:DIGEST_BYTES]
        assert len(kept(tmp_path)) == 1


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    np.testing.assert_array_equal(answer(opened(model(), tmp_path / "file")), answer(opened(model(), None)))


def test_a_full_disk_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, where every write fails as on a full disk")
    monkeypatch.setattr("models.graph_cache.TemporaryDirectory", FullDisk)
    np.testing.assert_array_equal(answer(opened(model(), tmp_path)), answer(opened(model(), None)))
    assert [path for path in kept(tmp_path) if path.suffix == ".graph"] == []


class FullDisk:
    """A workplace in which the file that onnxruntime writes is /dev/full."""

    def __init__(self, prefix: str, dir: Path, ignore_cleanup_errors: bool) -> None:
        self._folder = dir / prefix
        self._folder.mkdir()
        (self._folder / "graph.onnx").symlink_to("/dev/full")

    def __enter__(self) -> str:
        return str(self._folder)

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder)


def test_a_broken_model_is_told_as_without_a_cache_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken, match=r"tiny\.onnx is no model that onnxruntime can run"):
        opened(b"noise" * 100, tmp_path)
    assert kept(tmp_path) == []


def test_only_the_newest_graphs_are_kept(tmp_path: Path) -> None:
    cache = GraphCache(tmp_path)
    for number in range(MOST_GRAPHS + 3):
        with cache.writing(f"{number:03}") as path:
            assert path is not None
            path.write_bytes(b"graph %d" % number)
        (tmp_path / f"{number:03}.graph").touch()
    assert len(list(tmp_path.iterdir())) == MOST_GRAPHS
    assert cache.read(f"{MOST_GRAPHS + 2:03}") == b"graph %d" % (MOST_GRAPHS + 2)
    assert cache.read("000") is None


def test_nothing_is_kept_where_nothing_was_written(tmp_path: Path) -> None:
    with GraphCache(tmp_path).writing("key"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_key_tells_models_providers_and_processors_apart() -> None:
    keys = {
        graph_key(content, provider, cpu) for content in (b"a", b"b") for provider in "xy" for cpu in ("avx2", "avx512")
    }
    assert len(keys) == 8


def test_a_processor_is_known_by_its_name_and_features_and_not_by_how_fast_it_runs_now(tmp_path: Path) -> None:
    def told(speed: int, flags: str) -> str:
        file = tmp_path / "cpuinfo"
        first = f"processor\t: 0\nmodel name\t: Some CPU\ncpu MHz\t: {speed}\nflags\t: {flags}\n"
        file.write_text(f"{first}\n{first}")
        return processor(file)

    assert told(2000, "sse avx2") == told(3500, "sse avx2")
    assert told(2000, "sse avx2") != told(2000, "sse avx2 avx512f")
    assert processor(tmp_path / "none")
