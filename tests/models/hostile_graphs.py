"""Tiny ONNX files that would take a process down: memory, time, other files, depth."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
node = helper.make_node


def model(
    nodes: Sequence[NodeProto],
    constants: dict[str, NDArray[np.generic]] | None = None,
    *,
    output: tuple[str, int] = ("y", FLOAT),
    opsets: Sequence[tuple[str, int]] = (("", 17),),
    functions: Sequence[onnx.FunctionProto] = (),
    size: Sequence[int | str] = (1, 3, 64, 64),
) -> onnx.ModelProto:
    """A model of one image `x` and one output of unknown shape; nothing about it is checked."""
    image = helper.make_tensor_value_info("x", FLOAT, size)
    result = helper.make_tensor_value_info(output[0], output[1], None)
    initializers = [numpy_helper.from_array(array, name) for name, array in (constants or {}).items()]
    graph = helper.make_graph(list(nodes), "g", [image], [result], initializers)
    imports = [helper.make_opsetid(domain, version) for domain, version in opsets]
    return helper.make_model(graph, opset_imports=imports, ir_version=8, functions=list(functions))


def ints(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def _mean() -> NodeProto:
    return node("ReduceMean", ["x"], ["mean"], keepdims=0)


def constant_of_shape(count: int = 2**30) -> bytes:
    """Fills so many floats: some 150 bytes that take 4 GiB."""
    nodes = [
        node("Shape", ["x"], ["s"], start=0, end=1),
        node("Mul", ["s", "count"], ["big"]),
        node("ConstantOfShape", ["big"], ["y"]),
    ]
    return model(nodes, {"count": ints(count)}).SerializeToString()


def only_where(axis: int, value: int) -> bytes:
    """A detector that fills 32 GiB where that axis of its input has that value, and is harmless otherwise."""
    nodes = [
        node("Shape", ["x"], ["all"]),
        node("Gather", ["all", "axis"], ["side"]),
        node("Equal", ["side", "value"], ["there"]),
        node("Cast", ["there"], ["one"], to=TensorProto.INT64),
        node("Mul", ["one", "count"], ["big"]),
        node("ConstantOfShape", ["big"], ["filled"]),
        node("ReduceSum", ["filled"], ["sum"], keepdims=0),
        node("Gather", ["all", "first"], ["n"]),
        node("Concat", ["n", "rest"], ["shape"], axis=0),
        node("Expand", ["sum", "shape"], ["y"]),
    ]
    constants = {"axis": ints(axis), "value": ints(value), "count": ints(2**33), "first": ints(0), "rest": ints(300, 6)}
    return model(nodes, constants, size=("n", 3, "h", "w")).SerializeToString()


def expand(count: int = 2**31) -> bytes:
    """Repeats one number so many times."""
    return model([_mean(), node("Expand", ["mean", "shape"], ["y"])], {"shape": ints(count)}).SerializeToString()


def tile() -> bytes:
    """Repeats the picture 2^20 times."""
    return model([node("Tile", ["x", "n"], ["y"])], {"n": ints(1, 1, 2**10, 2**10)}).SerializeToString()


def resize() -> bytes:
    """Makes the picture 1000 times as high and as wide."""
    scales = np.array([1, 1, 1000, 1000], np.float32)
    nodes = [node("Resize", ["x", "", "scales"], ["y"], mode="nearest")]
    return model(nodes, {"scales": scales}).SerializeToString()


def folding_bomb() -> bytes:
    """Only constants, so that the optimiser computes 16 GiB before anything runs."""
    nodes = [
        node("Expand", ["one", "shape"], ["big"]),
        node("Mul", ["big", "big"], ["square"]),
        node("ReduceSum", ["square"], ["sum"], keepdims=0),
        node("Add", ["x", "sum"], ["y"]),
    ]
    constants = {"one": np.ones(1, np.float32), "shape": ints(2**32)}
    return model(nodes, constants).SerializeToString()


def doubling(steps: int = 34) -> bytes:
    """Appends the picture to itself so often: few nodes, 2^34 times the memory."""
    names = ["x", *(f"v{step}" for step in range(steps - 1)), "y"]
    nodes = [node("Concat", [a, a], [b], axis=0) for a, b in pairwise(names)]
    return model(nodes).SerializeToString()


def endless(*, folded: bool = False) -> bytes:
    """A loop without an end; `folded`: made of constants, so that it already runs while the graph is optimised."""
    body = helper.make_graph(
        [node("Identity", ["c"], ["c_out"]), node("Add", ["v", "one"], ["v_out"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("c", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", FLOAT, []),
        ],
        [
            helper.make_tensor_value_info("c_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v_out", FLOAT, []),
        ],
    )
    constants = {"yes": np.array(True), "one": np.array(1, np.float32), "start": np.array(0, np.float32)}
    first = "start" if folded else "mean"
    nodes = [_mean(), node("Loop", ["", "yes", first], ["last"], body=body), node("Add", ["x", "last"], ["y"])]
    return model(nodes, constants).SerializeToString()


def function_bomb(levels: int = 40) -> bytes:
    """Functions that call each other twice each: 2^levels nodes once they are written out."""
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    functions = [helper.make_function("own", "f0", ["a"], ["b"], [node("Relu", ["a"], ["b"])], opsets)]
    for level in range(1, levels):
        callee = f"f{level - 1}"
        calls = [node(callee, ["a"], ["m"], domain="own"), node(callee, ["m"], ["b"], domain="own")]
        functions.append(helper.make_function("own", f"f{level}", ["a"], ["b"], calls, opsets))
    nodes = [node(f"f{levels - 1}", ["x"], ["y"], domain="own")]
    return model(nodes, opsets=[("", 17), ("own", 1)], functions=functions).SerializeToString()


def nested(levels: int) -> bytes:
    """So many If nodes inside each other, written byte by byte: protobuf's own writer refuses the deep ones."""
    wanted = helper.make_tensor_value_info("b", FLOAT, None)
    made = model([], {"yes": np.array(True)}, output=("b", FLOAT))
    inner = helper.make_graph([node("Identity", ["x"], ["b"])], "g", [], [wanted]).SerializeToString()
    for _ in range(levels):
        branches = [
            _field(5, _field(1, name) + _field(6, graph) + b"\xa0\x01\x05")
            for name, graph in ((b"then_branch", inner), (b"else_branch", _shallow(wanted)))
        ]
        choice = _field(1, b"yes") + _field(2, b"b") + _field(4, b"If") + b"".join(branches)
        inner = _field(1, choice) + _field(2, b"g") + _field(12, wanted.SerializeToString())
    graph = made.graph.SerializeToString() + inner[: inner.rindex(_field(2, b"g"))]
    made.ClearField("graph")
    return made.SerializeToString() + _field(7, graph)


def _shallow(wanted: onnx.ValueInfoProto) -> bytes:
    return helper.make_graph([node("Identity", ["x"], ["b"])], "g", [], [wanted]).SerializeToString()


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited field of a protobuf message."""
    length, size = len(payload), bytearray()
    while length >= 0x80:
        size.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([number << 3 | 2, *size, length]) + payload


def outside(where: str, location: str = "/etc/passwd") -> bytes:
    """A tensor that lies in another file: in the graph, a subgraph, a function, a sparse one, the training part."""
    tensor = TensorProto(name="w", data_type=FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    made = model([node("Relu", ["x"], ["y"])])
    if where == "graph":
        made.graph.initializer.append(tensor)
    elif where == "subgraph":
        wanted = helper.make_tensor_value_info("b", FLOAT, None)
        branch = helper.make_graph([node("Add", ["x", "w"], ["b"])], "branch", [], [wanted], [tensor])
        choice = node("If", ["yes"], ["z"], then_branch=branch, else_branch=branch)
        made.graph.node.append(choice)
        made.graph.initializer.append(numpy_helper.from_array(np.array(True), "yes"))
    elif where == "attribute":
        made.graph.node.append(node("Constant", [], ["w"], value=tensor))
    elif where == "function":
        opsets = [helper.make_opsetid("", 17)]
        made.functions.append(
            helper.make_function("own", "f", [], ["w"], [node("Constant", [], ["w"], value=tensor)], opsets)
        )
    elif where == "sparse":
        made.graph.sparse_initializer.add(values=tensor, dims=[100])
    elif where == "training":
        made.training_info.add().algorithm.initializer.append(tensor)
    elif where == "unnamed":
        del tensor.external_data[:]
        made.graph.initializer.append(tensor)
    return made.SerializeToString()


def wrong_shapes() -> bytes:
    """Adds a 5-vector to a 7-vector."""
    constants = {"a": np.zeros(5, np.float32), "b": np.zeros(7, np.float32)}
    nodes = [node("Add", ["a", "b"], ["c"]), node("Add", ["x", "c"], ["y"])]
    return model(nodes, constants).SerializeToString()


def short_weights() -> bytes:
    """Weights that say they are 2^40 numbers and are four."""
    made = model([node("Add", ["x", "w"], ["y"])], {"w": np.zeros(4, np.float32)})
    made.graph.initializer[0].dims[:] = [2**40]
    return made.SerializeToString()


def negative_size() -> bytes:
    """Weights with a negative number of rows."""
    made = model([node("Add", ["x", "w"], ["y"])], {"w": np.zeros(4, np.float32)})
    made.graph.initializer[0].dims[:] = [-4]
    return made.SerializeToString()


def text_output() -> bytes:
    """Answers with text."""
    nodes = [_mean(), node("Cast", ["mean"], ["y"], to=TensorProto.STRING)]
    return model(nodes, output=("y", TensorProto.STRING)).SerializeToString()


def no_boxes() -> bytes:
    """Answers with a table of 0 columns."""
    nodes = [_mean(), node("Expand", ["mean", "shape"], ["y"])]
    return model(nodes, {"shape": ints(1, 100, 0)}).SerializeToString()
