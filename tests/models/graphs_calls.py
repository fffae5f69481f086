"""Tiny ONNX graphs for how sessions are called: outputs of known and of unknown shape, and a run without an end."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
node = helper.make_node
Axis = int | str


def _model(
    nodes: Sequence[NodeProto],
    outputs: Mapping[str, tuple[int, Sequence[Axis]]],
    constants: Mapping[str, NDArray[np.generic]],
    image: Sequence[Axis] = ("batch", 4),
) -> bytes:
    images = helper.make_tensor_value_info("images", FLOAT, image)
    results = [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in outputs.items()]
    initializers = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(list(nodes), "calls", [images], results, initializers)
    imports = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=imports, ir_version=8).SerializeToString()


def tenfold(batch: Axis = "batch", shape: Sequence[Axis] = ("batch", 4)) -> bytes:
    """`ten` is the input times ten, and `whole` its integer part as int64."""
    nodes = [node("Mul", ["images", "tens"], ["ten"]), node("Cast", ["images"], ["whole"], to=TensorProto.INT64)]
    outputs = {"ten": (FLOAT, shape), "whole": (TensorProto.INT64, shape)}
    return _model(nodes, outputs, {"tens": np.array(10, np.float32)}, (batch, 4))


def as_many_as_positive() -> bytes:
    """`ten` as in `tenfold`, then `where`, (N, 2): the places of the N positive numbers, and `last` like `ten`."""
    nodes = [
        node("Mul", ["images", "tens"], ["ten"]),
        node("Greater", ["images", "zero"], ["positive"]),
        node("NonZero", ["positive"], ["places"]),
        node("Transpose", ["places"], ["where"], perm=[1, 0]),
        node("Add", ["ten", "zero"], ["last"]),
    ]
    outputs = {"ten": (FLOAT, ["batch", 4]), "where": (TensorProto.INT64, ["n", 2]), "last": (FLOAT, ["batch", 4])}
    return _model(nodes, outputs, {"tens": np.array(10, np.float32), "zero": np.array(0, np.float32)})


def other_than_declared() -> bytes:
    """Declares (batch, 7) and writes (batch, 4): its shape is known only when it has run."""
    nodes = [
        node("Shape", ["images"], ["shape"]),
        node("Mul", ["images", "tens"], ["product"]),
        node("Cast", ["shape"], ["numbers"], to=FLOAT),
        node("Cast", ["numbers"], ["again"], to=TensorProto.INT64),
        node("Reshape", ["product", "again"], ["ten"]),
    ]
    return _model(nodes, {"ten": (FLOAT, ["batch", 7])}, {"tens": np.array(10, np.float32)})


def endless() -> bytes:
    """The input (batch, 3, 2, 2), after a loop that has no end where its sum is positive."""
    body = helper.make_graph(
        [node("Identity", ["go"], ["go_on"]), node("Add", ["value", "one"], ["more"])],
        "body",
        [
            helper.make_tensor_value_info("turn", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value", FLOAT, []),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("more", FLOAT, []),
        ],
    )
    nodes = [
        node("ReduceSum", ["images"], ["sum"], keepdims=0),
        node("Greater", ["sum", "start"], ["bright"]),
        node("Loop", ["", "bright", "start"], ["last"], body=body),
        node("Add", ["images", "last"], ["same"]),
    ]
    constants = {"one": np.array(1, np.float32), "start": np.array(0, np.float32)}
    picture = ("batch", 3, 2, 2)
    return _model(nodes, {"same": (FLOAT, picture)}, constants, picture)
