"""A detector whose answers and pace a test decides, for what a real model cannot be made to do: wait, fail, hang."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.engine.local import LocalEngine
from app.engine.port import DetectionsIn, FrameIn
from app.inference_settings import InferenceSettings
from app.limits import Limits
from app.settings import Settings, StreamSettings
from models import Abort, DetectionFailed, ModelInfo
from tracker import Detections

INFO = ModelInfo(
    name="scripted",
    head="yolox",
    input=None,
    runs_at=(64, 64),
    labels=("person", "car"),
    device="auto",
    provider="CPUExecutionProvider",
    batch_limit=None,
    sha256="0" * 64,
    size_bytes=1,
    colour="bgr",
    fit="centre",
)


class ScriptedDetector:
    """Finds one person where the image's first pixel says: x = blue, y = green. Red 255 makes it raise, 254 hang.

    `gate` is open unless a test closes it; `entered` counts the calls that reached it. A call that hangs comes back
    when it is aborted, but where the detector is `deaf` only when the test lets it, by `release`.
    """

    def __init__(self, batch_limit: int | None = None) -> None:
        self.info = replace(INFO, batch_limit=batch_limit)
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Semaphore(0)
        self.batches: list[list[int]] = []
        self.closed = False
        self.deaf = False
        self.release = threading.Event()
        self.hanging = 0
        self.given_up: list[asyncio.Future[list[Detections]]] = []

    def detect(
        self,
        images: Sequence[NDArray[np.uint8]],
        sizes: Sequence[tuple[int, int]] | None = None,
        abort: Abort | None = None,
    ) -> list[Detections]:
        self.batches.append([int(image[0, 0, 0]) for image in images])
        self.entered.release()
        assert self.gate.wait(30), "the test never opened the gate"
        if any(image[0, 0, 2] == 255 for image in images):
            raise RuntimeError("a poisoned image")
        if any(image[0, 0, 2] == 254 for image in images):
            self.hanging += 1
            try:
                self._hang(abort)
            finally:
                self.hanging -= 1
        return [box_at(float(image[0, 0, 0]), float(image[0, 0, 1])) for image in images]

    def _hang(self, abort: Abort | None) -> None:
        aborted = threading.Event()
        if self.deaf or abort is None:
            assert self.release.wait(30), "the test never let the call come back"
        else:
            with abort.ending(aborted.set):
                assert aborted.wait(30), "nobody aborted the call"
        raise DetectionFailed("the call was ended")

    async def wait(self, call: asyncio.Future[list[Detections]], timeout_s: float) -> None:
        """For a batcher: time is up as soon as one more call hangs, and not before, however busy the machine is."""
        await until(lambda: call.done() or self.hanging > sum(not old.done() for old in self.given_up))
        if not call.done():
            self.given_up.append(call)

    def input_size_for(self, width: int, height: int) -> tuple[int, int]:
        return width, height

    def close(self) -> None:
        self.closed = True


def box_at(x: float, y: float = 0.0, score: float = 0.9, class_id: int = 0) -> Detections:
    return Detections(np.array([[x, y, x + 40.0, y + 80.0]]), np.array([score]), np.array([class_id]))


def picture(x: int = 0, y: int = 0, *, poisoned: bool = False, hanging: bool = False) -> NDArray[np.uint8]:
    image = np.zeros((64, 64, 3), np.uint8)
    image[0, 0] = (x, y, 255 if poisoned else 254 if hanging else 0)
    return image


def frame(x: int = 0, seq: int | None = None, capture_ts: float | None = None, **kind: bool) -> FrameIn:
    return FrameIn(image=picture(x, **kind), seq=seq, capture_ts=capture_ts)


def boxes(x: float = 0.0, seq: int | None = None, capture_ts: float | None = None) -> DetectionsIn:
    return DetectionsIn(box_at(x), 640, 480, seq, capture_ts)


def settings(stream: StreamSettings | None = None, **limits: float) -> Settings:
    one_caller = InferenceSettings(callers=1)
    return Settings(limits=Limits(**limits), stream=stream or StreamSettings(), inference=one_caller)


class Running:
    """An engine that runs inside `async with`."""

    def __init__(self, detector: ScriptedDetector | None = None, given: Settings | None = None) -> None:
        self.detector = detector or ScriptedDetector()
        self.engine = LocalEngine(given or settings(), self.detector)

    async def __aenter__(self) -> LocalEngine:
        await self.engine.start()
        return self.engine

    async def __aexit__(self, *exc: object) -> None:
        self.detector.gate.set()
        await self.engine.close()


async def reached(detector: ScriptedDetector) -> None:
    """Wait, without blocking the loop, until one more call of the detector stands at its gate."""
    assert await asyncio.to_thread(detector.entered.acquire, True, 30), "the detector was never called"


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until `condition` holds; the test's own time limit ends a wait for what never comes."""
    while not condition():  # noqa: ASYNC110  # what is waited for lies inside the engine and announces itself to nobody
        await asyncio.sleep(0.001)


def balanced(engine: LocalEngine, stream: str) -> bool:
    books = engine.stream(stream).accounts
    return books.received == books.tracked + books.dropped + books.rejected + books.in_flight
