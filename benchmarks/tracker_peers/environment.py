"""Makes the peers' environments, once, and says in a line why one cannot be made."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.tracker_peers.catalogue import Peer

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""What keeps the numerical libraries to one thread each."""


class NoPeerError(RuntimeError):
    """A peer cannot be installed or started; the message is one line."""


def child_environment(root: Path) -> dict[str, str]:
    """The variables that all measured processes are started with."""
    # Ultralytics writes settings, asks its servers and installs packages unless told otherwise.
    quiet = {"YOLO_CONFIG_DIR": str(root), "YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false"}
    return {**os.environ, **ONE_THREAD, **quiet, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def python_of(root: Path, peer: Peer) -> Path:
    """The interpreter of the peer's environment."""
    return root.absolute() / peer.folder / "bin" / "python"


def prepare(root: Path, peer: Peer) -> Path:
    """The interpreter of the peer's environment, which is made if need be (minutes).

    Raises:
        NoPeerError: something of it cannot be installed or built.
    """
    python, made = python_of(root, peer), root / peer.folder / f"{peer.name}.made"
    recipe = repr((peer.installs, peer.build))
    if made.is_file() and made.read_text() == recipe:
        return python
    print(f"Making the environment of {peer.title} in {python.parent.parent}", file=sys.stderr)
    if not peer.home:
        shutil.rmtree(python.parent.parent, ignore_errors=True)
        _run(root, [sys.executable, "-m", "venv", str(python.parent.parent)])
    elif not python.is_file():
        raise NoPeerError(f"the environment of {peer.home} is needed, and is not there")
    for alternatives in peer.installs:
        _install(root, python, alternatives)
    if peer.build:
        _run(root, [str(python.parent / peer.build[0]), *peer.build[1:]])
    made.write_text(recipe)
    return python


def _install(root: Path, python: Path, alternatives: Sequence[Sequence[str]]) -> None:
    install = [str(python), "-m", "pip", "--no-input", "--quiet", "install", "--prefer-binary"]
    for index, requirements in enumerate(alternatives, start=1):
        try:
            _run(root, [*install, *requirements])
            return
        except NoPeerError:
            if index == len(alternatives):
                raise


def _run(root: Path, command: Sequence[str]) -> None:
    done = subprocess.run(command, env=child_environment(root), capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoPeerError(_reason(done.stdout + "\n" + done.stderr) or f"{command[0]} exits {done.returncode}")


def _reason(said: str) -> str:
    """The line of an output that tells most about a failure."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("ERROR:", "Requirements:")) or "Error:" in line]
    return (telling or lines or [""])[-1][:200]
