import re
import subprocess
import sys
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "benchmarks/README.md",
    "examples/README.md",
    "tracker/README.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def python_blocks(name: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", text(name), flags=re.DOTALL | re.MULTILINE)


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    first = re.search(r"^## \[([^\]]+)\]", text("CHANGELOG.md"), flags=re.MULTILINE)
    assert first is not None
    assert first[1] == PROJECT["project"]["version"]


def test_the_licence_is_the_text_of_apache_2_0() -> None:
    published = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
    assert sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == published
    assert PROJECT["project"]["license"] == "Apache-2.0"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_link_into_the_project_leads_somewhere(name: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text(name)) if "://" not in link]
    assert [link for link in links if not ((ROOT / name).parent / link.split("#")[0]).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_make_target_that_is_named_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text(name), flags=re.MULTILINE))
    assert named <= targets


def test_the_readme_names_every_extra() -> None:
    extras = set(PROJECT["project"]["optional-dependencies"])
    assert set(re.findall(r"^\| `([a-z]+)` \|", text("README.md"), flags=re.MULTILINE)) >= extras


def test_the_tables_of_settings_are_those_of_the_code() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/tables.py", "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_example_of_the_tracker_keeps_one_id() -> None:
    (example,) = [block for block in python_blocks("README.md") if "ByteTracker(" in block]
    done = subprocess.run([sys.executable, "-c", example], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^\[1\] \[\[", done.stdout, flags=re.MULTILINE)) >= 9


def test_every_other_example_is_python() -> None:
    for block in python_blocks("README.md"):
        compile(block, "README.md", "exec")
