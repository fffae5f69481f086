"""Generated detectors of YOLOX's shape, random weights: as large as wanted, in single or half precision, batch free."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import DTypeLike
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

CLASSES = 80
SELDOM = -6.0
"""Bias of the objectness: a trained model sees nothing nearly everywhere, and what is seen costs time on the host."""


@dataclass(slots=True)
class _Graph:
    dtype: DTypeLike
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    nodes: list[NodeProto] = field(default_factory=list)
    weights: list[TensorProto] = field(default_factory=list)

    def add(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """A node; the name of its output."""
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def weight(self, values: np.ndarray, dtype: DTypeLike | None = None) -> str:
        """A constant; its name."""
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values.astype(dtype or self.dtype), name))
        return name

    def conv(self, source: str, channels: tuple[int, int], kernel: int, stride: int, bias: np.ndarray) -> str:
        """A convolution from so many channels to so many."""
        wide = (channels[1], channels[0], kernel, kernel)
        values = self.rng.normal(0, (channels[0] * kernel * kernel) ** -0.5, wide)
        inputs = [source, self.weight(values), self.weight(bias)]
        margin = (kernel - stride + 1) // 2
        return self.add("Conv", inputs, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[margin] * 4)

    def block(self, source: str, channels: tuple[int, int], kernel: int = 3, stride: int = 1) -> str:
        """A convolution and SiLU."""
        found = self.conv(source, channels, kernel, stride, np.zeros(channels[1]))
        return self.add("Mul", [found, self.add("Sigmoid", [found])])

    def head(self, source: str, width: int) -> str:
        """(batch, 5 + classes, cells) of one scale, scores as probabilities."""
        bias = np.zeros(5 + CLASSES)
        bias[4] = SELDOM
        raw = self.conv(self.block(source, (width, width)), (width, 5 + CLASSES), 1, 1, bias)
        split = self.weight(np.array([4, 1 + CLASSES]), np.int64)
        box, score = f"{raw}_box", f"{raw}_score"
        self.nodes.append(helper.make_node("Split", [raw, split], [box, score], axis=1))
        whole = self.add("Concat", [box, self.add("Sigmoid", [score])], axis=1)
        return self.add("Reshape", [whole, self.weight(np.array([0, 5 + CLASSES, -1]), np.int64)])


def yolox_shaped(width: int, depth: int, side: int, dtype: DTypeLike = np.float32) -> ModelProto:
    """A detector that YOLOX's head reads: `images` (batch, 3, side, side) to `output` (batch, cells, 85).

    Args:
        width: channels after the first convolution; they double with each of the five halvings.
        depth: convolutions at each scale.
        side: of the input in pixels, a multiple of 32.
        dtype: of weights, input and output.
    """
    graph = _Graph(dtype)
    value, channels = graph.block("images", (3, width), 6, 2), width
    heads = []
    for halvings in range(2, 6):
        value = graph.block(value, (channels, 2 * channels), 4, 2)
        channels *= 2
        for _ in range(depth):
            value = graph.add("Add", [value, graph.block(value, (channels, channels))])
        if halvings >= 3:
            heads.append(graph.head(value, channels))
    rows = graph.add("Concat", heads, axis=2)
    graph.nodes.append(helper.make_node("Transpose", [rows], ["output"], perm=[0, 2, 1]))
    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    shape = helper.make_tensor_value_info
    made = helper.make_graph(
        graph.nodes, "yolox-shaped",
        [shape("images", element, ["batch", 3, side, side])],
        [shape("output", element, ["batch", sum((side // s) ** 2 for s in (8, 16, 32)), 5 + CLASSES])],
        graph.weights,
    )  # fmt: skip
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
