import json
import re
import signal
import socket
import subprocess
import urllib.request
from contextlib import closing

import pytest

from app.cli.demonstration import demo_truth, free_port

WAIT_S = 120


def listener() -> socket.socket:
    """Somebody who has taken a port."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return taken


def address_of(child: subprocess.Popen[str]) -> str:
    """Read the child's output until it says where it serves."""
    assert child.stdout is not None
    for line in child.stdout:
        if found := re.search(r"live at (http://\S+)", line):
            return found[1]
    pytest.fail(f"the child ended without serving: {child.stderr.read() if child.stderr else ''}")


def test_the_demo_prints_its_rate_its_ids_and_its_score(trackd) -> None:
    pytest.importorskip("trackeval", reason="scores need the extra eval")
    answer = trackd("demo", "--no-serve", "--frames", "60")
    assert answer.code == 0, answer.err
    assert re.search(r"demo-1: 60 frames in [\d.]+ s, [\d.]+ frames/s, \d+ ids \(.*person", answer.out)
    found = re.search(r"HOTA ([\d.]+), MOTA ([\d.]+), IDF1 ([\d.]+); \d+ id switches", answer.out)
    assert found
    assert float(found[1]) >= 50.0, "the bundled detector and the tracker see the street"


def test_the_truth_of_the_demo_leaves_out_what_is_nearly_hidden() -> None:
    truths = demo_truth(1, 40)
    assert len(truths) == 40
    assert 0 < sum(int(truth.counted.sum()) for truth in truths) < sum(len(truth.counted) for truth in truths)


def test_the_demo_serves_two_cameras_on_the_next_free_port_until_it_is_interrupted(start) -> None:
    with closing(listener()) as taken:
        port = taken.getsockname()[1]
        child = start("demo", "--frames", "3", "--port", port)
        address = address_of(child)
        assert not address.endswith(f":{port}")
        with urllib.request.urlopen(f"{address}/v1/streams", timeout=WAIT_S) as answer:
            streams = json.load(answer)["items"]
        assert [stream["stream"] for stream in streams] == ["demo-1", "demo-2"]
        with urllib.request.urlopen(f"{address}/v1/streams/demo-2/tracks?since=0&wait=20", timeout=WAIT_S) as answer:
            assert json.load(answer)["width"] == 960
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=WAIT_S)
    assert child.returncode == 0, err
    assert f"port {port} is taken, using " in err
    assert "Traceback" not in err


def test_the_demo_ends_by_itself_when_told_so(start) -> None:
    child = start("demo", "--frames", "2", "--port", "0", "--seconds", "0.1")
    assert address_of(child).startswith("http://127.0.0.1:")
    _, err = child.communicate(timeout=WAIT_S)
    assert child.returncode == 0, err
    assert "Traceback" not in err


def test_an_interrupt_while_the_demo_tracks_ends_it(start) -> None:
    child = start("demo", "--frames", "100000")
    assert child.stderr is not None
    child.stderr.readline()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=WAIT_S)
    assert child.returncode == 130, err
    assert "stopped by Ctrl-C" in out
    assert "live at" not in out


def test_a_free_port_is_taken_as_it_is() -> None:
    with closing(listener()) as probe:
        free = probe.getsockname()[1]
    assert free_port("127.0.0.1", free) == free
    assert free_port("127.0.0.1", 0) == 0


def test_serving_on_a_taken_port_is_one_line_and_exit_code_1(trackd) -> None:
    with closing(listener()) as taken:
        answer = trackd("serve", "--port", taken.getsockname()[1])
    assert answer.code == 1
    assert answer.err.splitlines()[-1].startswith("trackd: error: cannot listen on 127.0.0.1:")


def test_serving_without_its_model_is_one_line_and_exit_code_3(trackd) -> None:
    answer = trackd("serve", "--port", "0", "--model", "yolox_nano")
    assert answer.code == 3
    assert answer.err.splitlines()[-1].startswith("trackd: error: model 'yolox_nano' was not pulled yet")
