"""What is remembered of files that passed, and what is not believed."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from models import DetectorOptions, Inspection
from models.verdicts import Verdicts

SHA = "ab" * 32
OPTIONS = DetectorOptions()
PASSED = Inspection(memory_bytes=50_000_000, seconds=0.4, known=False)


def test_what_was_kept_is_found_and_says_so(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path / "new" / "inspected")
    assert verdicts.find(SHA, OPTIONS) is None
    verdicts.keep(SHA, OPTIONS, PASSED)
    assert verdicts.find(SHA, OPTIONS) == replace(PASSED, known=True)
    assert len(os.listdir(tmp_path / "new" / "inspected")) == 1


def test_a_platform_without_memory_figures_is_remembered_too(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path)
    verdicts.keep(SHA, OPTIONS, replace(PASSED, memory_bytes=None))
    assert verdicts.find(SHA, OPTIONS) == replace(PASSED, memory_bytes=None, known=True)


def test_another_file_and_another_input_size_are_unknown(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path)
    verdicts.keep(SHA, OPTIONS, PASSED)
    assert verdicts.find("cd" * 32, OPTIONS) is None
    assert verdicts.find(SHA, DetectorOptions(input_size=(320, 640))) is None
    assert verdicts.find(SHA, DetectorOptions(head="yolox", threads=1, labels=("a",))) is not None


@pytest.mark.parametrize("change", [{"sha256": "cd" * 32}, {"inspection": 0}, {"onnxruntime": "0.1"}, {"seconds": "?"}])
def test_a_verdict_about_something_else_is_not_believed(tmp_path: Path, change: dict[str, object]) -> None:
    verdicts = Verdicts(tmp_path)
    verdicts.keep(SHA, OPTIONS, PASSED)
    [path] = tmp_path.iterdir()
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert verdicts.find(SHA, OPTIONS) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}", b"[" * 100_000, b'{"sha256": 1}'])
def test_a_damaged_verdict_is_not_believed_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    verdicts = Verdicts(tmp_path)
    verdicts.keep(SHA, OPTIONS, PASSED)
    [path] = tmp_path.iterdir()
    path.write_bytes(content)
    assert verdicts.find(SHA, OPTIONS) is None
    verdicts.keep(SHA, OPTIONS, PASSED)
    assert verdicts.find(SHA, OPTIONS) is not None
    assert len(os.listdir(tmp_path)) == 1


def test_where_nothing_can_be_kept_everything_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for verdicts in (Verdicts(tmp_path / "file" / "inspected"), Verdicts(None)):
        verdicts.keep(SHA, OPTIONS, PASSED)
        assert verdicts.find(SHA, OPTIONS) is None
