"""The range of shapes that a TensorRT engine is built for."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from models.batches import MOST_PER_RUN

if TYPE_CHECKING:
    from onnx import ValueInfoProto

OFTEN = 8
"""Images per run that the engine is tuned for: what a few cameras bring together."""


def profile_of(content: bytes, input_hw: tuple[int, int] | None) -> dict[str, str]:
    """The options `trt_profile_*_shapes` of a model with free axes, for every batch that a run may have.

    Empty where nothing is free, where the height and width are and nobody says what they will be, and where another
    axis is: TensorRT then takes the shapes as they come.

    Args:
        content: an ONNX file.
        input_hw: (height, width) of the image input where the model leaves them free.
    """
    inputs = _inputs(content)
    if all(None not in axes for _, axes in inputs):
        return {}
    filled = [(name, _filled(axes, input_hw)) for name, axes in inputs]
    if any(None in axes[1:] for _, axes in filled):
        return {}
    return {
        f"trt_profile_{which}_shapes": ",".join(_shape(name, axes, batch) for name, axes in filled)
        for which, batch in (("min", 1), ("opt", OFTEN), ("max", MOST_PER_RUN))
    }


def _inputs(content: bytes) -> list[tuple[str, tuple[int | None, ...]]]:
    # Imported here: it takes 0.1 s that only TensorRT has use for.
    import onnx

    try:
        graph = onnx.load_model_from_string(content).graph
    except Exception:  # noqa: BLE001 - whatever is wrong with the file, the session says it better
        return []
    constants = {tensor.name for tensor in graph.initializer}
    return [(value.name, tuple(_axes(value))) for value in graph.input if value.name not in constants]


def _axes(value: "ValueInfoProto") -> Iterator[int | None]:
    for axis in value.type.tensor_type.shape.dim:
        yield axis.dim_value if axis.HasField("dim_value") and axis.dim_value > 0 else None


def _filled(axes: Sequence[int | None], input_hw: tuple[int, int] | None) -> tuple[int | None, ...]:
    if len(axes) != 4 or input_hw is None:
        return tuple(axes)
    rows, columns = input_hw
    if axes[3] == 3:  # NHWC
        return (axes[0], axes[1] or rows, axes[2] or columns, axes[3])
    return (axes[0], axes[1], axes[2] or rows, axes[3] or columns)


def _shape(name: str, axes: Sequence[int | None], batch: int) -> str:
    return f"{name}:{'x'.join(str(axis or batch) for axis in axes)}"
