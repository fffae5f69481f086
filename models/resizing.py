"""A model whose file fixes the size of its input, rewritten for another size.

Many exports write down the size that they were traced with, though their graph is nothing but convolutions and would
run at any: the number is a remark, and the weights do not depend on it. Pictures of 16:9 leave 44 % of a square input
grey. Whether a model can do without its own size shows only when it has run: `models.growth` looks at what it writes.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.signature import Signature

if TYPE_CHECKING:
    from onnx import GraphProto, TensorShapeProto


def resized(content: bytes, signature: Signature, input_hw: tuple[int, int]) -> bytes:
    """The model with an image input of another height and width; its batch, weights and nodes stay.

    What the file says about the shapes of values in between and of the outputs is dropped: it was true for the old
    size only, and onnxruntime refuses a graph that contradicts itself.

    Args:
        content: an ONNX file that onnxruntime has opened.
        signature: of its inputs.
        input_hw: the new (height, width).
    """
    # Imported here: it takes 0.1 s, and few models are rewritten.
    import onnx

    model = onnx.load_model_from_string(content)
    for value in model.graph.input:
        if value.name == signature.image:
            _set_sides(value.type.tensor_type.shape, signature, input_hw)
    for value in model.graph.output:
        for axis in value.type.tensor_type.shape.dim:
            axis.Clear()
    for graph in _graphs(model.graph):
        del graph.value_info[:]
    return bytes(model.SerializeToString())


def _set_sides(shape: "TensorShapeProto", signature: Signature, input_hw: tuple[int, int]) -> None:
    """Writes the height and the width, which are the last two axes of the image, or those before its channels."""
    first = -2 if signature.layout == "nchw" else -3
    for place, side in enumerate(input_hw, start=len(shape.dim) + first):
        shape.dim[place].dim_value = side


def _graphs(graph: "GraphProto") -> "Iterator[GraphProto]":
    """The graph, and those inside its nodes, one by one however deep they lie."""
    waiting = [graph]
    while waiting:
        graph = waiting.pop()
        yield graph
        for node in graph.node:
            for attribute in node.attribute:
                waiting += [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]
