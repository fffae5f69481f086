"""Micro-batches: greedy, fair, and every caller gets its own answer or its own error."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from app.engine.batching import Batcher
from app.engine.pending import Patience
from app.errors import DetectorFailed, FrameDropped, ShuttingDown
from tests.engine.scripted import ScriptedDetector, picture, reached


@asynccontextmanager
async def running(detector, callers=1, max_batch=8, **given):
    batcher = Batcher(detector, callers=callers, max_batch=max_batch, **{"timeout_s": 30.0} | given)
    batcher.start()
    try:
        yield batcher
    finally:
        detector.gate.set()
        await batcher.stop()


def put(batcher, stream, x, *, latest=False, expires_at=None, **kind):
    return batcher.submit(stream, picture(x, **kind), (64, 64), Patience(latest, expires_at))


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


async def test_of_a_stream_that_allows_it_the_newest_frame_is_taken_and_those_without_room_are_given_up():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with running(detector, max_batch=3) as batcher:
        first = put(batcher, "z", 1)
        await reached(detector)
        old, newer, newest = (put(batcher, "a", x, latest=True) for x in (10, 11, 12))
        others = [put(batcher, "b", 20), put(batcher, "b", 21)]
        detector.gate.set()
        assert (await newest).detections.xyxy[0, 0] == 12
        assert (await newer).detections.xyxy[0, 0] == 11
        with pytest.raises(FrameDropped) as drop:
            await old
        await asyncio.gather(first, *others)
    assert drop.value.members["reason"] == "superseded"
    assert detector.batches == [[1], [12, 20, 11], [21]]


async def test_a_frame_that_has_waited_too_long_is_given_up_when_its_turn_comes_and_no_other_is():
    detector = ScriptedDetector()
    detector.gate.clear()
    now = [100.0]
    async with running(detector, clock=lambda: now[0]) as batcher:
        first = put(batcher, "z", 1, expires_at=100.0)
        await reached(detector)
        late, fresh, patient = (
            put(batcher, "a", 2, expires_at=100.5),
            put(batcher, "b", 3, expires_at=101.0),
            put(batcher, "c", 4),
        )
        now[0] = 101.0
        detector.gate.set()
        await first
        with pytest.raises(FrameDropped) as drop:
            await late
        found = await asyncio.gather(fresh, patient)
    assert drop.value.members["reason"] == "too_old"
    assert detector.batches == [[1], [3, 4]]
    assert [one.queue_ms for one in found] == [1000.0, 1000.0]


async def test_a_wait_is_measured_by_a_finer_clock_than_patience() -> None:
    detector = ScriptedDetector()
    detector.gate.clear()
    fine, coarse = [5.0], [100.0]
    async with running(detector, clock=lambda: fine[0], now=lambda: coarse[0]) as batcher:
        first = put(batcher, "a", 1)
        await reached(detector)
        late, patient = put(batcher, "b", 2, expires_at=100.5), put(batcher, "c", 3, expires_at=101.0)
        fine[0], coarse[0] = 5.0003, 101.0
        detector.gate.set()
        await first
        with pytest.raises(FrameDropped):
            await late
        found = await patient
    assert found.queue_ms == pytest.approx(0.3)


async def test_the_views_of_one_frame_stay_together_and_come_back_together():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with running(detector, max_batch=4) as batcher:
        first = put(batcher, "z", 1)
        await reached(detector)
        single = put(batcher, "a", 10)
        whole = batcher.submit_views("b", [picture(x) for x in (20, 21, 22, 23)], [(64, 64)] * 4)
        other = put(batcher, "c", 30)
        detector.gate.set()
        found = await whole
        await asyncio.gather(first, single, other)
    assert [view.xyxy[0, 0] for view in found.views] == [20, 21, 22, 23]
    assert found.detections is found.views[0]
    assert detector.batches == [[1], [10, 30], [20, 21, 22, 23]]


async def test_more_views_than_a_batch_holds_go_in_a_call_of_their_own():
    detector = ScriptedDetector()
    async with running(detector, max_batch=2) as batcher:
        found = await batcher.submit_views("a", [picture(x) for x in range(5)], [(64, 64)] * 5)
    assert len(found.views) == found.batch == 5
    assert detector.batches == [[0, 1, 2, 3, 4]]


async def test_batches_are_halved_for_a_while_after_one_failed_whose_images_passed():
    class Small(ScriptedDetector):
        """Has memory for two images."""

        def detect(self, images, sizes=None, abort=None):
            found = super().detect(images, sizes, abort)
            if len(images) > 2:
                raise MemoryError("out of memory")
            return found

    now = [0.0]
    detector = Small()

    async def burst(batcher):
        detector.gate.clear()
        first = put(batcher, "z", 0)
        await reached(detector)
        rest = [put(batcher, f"s{x}", x) for x in range(1, 5)]
        detector.gate.set()
        detector.batches.clear()
        return await asyncio.gather(first, *rest)

    async with running(detector, clock=lambda: now[0]) as batcher:
        for expected in ([4, 1, 1, 1, 1], [2, 2]):
            found = await burst(batcher)
            assert [one.detections.xyxy[0, 0] for one in found] == [0, 1, 2, 3, 4]
            assert [len(batch) for batch in detector.batches] == expected
            while detector.entered.acquire(blocking=False):
                pass
        now[0] = 61.0
        await burst(batcher)
        assert len(detector.batches[0]) == 4


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
