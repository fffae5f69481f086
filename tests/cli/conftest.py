"""Running `trackd`: inside this process where only its answer matters, as a child where signals do."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli import run
from app.kernels import load_kernels

REPOSITORY = Path(__file__).resolve().parents[2]
WAIT_S = 120


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def kernels() -> None:
    """The tracker is compiled, so that no command has to say that it waits for that."""
    load_kernels(lambda line: None)


@pytest.fixture
def trackd(
    kernels: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """Runs a command in an empty folder without settings of this machine; the cache of models is empty."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TRACKD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TRACKD_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "120")

    def command(*arguments: object) -> Answer:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return command


@pytest.fixture
def start(kernels: None, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a command as a child in an empty folder; what still runs at the end is killed."""
    children: list[subprocess.Popen[str]] = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACKD_")}
    environment |= {"PYTHONPATH": str(REPOSITORY), "TRACKD_CACHE_DIR": str(tmp_path / "cache")}

    def command(*arguments: object, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        children.append(child)
        return child

    yield command
    for child in children:
        if child.poll() is None:
            child.kill()
        child.communicate(timeout=WAIT_S)
