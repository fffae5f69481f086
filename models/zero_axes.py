"""Axes of size 0, which some exporters write where they mean that any size will do."""

from typing import TYPE_CHECKING

import onnxruntime as ort

if TYPE_CHECKING:
    from collections.abc import Iterator

    from onnx import ModelProto, ValueInfoProto


def has_zero_axes(session: ort.InferenceSession) -> bool:
    """Whether an input has one: onnxruntime takes it at its word, and refuses every picture."""
    return any(axis == 0 for node in session.get_inputs() for axis in node.shape if isinstance(axis, int))


def without_zero_axes(content: bytes) -> bytes:
    """The model with its axes of size 0 free."""
    import onnx

    model = onnx.load_model_from_string(content)
    free_zero_axes(model)
    return bytes(model.SerializeToString())


def free_zero_axes(model: "ModelProto") -> None:
    """Makes axes of size 0 free."""
    for value in _values(model):
        for dim in value.type.tensor_type.shape.dim:
            if dim.HasField("dim_value") and dim.dim_value == 0:
                dim.ClearField("dim_value")


def _values(model: "ModelProto") -> "Iterator[ValueInfoProto]":
    yield from model.graph.input
    yield from model.graph.output
    yield from model.graph.value_info
