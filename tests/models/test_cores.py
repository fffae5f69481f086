"""How many cores a process in a container has, on trees of files as both versions of control groups write them."""

import os
from pathlib import Path

import pytest

from models.cores import available_cores

MINE = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tree(root: Path, **files: str) -> Path:
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return root


def test_without_control_groups_the_affinity_counts(tmp_path: Path) -> None:
    assert available_cores(tmp_path) == MINE


@pytest.mark.parametrize("text", ["max 100000\n", "", "nonsense", "100000\n", "-1 100000", "100000 0", "\0\0"])
def test_no_limit_and_nonsense_are_no_limit(tmp_path: Path, text: str) -> None:
    root = tree(tmp_path, **{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": text})
    assert available_cores(root) == MINE


@pytest.mark.parametrize(("quota", "cores"), [(100_000, 1), (30_000, 1), (1, 1), (900_000_000, MINE)])
def test_a_quota_of_the_second_version_is_the_limit_and_never_less_than_one(
    tmp_path: Path, quota: int, cores: int
) -> None:
    root = tree(tmp_path, **{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": f"{quota} 100000\n"})
    assert available_cores(root) == cores


@pytest.mark.parametrize("limited", ["", "kubepods/", "kubepods/pod1/", "kubepods/pod1/box/"])
def test_the_smallest_quota_of_all_groups_around_the_own_one_holds(tmp_path: Path, limited: str) -> None:
    files = {"proc/self/cgroup": "0::/kubepods/pod1/box\n", "sys/fs/cgroup/kubepods/cpu.max": "max 100000\n"}
    files[f"sys/fs/cgroup/{limited}cpu.max"] = "100000 100000\n"
    assert available_cores(tree(tmp_path, **files)) == 1


def test_a_path_of_the_hosts_tree_of_which_only_the_own_part_is_mounted_is_followed_to_its_root(
    tmp_path: Path,
) -> None:
    files = {"proc/self/cgroup": "0::/system.slice/docker-1f.scope\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"}
    assert available_cores(tree(tmp_path, **files)) == 1


@pytest.mark.parametrize("folder", ["cpu", "cpu,cpuacct"])
def test_a_quota_of_the_first_version_is_found_in_either_of_its_folders(tmp_path: Path, folder: str) -> None:
    files = {
        "proc/self/cgroup": "12:cpuset:/\n4:cpu,cpuacct:/docker/1f\n0::/\n",
        f"sys/fs/cgroup/{folder}/docker/1f/cpu.cfs_quota_us": "100000\n",
        f"sys/fs/cgroup/{folder}/docker/1f/cpu.cfs_period_us": "100000\n",
    }
    assert available_cores(tree(tmp_path, **files)) == 1


def test_no_quota_in_the_first_version_is_no_limit(tmp_path: Path) -> None:
    files = {
        "proc/self/cgroup": "4:cpu,cpuacct:/\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    }
    assert available_cores(tree(tmp_path, **files)) == MINE


def test_a_quota_of_another_controller_is_no_limit(tmp_path: Path) -> None:
    files = {
        "proc/self/cgroup": "4:cpuset:/a\n",
        "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "100000\n",
        "sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
    }
    assert available_cores(tree(tmp_path, **files)) == MINE


@pytest.mark.skipif(MINE < 2, reason="needs two cores to tell rounding up from rounding down")
@pytest.mark.parametrize(("quota", "cores"), [(149_000, 1), (190_000, 2)])
def test_a_part_of_a_core_is_rounded(tmp_path: Path, quota: int, cores: int) -> None:
    root = tree(tmp_path, **{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": f"{quota} 100000\n"})
    assert available_cores(root) == cores
