"""Tiny ONNX detectors with known outputs, built node by node."""

from collections.abc import Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Axis = int | str


def table_model(
    table: NDArray[np.floating],
    *,
    slope: NDArray[np.floating] | None = None,
    batch: Axis = "batch",
    size: tuple[Axis, Axis] = (64, 64),
    metadata: dict[str, str] | None = None,
    output: str = "output",
    half: bool = False,
    only_one: bool = False,
) -> bytes:
    """A model whose one output is `table` + `slope` * (mean of the image's input values), [batch, *table.shape].

    Args:
        batch, size: axes of the input; a string makes one free.
        half: float16 throughout.
        only_one: declares a free batch, but fails on more than one image, as some exports do.
    """
    kind = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    dtype = np.float16 if half else np.float32
    slope = np.zeros_like(table) if slope is None else slope
    shape = np.array([1 if only_one else -1, 1, 1], np.int64)
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Reshape", ["mean", "shape"], ["brightness"]),
        helper.make_node("Mul", ["brightness", "slope"], ["change"]),
        helper.make_node("Add", ["change", "table"], [output]),
    ]
    constants = {"shape": shape, "slope": slope[None].astype(dtype), "table": table[None].astype(dtype)}
    images = helper.make_tensor_value_info("images", kind, [batch, 3, *size])
    result = helper.make_tensor_value_info(output, kind, [batch, *table.shape])
    return _serialised(nodes, [images], [result], constants, metadata)


def rtdetr_model(
    labels: Sequence[int], boxes: NDArray[np.floating], scores: Sequence[float], names: Sequence[str] | None = None
) -> bytes:
    """A model with `labels`, `boxes` and `scores`, whose boxes (0 to 1) are scaled by `orig_target_sizes`.

    Args:
        names: of the three outputs, in place of those.
    """
    label, box, score = names or ("labels", "boxes", "scores")
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Reshape", ["mean", "column"], ["brightness"]),
        helper.make_node("Mul", ["brightness", "zero"], ["zeros"]),
        helper.make_node("Add", ["zeros", "score_row"], [score]),
        helper.make_node("Add", ["zeros", "label_row"], ["label_floats"]),
        helper.make_node("Cast", ["label_floats"], [label], to=TensorProto.INT64),
        helper.make_node("Cast", ["orig_target_sizes"], ["sizes"], to=TensorProto.FLOAT),
        helper.make_node("Concat", ["sizes", "sizes"], ["four"], axis=1),
        helper.make_node("Unsqueeze", ["four", "one"], ["scale"]),
        helper.make_node("Mul", ["scale", "box_rows"], [box]),
    ]
    constants = {
        "column": np.array([-1, 1], np.int64),
        "zero": np.zeros(1, np.float32),
        "one": np.array([1], np.int64),
        "score_row": np.array([scores], np.float32),
        "label_row": np.array([labels], np.float32),
        "box_rows": boxes[None].astype(np.float32),
    }
    inputs = [
        helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 3, 64, 128]),
        helper.make_tensor_value_info("orig_target_sizes", TensorProto.INT64, ["N", 2]),
    ]
    outputs = [
        helper.make_tensor_value_info(label, TensorProto.INT64, ["N", len(labels)]),
        helper.make_tensor_value_info(box, TensorProto.FLOAT, ["N", len(labels), 4]),
        helper.make_tensor_value_info(score, TensorProto.FLOAT, ["N", len(labels)]),
    ]
    return _serialised(nodes, inputs, outputs, constants, None)


def _serialised(
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
    constants: dict[str, NDArray[np.generic]],
    metadata: dict[str, str] | None,
) -> bytes:
    initializers = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "detector", inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    onnx.checker.check_model(model)
    return model.SerializeToString()
