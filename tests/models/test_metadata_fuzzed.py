"""Metadata and files beside a model, written by strangers: nothing but a value or none comes out of them."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.detector import ModelUnsupported
from models.labels import MAX_NAME, MOST_BYTES, labels_beside, labels_in
from models.metadata import boxes_in, colour_in, keypoint_columns, nms_iou_in, size_in, stride_in, triple_in

LITERALS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(-2, 20), inner, max_size=4),
    max_leaves=10,
).map(repr)
TEXTS = LITERALS | st.text(max_size=40) | st.text("[](){}:,'\"0123456789-+.ej_\\x ", max_size=30)


@given(text=TEXTS)
@example(text="{[]: 1}")
@example(text="{{}}")
@example(text="[0x" + "f" * 20_000 + "]")
@example(text="9" * 5000)
@example(text="-" * 10_000 + "1")
@example(text="'\\d'")
@example(text="\x00")
def test_no_text_raises(text: str) -> None:
    keys = ("names", "imgsz", "stride", "nms_iou", "boxes", "kpt_shape", "colour", "color", "mean", "std")
    metadata = dict.fromkeys(keys, text)
    for read in (size_in, stride_in, nms_iou_in, boxes_in, colour_in, keypoint_columns):
        read(metadata)
    for key in ("mean", "std"):
        triple = triple_in(metadata, key)
        assert triple is None or len(triple) == 3
    size = size_in(metadata)
    assert size is None or all(32 <= side <= 8192 for side in size)
    for name in labels_in(metadata) or ():
        assert len(name) <= MAX_NAME
        assert name.isprintable()


def test_names_that_are_numbers_are_taken_unless_they_are_endless() -> None:
    assert labels_in({"names": "{0: 7, 1: 'x', 2: 2.5}"}) == ("7", "x", "class 2")
    assert labels_in({"names": "[0x" + "f" * 20_000 + ", 1]"}) == ("class 0", "1")


@given(content=st.binary(max_size=60))
def test_any_file_of_labels_is_read_or_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("labels")
    (folder / "m.labels.txt").write_bytes(content)
    with suppress(ModelUnsupported):
        assert all(name.isprintable() for name in labels_beside(folder / "m.onnx") or ())


def test_a_file_of_labels_that_is_a_pipe_or_too_large_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.labels.txt")
    with pytest.raises(ModelUnsupported, match=r"pipe\.labels\.txt cannot be read: it is not a regular file"):
        labels_beside(tmp_path / "pipe.onnx")
    (tmp_path / "large.labels.txt").write_bytes(b"a\n" * (MOST_BYTES // 2 + 1))
    with pytest.raises(ModelUnsupported, match=r"large\.labels\.txt cannot be read: it has"):
        labels_beside(tmp_path / "large.onnx")
