"""A real model that never ends on bright pictures, built node by node."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def looping_model() -> bytes:
    """One box, class 0, in 64 x 64 pixels; a loop turns without end while a picture of the batch is almost white.

    The input is [batch, 3, 64, 64] from 0 to 1, the output [batch, 300, 6]: x1, y1, x2, y2, score, class.
    """
    table = np.zeros((1, 300, 6), np.float32)
    table[0, 0] = (8, 16, 24, 48, 0.9, 0)
    constants = {"table": table, "column": np.array([-1, 1, 1], np.int64), "white": np.array(0.95, np.float32)}
    constants |= {"nothing": np.array(0.0, np.float32), "start": np.array(1.0, np.float32)}
    body = helper.make_graph(
        [helper.make_node("Identity", ["bright"], ["again"]), helper.make_node("Sqrt", ["value"], ["next"])],
        "turn",
        [
            helper.make_tensor_value_info("turns", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value", TensorProto.FLOAT, []),
        ],
        [
            helper.make_tensor_value_info("again", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, []),
        ],
    )
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["means"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("ReduceMax", ["means"], ["most"], keepdims=0),
        helper.make_node("Greater", ["most", "white"], ["bright"]),
        helper.make_node("Loop", ["", "bright", "start"], ["turned"], body=body),
        helper.make_node("Mul", ["turned", "nothing"], ["zero"]),
        helper.make_node("Reshape", ["means", "column"], ["rows"]),
        helper.make_node("Mul", ["rows", "zero"], ["zeros"]),
        helper.make_node("Add", ["zeros", "table"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "looping",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 3, 64, 64])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", 300, 6])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()
