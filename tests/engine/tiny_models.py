"""Tiny model files with one known box, and an engine that may load them."""

import asyncio
import gc
import threading
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from app.engine import fleet
from app.engine.local import LocalEngine
from app.engine.port import FrameIn
from app.inference_settings import InferenceSettings, ModelSettings
from app.limits import Limits
from app.settings import Settings
from models import DetectorOptions, Inspection
from models.verdicts import Verdicts
from tests.models.graphs import table_model

CLASSES = ("person", "car")
OLD, NEW, OTHER = 0.9, 0.8, 0.7
"""Scores that tell the models apart."""


def write_model(path: Path, score: float = OLD, classes: Sequence[str] = CLASSES) -> Path:
    """A detector that sees one object of class 0 in any picture of 64 x 64, sure of it by `score`."""
    table = np.zeros((300, 6), np.float32)
    table[0] = (8, 16, 32, 56, score, 0)
    path.write_bytes(table_model(table, metadata={"names": repr(dict(enumerate(classes)))}))
    return path


def write_no_detector(path: Path) -> Path:
    """A graph that runs, and from which nobody can read boxes."""
    path.write_bytes(table_model(np.zeros((3, 1), np.float32)))
    return path


def write_broken(path: Path) -> Path:
    """The first half of a model."""
    content = write_model(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def spec(source: str, **inference: object) -> ModelSettings:
    return ModelSettings(source=source, device="cpu", inference=InferenceSettings(callers=1, **inference))


def folder_settings(folder: Path, cache: Path, **limits: float) -> Settings:
    """Settings of a service that may load what lies in `folder`; `cache` remembers which files were tried.

    Those that lie there now count as tried, which takes a child process and its seconds for each that comes later. A
    call may take long, for tests hold some on purpose.
    """
    verdicts = Verdicts(cache / "inspected")
    for path in folder.glob("*.onnx"):
        passed = Inspection(memory_bytes=None, seconds=0.0, known=False)
        verdicts.keep(sha256(path.read_bytes()).hexdigest(), DetectorOptions(), passed)
    limits = {"detector_s": 120.0} | limits
    inference = InferenceSettings(callers=1)
    return Settings(
        model_dir=folder, cache_dir=cache, limits=Limits(**limits), inference=inference, stream={"overload": "lossless"}
    )


def view(level: int = 0) -> FrameIn:
    """A picture in which each of these models sees what it sees."""
    return FrameIn(image=np.full((64, 64, 3), level, np.uint8))


def sessions_alive() -> int:
    """How many onnxruntime sessions this process holds."""
    gc.collect()
    return sum(isinstance(thing, ort.InferenceSession) for thing in gc.get_objects())


class Gate:
    """Holds the real loading of models until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._open = threading.Event()
        self.waiting = threading.Semaphore(0)
        real = fleet.open_model

        def held(*arguments):
            self.waiting.release()
            assert self._open.wait(60), "the test never opened the gate"
            return real(*arguments)

        monkeypatch.setattr(fleet, "open_model", held)

    async def reached(self) -> None:
        assert await asyncio.to_thread(self.waiting.acquire, True, 30), "nothing was loaded"

    def open(self) -> None:
        self._open.set()


async def seen_by(engine: LocalEngine, stream: str) -> float:
    """The score that tells which model saw a frame of the stream."""
    return round(float((await engine.submit(stream, view())).detections.score[0]), 3)


async def use(engine: LocalEngine, name: str, source: str, **inference: object) -> None:
    await engine.put_model(name, spec(source, **inference))
