"""The C port that numba is measured against does the same work."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.kernel_port import NoCompilerError, Port, compile_port
from benchmarks.machine import REPOSITORY
from tests.tracker.inner_kernels import candidates
from tests.tracker.scenes import examples
from tracker.types import Bools, Floats


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Port:
    """The port, compiled strictly, or a skip where nothing compiles C."""
    try:
        return Port(compile_port(tmp_path_factory.mktemp("port") / "port.so", "-Wall", "-Wextra"))
    except NoCompilerError as error:
        pytest.skip(f"nothing to compile C with: {error}")


def boxes(random: np.random.Generator, count: int, side: float, rounded: bool) -> Floats:
    corner = random.uniform(0, side, (count, 2))
    made = np.concatenate([corner, corner + random.uniform(1, 60, corner.shape)], axis=1)
    return np.round(made) if rounded else made


def assert_the_same_pairs(port: Port, first: Floats, second: Floats, used: Bools, limit: float) -> None:
    ours, theirs = candidates(first, second, used, limit), port.candidates(first, second, used, limit)
    assert [column.dtype for column in theirs] == [np.int32, np.int32, np.float64]
    assert [column.tobytes() for column in theirs] == [column.tobytes() for column in ours]


@settings(max_examples=examples(100))
@given(
    seed=st.integers(0, 2**32 - 1),
    counts=st.tuples(st.integers(0, 90), st.integers(0, 90)),
    side=st.sampled_from([1.0, 60.0, 300.0, 3000.0]),
    rounded=st.booleans(),
    limit=st.floats(0, 1),
)
def test_the_port_gives_the_pairs_of_the_kernel(
    port: Port, seed: int, counts: tuple[int, int], side: float, rounded: bool, limit: float
) -> None:
    random = np.random.default_rng(seed)
    first, second = (boxes(random, count, side, rounded) for count in counts)
    assert_the_same_pairs(port, first, second, random.random(counts[1]) < 0.8, limit)


def test_pairs_that_exceed_the_space_are_all_found(port: Port) -> None:
    crowd = np.tile([[10.0, 10, 50, 90]], (40, 1))
    assert_the_same_pairs(port, crowd, crowd.copy(), np.ones(40, np.bool_), 1.0)
    assert len(port.candidates(crowd, crowd, np.ones(40, np.bool_), 1.0)[1]) == 1600


def test_arrays_of_another_layout_are_refused(port: Port) -> None:
    narrow = np.zeros((3, 4), np.float32)
    with pytest.raises(ValueError, match="an array of float32 was given"):
        port.candidates(narrow, narrow, np.ones(3, np.bool_), 1.0)


def test_without_a_compiler_the_benchmark_says_so_in_a_line(tmp_path: Path) -> None:
    unset = {"CC", "NUMBA_DISABLE_JIT"}
    env = {name: value for name, value in os.environ.items() if name not in unset} | {"PATH": str(tmp_path)}
    command = [sys.executable, "-m", "benchmarks.kernel_language"]
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("skipped: there is no C compiler: cc is not on the PATH, and CC may name another\n")
