"""Tiny convolutional detectors: white blocks of 32 x 32 pixels on a black picture are what they find."""

from typing import Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models.heads.grid import cell_count, cells_of

STRIDES = (8, 16, 32)
BLOCK = STRIDES[-1]
FAINT = 0.05
"""What a white cell of the finer grids scores: less than any floor."""

Grid = Literal["outside", "computed", "constant"]
Constants = dict[str, NDArray[np.generic]]


def grid_model(size: tuple[int, int], grid: Grid = "outside", batch: int | str = 1) -> bytes:
    """A detector whose file says of every value, from the input to the output, which shape it has at `size`.

    Args:
        size: (height, width) that the input is fixed to.
        grid: where cells become boxes: outside of the graph, which writes raw YOLOX rows; or inside of one that writes
            columns of YOLOv8, from cells that it counts as it runs, or from constants for `size`.
        batch: images per run; a string makes it free.
    """
    constants: Constants = {}
    nodes = [node for stride in STRIDES for node in _level(stride, grid, constants)]
    nodes.append(helper.make_node("Concat", [f"flat{stride}" for stride in STRIDES], ["columns"], axis=2))
    rows = cell_count(size, STRIDES)
    shape: list[int | str] = [batch, 6, rows]
    if grid == "outside":
        nodes.append(helper.make_node("Transpose", ["columns"], ["output"], perm=[0, 2, 1]))
        shape = [batch, rows, 7]
    else:
        cells = np.zeros((1, 6, rows if grid == "constant" else 1), np.float32)
        if grid == "constant":
            cell, stride = cells_of(np.arange(rows), size, STRIDES)
            cells[0, :2] = ((cell + 0.5) * stride).T
        nodes.append(helper.make_node("Add", ["columns", "cells"], ["output"]))
        constants["cells"] = cells
    graph = helper.make_graph(
        nodes,
        "detector",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [batch, 3, *size])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"names": "['block', 'nothing']"})
    onnx.checker.check_model(model)
    return onnx.shape_inference.infer_shapes(model).SerializeToString()


def _level(stride: int, grid: Grid, constants: Constants) -> list[onnx.NodeProto]:
    """One grid as `flat<stride>`, [batch, columns, cells]: each cell is an object as far as it is white."""
    bias = [0.5, 0.5, 0, 0, 0, 1, 0] if grid == "outside" else [0, 0, stride, stride, 0, 0]
    weight = np.zeros((len(bias), 3, 1, 1), np.float32)
    weight[4] = (1 if stride == BLOCK else FAINT) / 3 / (255 if grid == "outside" else 1)
    constants |= {f"weight{stride}": weight, f"bias{stride}": np.array(bias, np.float32)}
    constants["flat_shape"] = np.array([0, len(bias), -1], np.int64)
    nodes = [
        helper.make_node("AveragePool", ["images"], [f"mean{stride}"], kernel_shape=[stride] * 2, strides=[stride] * 2),
        helper.make_node("Conv", [f"mean{stride}", f"weight{stride}", f"bias{stride}"], [f"map{stride}"]),
    ]
    last = f"map{stride}"
    if grid == "computed":
        nodes += _counted(stride, constants)
        last = f"moved{stride}"
    return [*nodes, helper.make_node("Reshape", [last, "flat_shape"], [f"flat{stride}"])]


def _counted(stride: int, constants: Constants) -> list[onnx.NodeProto]:
    """Adds the centre of each cell, from sums over ones."""
    scale = np.zeros((6, 2, 1, 1), np.float32)
    scale[0, 0] = scale[1, 1] = stride
    constants |= {
        "no_weight": np.zeros((1, 3, 1, 1), np.float32),
        "one": np.ones(1, np.float32),
        "down": np.array(2),
        "right": np.array(3),
        f"scale{stride}": scale,
        f"half{stride}": np.array([-stride / 2, -stride / 2, 0, 0, 0, 0], np.float32),
    }
    return [
        helper.make_node("Conv", [f"mean{stride}", "no_weight", "one"], [f"ones{stride}"]),
        helper.make_node("CumSum", [f"ones{stride}", "right"], [f"column{stride}"]),
        helper.make_node("CumSum", [f"ones{stride}", "down"], [f"row{stride}"]),
        helper.make_node("Concat", [f"column{stride}", f"row{stride}"], [f"cell{stride}"], axis=1),
        helper.make_node("Conv", [f"cell{stride}", f"scale{stride}", f"half{stride}"], [f"centre{stride}"]),
        helper.make_node("Add", [f"map{stride}", f"centre{stride}"], [f"moved{stride}"]),
    ]
