"""Compiles the kernels, once per machine, and keeps what came out.

A kernel is a plain loop over arrays that numba turns into machine code; it runs without the GIL, so that streams on
threads do not wait for each other. With `NUMBA_DISABLE_JIT=1` every kernel is the Python function that is written here.

Compiling takes seconds, so the machine code is kept in `__pycache__` beside this file, or in the user's cache folder
where that cannot be written. It is used again only by the same sources, Python, numba and kind of processor.
"""

import hashlib
import os
import pickle
import platform
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, TypeVar, cast

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile, InTreeCacheLocator
from numba.core.registry import cpu_target

Function = TypeVar("Function", bound=Callable[..., Any])

_HOW: Any = MappingProxyType({"nogil": True, "error_model": "numpy"})
"""Without the GIL, and without a check of every divisor: none can be 0."""

ENTRIES = 2
"""How many kernels Python calls."""

HERE = Path(__file__).resolve().parent


def kernel(function: Function) -> Function:
    """A function that other kernels call; it is compiled into each of them."""
    return cast(Function, numba.njit(**_HOW)(function))


def compiled(function: Function, *arguments: Any) -> Function:
    """A kernel for Python to call, compiled now for exactly these numba types, or taken from the cache.

    The types are fixed so that there is one version of it, and no call ever waits for a compiler.
    """
    source = getattr(function, "py_func", None)
    if source is None:
        return function
    dispatcher: Any = numba.njit(**_HOW)(source)
    # Without a folder that can be written, this process compiles for itself.
    with suppress(RuntimeError):
        dispatcher._cache = _KernelCache(source)
    try:
        dispatcher.compile(arguments)
    except (OSError, EOFError, pickle.UnpicklingError):
        # What was kept cannot be read, or what was compiled cannot be kept: neither is a reason not to track.
        dispatcher = numba.njit(**_HOW)(source)
        dispatcher.compile(arguments)
    dispatcher.disable_compile()
    return cast(Function, dispatcher)


def kernel_sources() -> list[Path]:
    """The files that make the kernels what they are: those with kernels, and those with the constants they contain."""
    constants = {"compiled.py", "options.py", "table.py", "types.py"}
    return sorted(file for file in HERE.glob("*.py") if file.name in constants or b"\n@kernel\n" in file.read_bytes())


def is_ready() -> bool:
    """Whether the next process will find everything compiled, or compiles nothing at all."""
    folder = cache_folder()
    return bool(numba.config.DISABLE_JIT) or (folder is not None and len(list(folder.glob("*.nbi"))) >= ENTRIES)  # type: ignore[attr-defined] # a setting that numba makes at run time


def cache_folder() -> Path | None:
    """The folder of the machine code of these sources on this machine; None where no folder can be written."""
    name = f"kernels-{_key()}"
    folders = [HERE / "__pycache__" / name, *(base / "trackd" / name for base in _user_cache())]
    for folder in folders:
        if any(folder.glob("*.nbi")):
            return folder
    return next((folder for folder in folders if _writable(folder)), None)


class _KernelLocator(InTreeCacheLocator):
    """Finds the cache by the content of all their files: a kernel contains the kernels that it calls."""

    def __init__(self, function: Callable[..., Any], file: str, folder: Path) -> None:
        super().__init__(function, file)  # type: ignore[no-untyped-call] # numba types part of itself
        self._cache_path = str(folder)

    def ensure_cache_path(self) -> None:
        """`cache_folder` has seen to it."""

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> Self | None:
        """The locator of a function; None where nothing can be kept."""
        folder = cache_folder()
        return None if folder is None else cls(py_func, py_file, folder)


class _KernelCacheImpl(CompileResultCacheImpl):
    _locator_classes: Any = (_KernelLocator,)


class _CheckedFile(IndexDataCacheFile):
    """An index and a body, each with a digest: what was damaged counts as missing, and is written anew.

    A changed byte of machine code would not raise but end the process.
    """

    def _load_index(self) -> dict[Any, Any]:
        try:
            content = _undamaged(Path(self._index_path).read_bytes())
        except (OSError, ValueError):
            return {}
        stamp, overloads = pickle.loads(content)
        return overloads if stamp == self._source_stamp else {}

    def _save_index(self, overloads: dict[Any, Any]) -> None:
        with self._open_for_write(self._index_path) as file:
            file.write(_sealed(self._dump((self._source_stamp, overloads))))  # type: ignore[no-untyped-call] # numba types part of itself

    def _load_data(self, name: str) -> Any:
        try:
            content = _undamaged(Path(self._data_path(name)).read_bytes())  # type: ignore[no-untyped-call] # numba types part of itself
        except ValueError as error:
            raise FileNotFoundError(str(error)) from error
        return pickle.loads(content)

    def _save_data(self, name: str, data: Any) -> None:
        with self._open_for_write(self._data_path(name)) as file:  # type: ignore[no-untyped-call] # numba types part of itself
            file.write(_sealed(self._dump(data)))  # type: ignore[no-untyped-call] # numba types part of itself


class _KernelCache(FunctionCache):
    _impl_class = _KernelCacheImpl

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call] # numba types part of itself
        plain = self._cache_file
        self._cache_file = _CheckedFile(self._cache_path, self._impl.filename_base, plain._source_stamp)  # type: ignore[no-untyped-call] # numba types part of itself


def _sealed(content: bytes) -> bytes:
    return hashlib.sha256(content).digest() + content


def _undamaged(sealed: bytes) -> bytes:
    """The content of what `_sealed` made; ValueError where it is not that."""
    digest, content = sealed[:32], sealed[32:]
    if hashlib.sha256(content).digest() != digest:
        raise ValueError("the digest does not match")
    return content


def _key() -> str:
    """A digest of all that machine code depends on."""
    digest = hashlib.sha256()
    for source in kernel_sources():
        digest.update(source.read_bytes())
    processor = cpu_target.target_context.codegen().magic_tuple()
    digest.update(repr((numba.__version__, sys.version_info, platform.machine(), processor)).encode())
    return digest.hexdigest()[:16]


def _user_cache() -> list[Path]:
    """The user's cache folder; none for a user without a home, as some containers have."""
    if os.environ.get("XDG_CACHE_HOME"):
        return [Path(os.environ["XDG_CACHE_HOME"])]
    try:
        home = Path.home()
    except RuntimeError:
        return []
    return [home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
