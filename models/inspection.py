"""Tries an unknown model file in a child process, so that what it does there cannot hurt this one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from threading import Event
from typing import Any

from models import detector
from models.detector import Abort, InspectionFailed, ModelBroken, ModelError
from models.options import DetectorOptions, Inspection
from models.spare import spare_memory_bytes

GIB = 2**30
LEAST_MEMORY = GIB // 2
"""Less address space than that is too little for the smallest model."""

MEMORY = "memory"
"""The kind of error, in the child's answer, of a file that needs more than it may have."""

KEPT_VARIABLES = (
    *("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
    *("NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT"),
)
"""Of this process's environment; secrets stay here."""

# Each thread of a library that nobody asked would take address space.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionLimits:
    """What an unknown file may use up while it is tried.

    Attributes:
        memory_bytes: of memory, beyond `per_byte` times the size of the file.
        per_byte: the graph is held several times while it is read, checked, optimised and packed.
        time_s: wall-clock seconds, the start of the child process included.
        bytes_per_s: a second more for each so many bytes of the file.
    """

    memory_bytes: int = 4 * GIB
    per_byte: int = 6
    time_s: float = 60.0
    bytes_per_s: int = 5_000_000

    def memory_for(self, size_bytes: int) -> int:
        """Bytes of memory for a file of this size."""
        return self.memory_bytes + self.per_byte * size_bytes

    def time_for(self, size_bytes: int) -> float:
        """Seconds for a file of this size."""
        return self.time_s + size_bytes // self.bytes_per_s

    def allow(self, inspection: Inspection, size_bytes: int) -> bool:
        """Whether what a file took is within them."""
        return (inspection.memory_bytes or 0) <= self.memory_for(size_bytes) and (
            inspection.seconds <= self.time_for(size_bytes)
        )


DEFAULT_LIMITS = InspectionLimits()


def inspect_model(
    content: bytes,
    name: str,
    device: str,
    options: DetectorOptions,
    limits: InspectionLimits = DEFAULT_LIMITS,
    abort: Abort | None = None,
) -> Inspection:
    """What it took a child process to make a detector of a file, on the CPU, and to show it the test card.

    The child limits its memory, CPU time and output (`models.inspecting`), shares no descriptor with this process, and
    is gone when this returns or raises. It is no sandbox against a file that takes over onnxruntime itself.

    Args:
        content: of the file.
        name: for messages.
        device, options: of the detector that is to be loaded; the device is only named in messages.
        limits: what the file may use up.
        abort: lets another thread end the wait.

    Raises:
        ModelError: what the child found wrong, of the same kind as if it had been found here; ModelBroken if the file
            needs more memory or time than it may have, or brings the child down.
        InspectionFailed: the child could not be started, or was ended by `abort`.
    """
    time_s = limits.time_for(len(content))
    memory_bytes = max(LEAST_MEMORY, min(limits.memory_for(len(content)), spare_memory_bytes()))
    request = {
        "name": name,
        "device": device,
        "parent": os.getpid(),
        "memory_bytes": memory_bytes,
        "time_s": time_s,
        "options": plain_options(options),
    }
    stopped = Event()
    with _child(json.dumps(request), name) as process:

        def stop() -> None:
            stopped.set()
            process.kill()

        with nullcontext() if abort is None else abort.ending(stop):
            try:
                out, said = process.communicate(content, time_s)
            except subprocess.TimeoutExpired:
                raise ModelBroken(f"{name} did not answer to one picture within {time_s:g} s") from None
    if stopped.is_set():
        raise InspectionFailed(f"{name} was not tried to the end: the program is stopping")
    return _conclude(name, _answer_in(out), process.returncode, said, memory_bytes)


@contextmanager
def _child(request: str, name: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The child while the block runs; afterwards there is none."""
    # The modules that this process found, and none out of the working folder.
    places = os.pathsep.join(os.path.abspath(place) for place in sys.path)
    environment = {key: value for key, value in os.environ.items() if key.upper() in KEPT_VARIABLES}
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "models.inspecting", request],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment | ONE_THREAD | {"PYTHONPATH": places},
            # Ctrl-C is for this process, which then ends the child.
            start_new_session=True,
        )
    except OSError as error:
        raise InspectionFailed(f"no process can be started to try {name} in: {error.strerror}") from error
    with process:
        try:
            yield process
        finally:
            process.kill()
            # Popen itself does not wait after Ctrl-C, and would leave a zombie.
            process.wait()


def plain_options(options: DetectorOptions) -> dict[str, Any]:
    """The options as JSON can carry them on a command line: of names only their number matters."""
    names = None if options.labels is None else len(options.labels)
    return asdict(options) | {"labels": names, "graph_cache": None}


def _answer_in(out: bytes) -> Mapping[str, Any] | None:
    try:
        answer = json.loads(out.splitlines()[-1])
    except (IndexError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def _conclude(
    name: str, answer: Mapping[str, Any] | None, returncode: int, said: bytes, memory_bytes: int
) -> Inspection:
    """The inspection that an answer stands for, or the error that it or its absence stands for."""
    if answer is None:
        raise _silent(name, returncode, said)
    if "error" not in answer:
        return Inspection(memory_bytes=answer["memory_bytes"], seconds=answer["seconds"], known=False)
    if answer["error"] == MEMORY:
        raise ModelBroken(f"{name} needs more than {memory_bytes / GIB:.1f} GiB of memory to answer to one picture")
    found = getattr(detector, answer["error"], None)
    kind: type[ModelError] = found if isinstance(found, type) and issubclass(found, ModelError) else ModelBroken
    raise kind(answer["message"])


def _silent(name: str, returncode: int, said: bytes) -> ModelError:
    """Why a child ended that said nothing."""
    if returncode < 0:
        number = -returncode
        title = next((one.name for one in signal.Signals if one == number), "unknown")
        return ModelBroken(f"{name} crashed onnxruntime when it was tried (signal {number}, {title})")
    last = said.decode(errors="replace").strip().splitlines()[-1:] or [f"exit code {returncode}"]
    return InspectionFailed(f"{name} could not be tried: {last[0][:300]}")
