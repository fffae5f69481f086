"""Pools of growing size over one value are chained, and nothing else is touched."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from models.lighter import lighter


def pool(size: int, **others: Any) -> Mapping[str, Any]:
    return {"kernel_shape": [size, size], "pads": [size // 2] * 4, "strides": [1, 1], **others}


def pooled_model(pools: Sequence[Mapping[str, Any]]) -> bytes:
    """Pools of `x` (1, 2, free, free) beside each other, stacked in their order."""
    nodes = [helper.make_node("MaxPool", ["x"], [f"p{index}"], **given) for index, given in enumerate(pools)]
    nodes.append(helper.make_node("Concat", [f"p{index}" for index in range(len(pools))], ["y"], axis=1))
    graph = helper.make_graph(
        nodes,
        "pools",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, "h", "w"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2 * len(pools), "i", "j"])],
    )
    return bytes(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8).SerializeToString()
    )


def answer(content: bytes, side: int) -> NDArray[np.float32]:
    x = np.random.default_rng(3).normal(size=(1, 2, side, side + 1)).astype(np.float32)
    session = ort.InferenceSession(content, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": x})[0])


def sizes(content: bytes) -> list[int]:
    graph = onnx.load_model_from_string(content).graph
    return [helper.get_node_attr_value(node, "kernel_shape")[0] for node in graph.node if node.op_type == "MaxPool"]


@pytest.mark.parametrize("side", [20, 6], ids=["a picture", "a picture smaller than the pool"])
@pytest.mark.parametrize("order", [(5, 9, 13), (13, 5, 9)], ids=["growing", "the largest first"])
def test_chained_pools_answer_the_same_to_the_bit(order: Sequence[int], side: int) -> None:
    model = pooled_model([pool(size) for size in order])

    chained = lighter(model)

    assert sizes(chained) == [5, 5, 5]
    np.testing.assert_array_equal(answer(chained, side), answer(model, side))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(pool(5), id="of the same size"),
        pytest.param(pool(9, strides=[2, 2], pads=[4, 4, 4, 4]), id="with a stride"),
        pytest.param(pool(9, pads=[0, 0, 0, 0]), id="without a border"),
        pytest.param(pool(9, dilations=[2, 2], pads=[8, 8, 8, 8]), id="with gaps"),
        pytest.param({"kernel_shape": [9, 5], "pads": [4, 2, 4, 2]}, id="that is no square"),
    ],
)
def test_a_pool_that_does_not_fit_stays_as_it_is(other: Mapping[str, Any]) -> None:
    model = pooled_model([pool(5), other])

    assert lighter(model) is model
