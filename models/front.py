"""Nodes in front of a detector that turn pixels into its input, so that only uint8 pixels cross the bus to a GPU.

A picture of 640 x 640 is 1.2 MB of pixels and 4.9 MB of float32. What the nodes do is what `InputBuffer` does: scale,
mean and deviation, colour order, and the transpose that a host would spend memory bandwidth on.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.preprocess import Pixels
from models.signature import Signature
from models.zero_axes import free_zero_axes

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

OLDEST_OPSET = 7
"""From here on Mul and Add broadcast by themselves."""


def can_have_front(signature: Signature) -> bool:
    """Whether nodes in front would save anything: a model of uint8 takes the pixels as they are."""
    return signature.batched and signature.dtype != np.uint8


def with_front(content: bytes, signature: Signature, pixels: Pixels) -> bytes | None:
    """The model with an input of [batch, height, width, 3] uint8 pixels, BGR, in place of its image input.

    Everything else stays: opset, IR version, metadata, other inputs, outputs. Free axes stay free. The letterbox has to
    be of `pixels.pad` already. None where the model's opset is too old for it.

    Args:
        content: an ONNX file that onnxruntime has opened.
        signature: of its inputs, one of those that `can_have_front`.
        pixels: what its input means.
    """
    # Imported here: it takes 0.1 s that a CPU has no use for.
    import onnx
    from onnx import helper

    model = onnx.load_model_from_string(content)
    if _opset(model) < OLDEST_OPSET:
        return None
    free_zero_axes(model)
    graph = model.graph
    image = next(value for value in graph.input if value.name == signature.image)
    prefix = _unused_prefix(graph)
    axes = [_axis(dim) for dim in image.type.tensor_type.shape.dim] or ["batch", 3, "height", "width"]
    if signature.layout == "nchw":
        axes = [axes[0], axes[2], axes[3], axes[1]]
    source = helper.make_tensor_value_info(f"{prefix}pixels", onnx.TensorProto.UINT8, [*axes[:3], 3])
    nodes = list(_nodes(prefix, signature, pixels))
    position = list(graph.input).index(image)
    graph.input.remove(image)
    graph.input.insert(position, source)
    for node in reversed(nodes):
        graph.node.insert(0, node)
    return bytes(model.SerializeToString())


def _nodes(prefix: str, signature: Signature, pixels: Pixels) -> "Iterator[NodeProto]":
    """From `<prefix>pixels` to the image input, computed in single precision.

    The cast comes first: TensorRT takes uint8 only as an input that is cast at once.
    """
    import onnx
    from onnx import helper, numpy_helper

    planar = signature.layout == "nchw"
    steps: list[tuple[str, dict[str, Any], NDArray[np.generic] | None]] = [
        ("Cast", {"to": onnx.TensorProto.FLOAT}, None)
    ]
    if planar:
        steps.append(("Transpose", {"perm": [0, 3, 1, 2]}, None))
    if pixels.colour == "rgb":
        steps.append(("Gather", {"axis": 1 if planar else 3}, np.array([2, 1, 0], np.int64)))
    across = (1, 3, 1, 1) if planar else (1, 1, 1, 3)
    if (pixels.scale != 1).any():
        steps.append(("Mul", {}, pixels.scale.reshape(across)))
    if pixels.offset.any():
        steps.append(("Add", {}, pixels.offset.reshape(across)))
    if signature.dtype == np.float16:
        steps.append(("Cast", {"to": onnx.TensorProto.FLOAT16}, None))
    value = f"{prefix}pixels"
    for number, (operator, attributes, constant) in enumerate(steps):
        inputs = [value]
        if constant is not None:
            # A node and no initializer: before IR version 4 those had to be inputs as well.
            inputs.append(f"{prefix}constant_{number}")
            tensor = numpy_helper.from_array(constant)
            yield helper.make_node("Constant", [], [inputs[1]], name=f"{prefix}Constant_{number}", value=tensor)
        value = signature.image if number == len(steps) - 1 else f"{prefix}value_{number}"
        yield helper.make_node(operator, inputs, [value], name=f"{prefix}{operator}_{number}", **attributes)


def _opset(model: "ModelProto") -> int:
    return max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=1)


def _axis(dim: object) -> int | str | None:
    """A fixed size, a name, or None where the axis is free and has no name."""
    value, name = getattr(dim, "dim_value", 0), getattr(dim, "dim_param", "")
    return value if value > 0 else name or None


def _unused_prefix(graph: "GraphProto") -> str:
    """A beginning that no name in the graph has."""
    names = set(_names(graph))
    prefix, number = "front_", 0
    while any(name.startswith(prefix) for name in names):
        number += 1
        prefix = f"front{number}_"
    return prefix


def _names(graph: "GraphProto") -> Iterator[str]:
    """Of all nodes and values, those of the graphs inside its nodes too."""
    for values in (graph.input, graph.output, graph.value_info, graph.initializer):
        yield from (value.name for value in values)
    for node in graph.node:
        yield node.name
        yield from node.output
        for attribute in node.attribute:
            for inner in [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]:
                yield from _names(inner)
