"""Memory of the host that a GPU reads and writes without a detour."""

import ctypes
import sys
import weakref
from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike, NDArray

Allocate = Callable[[tuple[int, ...], DTypeLike], NDArray[np.generic]]
"""Makes an array of a shape and a type, with nothing in it."""

CUDA_MAJORS = (13, 12, 11)
PORTABLE = 1
"""cudaHostAllocPortable: locked for every GPU of the process, whichever the calling thread talks to."""


def ordinary(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[np.generic]:
    """An array as NumPy makes it."""
    return np.empty(shape, dtype)


def page_locked(unit: int) -> Allocate:
    """Makes arrays in page-locked memory for the GPU with this number; ordinary ones where CUDA gives none.

    A copy between a GPU and memory that may be swapped out goes through a buffer of the driver, and holds the calling
    thread meanwhile (NVIDIA, CUDA C++ Best Practices Guide, section "Pinned Memory"). onnxruntime's Python interface
    has such memory only where CUDA was registered as a plugin, so it is asked of the CUDA runtime that onnxruntime
    has already loaded.
    """
    runtime = _runtime()
    if runtime is None:
        return ordinary

    def allocate(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[np.generic]:
        kind = np.dtype(dtype)
        size = int(np.prod(shape)) * kind.itemsize
        address = ctypes.c_void_p()
        if not size or runtime.cudaSetDevice(ctypes.c_int(unit)):
            return ordinary(shape, dtype)
        if runtime.cudaHostAlloc(ctypes.byref(address), ctypes.c_size_t(size), ctypes.c_uint(PORTABLE)):
            return ordinary(shape, dtype)
        block = (ctypes.c_byte * size).from_address(address.value or 0)
        # The array and its views hold the block, and with the last of them it is given back.
        weakref.finalize(block, runtime.cudaFreeHost, ctypes.c_void_p(address.value)).atexit = False
        array: NDArray[np.generic] = np.ndarray(shape, kind, buffer=memoryview(block))
        return array

    return allocate


def _runtime() -> ctypes.CDLL | None:
    """The CUDA runtime of this process, if one is loaded."""
    if sys.platform != "linux":
        return None
    import os

    for major in CUDA_MAJORS:
        try:
            return ctypes.CDLL(f"libcudart.so.{major}", mode=os.RTLD_NOLOAD | os.RTLD_NOW)
        except OSError:
            continue
    return None
