import pytest

from app.sources import backoff
from tests.sources.camera_service import watching
from tests.sources.clips import square_clip
from tests.sources.reconnecting import reconnects
from tests.sources.rtsp_server import camera


async def test_a_camera_that_breaks_off_again_and_again_costs_nothing_that_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backoff, "LEAST_S", 0.0)
    monkeypatch.setattr(backoff, "MOST_S", 0.0)
    async with camera(square_clip((160, 96)), fps=200.0) as found, watching() as service:
        rows = [row async for row in reconnects(service, found, 60, 12)]
        assert found.plays > 30
    before, after = rows[1], rows[-1]
    assert all(new <= old for old, new in zip(before.counted, after.counted, strict=True)), rows
    assert after.service_mb + after.children_mb < before.service_mb + before.children_mb + 8, rows
