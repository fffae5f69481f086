"""A stream whose frames the server reads by itself: what its state tells."""

import asyncio

from app.engine.pulling import Puller
from app.settings import StreamSettings
from app.source_settings import SourceSettings
from app.sources.addresses import Address
from tests.engine.scripted import Running, balanced, until

SOURCE = {"url": "demo:?seed=1&width=320&height=180&fps=30", "pace": "fast"}


async def test_a_source_tells_why_its_frames_are_not_tracked_until_they_are_again():
    async with Running() as engine:
        outside = {"source": SOURCE, "detection": {"region": [700, 0, 900, 200]}}
        engine.put_stream("cam", StreamSettings.model_validate(outside))

        def told() -> str:
            source = engine.stream("cam").source
            assert source is not None
            return source.detail

        await until(lambda: told().startswith("the last frame was not tracked: "))
        assert "region" in told()
        assert engine.stream("cam").source.state == "live"
        engine.patch_stream("cam", {"detection": None})
        await until(lambda: engine.stream("cam").accounts.tracked)
        await until(lambda: not told())
        assert balanced(engine, "cam")


async def test_a_source_that_is_replaced_before_it_began_waits_until_the_one_before_has_left():
    async with Running() as engine:
        engine.put_stream("cam", StreamSettings())
        left = asyncio.Event()
        leaving = asyncio.create_task(left.wait())

        async def judge(url: str) -> tuple[Address, bool]:
            raise AssertionError("it begins although it was replaced")

        wanted, limits = SourceSettings.model_validate(SOURCE), engine.settings.limits
        puller = Puller(engine._sessions["cam"], wanted, limits, judge, asyncio.Semaphore(1), leaving)
        await asyncio.sleep(0)  # it waits now
        closing = asyncio.create_task(puller.close())
        await until(lambda: not puller.active)
        assert not leaving.done()
        assert not closing.done()
        left.set()
        await closing
