"""Calls of the detector that do not come back: whose frames are lost, who goes on, and how it ends."""

import asyncio
import threading

import numpy as np
import pytest

from app.engine.batching import Batcher
from app.errors import DetectorFailed, ShuttingDown
from models import DetectorOptions, load_detector
from tests.engine.looping import looping_model
from tests.engine.scripted import ScriptedDetector, reached, until
from tests.engine.test_batching import put, running

DEAF = {"grace_s": 0.01}


class Clock:
    """Stands still unless a test moves it."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def hasty(detector, **more):
    """Time is up when a call hangs."""
    return running(detector, **{"timeout_s": 0.05, "wait": detector.wait} | more)


async def failure(future):
    with pytest.raises(DetectorFailed) as caught:
        await future
    return caught.value


async def test_a_hanging_call_fails_its_frames_is_aborted_and_its_thread_goes_on():
    detector = ScriptedDetector()
    async with hasty(detector) as batcher:
        held = put(batcher, "a", 1, hanging=True)
        await reached(detector)
        waiting = put(batcher, "b", 2)
        assert "longer than 0.05 s" in (await failure(held)).detail
        assert (await waiting).detections.xyxy[0, 0] == 2
        threads = [thread.name for thread in threading.enumerate() if thread.name.startswith("detector-")]
    assert threads == ["detector-0"]


async def test_a_call_that_does_not_heed_the_abort_is_left_behind_and_another_thread_takes_its_place():
    detector = ScriptedDetector()
    detector.deaf = True
    async with hasty(detector, **DEAF) as batcher:
        held = put(batcher, "a", 1, hanging=True)
        await reached(detector)
        waiting = put(batcher, "b", 2)
        await failure(held)
        assert (await waiting).detections.xyxy[0, 0] == 2
        assert batcher.trouble is None
        detector.release.set()


async def test_when_too_many_threads_were_left_behind_nothing_is_tried_until_a_call_comes_back():
    detector = ScriptedDetector()
    detector.deaf = True
    clock = Clock()
    async with hasty(detector, clock=clock, **DEAF) as batcher:
        for number in range(5):  # four may be left behind, the fifth thread is the last
            clock.now += 1000.0
            await failure(put(batcher, f"s{number}", 1, hanging=True))
        await until(lambda: "nor when aborted" in str(batcher.trouble))
        clock.now += 1000.0
        refused = await asyncio.gather(*(_refused(batcher, stream) for stream in "abc"))
        assert all(error.members["retry_after_s"] for error in refused)
        detector.release.set()
        await until(lambda: batcher.trouble is None)
        assert (await put(batcher, "a", 2)).detections.xyxy[0, 0] == 2
        assert batcher.breaker == "closed"


async def _refused(batcher, stream):
    with pytest.raises(DetectorFailed) as refusal:
        put(batcher, stream, 1)
    return refusal.value


async def test_a_frame_that_makes_the_detector_hang_costs_its_neighbours_one_batch_and_no_second():
    detector = ScriptedDetector()
    detector.gate.clear()
    clock = Clock()
    async with hasty(detector, clock=clock) as batcher:
        first = put(batcher, "good", 1)
        bad = put(batcher, "bad", 2, hanging=True)
        detector.gate.set()
        await asyncio.gather(failure(first), failure(bad))
        bad, good = put(batcher, "bad", 3, hanging=True), put(batcher, "good", 4)
        assert (await good).detections.xyxy[0, 0] == 4
        assert "longer than" in (await failure(bad)).detail
        refusal = await _refused(batcher, "bad")
        assert "stream 'bad'" in refusal.detail
        assert 0 < refusal.members["retry_after_s"] <= 1.0
        for x in range(5, 20):
            assert (await put(batcher, "good", x)).detections.xyxy[0, 0] == x
        assert batcher.trouble is None
        clock.now += 1.0
        assert (await put(batcher, "bad", 21)).detections.xyxy[0, 0] == 21
    assert detector.batches[0] == [1, 2]
    assert sorted(detector.batches[1:3]) == [[3], [4]]


async def test_a_detector_that_always_hangs_is_not_called_until_the_wait_is_over_and_one_good_answer_recovers():
    detector = ScriptedDetector()
    clock = Clock()
    async with hasty(detector, clock=clock, chance=lambda: 0.0) as batcher:
        for stream in ("a", "b"):
            await failure(put(batcher, stream, 1, hanging=True))
        assert batcher.breaker == "open"
        assert batcher.trouble == "the detector failed 2 times in a row; next try in 1.0 s"
        refusal = await _refused(batcher, "c")
        assert refusal.members["retry_after_s"] == 1.0
        assert len(detector.batches) == 2
        clock.now += 1.0
        assert (batcher.breaker, batcher.trouble) == ("half-open", None)
        trial, second = put(batcher, "c", 3), put(batcher, "d", 4)
        assert (await trial).detections.xyxy[0, 0] == 3
        assert (await second).detections.xyxy[0, 0] == 4
        assert batcher.breaker == "closed"


async def test_a_trial_that_fails_fails_those_who_waited_for_it_and_doubles_the_wait():
    detector = ScriptedDetector()
    clock = Clock()
    async with hasty(detector, clock=clock, chance=lambda: 0.0, callers=2, max_batch=1) as batcher:
        for stream in ("a", "b"):
            await failure(put(batcher, stream, 1, hanging=True))
        clock.now += 1.0
        trial, second = put(batcher, "c", 2, hanging=True), put(batcher, "d", 3)
        await asyncio.gather(failure(trial), failure(second))
        assert len(detector.batches) == 3
        assert batcher.trouble.endswith("next try in 2.0 s")


async def test_poisoned_frames_of_one_stream_do_not_close_the_detector_to_another_however_seldom_that_sends():
    detector = ScriptedDetector()
    async with running(detector) as batcher:
        for x in range(3):
            await put(batcher, "good", x)
            for _ in range(20):
                assert "a poisoned image" in (await failure(put(batcher, "bad", x, poisoned=True))).detail
        assert batcher.trouble is None


async def test_frames_of_two_streams_that_all_fail_open_the_breaker_and_their_batch_mate_closes_it():
    detector = ScriptedDetector()
    clock = Clock()
    async with running(detector, clock=clock) as batcher:
        for x in range(3):
            for stream in ("a", "b"):
                if batcher.trouble is None:
                    await failure(put(batcher, stream, x, poisoned=True))
        assert batcher.trouble.startswith("the detector failed 5 times")
        clock.now += 1.0
        results = await asyncio.gather(
            put(batcher, "a", 1, poisoned=True), put(batcher, "c", 7), return_exceptions=True
        )
        assert isinstance(results[0], DetectorFailed)
        assert results[1].detections.xyxy[0, 0] == 7
        assert batcher.trouble is None


async def test_frames_that_wait_when_the_breaker_opens_are_failed_and_not_kept():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with running(detector, max_batch=1) as batcher:
        bad = [put(batcher, "ab"[n % 2], n, poisoned=True) for n in range(5)]
        waiting = put(batcher, "a", 9)
        detector.gate.set()
        for future in bad:
            assert "a poisoned image" in (await failure(future)).detail
        assert "failed 5 times" in (await failure(waiting)).detail
    assert len(detector.batches) == 5


async def test_a_stream_whose_call_never_comes_back_is_still_answered_by_the_other_callers():
    detector = ScriptedDetector()
    detector.deaf = True
    clock = Clock()
    async with hasty(detector, callers=2, max_batch=1, clock=clock, **DEAF) as batcher:
        for _ in range(5):  # four threads are left behind, the fifth is stuck: one caller is left
            clock.now += 1000.0
            await failure(put(batcher, "a", 1, hanging=True))
        clock.now += 1000.0
        assert (await put(batcher, "a", 2)).detections.xyxy[0, 0] == 2
        assert batcher.trouble is None
        detector.release.set()


async def test_stopping_ends_a_call_under_way_and_waits_until_it_has_come_back():
    class Tidy(ScriptedDetector):
        """Says when its last call is over."""

        over = False

        def detect(self, images, sizes=None, abort=None):
            try:
                return super().detect(images, sizes, abort)
            finally:
                self.over = True

    detector = Tidy()
    async with running(detector) as batcher:
        held = put(batcher, "a", 1, hanging=True)
        await reached(detector)
        await batcher.stop()
        assert detector.over
        with pytest.raises(ShuttingDown):
            await held
    await until(lambda: not any(thread.name.startswith("detector-") for thread in threading.enumerate()))


async def test_a_real_session_in_an_endless_loop_is_ended_and_another_stream_goes_on(tmp_path):
    path = tmp_path / "looping.onnx"
    path.write_bytes(looping_model())
    detector = load_detector(path, "cpu", DetectorOptions(threads=1, inspect=False))
    white, grey = np.full((64, 64, 3), 255, np.uint8), np.full((64, 64, 3), 99, np.uint8)
    clock, limits_s = Clock(), iter([0.3])

    async def wait(call, timeout_s):  # the first call hangs; those after it get all the time that a busy machine needs
        await asyncio.wait([call], timeout=next(limits_s, None))

    batcher = Batcher(
        detector, callers=1, max_batch=8, timeout_s=0.3, grace_s=30.0, clock=clock, wait=wait, name="real"
    )
    batcher.start()
    try:
        bad = batcher.submit("white", white, (64, 64))
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the worker has taken it
        good = batcher.submit("grey", grey, (64, 64))
        assert "longer than 0.3 s" in (await failure(bad)).detail
        assert (await good).detections.xyxy.tolist() == [[8, 16, 24, 48]]
        with pytest.raises(DetectorFailed, match="stream 'white'"):
            batcher.submit("white", white, (64, 64))
        clock.now += 1.0
        assert (await batcher.submit("white", grey, (64, 64))).detections.class_id.tolist() == [0]
        assert [t.name for t in threading.enumerate() if t.name.startswith("real-")] == ["real-0"]
    finally:
        await batcher.stop()
        detector.close()
