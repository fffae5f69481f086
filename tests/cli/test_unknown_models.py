"""Model files of strangers on the command line: tried before they are loaded, and one line where they do not do."""

import json
import signal
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.models import hostile_graphs as hostile
from tests.models.graphs import table_model


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "m.onnx"
    path.write_bytes(content)
    return path


def test_info_shows_what_trying_a_file_took_and_when_it_was_tried(trackd, tmp_path: Path) -> None:
    path = saved(tmp_path, table_model(np.zeros((300, 6), np.float32)))
    first = trackd("models", "info", path)
    assert first.code == 0
    assert "passed now: " in first.out
    assert "of memory and " in first.out
    again = trackd("models", "info", path)
    assert "passed at an earlier start: " in again.out
    inspection = json.loads(trackd("models", "info", path, "--json").out)["inspection"]
    assert inspection["known"] is True
    assert inspection["memory_bytes"] > 0
    assert trackd("models", "info", "demo").out.count("none: a model of the catalogue, or trusted") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(hostile.constant_of_shape(), "m.onnx needs more than ", id="memory"),
        pytest.param(hostile.outside("subgraph"), "m.onnx keeps the weights 'w' in another file", id="other-file"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1\n", "m.onnx is a Git LFS pointer", id="pointer"),
        pytest.param(b"\x08\x08" + b"\xff" * 50, "m.onnx is no ONNX model", id="noise"),
    ],
)
def test_a_file_that_does_not_do_is_one_line_and_exit_code_3(trackd, tmp_path: Path, content: bytes, said: str) -> None:
    answer = trackd("models", "info", saved(tmp_path, content))
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.count("\n") == 1
    assert answer.err.startswith("trackd: error: ")
    assert said in answer.err


def test_files_are_loaded_untried_where_the_settings_say_so(
    trackd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKD_INSPECT_MODELS", "false")
    path = saved(tmp_path, table_model(np.zeros((300, 6), np.float32)))
    assert json.loads(trackd("models", "info", path, "--json").out)["inspection"] is None


def test_ctrl_c_while_a_file_is_tried_leaves_nothing_running(start, tmp_path: Path) -> None:
    command = start("models", "info", saved(tmp_path, hostile.endless()))
    process = psutil.Process(command.pid)
    while not (children := process.children()):
        assert command.poll() is None
        time.sleep(0.01)
    command.send_signal(signal.SIGINT)
    out, err = command.communicate()
    assert command.returncode == 130
    assert (out, "Traceback" in err) == ("", False)
    # A signal that comes while the child is being made leaves it to find out by itself that nobody asks any more.
    psutil.wait_procs(children)
