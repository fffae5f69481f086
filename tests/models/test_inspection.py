"""The child process that tries a file: what it says, what it may do, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

import models
from models import Abort, DetectorOptions, Inspection, InspectionFailed, InspectionLimits, ModelBroken, ModelUnsupported
from models.inspecting import THREADS, options_from, try_model
from models.inspection import inspect_model, plain_options
from tests.models import hostile_graphs as hostile
from tests.models.graphs import table_model

GOOD = table_model(np.zeros((300, 6), np.float32))
UNREAD = table_model(np.zeros((300, 3), np.float32))
OPTIONS = DetectorOptions()


def until(condition: Callable[[], object]) -> None:
    """Wait for something in another process, which has no event to wait for; pytest's timeout ends it."""
    while not condition():
        time.sleep(0.01)


def inspectors(of: int | None = None) -> list[psutil.Process]:
    """The processes that try a file for this process or another."""
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(of).children()
        return [child for child in children if "models.inspecting" in child.cmdline()]
    return []


def is_limited(process: psutil.Process) -> bool:
    return process.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@contextmanager
def trying(content: bytes) -> Iterator[psutil.Process]:
    """The process that tries a file that never answers, once its limits hold."""
    abort = Abort()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(inspect_model, content, "m", "cpu", OPTIONS, abort=abort)
        try:
            until(inspectors)
            [child] = inspectors()
            until(lambda: is_limited(child))
            yield child
        finally:
            abort.set()
            with suppress(InspectionFailed):
                call.result()


def test_a_good_file_passes_with_what_it_took() -> None:
    inspection = inspect_model(GOOD, "m", "cpu", OPTIONS)
    assert inspection.memory_bytes is not None
    assert 0 < inspection.memory_bytes < 2**28
    assert 0 < inspection.seconds < 60
    assert not inspection.known
    assert inspectors() == []


def test_what_the_child_finds_wrong_is_raised_as_if_it_had_been_found_here() -> None:
    answer = try_model(UNREAD, "m", OPTIONS)
    with pytest.raises(getattr(models, str(answer["error"]))) as there:
        inspect_model(UNREAD, "m", "cpu", OPTIONS)
    assert str(there.value) == answer["message"]


def test_an_option_that_does_not_fit_is_found_in_the_child() -> None:
    with pytest.raises(ModelUnsupported, match=r"fixed input of \(64, 64\), not \(96, 96\)"):
        inspect_model(GOOD, "m", "cpu", DetectorOptions(input_size=(96, 96)))


def test_options_reach_the_child_but_for_what_would_write_or_take_cores() -> None:
    options = DetectorOptions(
        labels=("a", "b"), graph_cache=Path("graphs"), threads=64, mean=(1, 2, 3), input_size=(64, 96), spin=True
    )
    there = options_from(json.loads(json.dumps(plain_options(options))))
    assert (there.labels, there.mean, there.input_size) == (("0", "1"), (1, 2, 3), (64, 96))
    assert (there.threads, there.spin, there.graph_cache) == (THREADS, False, None)


def test_as_many_names_as_the_settings_allow_reach_the_child() -> None:
    options = DetectorOptions(labels=("x" * 80,) * 65_536)
    assert len(json.dumps(plain_options(options))) < 1000
    assert len(options_from(plain_options(options)).labels or ()) == 65_536
    assert options_from(plain_options(DetectorOptions(labels=()))).labels == ()


def test_a_file_that_only_a_gpu_may_run_says_how_to_go_on() -> None:
    content = hostile.model([hostile.node("Foo", ["x"], ["y"], domain="TRT")], opsets=[("", 17), ("TRT", 1)])
    for device, hinted in (("cuda", True), ("cpu", False)):
        message = str(try_model(content.SerializeToString(), "m", OPTIONS, device)["message"])
        assert "'Foo' of domain 'TRT'" in message
        assert message.endswith("where only 'cuda' can run it, set inspect_models=false)") is hinted


def test_the_child_shares_no_socket_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKD_SECRET", "hunter2")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        with trying(hostile.endless()) as child:
            links = [os.readlink(entry) for entry in Path(f"/proc/{child.pid}/fd").iterdir()]
            assert not [link for link in links if link.startswith("socket:")]
            assert "TRACKD_SECRET" not in child.environ()


def test_the_child_has_limits_that_it_cannot_lift() -> None:
    with trying(hostile.endless()) as child:
        assert child.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        assert child.rlimit(psutil.RLIMIT_CPU) == (121, 121)
        soft, hard = child.rlimit(psutil.RLIMIT_AS)
        assert 4 * 2**30 < soft == hard < 8 * 2**30
        assert child.nice() >= 10
        assert Path(f"/proc/{child.pid}/oom_score_adj").read_text().strip() == "1000"


def test_an_abort_ends_the_wait_at_once() -> None:
    with trying(hostile.endless()) as child:
        pass
    assert is_gone(child)
    aborted = Abort()
    aborted.set()
    with pytest.raises(InspectionFailed, match="m was not tried to the end: the program is stopping"):
        inspect_model(GOOD, "m", "cpu", OPTIONS, abort=aborted)
    assert inspectors() == []


def test_a_child_that_is_killed_says_by_what() -> None:
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(inspect_model, hostile.endless(), "m", "cpu", OPTIONS)
        until(inspectors)
        [child] = inspectors()
        until(lambda: is_limited(child))
        child.send_signal(signal.SIGSEGV)
        with pytest.raises(ModelBroken, match=r"m crashed onnxruntime when it was tried \(signal 11, SIGSEGV\)"):
            call.result()


def test_a_child_that_cannot_start_is_not_the_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(InspectionFailed, match="no process can be started to try m in: No such file"):
        inspect_model(GOOD, "m", "cpu", OPTIONS)


def test_a_child_that_fails_before_it_reads_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("raise ImportError('half an installation')")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(InspectionFailed, match="m could not be tried: ImportError: half an installation"):
        inspect_model(GOOD, "m", "cpu", OPTIONS)


def test_several_threads_may_ask_at_once() -> None:
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(inspect_model, GOOD, "m", "cpu", OPTIONS) for _ in range(2)]
        assert all(isinstance(call.result(), Inspection) for call in calls)
    assert inspectors() == []


PROGRAM = "import models, sys; models.load_detector(sys.argv[1], 'cpu')"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "killed"])
def test_the_child_ends_with_the_program_that_asked(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(hostile.endless())
    environment = os.environ | {"HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, str(path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, start_new_session=True) as program:
        until(lambda: inspectors(program.pid) or program.poll() is not None)
        [child] = inspectors(program.pid)
        until(lambda: is_limited(child))
        os.killpg(program.pid, number)  # as the terminal does it: to all that belong to the program
        _, said = program.communicate()
    until(lambda: is_gone(child))
    assert program.returncode == -number
    assert b"models/inspecting.py" not in said


def test_limits_grow_with_the_file_and_tell_what_is_within_them() -> None:
    limits = InspectionLimits(memory_bytes=100, per_byte=2, time_s=5)
    assert limits.memory_for(50) == 200
    assert (limits.time_for(50), limits.time_for(10**9)) == (5, 205)
    assert limits.allow(Inspection(memory_bytes=200, seconds=5, known=True), 50)
    assert limits.allow(Inspection(memory_bytes=None, seconds=5, known=True), 50)
    assert not limits.allow(Inspection(memory_bytes=201, seconds=5, known=True), 50)
    assert not limits.allow(Inspection(memory_bytes=0, seconds=5.1, known=True), 50)
