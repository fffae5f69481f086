"""The streams of one process: limits, expiry, readers, health, the end."""

import asyncio
import threading

import pytest

from app.engine.subscription import Subscription
from app.errors import InvalidInput, NothingYet, Overloaded, ShuttingDown, StreamNotFound
from app.publish_settings import Selection
from app.settings import Settings, StreamSettings
from app.source_settings import SourceSettings
from app.sources import SourceError, SourceFrame, threaded
from tests.engine.scripted import Running, ScriptedDetector, balanced, boxes, frame, picture, reached, settings, until


def reading(*streams):
    return Subscription(selection=Selection(streams=streams))


async def test_a_stream_over_the_limit_is_refused_and_the_others_go_on():
    async with Running(given=settings(streams=2)) as engine:
        for stream in ("a", "b"):
            await engine.submit(stream, boxes(1))
        with pytest.raises(Overloaded) as refusal:
            await engine.submit("c", boxes(1))
        assert refusal.value.members["limit"] == 2
        await engine.submit("a", boxes(1))
        await engine.delete_stream("b")
        await engine.submit("c", boxes(1))


async def test_an_idle_stream_expires_and_one_with_a_writer_does_not():
    async with Running(given=settings(idle_s=0.02)) as engine:
        await engine.submit("idle", boxes(1))
        writer = engine.attach_writer("held")
        reader = engine.subscribe(reading("idle"))
        while (got := await reader.next()) is not None:
            last = got[0].message
        assert last.event == "closed"
        assert [view.stream for view in engine.streams()] == ["held"]
        writer.close()


async def test_a_subscriber_to_all_hears_of_streams_that_open_later():
    async with Running() as engine:
        reader = engine.subscribe(Subscription())
        await engine.submit("new", boxes(1))
        kinds = [type((await reader.next())[0].message).__name__ for _ in range(2)]
        assert kinds == ["EventMessage", "TracksMessage"]
        await engine.delete_stream("new")
        assert (await reader.next())[0].message.event == "closed"
        reader.close()


async def test_a_subscriber_to_an_unknown_stream_is_refused():
    async with Running() as engine:
        with pytest.raises(StreamNotFound):
            engine.subscribe(reading("nobody"))


async def test_readers_over_the_limit_are_refused_and_a_closed_one_makes_room():
    async with Running(given=settings(sockets=1)) as engine:
        reader = engine.subscribe(Subscription())
        with pytest.raises(Overloaded):
            engine.subscribe(Subscription())
        reader.close()
        engine.subscribe(Subscription()).close()


async def test_a_long_poll_returns_with_the_next_frame_or_empty_handed():
    async with Running() as engine:
        await engine.submit("cam", boxes(1, seq=1))
        assert await engine.newer("cam", 1, 0.01) is None
        waiting = asyncio.ensure_future(engine.newer("cam", 1, 30))
        await asyncio.sleep(0)
        await engine.submit("cam", boxes(1, seq=2))
        assert (await waiting).message.seq == 2


async def test_a_picture_of_a_stream_that_gets_detections_is_not_to_be_had():
    async with Running() as engine:
        await engine.submit("cam", boxes(1))
        with pytest.raises(NothingYet):
            await engine.picture("cam", annotate=True, width=None)


async def test_a_picture_shows_the_newest_frame_and_is_made_once_for_all_who_look():
    async with Running() as engine:
        await engine.submit("cam", frame(3, seq=9))
        looks = await asyncio.gather(*(engine.picture("cam", annotate=True, width=32) for _ in range(3)))
        assert {message.seq for _, message in looks} == {9}
        assert looks[0][0] is looks[1][0] is looks[2][0]
        assert looks[0][0].startswith(b"\xff\xd8")


async def test_draining_answers_what_is_in_flight_and_refuses_what_comes_after():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with Running(detector) as engine:
        reader = engine.subscribe(Subscription())
        held = asyncio.ensure_future(engine.submit("cam", frame(1)))
        await reached(detector)
        drain = asyncio.ensure_future(engine.drain())
        await asyncio.sleep(0)
        assert not engine.health().ready
        with pytest.raises(ShuttingDown):
            await engine.submit("cam", frame(2))
        detector.gate.set()
        assert (await held).message.seq == 1
        await drain
        kinds = []
        while (got := await reader.next()) is not None:
            kinds.append(type(got[0].message).__name__)
        assert kinds == ["EventMessage", "TracksMessage"]


async def test_draining_waits_no_longer_than_it_may():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with Running(detector, Settings(drain_s=0.05)) as engine:
        held = asyncio.ensure_future(engine.submit("cam", frame(1)))
        await reached(detector)
        await engine.drain()
        detector.gate.set()
        await engine.close()
        assert held.done()
        assert detector.closed


async def test_health_names_a_provider_that_is_not_the_one_asked_for():
    detector = ScriptedDetector()
    async with Running(detector) as engine:
        assert engine.health().ready
        from dataclasses import replace

        detector.info = replace(detector.info, device="cuda")
        assert not engine.health().ready
        assert "cuda" in engine.health().checks["provider"]


async def test_one_bad_stream_leaves_its_neighbour_without_a_lost_frame_or_id():
    async with Running() as engine:
        for n in range(1, 20):
            with pytest.raises(Exception, match="poisoned"):
                await engine.submit("bad", frame(n, poisoned=True))
            answer = await engine.submit("good", frame(n, seq=n))
            assert [t.track_id for t in answer.message.tracks] == [1]
        assert engine.stream("good").accounts.tracked == 19
        assert engine.stream("bad").accounts.rejected == 19
        assert balanced(engine, "bad")
        assert balanced(engine, "good")


async def test_a_demo_source_feeds_its_stream_until_it_ends():
    source = SourceSettings(url="demo:?seed=1&frames=5&width=320&height=180", pace="fast")
    async with Running(given=Settings(streams={"demo": StreamSettings(source=source)})) as engine:
        answer = None
        while answer is None or answer.message.seq < 5:
            answer = await engine.newer("demo", answer.message.seq if answer else 0, 30)
        await until(lambda: engine.stream("demo").source.state == "ended")
        assert engine.stream("demo").accounts.tracked == 5
        assert (answer.message.width, answer.message.height) == (320, 180)


class GatedSource:
    """A demo camera whose next frame comes when the test says so."""

    frame_rate = 30.0

    def __init__(self):
        self.gate, self.asked, self.given = threading.Semaphore(0), 0, 0

    def __iter__(self):
        return self

    def __next__(self):
        self.asked += 1
        assert self.gate.acquire(timeout=30), "the test never let a frame through"
        self.given += 1
        return SourceFrame(self.given, self.given / 30, picture(), 64, 64)


@pytest.mark.parametrize("turns", range(6))
async def test_a_source_that_is_stopped_just_as_a_frame_arrives_does_stop(monkeypatch, turns):
    camera = GatedSource()
    monkeypatch.setattr(threaded, "DemoSource", lambda demo: camera)
    source = SourceSettings(url="demo:", pace="fast")
    async with Running(given=Settings(streams={"cam": StreamSettings(source=source)})) as engine:
        camera.gate.release()
        await until(lambda: camera.asked == 2)
        camera.gate.release()
        while camera.given < 2:  # the loop must not turn until the frame waits in front of it
            threading.Event().wait(0.001)
        for _ in range(turns):
            await asyncio.sleep(0)
        try:
            async with asyncio.timeout(5):
                await engine.delete_stream("cam")
        finally:
            camera.gate.release(2)


async def test_a_demo_address_that_makes_no_sense_opens_no_stream_and_harms_nobody():
    async with Running() as engine:
        with pytest.raises(InvalidInput, match="seed") as refusal:
            engine.put_stream("demo", StreamSettings(source=SourceSettings(url="demo:?seed=x")))
        assert refusal.value.members["errors"][0]["pointer"] == "/source/url"
        await engine.submit("other", boxes(1))
        assert [view.stream for view in engine.streams()] == ["other"]


async def test_a_source_that_cannot_be_opened_says_why_and_harms_nobody(monkeypatch):
    def broken(demo):
        raise SourceError("nobody at home")

    monkeypatch.setattr(threaded, "DemoSource", broken)
    source = SourceSettings(url="demo:")
    async with Running(given=Settings(streams={"demo": StreamSettings(source=source)})) as engine:
        await until(lambda: engine.stream("demo").source.state != "connecting")
        view = engine.stream("demo").source
        assert view.state == "failed"
        assert "nobody at home" in view.detail
        await engine.submit("other", boxes(1))


async def test_a_source_of_a_kind_that_is_not_allowed_is_refused():
    async with Running() as engine:
        with pytest.raises(Exception, match="not allowed"):
            engine.put_stream("cam", StreamSettings(source=SourceSettings(url="rtsp://127.0.0.1/x")))


async def test_the_metrics_count_what_the_books_say():
    async with Running() as engine:
        for n in range(1, 4):
            await engine.submit("cam", boxes(n))
        text = engine.metrics().decode()
        assert 'trackd_frames_total{outcome="tracked",stream="cam"} 3.0' in text
        assert "trackd_streams 1.0" in text
