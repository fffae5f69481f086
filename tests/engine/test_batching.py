"""Micro-batches: greedy, fair, and every caller gets its own answer or its own error."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from app.engine.batching import Batcher
from app.errors import DetectorFailed, ShuttingDown
from tests.engine.scripted import ScriptedDetector, picture, reached, until


@asynccontextmanager
async def running(detector, callers=1, max_batch=8, timeout_s=30.0):
    batcher = Batcher(detector, callers=callers, max_batch=max_batch, timeout_s=timeout_s)
    batcher.start()
    try:
        yield batcher
    finally:
        detector.gate.set()
        await batcher.stop()


def put(batcher, stream, x, **kind):
    return batcher.submit(stream, picture(x, **kind), (64, 64))


async def test_an_idle_detector_starts_with_a_single_image():
    detector = ScriptedDetector()
    async with running(detector) as batcher:
        found = await put(batcher, "a", 7)
    assert found.detections.xyxy[0, 0] == 7
    assert detector.batches == [[7]]


async def test_a_busy_detector_takes_everything_that_queued_meanwhile_in_one_batch():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with running(detector) as batcher:
        first = put(batcher, "a", 1)
        await reached(detector)
        rest = [put(batcher, stream, x) for stream, x in (("b", 2), ("c", 3), ("d", 4))]
        detector.gate.set()
        await asyncio.gather(first, *rest)
    assert detector.batches == [[1], [2, 3, 4]]


async def test_a_full_batch_takes_one_image_of_each_stream_before_a_second_of_any():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with running(detector, max_batch=3) as batcher:
        futures = [put(batcher, "a", 1)]
        await reached(detector)
        futures += [put(batcher, *one) for one in (("a", 10), ("a", 11), ("a", 12), ("b", 20), ("c", 30))]
        detector.gate.set()
        await asyncio.gather(*futures)
    assert detector.batches == [[1], [10, 20, 30], [11, 12]]


async def test_a_bad_image_fails_its_own_caller_only():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with running(detector) as batcher:
        first = put(batcher, "a", 1)
        await reached(detector)
        good, bad, other = put(batcher, "b", 2), put(batcher, "c", 3, poisoned=True), put(batcher, "d", 4)
        detector.gate.set()
        results = await asyncio.gather(first, good, bad, other, return_exceptions=True)
    assert [r.detections.xyxy[0, 0] for r in (results[0], results[1], results[3])] == [1, 2, 4]
    assert isinstance(results[2], DetectorFailed)
    assert "a poisoned image" in results[2].detail


async def test_a_cancelled_caller_shifts_nobody():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with running(detector) as batcher:
        first = put(batcher, "a", 1)
        await reached(detector)
        gone, stays = put(batcher, "b", 2), put(batcher, "c", 3)
        gone.cancel()
        detector.gate.set()
        await first
        assert (await stays).detections.xyxy[0, 0] == 3
    assert detector.batches == [[1], [3]]


async def test_a_hanging_detector_fails_the_frames_it_holds_and_those_that_wait_and_then_recovers():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with running(detector, timeout_s=0.05) as batcher:
        held = put(batcher, "a", 1)
        await reached(detector)
        waiting = put(batcher, "b", 2)
        results = await asyncio.gather(held, waiting, return_exceptions=True)
        assert [type(r) for r in results] == [DetectorFailed, DetectorFailed]
        assert "0.05 s" in batcher.trouble
        with pytest.raises(DetectorFailed):
            put(batcher, "c", 3)
        detector.gate.set()
        await until(lambda: not batcher.trouble)
        assert (await put(batcher, "c", 4)).detections.xyxy[0, 0] == 4


async def test_a_stopped_batcher_fails_all_who_wait_and_takes_nothing_more():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with running(detector) as batcher:
        held, waiting = put(batcher, "a", 1), None
        await reached(detector)
        waiting = put(batcher, "b", 2)
        stopping = asyncio.ensure_future(batcher.stop())
        results = await asyncio.gather(held, waiting, return_exceptions=True)
        detector.gate.set()
        await stopping
        assert [type(r) for r in results] == [ShuttingDown, ShuttingDown]
        with pytest.raises(ShuttingDown):
            put(batcher, "a", 3)
        assert batcher.trouble


async def test_two_callers_run_two_batches_side_by_side():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with running(detector, callers=2, max_batch=1) as batcher:
        futures = [put(batcher, "a", 1), put(batcher, "b", 2)]
        await reached(detector)
        await reached(detector)  # both stand at the gate before either has answered
        detector.gate.set()
        found = await asyncio.gather(*futures)
    assert [f.detections.xyxy[0, 0] for f in found] == [1, 2]
