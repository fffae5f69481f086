"""Frames that are given up in front of the detector: their callers, their stream's books, and the frames after them."""

import asyncio

import pytest

from app.engine.subscription import Subscription
from app.errors import FrameDropped
from app.inference_settings import InferenceSettings
from app.publish_settings import Selection
from app.settings import Settings, StreamSettings
from tests.engine.scripted import Running, ScriptedDetector, balanced, frame, reached, until

AGEING = StreamSettings(max_age_ms=1.0)


async def held_up(engine, detector, stream="first"):
    """One frame of another stream stands at the detector's gate."""
    detector.gate.clear()
    first = asyncio.ensure_future(engine.submit(stream, frame(1)))
    await reached(detector)
    return first


async def test_a_frame_that_is_too_old_when_its_turn_comes_is_dropped_and_said_so_everywhere():
    detector = ScriptedDetector()
    async with Running(detector) as engine:
        engine.put_stream("cam", AGEING)
        reader = engine.subscribe(Subscription(selection=Selection(streams=("cam",))))
        first = await held_up(engine, detector)
        late = asyncio.ensure_future(engine.submit("cam", frame(2, seq=7)))
        await until(lambda: engine.stream("cam").accounts.in_flight == 1)
        await asyncio.sleep(0.002)  # two milliseconds pass: what is tested is time
        detector.gate.set()
        await first
        with pytest.raises(FrameDropped, match="frame 7: it waited longer than max_age_ms") as drop:
            await late
        assert (drop.value.members["seq"], drop.value.members["reason"]) == (7, "too_old")
        told = (await reader.next())[0].message
        assert (told.seq, told.reason) == (7, "too_old")
        assert engine.stream("cam").accounts.dropped == 1
        assert balanced(engine, "cam")
        engine.patch_stream("cam", {"max_age_ms": None})
        again = await engine.submit("cam", frame(2, seq=7))  # nobody came after it: its number is free
        assert (again.message.seq, again.message.dropped_since_last) == (7, 1)
    assert detector.batches == [[1], [2]]


async def test_a_lossless_stream_loses_no_frame_however_old():
    detector = ScriptedDetector()
    async with Running(detector) as engine:
        engine.put_stream("cam", StreamSettings(overload="lossless", max_age_ms=1.0))
        first = await held_up(engine, detector)
        late = [asyncio.ensure_future(engine.submit("cam", frame(x))) for x in range(5)]
        await until(lambda: engine.stream("cam").accounts.in_flight == 5)
        await asyncio.sleep(0.002)  # two milliseconds pass: what is tested is time
        detector.gate.set()
        await first
        assert [answer.message.seq for answer in await asyncio.gather(*late)] == [1, 2, 3, 4, 5]


async def test_a_frame_that_makes_way_in_front_of_the_detector_is_counted_by_the_one_that_took_its_place():
    detector = ScriptedDetector(batch_limit=1)
    async with Running(detector, Settings(inference=InferenceSettings(callers=2))) as engine:
        engine.put_stream("cam", StreamSettings())
        held = [await held_up(engine, detector, stream) for stream in ("a", "b")]
        sent = [asyncio.ensure_future(engine.submit("cam", frame(x, seq=x))) for x in (5, 6)]
        await until(lambda: _queued(engine) == 2)
        detector.gate.set()
        await asyncio.gather(*held)
        results = await asyncio.gather(*sent, return_exceptions=True)
        assert results[0].members == {"seq": 5, "epoch": 1, "reason": "superseded"}
        assert (results[1].message.seq, results[1].message.dropped_since_last) == (6, 1)
        assert engine.stream("cam").accounts.dropped == 1
        assert balanced(engine, "cam")
    assert detector.batches == [[1], [1], [6]]


async def test_a_detector_that_is_not_called_answers_at_once_says_when_to_come_again_and_ids_outlive_it():
    detector = ScriptedDetector()
    async with Running(detector) as engine:
        before = await engine.submit("cam", frame(10))
        for _ in range(5):
            with pytest.raises(Exception, match="poisoned"):
                await engine.submit("cam", frame(11, poisoned=True))
        assert "failed 5 times" in engine.health().checks["batcher"]
        calls = len(detector.batches)
        with pytest.raises(Exception, match="next try in") as refusal:
            await engine.submit("cam", frame(11))
        assert 0 < refusal.value.members["retry_after_s"] <= 1
        assert len(detector.batches) == calls
        await until(lambda: engine.health().ready)  # within a second, and nobody has sent anything
        after = await engine.submit("cam", frame(12))
        assert after.message.tracks[0].uid == before.message.tracks[0].uid
        assert balanced(engine, "cam")


def _queued(engine):
    """How many frames stand in front of the detector, decoded."""
    (loaded,) = vars(engine)["_fleet"]
    return len(vars(loaded.batcher)["_waiting"])


async def test_the_metrics_tell_of_calls_of_the_breaker_and_of_drops_by_their_reason():
    detector = ScriptedDetector()
    async with Running(detector) as engine:
        engine.put_stream("cam", AGEING)
        first = await held_up(engine, detector)
        late = asyncio.ensure_future(engine.submit("cam", frame(2)))
        await until(lambda: engine.stream("cam").accounts.in_flight == 1)
        await asyncio.sleep(0.002)  # two milliseconds pass: what is tested is time
        detector.gate.set()
        await asyncio.gather(first, late, return_exceptions=True)
        with pytest.raises(Exception, match="poisoned"):
            await engine.submit("other", frame(3, poisoned=True))
        text = engine.metrics().decode().splitlines()
    assert 'trackd_frames_dropped_total{reason="too_old"} 1.0' in text
    assert 'trackd_batch_images_bucket{le="1",model="scripted"} 2.0' in text
    assert 'trackd_batch_images_sum{model="scripted"} 2.0' in text
    assert 'trackd_detector_calls_total{model="scripted",outcome="answered"} 1.0' in text
    assert 'trackd_detector_calls_total{model="scripted",outcome="failed"} 1.0' in text
    assert 'trackd_breaker{model="scripted",state="closed"} 1.0' in text
    assert 'trackd_breaker{model="scripted",state="open"} 0.0' in text
