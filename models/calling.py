"""How a session is called on its device: directly, one call after another, or into buffers that are used again."""

from collections import deque
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Protocol

import numpy as np
import onnxruntime as ort

from models.memory import Allocate
from models.output_buffers import Array, Lease, OutputBuffers, Part, layouts_of


class Session(Protocol):
    """A session as `onnxruntime.InferenceSession` has it. Several threads may call it at once."""

    def run(self, names: None, feed: Mapping[str, Array], options: ort.RunOptions) -> Sequence[Array]:
        """All outputs, in the graph's order."""
        ...


class OneAtATime:
    """Calls a session of a device that takes one call after another: DirectML says so of itself."""

    def __init__(self, session: ort.InferenceSession) -> None:
        """Calls nothing yet."""
        self._session = session
        self._lock = Lock()

    def run(self, names: None, feed: Mapping[str, Array], options: ort.RunOptions) -> Sequence[Array]:
        """All outputs, in the graph's order."""
        with self._lock:
            return list(self._session.run(names, feed, options))


class IntoBuffers:
    """Calls a session of a GPU, which writes its outputs into page-locked memory that is used again.

    No lock is needed: `Run` of onnxruntime may be called by several threads at once with CUDA as with the CPU, each
    call with streams of its own, and TensorRT locks its engine itself (microsoft/onnxruntime, pull request 19301). So
    while the GPU computes for one caller, others prepare and decode. What must not be shared is a binding: each call
    has one to itself.

    An output whose shape depends on the picture, as that of suppressed boxes does, is left to onnxruntime to allocate.

    On a CPU this saves nothing: there `session.run` hands out memory of its arena without copying it, and binding
    costs 70 us a call.
    """

    def __init__(self, session: ort.InferenceSession, allocate: Allocate) -> None:
        """Calls nothing yet.

        Args:
            session: of onnxruntime.
            allocate: makes the memory of the outputs.
        """
        self._session = session
        self._allocate = allocate
        self._outputs = layouts_of(session)
        self._idle: deque[OutputBuffers] = deque()
        self._binds = any(layout is not None for layout in self._outputs.values())

    def run(self, names: None, feed: Mapping[str, Array], options: ort.RunOptions) -> Sequence[Array]:
        """All outputs, in the graph's order. Their memory is used again when nobody holds any of them any more."""
        outputs = self._into_buffers(feed, options) if self._binds else None
        if outputs is not None:
            return outputs
        allocated = list(self._session.run(names, feed, options))
        # Where this works and the other did not, the graph computes another shape than it declares, and will again.
        self._binds = False
        return allocated

    def _into_buffers(self, feed: Mapping[str, Array], options: ort.RunOptions) -> Sequence[Array] | None:
        batch = len(next(iter(feed.values())))
        buffers = self._taken(batch)
        binding = buffers.binding
        for name, array in feed.items():
            # Binding is what copies an input to the device: even the same memory is bound again for each call.
            binding.bind_ortvalue_input(name, ort.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(array)))
        parts = buffers.bind(self._outputs, batch)
        try:
            self._session.run_with_iobinding(binding, options)
        # onnxruntime's exceptions have no common base below Exception.
        except Exception:
            # The buffers do not come back: the device may still be writing to them.
            if options.terminate:
                raise
            return None
        binding.clear_binding_inputs()
        lease = Lease(buffers, self._idle)
        own = binding.get_outputs() if any(part is None for part in parts) else ()
        return [
            own[index].numpy() if part is None else np.asarray(Part(part, lease)) for index, part in enumerate(parts)
        ]

    def _taken(self, batch: int) -> OutputBuffers:
        """Idle buffers that are large enough, else new ones: each caller comes to have some of its largest batch."""
        try:
            # A deque appends and pops atomically.
            buffers = self._idle.pop()
        except IndexError:
            pass
        else:
            if buffers.capacity >= batch:
                return buffers
        arrays = {
            name: None if layout is None else self._allocate(layout.shape(batch), layout.dtype)
            for name, layout in self._outputs.items()
        }
        return OutputBuffers(self._session.io_binding(), arrays, batch)
