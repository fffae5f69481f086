"""A detector that fails again and again, as clients and a load balancer see it."""

import pytest

from app.settings import StreamSettings
from tests.api.live_service import hear, png, serving, until
from tests.engine.scripted import ScriptedDetector, settings

FRAMES = "/v1/streams/{}/frames"


class Broken(ScriptedDetector):
    """Raises until it is mended."""

    def __init__(self):
        super().__init__()
        self.mended = False

    def detect(self, images, sizes=None, abort=None):
        found = super().detect(images, sizes, abort)
        if not self.mended:
            raise RuntimeError("no memory on the device")
        return found


@pytest.fixture
def detector():
    return Broken()


async def test_a_failing_detector_is_left_alone_said_so_in_readyz_and_recovers_with_the_first_frame_that_passes(
    detector,
):
    async with serving(detector=detector) as service:
        for _ in range(5):
            answer = await service.http.post(FRAMES.format("cam"), content=png(1))
            assert (answer.status_code, answer.json()["type"]) == (503, "/problems/detector-failed")
        calls = len(detector.batches)
        answer = await service.http.post(FRAMES.format("cam"), content=png(1))
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) == 1
        assert 0 < answer.json()["retry_after_s"] <= 1
        assert len(detector.batches) == calls
        ready = await service.http.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["checks"]["batcher"].startswith("the detector failed 5 times in a row; next try in")
        detector.mended = True
        await until(
            lambda: service.engine.health().ready
        )  # by itself, or no balancer would send the frame that proves it
        answer = await service.http.post(FRAMES.format("cam"), content=png(1))
        assert (answer.status_code, answer.json()["seq"]) == (200, 1)
        assert 'trackd_breaker{model="scripted",state="closed"} 1.0' in (await service.http.get("/metrics")).text


async def test_a_frame_that_is_too_old_is_a_429_and_on_a_socket_a_drop():
    detector = ScriptedDetector()
    detector.gate.clear()
    given = settings(StreamSettings(max_age_ms=0.001))  # no frame is that young once the detector is free
    async with serving(given, detector) as service, service.connect("/v1/streams/cam/ws") as socket:
        await hear(socket)
        await socket.send(png(1))
        told = await hear(socket)
        answer = await service.http.post(FRAMES.format("other"), content=png(1))
        books = service.books("cam")
        detector.gate.set()
    assert (told["type"], told["seq"], told["reason"]) == ("drop", 1, "too_old")
    assert (answer.status_code, answer.json()["type"]) == (429, "/problems/frame-dropped")
    assert answer.json()["reason"] == "too_old"
    assert (books.dropped, books.tracked) == (1, 0)
