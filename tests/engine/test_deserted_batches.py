"""A batch that fails when nobody waits for its frames any more."""

import asyncio

import pytest

from app.engine.batching import Batcher
from app.errors import DetectorFailed
from tests.engine.scripted import ScriptedDetector, picture, reached, until


async def opened(batcher: Batcher) -> None:
    """Let the detector fail until nothing is tried for a while."""
    while batcher.breaker == "closed":
        with pytest.raises(DetectorFailed):
            await batcher.submit("a", picture(1, poisoned=True), (64, 64))


def test_a_trial_that_fails_with_nobody_waiting_is_followed_by_another():
    async def run() -> None:
        detector, now = ScriptedDetector(), [0.0]
        batcher = Batcher(detector, callers=1, max_batch=4, timeout_s=10, clock=lambda: now[0], wait=detector.wait)
        batcher.start()
        try:
            await opened(batcher)
            while detector.entered.acquire(blocking=False):
                pass
            now[0] += 100
            detector.gate.clear()
            trial = [batcher.submit(stream, picture(2, poisoned=True), (64, 64)) for stream in "ab"]
            await reached(detector)
            for future in trial:
                future.cancel()
            detector.gate.set()
            await until(lambda: batcher.breaker == "open")
            now[0] += 100
            found = await batcher.submit("a", picture(3), (64, 64))
            assert found.detections.xyxy[0, 0] == 3
            assert batcher.breaker == "closed"
        finally:
            detector.gate.set()
            await batcher.stop()

    asyncio.run(run())
