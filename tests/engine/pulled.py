"""An engine that may read from this machine, which the service never does, and videos whose frames tell their place."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from app.engine.local import LocalEngine
from app.engine.subscription import Subscription
from app.engine.views import SourceView
from app.inference_settings import InferenceSettings
from app.limits import Limits
from app.settings import Settings, StreamSettings
from app.source_settings import SourcePolicy
from app.sources.addresses import Addresses
from app.wire import EventMessage, TracksMessage
from tests.engine.scripted import ScriptedDetector

FIRST_LEVEL = 40


@asynccontextmanager
async def pulling(
    folder: Path | None = None, detector: ScriptedDetector | None = None, **limits: float
) -> AsyncIterator[LocalEngine]:
    """An engine in which every kind of source is allowed, from this machine too."""
    schemes = ("demo", "rtsp", "rtsps", "http", "https", *(("file",) if folder else ()))
    policy = SourcePolicy(schemes=schemes, folder=folder, networks=("127.0.0.0/8",))
    given = Settings(limits=Limits(**limits), sources=policy, inference=InferenceSettings(callers=1))
    engine = LocalEngine(given, detector or ScriptedDetector(), addresses=Addresses(policy, forbidden={}))
    await engine.start()
    try:
        yield engine
    finally:
        await engine.close()


def put(engine: LocalEngine, stream: str, url: str, **more: object) -> None:
    """Have a stream read a source; what is no setting of a source is one of the stream."""
    of_source = {name: more.pop(name) for name in ("pace", "loop", "transport", "hardware") if name in more}
    engine.put_stream(stream, StreamSettings.model_validate({"source": {"url": url, **of_source}, **more}))


def source(engine: LocalEngine, stream: str) -> SourceView:
    """How it stands with a stream's source."""
    view = engine.stream(stream).source
    assert view is not None
    return view


def level(index: int) -> int:
    """The grey of a frame."""
    return FIRST_LEVEL + index


def make_video(
    path: Path,
    frames: int = 20,
    *,
    size: tuple[int, int] = (64, 64),
    rate: int = 10,
    codec: str = "libx264",
    ticks: list[int] | None = None,
    options: dict[str, str] | None = None,
    noisy: bool = False,
) -> Path:
    """A video whose frame i is of grey `level(i)`, shown at `ticks[i]` milliseconds, by default evenly.

    A `noisy` one cannot be coded in little space.
    """
    noise = np.random.default_rng(1)
    with av.open(str(path), mode="w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        if codec == "libx264":
            stream.options = {"crf": "4", "g": "5", "bf": "0"}
        for index in range(frames):
            picture = np.full((size[1], size[0], 3), level(index), np.uint8)
            if noisy:
                picture = noise.integers(0, 256, picture.shape, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = ticks[index] if ticks else round(index * 1000 / rate)
            frame.time_base = Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


class Watching:
    """Everything that readers of an engine are sent from now on."""

    def __init__(self, engine: LocalEngine) -> None:
        self._reader = engine.subscribe(Subscription(most_messages=100_000, most_bytes=10**9))
        self.messages: list[Any] = []

    async def until(self, condition: Callable[[], object]) -> None:
        """Read on until it holds."""
        while not condition():
            found = await self._reader.next()
            assert found is not None, "the engine ended"
            self.messages.append(found[0].message)

    def tracks(self, stream: str) -> list[TracksMessage]:
        return [m for m in self.messages if isinstance(m, TracksMessage) and m.stream == stream]

    def told(self, stream: str) -> list[str]:
        """What was told of the stream's source."""
        return [m.detail for m in self.events(stream, "source")]

    def events(self, stream: str, kind: str) -> list[EventMessage]:
        return [m for m in self.messages if isinstance(m, EventMessage) and (m.stream, m.event) == (stream, kind)]


def child_of(engine: LocalEngine, stream: str) -> int | None:
    """The process that decodes a stream's source."""
    return engine._sources._pullers[stream]._decoder.pid
