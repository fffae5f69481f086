"""Class names out of metadata that strangers wrote."""

from pathlib import Path

import pytest

from models.detector import ModelUnsupported
from models.labels import COCO, labels_beside, labels_for, labels_in


def test_coco_has_eighty_different_names() -> None:
    assert len(set(COCO)) == len(COCO) == 80
    assert (COCO[0], COCO[2], COCO[79]) == ("person", "car", "toothbrush")


def test_names_are_read_as_a_dict_and_as_a_list() -> None:
    assert labels_in({"names": "{1: 'car', 0: 'person'}"}) == ("person", "car")
    assert labels_in({"names": "['person', 'car']"}) == ("person", "car")


def test_names_are_read_as_json_whose_keys_are_text() -> None:
    assert labels_in({"names": '{"10": "k", "0": "a"}'}) == ("a", *(f"class {n}" for n in range(1, 10)), "k")


def test_a_gap_among_the_names_is_filled() -> None:
    assert labels_in({"names": "{2: 'car', 0: 'person'}"}) == ("person", "class 1", "car")


@pytest.mark.parametrize("text", ["", "__import__('os')", "{", "7", "{}", "[]", "(" * 500, "{'a': 'b'}", "{-1: 'x'}"])
def test_names_that_make_no_sense_are_none(text: str) -> None:
    assert labels_in({"names": text}) is None


def test_a_huge_class_id_does_not_make_a_huge_list() -> None:
    assert labels_in({"names": "{0: 'a', 1000000000: 'b'}"}) == ("a",)


def test_names_lose_control_characters_and_excess() -> None:
    assert labels_in({"names": repr(["a\x1b[31m\nb", "x" * 200])}) == ("a[31mb", "x" * 80)


def test_no_metadata_is_no_names() -> None:
    assert labels_in({}) is None


def test_without_names_eighty_classes_are_coco_and_others_are_numbered() -> None:
    assert labels_for(None, 80) == COCO
    assert labels_for(None, 2) == ("class 0", "class 1")
    assert labels_for(None, None) == ()


def test_the_ids_of_the_annotations_of_coco_have_gaps() -> None:
    names = labels_for(None, 91)
    assert len(names) == 91
    assert (names[0], names[1], names[3], names[13], names[90]) == (
        "background", "person", "car", "stop sign", "toothbrush",
    )  # fmt: skip
    assert set(COCO) < set(names)


def test_labels_of_a_model_whose_ids_begin_at_one_may_name_the_background_or_not() -> None:
    assert labels_for(("cat", "dog"), None, first_class=1) == ("background", "cat", "dog")
    assert labels_for(("__background__", "cat"), None, first_class=1) == ("__background__", "cat")
    assert labels_for(("cat", "dog"), None) == ("cat", "dog")
    assert labels_for(None, 81, first_class=1) == ("background", *COCO)


def test_a_file_of_labels_that_is_empty_counts_as_none_and_one_that_is_no_text_is_refused(tmp_path: Path) -> None:
    model = tmp_path / "m.onnx"
    assert labels_beside(model) is None
    (tmp_path / "m.labels.txt").write_text("\n\n")
    assert labels_beside(model) is None
    (tmp_path / "m.labels.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ModelUnsupported, match=r"m\.labels\.txt is no text in UTF-8"):
        labels_beside(model)
    (tmp_path / "m.labels.txt").write_bytes(b"\xef\xbb\xbfcat\r\ndog\r\n")
    assert labels_beside(model) == ("cat", "dog")
