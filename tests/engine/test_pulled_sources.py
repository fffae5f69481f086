"""A stream whose frames the server reads by itself: what its state tells."""

from app.settings import StreamSettings
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
