"""Tiny ONNX graphs that show what they were fed: every kind of image input, and inputs beside it."""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Axis = int | str | None
FLOAT, HALF, BYTES, LONG = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.UINT8, TensorProto.INT64


def echo_model(
    inputs: Mapping[str, tuple[int, Sequence[Axis] | None]],
    *,
    initializers: Mapping[str, NDArray[np.generic]] | None = None,
    opset: int = 13,
    ir_version: int = 8,
    metadata: dict[str, str] | None = None,
) -> bytes:
    """A model that gives every input back, as `seen_<input>`; initializers are listed among its inputs."""
    nodes = [helper.make_node("Identity", [name], [f"seen_{name}"]) for name in inputs]
    outputs = [helper.make_tensor_value_info(f"seen_{name}", kind, axes) for name, (kind, axes) in inputs.items()]
    values = [helper.make_tensor_value_info(name, kind, axes) for name, (kind, axes) in inputs.items()]
    tensors = [numpy_helper.from_array(array, name) for name, array in (initializers or {}).items()]
    values += [helper.make_tensor_value_info(t.name, t.data_type, list(t.dims)) for t in tensors]
    graph = helper.make_graph(nodes, "echo", values, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)
    helper.set_model_props(model, metadata or {})
    return model.SerializeToString()


def channel_model(
    axes: Sequence[Axis] = ("batch", 3, 64, 64),
    kind: int = FLOAT,
    *,
    slope: float = 1.0,
    bias: float = 0.0,
    only_side: int | None = None,
    metadata: dict[str, str] | None = None,
) -> bytes:
    """A detector with finished boxes [batch, 3, 6]: one of each channel's class, its mean * slope + bias as score.

    Args:
        axes: of the input; the order of them says where the channels are.
        kind: of the input's numbers.
        only_side: the one height that it works at, whatever it declares.
    """
    channel_axis = len(axes) - 1 if axes[-1] == 3 and axes[-3] != 3 else len(axes) - 3
    across = [axis for axis in range(len(axes)) if axis != channel_axis and (len(axes) == 3 or axis != 0)]
    nodes = [
        helper.make_node("Cast", ["images"], ["numbers"], to=FLOAT),
        helper.make_node("ReduceMean", ["numbers"], ["means"], axes=across, keepdims=0),
        helper.make_node("Reshape", ["means", "rows"], ["column"]),
        helper.make_node("Mul", ["column", "slope"], ["scaled"]),
        helper.make_node("Add", ["scaled", "bias"], ["score"]),
        helper.make_node("Mul", ["column", "zero"], ["zeros"]),
        helper.make_node("Add", ["zeros", "box"], ["boxes"]),
        helper.make_node("Add", ["zeros", "class"], ["classes"]),
        helper.make_node("Concat", ["boxes", "score", "classes"], ["output"], axis=2),
    ]
    constants = {
        "rows": np.array([-1, 3, 1], np.int64),
        "slope": np.array([slope], np.float32),
        "bias": np.array([bias], np.float32),
        "zero": np.zeros(1, np.float32),
        "box": np.array([[[0, 0, 9, 9], [16, 16, 40, 40], [8, 40, 24, 56]]], np.float32),
        "class": np.arange(3, dtype=np.float32).reshape(1, 3, 1),
    }
    if only_side is not None:
        # Adding a line as long as the side fails on every other side.
        nodes.insert(1, helper.make_node("Add", ["numbers", "line"], ["checked"]))
        nodes[2].input[0] = "checked"
        constants["line"] = np.zeros((1, 1, only_side, 1), np.float32)
    return _detector(nodes, {"images": (kind, axes)}, constants, metadata)


def sized_model(extras: Mapping[str, tuple[int, Sequence[Axis]]], size: tuple[int, int] = (64, 96)) -> bytes:
    """A detector with one finished box per input beside the image, from 0, 0 to the first two numbers of that input."""
    nodes = [helper.make_node("ReduceMean", ["images"], ["means"], axes=[1, 2, 3], keepdims=1)]
    rows = []
    for number, name in enumerate(extras):
        nodes += [
            helper.make_node("Cast", [name], [f"cast_{name}"], to=FLOAT),
            helper.make_node("Reshape", [f"cast_{name}", "table"], [f"table_{name}"]),
            helper.make_node("Slice", [f"table_{name}", "start", "stop", "axis"], [f"corner_{name}"]),
            helper.make_node("Mul", [f"corner_{name}", "zero"], [f"origin_{name}"]),
            helper.make_node("Slice", [f"origin_{name}", "start", "one", "axis"], [f"nothing_{name}"]),
            helper.make_node("Add", [f"nothing_{name}", "certain"], [f"score_{name}"]),
            helper.make_node("Add", [f"nothing_{name}", f"class_{name}"], [f"number_{name}"]),
            helper.make_node(
                "Concat",
                [f"origin_{name}", f"corner_{name}", f"score_{name}", f"number_{name}"],
                [f"flat_{name}"],
                axis=1,
            ),
            helper.make_node("Reshape", [f"flat_{name}", "row"], [f"row_{name}"]),
        ]
        rows.append((f"row_{name}", f"class_{name}", np.array([number], np.float32)))
    nodes.append(helper.make_node("Concat", [row for row, _, _ in rows], ["output"], axis=1))
    constants = {
        "table": np.array([0, -1], np.int64),
        "row": np.array([-1, 1, 6], np.int64),
        "start": np.array([0], np.int64),
        "stop": np.array([2], np.int64),
        "one": np.array([1], np.int64),
        "axis": np.array([1], np.int64),
        "zero": np.zeros(1, np.float32),
        "certain": np.full(1, 0.9, np.float32),
        **{name: value for _, name, value in rows},
    }
    return _detector(nodes, {"images": (FLOAT, ("n", 3, *size)), **extras}, constants, None)


def session_of(content: bytes) -> ort.InferenceSession:
    """The model on the CPU, without onnxruntime's warnings about how old it is."""
    settings = ort.SessionOptions()
    settings.log_severity_level = 3
    return ort.InferenceSession(content, settings, providers=["CPUExecutionProvider"])


def _detector(
    nodes: list[onnx.NodeProto],
    inputs: Mapping[str, tuple[int, Sequence[Axis]]],
    constants: Mapping[str, NDArray[np.generic]],
    metadata: dict[str, str] | None,
) -> bytes:
    values = [helper.make_tensor_value_info(name, kind, axes) for name, (kind, axes) in inputs.items()]
    output = helper.make_tensor_value_info("output", FLOAT, None)
    tensors = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "detector", values, [output], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, {"head": "end2end", **(metadata or {})})
    return model.SerializeToString()
