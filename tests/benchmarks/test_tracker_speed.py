import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import tracker_costs
from benchmarks.machine import REPOSITORY
from benchmarks.tracker_peers.adapters import ADAPTERS
from benchmarks.tracker_peers.catalogue import PEERS, Peer
from benchmarks.tracker_peers.environment import NoPeerError, prepare
from benchmarks.tracker_peers.identity import Identity
from benchmarks.tracker_peers.process import Worker
from benchmarks.tracker_scene import make_scene


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.tracker_speed", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_our_own_part_runs_without_peers_and_tracks_what_is_there(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    small = ["--sizes", "10", "20", "--frames", "30", "--rounds", "2", "--no-costs"]
    done = run("--peers", *small, "--environment", tmp_path / "peers", "--json", figures)
    assert done.returncode == 0, done.stderr
    assert "its update alone" in done.stdout
    ours = json.loads(figures.read_text())["speeds"]["trackd"]["sizes"]
    assert list(ours) == ["10", "20"]
    for size, rounds in ours.items():
        assert len(rounds) == 2
        for one in rounds:
            assert one["frames"] == 20
            assert 0.0 < one["update_ms"] <= one["ms"]
            assert one["live"] >= 0.8 * int(size)
            assert one["covered"] > 0.9


def test_a_wrong_argument_is_told_in_a_line() -> None:
    done = run("--peers", "nobody")
    assert done.returncode == 2
    assert "invalid choice: 'nobody'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_peer_that_does_not_start_says_why_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(NoPeerError, match=r"^ModuleNotFoundError: No module named 'norfair'$"):
        Worker(Path(sys.executable), "norfair", tmp_path)


def test_a_peer_that_cannot_be_installed_says_why_in_a_line(tmp_path: Path) -> None:
    peer = Peer("none", "nothing", "none", "none", installs=((("--no-index", "no-such-distribution"),),))
    with pytest.raises(NoPeerError, match=r"^ERROR: No matching distribution found for no-such-distribution$"):
        prepare(tmp_path, peer)


def test_a_worker_stops_when_its_budget_is_spent(tmp_path: Path) -> None:
    make_scene(10, 40).save(tmp_path / "scene.npz")
    worker = Worker(Path(sys.executable), "trackd", tmp_path)
    cut = worker.ask("time", scene=str(tmp_path / "scene.npz"), budget_s=0.0)
    whole = worker.ask("time", scene=str(tmp_path / "scene.npz"), budget_s=60.0)
    worker.close()
    assert (len(cut["update_ms"]), len(whole["update_ms"]), len(whole["prepare_ms"])) == (3, 40, 40)


def test_every_peer_has_an_adapter_and_an_environment() -> None:
    names = {peer.name for peer in PEERS}
    assert names | {"trackd", "accurate"} == set(ADAPTERS)
    assert all(peer.installs or peer.home in names for peer in PEERS)


def test_ids_are_compared_with_the_truth() -> None:
    identity = Identity()
    identity.see([1, 2], np.array([7, 8, -1]), np.array([0, 1]))
    identity.see([1, 2], np.array([8, 7, -1]), np.array([0, 1]))
    identity.see([2, 3], np.array([8, -1]), np.array([0, 1]))
    assert identity.summary() == {"live": 2, "ids": 3, "covered": 1.0, "switches": 3, "invented": 1}


def test_without_the_detection_of_a_track_ids_are_only_counted() -> None:
    identity = Identity()
    identity.see(["a", "b"], np.array([0, 1]), None)
    identity.see(["b"], np.array([0]), None)
    assert identity.summary() == {"live": 1, "ids": 2}


def test_work_on_threads_is_done_as_often_as_there_are_threads() -> None:
    done: list[int] = []
    assert tracker_costs._beside(lambda: done.append(1), 3) > 0.0
    assert done == [1, 1, 1]


def test_work_that_fails_on_a_thread_is_not_waited_for() -> None:
    def fail() -> None:
        raise RuntimeError("the update failed")

    with pytest.raises(RuntimeError, match="the update failed"):
        tracker_costs._beside(fail, 2)
