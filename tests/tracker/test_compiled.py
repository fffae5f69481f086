"""Machine code is made once, kept where it can be kept, and never a reason not to track."""

import ast
import importlib
import os
from pathlib import Path
from typing import Any

import numba
import pytest

import tracker.entries
from tests.tracker.kernel_cache import DAMAGE, Package
from tests.tracker.scenes import COMPILED, REPOSITORY
from tracker import compiled

FRESH, LOADED = "8.0 2.0 0 True", "8.0 2.0 2 True"
"""What a process says that compiled both kernels and kept them, and one that loaded both."""


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """One that was never used."""
    return Package.made(tmp_path / "installed")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """One whose kernels were compiled ahead; to look at, not to change."""
    package = Package.made(tmp_path_factory.mktemp("ready") / "installed")
    code, out, err = package.run("-m", "tracker")
    assert (code, err) == (0, "")
    assert out.startswith(f"Compiled the tracker's kernels into {package.home / '__pycache__'}")
    return package


def test_what_was_compiled_ahead_beside_the_sources_is_loaded_and_left_as_it_is(ready: Package) -> None:
    files = ready.kept(ready.home / "__pycache__")
    assert len(files) == 4, "an index and a body for each kernel"
    assert ready.use() == LOADED
    code, out, err = ready.run("-m", "tracker")
    assert (code, err) == (0, "")
    assert out.startswith(f"The tracker's kernels are ready in {ready.home / '__pycache__'}")
    assert ready.kept(ready.home / "__pycache__") == files
    assert not ready.user_cache.exists()


def test_where_the_sources_cannot_be_written_the_users_cache_serves(package: Package) -> None:
    package.refuse_writing(package.home / "__pycache__")
    assert package.use() == FRESH
    files = package.kept(package.user_cache)
    assert len(files) == 4
    assert package.use() == LOADED
    assert package.kept(package.user_cache) == files


def test_where_nothing_can_be_written_every_process_compiles_for_itself(package: Package) -> None:
    package.refuse_writing(package.home / "__pycache__", package.user_cache)
    assert package.use() == "8.0 2.0 0 False"
    code, out, err = package.run("-m", "tracker")
    assert (code, out) == (1, "")
    assert "every start compiles them again" in err


def test_two_processes_that_compile_at_once_leave_a_cache_that_serves(package: Package) -> None:
    processes = [package.start("-m", "tracker") for _ in range(2)]
    assert [(process.communicate(timeout=120)[1], process.returncode) for process in processes] == [("", 0)] * 2
    assert package.use() == LOADED


def test_a_changed_kernel_is_compiled_anew_and_one_that_was_only_touched_is_not(ready: Package, tmp_path: Path) -> None:
    package = ready.copied(tmp_path / "copied")
    files = package.kept(package.home / "__pycache__")
    os.utime(package.home / "halving.py", (1e9, 1e9))
    assert package.use() == LOADED
    assert package.kept(package.home / "__pycache__") == files
    source = package.home / "doubling.py"
    source.write_text(source.read_text().replace("2.0", "3.0"))
    assert package.use() == "12.0 2.0 0 True"


def test_damaged_machine_code_is_survived_and_mended(ready: Package, tmp_path: Path) -> None:
    code, _, err = ready.copied(tmp_path / "copied").run("-c", DAMAGE)
    assert code == 0, err[-800:]


def test_the_digest_covers_every_file_that_a_kernel_takes_something_from() -> None:
    sources = compiled.kernel_sources()
    names = {file.stem for file in sources}
    with_kernels = [file for file in sources if "@kernel" in file.read_text()]
    assert {"step", "kalman", "candidates", "assignment"} <= {file.stem for file in with_kernels}
    for file in with_kernels:
        taken: set[str] = set()
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "tracker":
                module = (node.module or "").partition(".")[2]
                taken |= {module} if module else {alias.name for alias in node.names}
        assert taken <= names, f"{file.name} takes something from {sorted(taken - names)}"


@pytest.mark.skipif(not COMPILED, reason="without the compiler a kernel is a function like any other")
def test_no_kernel_is_written_in_a_file_that_the_digest_leaves_out() -> None:
    covered = {file.stem for file in compiled.kernel_sources()}
    for file in (REPOSITORY / "tracker").glob("*.py"):
        if file.stem in covered or file.stem.startswith("__"):
            continue
        module: Any = importlib.import_module(f"tracker.{file.stem}")
        own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
        assert [name for name in own if isinstance(getattr(module, name), numba.core.dispatcher.Dispatcher)] == []


def test_as_many_kernels_are_announced_as_are_made_ready() -> None:
    tree = ast.parse(Path(tracker.entries.__file__).read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert sum(call.func.id == "compiled" for call in calls) == compiled.ENTRIES
    assert compiled.is_ready()


def test_a_kernel_is_compiled_for_one_kind_of_arguments_and_never_while_tracking() -> None:
    for entry in (tracker.entries.step, tracker.entries.are_sound):
        assert not COMPILED or len(entry.signatures) == 1
        assert not COMPILED or not entry._can_compile
