"""Graphs that are looked through, and never run, in this process."""

from contextlib import suppress

import numpy as np
import onnxruntime as ort
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models import ModelBroken
from models.graphcheck import check_graph, why_refused
from tests.models import hostile_graphs as hostile
from tests.models.graphs import table_model
from tests.models.hostile_graphs import model, node

GOOD = table_model(np.zeros((300, 6), np.float32))


def test_a_good_graph_passes_and_nothing_is_to_be_said_about_it() -> None:
    check_graph(GOOD, "m")
    assert why_refused(GOOD, "m") is None


@pytest.mark.parametrize("where", ["graph", "subgraph", "attribute", "function", "sparse", "training", "unnamed"])
def test_weights_in_another_file_are_refused_wherever_that_is_said(where: str) -> None:
    with pytest.raises(ModelBroken, match="m keeps the weights 'w' in another file, which is refused: export it as"):
        check_graph(hostile.outside(where), "m")


def test_metadata_about_a_location_is_not_mistaken_for_weights() -> None:
    check_graph(table_model(np.zeros((300, 6), np.float32), metadata={"location": "Berlin"}), "m")


@pytest.mark.parametrize("eighth", range(8))
def test_a_part_of_a_file_is_no_model(eighth: int) -> None:
    with pytest.raises(ModelBroken, match="m is no ONNX model"):
        check_graph(GOOD[: len(GOOD) * eighth // 8], "m")


def test_a_graph_that_is_too_deep_to_decode_is_no_model() -> None:
    check_graph(hostile.nested(20), "m")
    with pytest.raises(ModelBroken, match="m is no ONNX model"):
        check_graph(hostile.nested(2000), "m")


@settings(max_examples=60)
@given(content=st.binary(max_size=300), at=st.integers(0, 500), whole=st.booleans())
@example(content=b"", at=0, whole=False)
def test_no_bytes_raise_anything_but_model_broken(content: bytes, at: int, whole: bool) -> None:
    if whole:
        content = GOOD[:at] + content + GOOD[at + len(content) :]
    with suppress(ModelBroken):
        check_graph(content, "m")
    assert isinstance(why_refused(content, "m"), str | None)


def test_an_operator_of_a_stranger_is_named_with_its_domain() -> None:
    content = model([node("Foo", ["x"], ["y"], domain="my.ops")], opsets=[("", 17), ("my.ops", 1)])
    said = why_refused(content.SerializeToString(), "m")
    assert said is not None
    assert said.startswith(
        f"m uses the operator 'Foo' of domain 'my.ops', which onnxruntime {ort.__version__} does not"
    )


def test_many_unknown_operators_are_counted() -> None:
    content = model([node(f"Foo{i}", ["x"], [f"y{i}"]) for i in range(9)])
    said = why_refused(content.SerializeToString(), "m")
    assert said is not None
    assert "'Foo0' of domain 'ai.onnx', 'Foo1' of domain 'ai.onnx', 'Foo2' of domain 'ai.onnx' and 6 more" in said


def test_operators_that_the_file_defines_itself_are_known() -> None:
    assert why_refused(hostile.function_bomb(3), "m") is None


def test_a_version_that_is_too_new_is_named_with_the_newest_that_is_known() -> None:
    content = model([node("Relu", ["x"], ["y"])], opsets=[("", 999)]).SerializeToString()
    said = why_refused(content, "m")
    assert said is not None
    assert said.startswith("m needs version 999 of the ONNX operators, and onnxruntime ")


def test_of_bytes_that_are_no_model_there_is_nothing_to_explain() -> None:
    assert why_refused(b"\xff" * 50, "m") is None
