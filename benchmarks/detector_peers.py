"""Which peers the detector is compared with, where they live, and why one is missing."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.detector_load import Sample
from benchmarks.tracker_peers.catalogue import PEERS, Peer
from benchmarks.tracker_peers.environment import ONE_THREAD, child_environment, prepare
from benchmarks.tracker_peers.process import Worker

SUPERVISION = Peer(
    "detector-supervision",
    "OpenCV + onnxruntime + supervision",
    "supervision",
    "import supervision",
    ((("onnxruntime",),),),
    home="supervision",
)
_RUNS_ON = ("onnx", "onnxruntime", "opencv-python-headless", "numpy", "scipy", "lap")
_IMPORTS = ("matplotlib", "pillow", "polars", "psutil", "pyyaml", "requests")
# torchvision must be of torch's own build: one for CUDA does not load beside a torch without it. So both come from the
# same place, which on PyPI means CUDA, and 6 GB.
ULTRALYTICS = Peer(
    "detector-ultralytics",
    "Ultralytics track",
    "ultralytics",
    "from ultralytics import YOLO",
    (
        (("torch==2.13.0+cpu", "torchvision==0.28.0+cpu"), ("torch===2.13.0", "torchvision===0.28.0")),
        (("--no-deps", "ultralytics>=8.4,<8.5"),),
        ((*_RUNS_ON, *_IMPORTS),),
    ),
)


@dataclass(frozen=True, slots=True)
class Script:
    """A script of `detector_scripts`, and how it is called.

    Attributes:
        name: of its log.
        script: its key in `SCRIPTS`.
        model: what it runs.
        callers: how many threads call it side by side.
        threads: for a bare session: intra-op threads, 0 for onnxruntime's defaults.
        peer: whose environment it needs; None for ours.
    """

    name: str
    script: str
    model: Path
    callers: int = 1
    threads: int | None = None
    peer: Peer | None = None


class Contestant:
    """A script at work in a process of its own.

    Raises:
        NoPeerError: its environment cannot be made, or it does not start; from the constructor.
    """

    def __init__(self, root: Path, script: Script, pictures: Path) -> None:
        self._worker = Worker(
            _python(root, script.peer), script.name, root, module="benchmarks.detector_worker",
            arguments=_arguments(script, pictures), variables=_variables(root),
        )  # fmt: skip

    def measure(self, seconds: float) -> Sample:
        """So many seconds at full speed."""
        return Sample(**self._worker.ask("measure", seconds=seconds))

    def close(self) -> None:
        """End the process."""
        self._worker.close()


def _python(root: Path, peer: Peer | None) -> Path:
    if peer is None:
        return Path(sys.executable)
    for other in PEERS:
        if other.name == peer.home:
            prepare(root, other)
    return prepare(root, peer)


def _arguments(script: Script, pictures: Path) -> list[str]:
    threads = [] if script.threads is None else [str(script.threads)]
    return [script.script, str(script.model.resolve()), str(pictures), str(script.callers), *threads]


def _variables(root: Path) -> dict[str, str]:
    """Those of the peers, but with all threads: nobody who writes such a script would take them away."""
    own = {name: os.environ[name] for name in ONE_THREAD if name in os.environ}
    return {name: value for name, value in child_environment(root).items() if name not in ONE_THREAD} | own
