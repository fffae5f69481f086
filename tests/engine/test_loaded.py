"""One version of a model, while frames are with it and after."""

import asyncio

from app.engine.loaded import Loaded
from app.inference_settings import ModelSettings
from app.settings import Settings
from tests.engine.scripted import ScriptedDetector


def loaded(detector: ScriptedDetector) -> Loaded:
    one = Loaded("cars", detector, ModelSettings(source="demo"), Settings())
    one.batcher.start()
    return one


async def test_a_version_that_retires_waits_for_each_frame_in_turn_and_is_freed_after_the_last():
    detector = ScriptedDetector()
    one = loaded(detector)
    frames = [asyncio.get_running_loop().create_future() for _ in range(3)]
    for frame in frames:
        one.hold(frame)
    retiring = asyncio.ensure_future(one.retire(60))
    for frame in frames:
        await asyncio.sleep(0)
        assert not detector.closed
        frame.set_result(None)
    await retiring
    assert detector.closed


async def test_frames_that_never_come_back_do_not_keep_a_version_for_ever():
    detector = ScriptedDetector()
    one = loaded(detector)
    one.hold(asyncio.get_running_loop().create_future())
    await one.retire(0.01)
    assert detector.closed
    assert one.batcher.trouble == "the batcher is not running"
