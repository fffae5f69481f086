"""The child is interrupted once it has said how far it is; nothing waits for the clock."""

import re
import signal
import subprocess
from pathlib import Path

import av
import msgspec
import pytest

from app.wire import TracksMessage
from tracker import read_mot

WAIT_S = 120
ENDLESS = "demo:?width=160&height=96&fps=2"
OUTPUTS = ("-o", "out.mp4", "--mot", "out.txt", "--json", "out.jsonl")


def wait_for_frames(child: subprocess.Popen[str], count: int) -> None:
    """Read the child's progress until it has tracked `count` frames."""
    assert child.stderr is not None
    for line in child.stderr:
        progress = re.search(r": (\d+) of \d+ frames", line)
        if progress and int(progress[1]) >= count:
            return
    pytest.fail(f"the child ended before it had tracked {count} frames")


def seqs(path: Path) -> list[int]:
    """The frames of complete lines."""
    complete = path.read_bytes().rpartition(b"\n")[0]
    return [msgspec.json.decode(line, type=TracksMessage).seq for line in complete.splitlines()]


def frames_in(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.parametrize(
    ("number", "code", "name", "options"),
    [
        (signal.SIGINT, 130, "Ctrl-C", ()),
        (signal.SIGTERM, 143, "SIGTERM", ()),
        (signal.SIGINT, 130, "Ctrl-C", ("--interpolate", "linear")),
        (signal.SIGTERM, 143, "SIGTERM", ("--interpolate", "gaussian")),
    ],
    ids=["ctrl-c", "sigterm", "linear", "gaussian"],
)
def test_an_interrupted_run_leaves_complete_outputs_and_says_so(
    start, tmp_path: Path, number, code, name, options
) -> None:
    child = start("track", ENDLESS, "--frames", "1000000", *OUTPUTS, *options)
    wait_for_frames(child, 1)
    child.send_signal(number)
    out, err = child.communicate(timeout=WAIT_S)
    assert child.returncode == code, err
    assert f"stopped by {name}" in out
    assert "Traceback" not in err
    found = re.search(r"demo-1: (\d+) frame", out)
    assert found, out
    tracked = int(found[1])
    assert seqs(tmp_path / "out.jsonl") == list(range(1, tracked + 1))
    assert (tmp_path / "out.jsonl").read_bytes().endswith(b"\n")
    assert read_mot(tmp_path / "out.txt").last_frame <= tracked
    assert frames_in(tmp_path / "out.mp4") == tracked


def test_a_killed_run_leaves_a_video_that_plays_and_rows_that_parse(start, tmp_path: Path) -> None:
    child = start("track", ENDLESS, "--frames", "1000000", *OUTPUTS)
    wait_for_frames(child, 40)
    child.kill()
    child.wait(timeout=WAIT_S)
    written = seqs(tmp_path / "out.jsonl")
    assert len(written) >= 24
    assert written == list(range(1, len(written) + 1))
    assert frames_in(tmp_path / "out.mp4") >= 20


def test_a_reader_that_goes_away_ends_the_run_without_a_traceback(start) -> None:
    child = start("track", ENDLESS, "--frames", "1000000", "--json", "-")
    assert child.stdout is not None
    child.stdout.readline()
    child.stdout.close()
    assert child.stderr is not None
    errors = child.stderr.read()
    assert child.wait(timeout=WAIT_S) == 5
    assert "cannot write standard output: Broken pipe" in errors
    assert "Traceback" not in errors
