import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.accuracy_rows import BASE, rows
from benchmarks.machine import REPOSITORY


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.tracker_accuracy", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def write_sequence(folder: Path, frames: int = 20) -> None:
    """Two pedestrians who stand still, the second of whom is not detected in frame 15, which is in the second half."""
    places = [(frame, who, 200 * who) for frame in range(1, frames + 1) for who in (1, 2)]
    folder.mkdir(parents=True)
    (folder / "gt.txt").write_text("".join(f"{f},{who},{x},100,40,90,1,1,1\n" for f, who, x in places))
    seen = [(f, x) for f, who, x in places if (f, who) != (15, 2)]
    (folder / "det.txt").write_text("".join(f"{f},-1,{x},100,40,90,0.9,-1,-1,-1\n" for f, x in seen))
    (folder / "seqinfo.ini").write_text(f"[Sequence]\nname={folder.name}\nframeRate=30\nseqLength={frames}\n")


def test_rows_are_scored_timed_and_written_with_those_they_are_compared_with(tmp_path: Path) -> None:
    pytest.importorskip("trackeval", reason="scores need the extra eval")
    write_sequence(tmp_path / "data" / "SEQ-1")
    written = {kind: tmp_path / f"rows.{kind}" for kind in ("json", "markdown")}
    done = run("--data", tmp_path / "data", "--only", "`coast=1`", "mot17`, linear", "--rounds", "1",
               "--json", written["json"], "--markdown", written["markdown"])  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {row["name"]: row for row in json.loads(written["json"].read_text())["rows"]}
    assert found[BASE]["overall"]["FN"] == 1
    assert found["`coast=1`"]["overall"]["FN"] == 0
    assert found["`coast=1`"]["change"]["HOTA"] > 0.0
    assert found["`coast=1`"]["time"] > 0.0
    assert found[f"{BASE}, linear"]["overall"]["FN"] == 0
    assert {row["against"] for row in found.values()} <= found.keys()
    assert "| `coast=1` | 100.00 |" in written["markdown"].read_text()
    assert "scored 1 of " in done.stderr


def test_missing_data_is_told_in_a_line(tmp_path: Path) -> None:
    done = run("--data", tmp_path / "nowhere")
    assert done.returncode == 1
    assert done.stderr == f"tracker_accuracy: no folder at {tmp_path / 'nowhere'}\n"


def test_every_row_has_a_name_of_its_own_and_follows_the_one_it_is_compared_with() -> None:
    known: set[str] = set()
    for row in rows():
        assert row.name not in known
        assert row.against in known | {BASE}
        known.add(row.name)
