"""The whole path in this process: pictures decoded, detected in and tracked, as the service does."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.benching.holding import Holding, holding, holdings, to_check
from app.benching.load import Load, as_cameras_send, as_fast_as_taken
from app.engine.local import LocalEngine
from app.engine.port import FrameIn
from app.settings import Settings, StreamSettings
from models import Detector

STREAMS_AT_ONCE = 4
"""Enough that the detector never waits for one stream's order."""

WARM_UP_S = 0.5


@dataclass(frozen=True, slots=True)
class WholePath:
    """The rate with every core busy, what it is enough for, and what one of these did when it was tried."""

    capacity: Load
    held: tuple[Holding, ...]
    tried: Holding | None
    outcome: Load | None


async def measure_whole_path(
    settings: Settings,
    detector: Detector,
    pictures: Sequence[bytes],
    *,
    seconds: float,
    streams: int | None = None,
    fps: float | None = None,
) -> WholePath:
    """Run the engine at its limit, then with as many cameras as it should hold, or with those that were named.

    Takes over the detector. Network and encoding of answers are not in it.
    """
    engine = LocalEngine(settings, detector)
    await engine.start()

    async def submit(stream: str, picture: bytes) -> None:
        await engine.submit(stream, FrameIn(data=picture))

    try:
        busy = _open(engine, "bench", STREAMS_AT_ONCE, StreamSettings(overload="lossless"))
        await as_fast_as_taken(submit, pictures, busy, WARM_UP_S)
        capacity = await as_fast_as_taken(submit, pictures, busy, seconds)
        held = holdings(capacity.fps)
        tried = _wanted(held, streams, fps, capacity.fps)
        outcome = None
        if tried is not None:
            cameras = _open(engine, "camera", tried.streams, StreamSettings(overload="latest"))
            outcome = await as_cameras_send(submit, pictures, cameras, tried.fps, seconds)
        return WholePath(capacity, held, tried, outcome)
    finally:
        await engine.close()


def _open(engine: LocalEngine, name: str, count: int, settings: StreamSettings) -> list[str]:
    names = [f"{name}-{number}" for number in range(1, count + 1)]
    for stream in names:
        engine.put_stream(stream, settings)
    return names


def _wanted(held: tuple[Holding, ...], streams: int | None, fps: float | None, capacity_fps: float) -> Holding | None:
    """What to try: what was asked for, filled up with what should hold; None where not even one camera does."""
    if streams is None and fps is None:
        return to_check(held)
    rate = fps or 10.0
    return Holding(rate, streams or max(1, holding(capacity_fps, rate).streams))
