"""Memory that the machine and the container can give."""

from pathlib import Path

import psutil

from models.spare import NO_LIMIT, spare_memory_bytes


def container(folder: Path, most: str, used: int, files: int) -> Path:
    folder.mkdir()
    (folder / "memory.max").write_text(most + "\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {files}\nactive_file 7\n")
    return folder


def test_a_machine_has_no_more_to_spare_than_it_has() -> None:
    assert 0 < spare_memory_bytes() <= psutil.virtual_memory().total


def test_a_container_counts_what_is_left_below_its_limit_and_files_nobody_reads(tmp_path: Path) -> None:
    nowhere = tmp_path / "nothing"
    assert spare_memory_bytes(nowhere, container(tmp_path / "a", "1000", 700, 200)) == 500
    assert spare_memory_bytes(nowhere, container(tmp_path / "b", "1000", 1700, 200)) == 0
    assert spare_memory_bytes(nowhere, container(tmp_path / "c", "max", 700, 200)) == NO_LIMIT


def test_the_smaller_of_both_counts(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:  100 kB\nMemAvailable:      3 kB\n")
    assert spare_memory_bytes(tmp_path / "meminfo", container(tmp_path / "c", "1000000", 0, 0)) == 3072


def test_where_neither_says_there_is_no_limit(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("an old kernel\n")
    assert spare_memory_bytes(tmp_path / "meminfo", tmp_path) == NO_LIMIT
