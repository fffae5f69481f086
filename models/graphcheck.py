"""Looks through an ONNX graph: before anything runs it, and for the reason when nothing can."""

from collections.abc import Iterator
from typing import Any

import onnxruntime as ort

from models.detector import ModelBroken

MOST_NAMED = 3
"""Unknown operators that one message names."""

DEFAULT_DOMAIN = "ai.onnx"
"""The long name of the domain that is otherwise written as nothing."""


def check_graph(content: bytes, name: str) -> None:
    """Refuses a file that is no ONNX model, or that keeps weights in other files, wherever in it that is said.

    Subgraphs, functions, sparse tensors and training information are looked at like the graph itself.

    Args:
        content: of the file.
        name: for messages.

    Raises:
        ModelBroken: with the tensor that is the reason.
    """
    model, external = _decoded(content, name)
    if not model.graph.node:
        raise ModelBroken(f"{name} is no ONNX model: there is no graph in it")
    for message in _messages(model):
        if message.DESCRIPTOR.name == "TensorProto" and (message.data_location == external or message.external_data):
            raise ModelBroken(
                f"{name} keeps the weights {message.name!r} in another file, which is refused: export it as one file"
            )


def why_refused(content: bytes, name: str) -> str | None:
    """The reason why onnxruntime refuses a graph, where it is a version or an operator that it does not know."""
    try:
        model, _ = _decoded(content, name)
    except ModelBroken:
        return None
    schemas = _schemas()
    newest = max((schema.since_version for schema in schemas if not schema.domain), default=0)
    for opset in model.opset_import:
        if schemas and not _domain(opset.domain) and opset.version > newest:
            return (
                f"{name} needs version {opset.version} of the ONNX operators, and onnxruntime {ort.__version__} knows "
                f"them up to version {newest}: export it with a lower opset"
            )
    nodes = (message for message in _messages(model) if message.DESCRIPTOR.name == "NodeProto")
    used = {(_domain(node.domain), node.op_type) for node in nodes}
    known = {(_domain(known.domain), known.name) for known in (*schemas, *model.functions)}
    unknown = sorted(used - known) if schemas else []
    if not unknown:
        return None
    named = ", ".join(f"{op!r} of domain {domain or DEFAULT_DOMAIN!r}" for domain, op in unknown[:MOST_NAMED])
    more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
    return (
        f"{name} uses the operator {named}{more}, which onnxruntime {ort.__version__} does not have: "
        f"export it with standard operators"
    )


def _decoded(content: bytes, name: str) -> tuple[Any, int]:
    """The model, and the number that says that a tensor lies elsewhere."""
    # A tenth of a second that a known model does not need.
    import onnx

    model = onnx.ModelProto()
    try:
        model.ParseFromString(content)
    except MemoryError:
        raise
    # protobuf's DecodeError is another class in each of its implementations; deep nesting is a RecursionError in one.
    except Exception as error:
        raise ModelBroken(f"{name} is no ONNX model, or not a whole one: it cannot be decoded") from error
    return model, onnx.TensorProto.EXTERNAL


def _messages(root: Any) -> Iterator[Any]:
    """Every message inside a protobuf message, itself included; without recursion, so that none lies too deep."""
    waiting = [root]
    while waiting:
        message = waiting.pop()
        yield message
        for field, value in message.ListFields():
            if field.message_type is not None:
                waiting.extend((value,) if hasattr(value, "ListFields") else value)


def _domain(domain: str) -> str:
    return "" if domain == DEFAULT_DOMAIN else domain


def _schemas() -> list[Any]:
    """The operators of this onnxruntime; none where its build does not say."""
    from onnxruntime.capi import onnxruntime_pybind11_state as binding

    return list(getattr(binding, "get_all_operator_schema", list)())
