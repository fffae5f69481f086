"""The tracker's README: its examples run, and it names everything that there is."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from tests.tracker.scenes import REPOSITORY
from tracker import ByteTrackConfig, errors, read_mot
from tracker.compiled import HERE, cache_folder
from tracker.presets import PRESETS

README = (REPOSITORY / "tracker" / "README.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
COMMANDS = re.findall(r"^```sh\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
EXAMPLE, FROM_FILE_TO_FILE, ON_THREADS = PROGRAMS

ONLY_WHAT_IT_NEEDS = """
import sys
from pathlib import Path

class Refuse:
    def find_spec(self, name, path=None, target=None):
        # numba looks for scipy, and does without.
        if path is None and name not in sys.stdlib_module_names | {"numpy", "numba", "llvmlite", "tracker"}:
            raise ImportError(f"{name} is not among what the README says is needed")

sys.meta_path.insert(0, Refuse())
import tracker

assert Path(tracker.__file__).is_relative_to(Path.cwd())
"""


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A folder that holds nothing but the folder `tracker`, and the kernels of these sources where they lie in it."""
    copy, kept = tmp_path / "tracker", cache_folder()
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    if kept is not None and kept.is_relative_to(HERE):
        shutil.copytree(kept, copy / kept.relative_to(HERE))
    return tmp_path


def run(folder: Path, *command: str) -> str:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PATH": path}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def run_program(folder: Path, program: str) -> str:
    return run(folder, sys.executable, "-W", "error", "-c", ONLY_WHAT_IT_NEEDS + program)


def test_the_example_runs_on_its_own_and_prints_what_the_readme_says(alone: Path) -> None:
    (printed,) = re.findall(r"^```text\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
    assert run_program(alone, EXAMPLE) == printed


def test_the_example_has_twenty_lines_at_most() -> None:
    assert len([line for line in EXAMPLE.splitlines() if line.strip()]) <= 20


def test_the_example_of_files_writes_the_tracks_of_the_detections(alone: Path) -> None:
    rows = [f"{frame},-1,{100 + 3 * frame},50,40,100,0.9\n" for frame in range(1, 31) if frame not in (15, 16, 17)]
    (alone / "det.txt").write_text("".join(rows))
    run_program(alone, FROM_FILE_TO_FILE + "\nassert len(whole) == 30")
    tracks = read_mot(alone / "tracks.txt")
    assert (len(tracks), set(tracks.track_id.tolist())) == (27, {1})


def test_the_example_of_threads_answers_every_frame(alone: Path) -> None:
    assert run_program(alone, ON_THREADS + "\nprint([len(one) for one in tracks])") == "[100, 50]\n"


def test_the_commands_run(alone: Path) -> None:
    said = [run(alone, "sh", "-e", "-c", command) for command in COMMANDS]
    assert len(said) == 1
    assert "kernels" in said[0]


def test_every_block_is_one_that_is_run() -> None:
    kinds = re.findall(r"^```(\w*)$", README, flags=re.MULTILINE)
    assert sorted(kind for kind in kinds if kind) == ["python"] * len(PROGRAMS) + ["sh"] * len(COMMANDS) + ["text"]
    assert kinds.count("") == len(kinds) / 2


def test_every_file_is_named_and_no_other() -> None:
    named = re.findall(r"^\| `([\w.]+)` \|", README.partition("## Files")[2], flags=re.MULTILINE)
    files = [path.name for path in (REPOSITORY / "tracker").iterdir() if path.is_file() and path.name != "README.md"]
    assert sorted(named) == sorted(files)


def test_every_preset_parameter_and_error_is_named() -> None:
    presets = re.findall(r"^\| `(\w+)` \| ", README.partition("| preset | is |")[2].partition("\n\n")[0], re.MULTILINE)
    assert presets == list(PRESETS)
    options = set(re.findall(r"`(\w+)`", README.partition("## Presets and options")[2].partition("\n## ")[0]))
    assert {field.name for field in fields(ByteTrackConfig)} <= options
    raised = set(re.findall(r"^\| `(\w+Error)` \|", README, flags=re.MULTILINE))
    assert {name for name, kind in vars(errors).items() if isinstance(kind, type)} <= raised


def test_every_link_leads_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (REPOSITORY / "tracker" / link.partition("#")[0]).exists()] == []
