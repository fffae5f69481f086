"""A moving camera: measured in a stream's pictures, or told by its client."""

import asyncio
import threading

import numpy as np
import pytest
from msgspec import UNSET
from numpy.typing import NDArray

from app.engine.local import LocalEngine
from app.engine.port import Answer, DetectionsIn
from app.errors import FrameDropped, TrackdError
from app.settings import StreamSettings
from models import CameraMotion, Finding, Glimpse, Motion
from tests.engine.panned import panned
from tests.engine.scripted import Running, ScriptedDetector, balanced, box_at, boxes, reached, settings, until

MEASURING = StreamSettings(camera_motion=True)


def pan_of(dx: float) -> NDArray[np.float64]:
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, 0.0]])


def told(x: float, dx: float | None = None, seq: int | None = None) -> DetectionsIn:
    return DetectionsIn(box_at(x), 640, 480, seq, camera_motion=None if dx is None else pan_of(dx))


def ids(answer: Answer) -> list[int]:
    return [row.track_id for row in answer.message.tracks]


@pytest.mark.parametrize(("given", "kept"), [(MEASURING, True), (StreamSettings(), False)])
async def test_a_thing_keeps_its_id_while_the_camera_pans_where_the_motion_is_measured(given, kept):
    """It moves by more than its width from frame to frame, so that without the motion nothing overlaps."""
    async with Running(given=settings(given)) as engine:
        answers = [await engine.submit("cam", panned(pan)) for pan in (0, 60, 120, 180, 240)]
    assert [ids(answer) == [1] for answer in answers] == [True] + [kept] * 4
    assert [answer.camera for answer in answers] == ([Finding.FIRST] + [Finding.MEASURED] * 4 if kept else [None] * 5)
    spent_ms = [answer.message.timing_ms.motion for answer in answers]
    assert all(value > 0 for value in spent_ms) if kept else spent_ms == [UNSET] * 5


async def test_over_dropped_frames_the_motion_is_that_since_the_last_tracked_one():
    detector = ScriptedDetector()
    async with Running(detector, settings(MEASURING)) as engine:
        assert ids(await engine.submit("cam", panned(0, 1))) == [1]
        await reached(detector)
        detector.gate.clear()
        sent = [asyncio.ensure_future(engine.submit("cam", panned(20 * n, n))) for n in (2, 3)]
        await reached(detector)
        sent += [asyncio.ensure_future(engine.submit("cam", panned(20 * n, n))) for n in (4, 5, 6, 7)]
        await until(lambda: engine.stream("cam").accounts.received == 7)
        detector.gate.set()
        results = await asyncio.gather(*sent, return_exceptions=True)
        tracked = [result for result in results if not isinstance(result, FrameDropped)]
        assert [answer.message.seq for answer in tracked] == [2, 3, 7]
        assert [ids(answer) for answer in tracked] == [[1]] * 3
        assert tracked[-1].camera is Finding.MEASURED
        assert balanced(engine, "cam")


async def test_a_frame_that_the_detector_fails_on_leaves_no_gap_in_the_motion():
    async with Running(given=settings(MEASURING)) as engine:
        await engine.submit("cam", panned(0))
        with pytest.raises(TrackdError):
            await engine.submit("cam", panned(30, poisoned=True))
        answer = await engine.submit("cam", panned(60))
        assert (ids(answer), answer.camera) == ([1], Finding.MEASURED)


async def test_after_a_reset_and_after_frames_without_pictures_nothing_lies_before():
    async with Running(given=settings(MEASURING)) as engine:
        await engine.submit("cam", panned(0))
        await engine.reset_stream("cam")
        assert (await engine.submit("cam", panned(60))).camera is Finding.FIRST
        assert (await engine.submit("cam", boxes(0))).camera is None
        assert (await engine.submit("cam", panned(120))).camera is Finding.FIRST
        assert (await engine.submit("cam", panned(180))).camera is Finding.MEASURED


async def test_measuring_can_be_switched_on_and_off_while_frames_come():
    async with Running() as engine:
        findings = []
        for pan, on in ((0, False), (10, True), (20, True), (30, False), (40, True)):
            if engine.streams():
                engine.patch_stream("cam", {"camera_motion": on})
            findings.append((await engine.submit("cam", panned(pan))).camera)
    assert findings == [None, Finding.FIRST, Finding.MEASURED, None, Finding.FIRST]


async def test_two_streams_keep_their_cameras_apart():
    async with Running(given=settings(MEASURING)) as engine:
        for pan in (0, 60, 120):
            left, right = await asyncio.gather(
                engine.submit("left", panned(pan)), engine.submit("right", panned(180 - pan))
            )
            assert (ids(left), ids(right)) == ([1], [1])


async def findings_told(engine: LocalEngine) -> dict[str, float]:
    lines = [line for line in engine.metrics().decode().splitlines() if line.startswith("trackd_camera_motion_total")]
    return {line.split('"')[1]: float(line.split()[-1]) for line in lines}


async def test_the_metrics_tell_what_was_found_and_how_long_it_took():
    async with Running(given=settings(MEASURING)) as engine:
        for pan in (0, 10, 20):
            await engine.submit("cam", panned(pan))
        assert await findings_told(engine) == {"first": 1, "measured": 2}
        assert 'trackd_stage_seconds_count{stage="motion"} 3.0' in engine.metrics().decode()


async def test_the_motion_that_a_client_tells_carries_its_tracks_along():
    async with Running() as engine:
        answers = [
            await engine.submit("cam", told(x, dx)) for x, dx in ((0, None), (200, 200), (400, 200), (300, -100))
        ]
    assert [ids(answer) for answer in answers] == [[1]] * 4
    assert answers[-1].camera is None


async def test_over_dropped_frames_the_motions_that_a_client_told_are_joined():
    async with Running() as engine:
        writer = engine.attach_writer("cam")
        sent = [writer.submit(told(100.0 * n, 100.0 if n else None, n + 1)) for n in range(6)]
        results = await asyncio.gather(*sent, return_exceptions=True)
        writer.close()
        tracked = [result for result in results if not isinstance(result, FrameDropped)]
        assert [answer.message.seq for answer in tracked] == [1, 2, 6]
        assert [ids(answer) for answer in tracked] == [[1]] * 3
        assert balanced(engine, "cam")


async def test_motions_that_together_are_no_camera_s_are_given_up_and_cost_no_frame():
    zoom = np.array([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0]])
    async with Running() as engine:
        writer = engine.attach_writer("cam")
        sent = [writer.submit(DetectionsIn(box_at(5.0), 640, 480, n + 1, camera_motion=zoom)) for n in range(6)]
        results = await asyncio.gather(*sent, return_exceptions=True)
        writer.close()
        assert [result.message.seq for result in results if not isinstance(result, FrameDropped)] == [1, 2, 6]
        assert engine.stream("cam").accounts.rejected == 0


async def test_a_stream_whose_camera_is_being_measured_holds_up_no_other(monkeypatch: pytest.MonkeyPatch):
    looking, gate = threading.Event(), threading.Event()
    follow = CameraMotion.follow

    def slow(camera: CameraMotion, view: Glimpse, boxes: NDArray[np.float64]) -> Motion:
        looking.set()
        assert gate.wait(30), "the test never opened the gate"
        return follow(camera, view, boxes)

    monkeypatch.setattr(CameraMotion, "follow", slow)
    async with Running(given=settings(MEASURING)) as engine:
        measured = asyncio.ensure_future(engine.submit("cam", panned(0)))
        assert await asyncio.to_thread(looking.wait, 30)
        assert ids(await engine.submit("other", boxes(1))) == [1]
        assert not measured.done()
        gate.set()
        assert ids(await measured) == [1]
