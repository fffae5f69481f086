"""The C port of one kernel: compiles `kernel_language.c` and calls it through ctypes."""

import ctypes
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tracker_scene import Floats
from tracker.types import Bools, Indices

SOURCE = Path(__file__).with_name("kernel_language.c")
FLAGS = ("-O3", "-std=c11", "-shared", "-fPIC")

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int32
_TAKES = (_POINTER, _INT, _POINTER, _INT, _POINTER, ctypes.c_double, _POINTER, _POINTER, _POINTER, _INT)


class NoCompilerError(RuntimeError):
    """Nothing here compiles C; the message is one line."""


def compiler() -> list[str]:
    """The command of the C compiler: `CC` where that is set, else `cc`.

    Raises:
        NoCompilerError: there is none, or it has no headers.
    """
    command = shlex.split(os.environ.get("CC", "")) or ["cc"]
    if shutil.which(command[0]) is None:
        raise NoCompilerError(f"there is no C compiler: {command[0]} is not on the PATH, and CC may name another")
    probe = [*command, "-fsyntax-only", "-x", "c", "-"]
    headers = "#include <stdint.h>\n#include <stdlib.h>\n"
    if subprocess.run(probe, input=headers, capture_output=True, text=True, check=False).returncode:
        raise NoCompilerError(f"the C compiler {command[0]} does not find the headers of the C library")
    return command


def compile_command(library: Path, *flags: str) -> list[str]:
    """The command that compiles the port into a library.

    No product is fused with a sum, on no processor, so that the numbers are those of the kernel.

    Raises:
        NoCompilerError: there is no compiler.
    """
    return [*compiler(), *FLAGS, "-ffp-contract=off", *flags, str(SOURCE), "-o", str(library)]


def compile_port(library: Path, *flags: str) -> Path:
    """Compile the port into a library, which is returned.

    Raises:
        NoCompilerError: there is no compiler.
        RuntimeError: the compiler has something to say about the source.
    """
    done = subprocess.run(compile_command(library, *flags), capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise RuntimeError(f"the C compiler does not like {SOURCE.name}:\n{done.stderr}")
    return library


class Port:
    """The functions of a compiled port. Calls release the GIL, as those of a kernel do."""

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))
        for name, tail in (("candidates", ()), ("nothing", ()), ("repeated", (_INT,))):
            function = self.function(name)
            function.argtypes = (*_TAKES, *tail)
            function.restype = ctypes.c_int64 if name == "repeated" else _INT

    def function(self, name: str) -> Any:
        """One of the C functions, as ctypes calls it."""
        return getattr(self._library, name)

    def candidates(self, first: Floats, second: Floats, used: Bools, limit: float) -> tuple[Indices, Indices, Floats]:
        """What `tracker.candidates.candidates` returns for the same arrays, in as many calls as the space needs.

        Raises:
            MemoryError: there is none left.
        """
        capacity = 256
        while True:
            call = Call(first, second, used, limit, capacity)
            found = self.function("candidates")(*call.arguments)
            if found < 0:
                raise MemoryError("the C port found no memory")
            if found <= capacity:
                return call.start, call.column[:found], call.iou[:found]
            capacity = found


class Call:
    """The arguments of a call that are ready for ctypes, and the arrays that they point to.

    Args:
        first: (R, 4) corner boxes.
        second: (N, 4) corner boxes.
        used: (N,) which of `second` take part.
        limit: the cost from which a pair is of no use.
        capacity: how many pairs there is space for.
    """

    def __init__(self, first: Floats, second: Floats, used: Bools, limit: float, capacity: int) -> None:
        self.given, self.capacity = (first, second, used), capacity
        self.start = np.empty(len(first) + 1, np.int32)
        self.column, self.iou = np.empty(capacity, np.int32), np.empty(capacity)
        for array, dtype in ((first, np.float64), (second, np.float64), (used, np.bool_)):
            if array.dtype != dtype or not array.flags.c_contiguous:
                raise ValueError(f"an array of {array.dtype} was given where a contiguous one of {dtype} is needed")
        self.arguments = (
            *(first.ctypes.data, len(first), second.ctypes.data, len(second), used.ctypes.data, float(limit)),
            *(self.start.ctypes.data, self.column.ctypes.data, self.iou.ctypes.data, capacity),
        )
