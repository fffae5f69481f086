"""Page-locked memory: given back with the last view of it, and ordinary where CUDA gives none."""

import ctypes
import gc
import sys
from typing import Any

import numpy as np
import pytest

from models.memory import page_locked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="page-locked memory is asked for on Linux only")


class Runtime:
    """The three calls of the CUDA runtime that are made, on the C library's memory."""

    def __init__(self, refused: str = "") -> None:
        self._libc = ctypes.CDLL(None)
        self._libc.malloc.restype = ctypes.c_void_p
        self._refused = refused
        self.units: list[int] = []
        self.held: set[int] = set()

    def cudaSetDevice(self, unit: ctypes.c_int) -> int:  # noqa: N802 - CUDA's name
        self.units.append(unit.value)
        return int(self._refused == "device")

    def cudaHostAlloc(self, address: Any, size: ctypes.c_size_t, flags: ctypes.c_uint) -> int:  # noqa: N802 - CUDA's name
        if self._refused == "memory":
            return 2
        address._obj.value = self._libc.malloc(size)
        self.held.add(address._obj.value)
        return 0

    def cudaFreeHost(self, address: ctypes.c_void_p) -> int:  # noqa: N802 - CUDA's name
        self.held.remove(address.value or 0)
        self._libc.free(address)
        return 0


def with_runtime(monkeypatch: pytest.MonkeyPatch, runtime: Runtime) -> Runtime:
    monkeypatch.setattr("models.memory._runtime", lambda: runtime)
    return runtime


def test_memory_lives_as_long_as_the_last_view_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = with_runtime(monkeypatch, Runtime())
    array = page_locked(3)((2, 5), np.float32)
    assert runtime.units == [3]
    assert runtime.held == {array.ctypes.data}
    array[...] = 4
    row = array[1, 2:]
    del array
    gc.collect()
    assert row.tolist() == [4, 4, 4]
    assert len(runtime.held) == 1
    del row
    gc.collect()
    assert runtime.held == set()


@pytest.mark.parametrize("refused", ["device", "memory"])
def test_memory_is_ordinary_where_cuda_refuses(monkeypatch: pytest.MonkeyPatch, refused: str) -> None:
    runtime = with_runtime(monkeypatch, Runtime(refused))
    array = page_locked(0)((2, 5), np.uint8)
    array[...] = 1
    assert (array.sum(), array.flags.owndata, runtime.held) == (10, True, set())


def test_nothing_is_asked_of_cuda_for_an_array_without_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = with_runtime(monkeypatch, Runtime())
    assert page_locked(0)((0, 5), np.float32).shape == (0, 5)
    assert runtime.held == set()
