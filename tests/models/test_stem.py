"""A stack of strided slices in front of a convolution is folded into it, and nothing else is touched."""

from collections.abc import Sequence

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models import DetectorOptions
from models.lighter import lighter
from models.session import open_session

CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))
FOREVER = 2**63 - 1


def focus_model(
    *,
    corners: Sequence[tuple[int, int]] = CORNERS,
    end: int = FOREVER,
    step: int = 2,
    group: int = 1,
    joint: bool = False,
    stack_is_output: bool = False,
    weights_are_input: bool = False,
    pads: Sequence[int] = (1, 0, 1, 2),
    strides: Sequence[int] = (1, 2),
) -> bytes:
    """Slices of `x` (1, 3, free, free), stacked and convolved by 3 x 3 into (1, 4, free, free)."""
    rng = np.random.default_rng(7)
    initializers = [
        numpy_helper.from_array(rng.normal(size=(4, 12 // group, 3, 3)).astype(np.float32), "w"),
        numpy_helper.from_array(rng.normal(size=4).astype(np.float32), "b"),
    ]

    def constant(name: str, values: list[int]) -> str:
        initializers.append(numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    nodes = []
    for index, corner in enumerate(corners):
        cuts = [(list(corner), [2, 3])] if joint else [([corner[0]], [2]), ([corner[1]], [-1])]
        source = "x"
        for number, (starts, axes) in enumerate(cuts):
            prefix, count = f"cut{index}_{number}", len(axes)
            given = {"starts": starts, "ends": [end] * count, "axes": axes, "steps": [step] * count}
            names = [constant(f"{prefix}_{key}", values) for key, values in given.items()]
            nodes.append(helper.make_node("Slice", [source, *names], [prefix]))
            source = prefix
        nodes[-1].output[0] = f"corner{index}"
    nodes.append(helper.make_node("Concat", [f"corner{index}" for index in range(4)], ["stack"], axis=1))
    nodes.append(
        helper.make_node(
            "Conv", ["stack", "w", "b"], ["y"], kernel_shape=[3, 3], pads=pads, strides=strides, group=group
        )
    )
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, "h", "w"])]
    if weights_are_input:
        inputs.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, [4, 12 // group, 3, 3]))
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4, "rows", "columns"])]
    if stack_is_output:
        outputs.append(helper.make_tensor_value_info("stack", TensorProto.FLOAT, [1, 12, "i", "j"]))
    graph = helper.make_graph(nodes, "focus", inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return bytes(model.SerializeToString())


def answer(content: bytes) -> NDArray[np.float32]:
    x = np.random.default_rng(3).normal(size=(1, 3, 12, 16)).astype(np.float32)
    session = ort.InferenceSession(content, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["y"], {"x": x})[0])


def operators(content: bytes) -> list[str]:
    return [node.op_type for node in onnx.load_model_from_string(content).graph.node]


@pytest.mark.parametrize("joint", [False, True], ids=["one axis at a time", "both axes at once"])
@pytest.mark.parametrize("corners", [CORNERS, tuple(reversed(CORNERS))], ids=["rows first", "backwards"])
def test_a_folded_model_answers_the_same_with_the_convolution_alone(
    joint: bool, corners: Sequence[tuple[int, int]]
) -> None:
    model = focus_model(joint=joint, corners=corners)

    folded = lighter(model)

    assert operators(folded) == ["Conv"]
    np.testing.assert_allclose(answer(folded), answer(model), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(focus_model(corners=((0, 0), (1, 0), (0, 1), (0, 1))), id="a corner twice"),
        pytest.param(focus_model(end=8), id="slices that end early"),
        pytest.param(focus_model(step=1, corners=((0, 0),) * 4), id="slices without a step"),
        pytest.param(focus_model(group=4), id="a grouped convolution"),
        pytest.param(focus_model(stack_is_output=True), id="the stack is an output"),
        pytest.param(focus_model(weights_are_input=True), id="weights that a caller may change"),
        pytest.param(b"Slice Slice Slice Slice", id="no model"),
    ],
)
def test_what_is_not_the_pattern_stays_as_it_is_byte_for_byte(model: bytes) -> None:
    assert lighter(model) is model


def test_a_session_on_the_cpu_runs_the_folded_model() -> None:
    opened = open_session(focus_model(), "focus", "cpu", DetectorOptions(threads=1))
    x = np.random.default_rng(3).normal(size=(1, 3, 12, 16)).astype(np.float32)

    found = opened.session.run(["y"], {"x": x})[0]

    np.testing.assert_array_equal(found, answer(lighter(focus_model())))
