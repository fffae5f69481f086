"""Memory for the outputs of a session, lent to one call after another."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

Array = NDArray[np.generic]

DTYPES: Mapping[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(uint8)": np.uint8,
    "tensor(int8)": np.int8,
    "tensor(bool)": np.bool_,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of an output that does not depend on the picture; `first` is None where it is the batch."""

    first: int | None
    rest: tuple[int, ...]
    dtype: type[np.generic]

    def shape(self, batch: int) -> tuple[int, ...]:
        """Of an output for so many images."""
        return (batch if self.first is None else self.first, *self.rest)


class OutputBuffers:
    """Memory for the outputs of one call, and its binding."""

    def __init__(self, binding: ort.IOBinding, arrays: Mapping[str, Array | None], capacity: int) -> None:
        """Nothing is bound yet; `arrays` hold the outputs of `capacity` images, None those of unknown shape."""
        self.binding = binding
        self.capacity = capacity
        self._arrays = arrays
        self._bound = 0

    def bind(self, layouts: Mapping[str, Layout | None], batch: int) -> list[Array | None]:
        """The memory that each output of the next run is written to; None for those that onnxruntime allocates."""
        parts: list[Array | None] = []
        for name, layout in layouts.items():
            array = self._arrays[name]
            if array is None or layout is None:
                # What a run allocated stays bound, and the next run would write into it.
                self.binding.bind_output(name, "cpu")
                parts.append(None)
                continue
            part = array if layout.first is not None else array[:batch]
            parts.append(part)
            if self._bound != batch:
                self.binding.bind_ortvalue_output(name, ort.OrtValue.ortvalue_from_numpy(part))
        self._bound = batch
        return parts


class Lease:
    """Gives buffers back when the last output that lies in them is gone."""

    def __init__(self, buffers: OutputBuffers, idle: deque[OutputBuffers]) -> None:
        """The buffers are lent as long as this lives."""
        self._buffers = buffers
        self._idle = idle

    def __del__(self) -> None:
        self._idle.append(self._buffers)


class Part:
    """What an array made of it holds as its base, as do all views of that array: by it the lease lives as they do."""

    def __init__(self, array: Array, lease: Lease) -> None:
        """`array` is where the output lies."""
        self.__array_interface__ = array.__array_interface__
        self._lease = lease


def layouts_of(session: ort.InferenceSession) -> dict[str, Layout | None]:
    """The layout of each output; None where its shape may depend on the picture.

    An axis with a name is the batch where it is the first one and the inputs' first one has the same name. Any other is
    taken for what a suppression writes: so many rows as there are objects.
    """
    batches = {node.shape[0] for node in session.get_inputs() if node.shape and isinstance(node.shape[0], str)}
    layouts: dict[str, Layout | None] = {}
    for node in session.get_outputs():
        first, *rest = node.shape or [None]
        known = (isinstance(first, int) or first in batches) and all(isinstance(axis, int) for axis in rest)
        dtype = DTYPES.get(node.type)
        layouts[node.name] = (
            Layout(first if isinstance(first, int) else None, tuple(rest), dtype) if known and dtype else None
        )
    return layouts
