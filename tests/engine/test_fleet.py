"""Models that come, go and take each other's place while streams go on."""

import asyncio
import threading
import weakref

import pytest

from app.engine.local import LocalEngine
from app.errors import (
    ModelInUse,
    ModelUnknown,
    ShuttingDown,
)
from tests.engine.scripted import Running, ScriptedDetector, balanced, reached, until
from tests.engine.tiny_models import (
    NEW,
    OLD,
    OTHER,
    seen_by,
    sessions_alive,
    spec,
    use,
    view,
    write_model,
)

# -- taking over ----------------------------------------------------------------------------------------


async def test_frames_given_to_the_old_version_end_there_and_those_after_go_to_the_new(given):
    old = ScriptedDetector()
    async with Running(old, given) as engine:
        old.gate.clear()
        held = asyncio.ensure_future(engine.submit("a", view(7)))
        await reached(old)
        await use(engine, "scripted", "new.onnx")
        assert await seen_by(engine, "b") == NEW
        assert not held.done()
        assert not old.closed
        old.gate.set()
        answer = await held
        assert answer.detections.xyxy[0].tolist() == [7, 7, 47, 87]  # as the scripted detector sees it
        assert await seen_by(engine, "a") == NEW
        await until(lambda: old.closed)


async def test_versions_taking_over_at_full_rate_lose_no_frame_and_no_id(given):
    async with Running(given=given) as engine:
        await use(engine, "scripted", "old.onnx")
        done = asyncio.Event()

        async def stream(name: str) -> list:
            writer, answers, waiting = engine.attach_writer(name), [], set()
            while not done.is_set():
                while len(waiting) < writer.credit:
                    future = writer.submit(view())
                    answers.append(future)
                    waiting.add(future)
                _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return [await answer for answer in answers]

        async def twenty_more() -> None:
            enough = engine.stream("a").accounts.tracked + 20
            await until(lambda: engine.stream("a").accounts.tracked > enough)

        for name in ("a", "b"):
            engine.put_stream(name, given.stream)
        streams = [asyncio.ensure_future(stream(name)) for name in ("a", "b")]
        for source in ("new.onnx", "old.onnx", "new.onnx"):
            await twenty_more()
            await use(engine, "scripted", source)
        await twenty_more()
        done.set()
        for name, answers in zip(("a", "b"), await asyncio.gather(*streams), strict=True):
            assert [answer.message.seq for answer in answers] == list(range(1, len(answers) + 1))
            assert {tuple(answer.tracks.track_id) for answer in answers} == {(1,)}
            assert {round(float(answer.detections.score[0]), 3) for answer in answers} == {OLD, NEW}
            books = engine.stream(name).accounts
            assert (books.received, books.dropped, books.rejected) == (books.tracked, 0, 0)


async def test_a_frame_is_named_and_filtered_by_the_model_that_saw_it(tmp_path, given):
    write_model(tmp_path / "zoo.onnx", OTHER, classes=("zebra", "person"))
    old = ScriptedDetector()
    async with Running(old, given) as engine:
        engine.put_stream("a", given.stream.model_copy(update={"classes": ("person",)}))
        old.gate.clear()
        held = asyncio.ensure_future(engine.submit("a", view(7)))
        await reached(old)
        await use(engine, "scripted", "zoo.onnx")
        after = asyncio.ensure_future(engine.submit("a", view(7)))
        old.gate.set()
        assert [track.class_name for track in (await held).message.tracks] == ["person"]
        assert (await after).message.tracks == []  # the new version's class 0 is a zebra
        assert (await engine.submit("b", view())).message.tracks[0].class_name == "zebra"


async def test_a_stream_that_waits_for_a_place_with_the_old_version_finds_one_with_the_new(given):
    old = ScriptedDetector()
    narrow = given.model_copy(update={"inference": given.inference.model_copy(update={"max_batch": 1})})
    async with Running(old, narrow) as engine:
        old.gate.clear()
        placed = [asyncio.ensure_future(engine.submit(name, view(7))) for name in ("a", "b")]
        await reached(old)
        waiting = asyncio.ensure_future(engine.submit("c", view(7)))
        await until(lambda: len(engine._fleet[None].line))
        await use(engine, "scripted", "new.onnx")
        assert round(float((await waiting).detections.score[0]), 3) == NEW
        assert not any(answer.done() for answer in placed)
        old.gate.set()
        await asyncio.gather(*placed)


async def test_each_stream_is_seen_by_its_own_model_and_may_change_it(given):
    async with Running(given=given) as engine:
        await use(engine, "one", "old.onnx")
        await use(engine, "two", "new.onnx")
        engine.put_stream("a", given.stream.model_copy(update={"model": "one"}))
        engine.put_stream("b", given.stream.model_copy(update={"model": "two"}))
        assert (await seen_by(engine, "a"), await seen_by(engine, "b")) == (OLD, NEW)
        engine.patch_stream("a", {"model": "two"})
        assert await seen_by(engine, "a") == NEW
        assert engine.stream("a").ids == 1
        states = {state.name: state.streams for state in engine.models()}
        assert states == {"scripted": (), "one": (), "two": ("a", "b")}


async def test_credit_that_was_promised_holds_under_a_model_with_fewer_callers(given):
    wide = given.model_copy(update={"inference": given.inference.model_copy(update={"callers": 4})})
    async with Running(given=wide) as engine:
        writer = engine.attach_writer("a")
        credit = writer.credit
        await use(engine, "scripted", "old.onnx")
        answers = [writer.submit(view()) for _ in range(credit)]
        assert [(await answer).message.seq for answer in answers] == list(range(1, credit + 1))


# -- removal --------------------------------------------------------------------------------------------


async def test_a_model_that_somebody_needs_cannot_go(given):
    newcomers = given.stream.model_copy(update={"model": "cars"})
    begun = given.model_copy(update={"models": {"cars": spec("old.onnx"), "vans": spec("old.onnx")}})
    begun = begun.model_copy(update={"stream": newcomers})
    engine = LocalEngine(begun, ScriptedDetector(), {"cars": ScriptedDetector(), "vans": ScriptedDetector()})
    await engine.start()
    engine.put_stream("a", newcomers.model_copy(update={"model": "vans"}))
    for name, words in (("scripted", "default model"), ("vans", "sees for a"), ("cars", "new streams")):
        with pytest.raises(ModelInUse, match=words):
            await engine.delete_model(name)
    with pytest.raises(ModelUnknown, match="no model 'bikes' is loaded; loaded are scripted, cars, vans"):
        await engine.delete_model("bikes")
    await engine.delete_stream("a")
    await engine.delete_model("vans")
    assert [state.name for state in engine.models()] == ["scripted", "cars"]
    await engine.close()


async def test_a_removed_model_and_a_replaced_one_leave_no_session_behind(given):
    before = sessions_alive()
    async with Running(given=given) as engine:
        await use(engine, "cars", "old.onnx")
        detector = weakref.ref(engine._fleet["cars"].detector)
        engine.put_stream("a", given.stream.model_copy(update={"model": "cars"}))
        assert await seen_by(engine, "a") == OLD
        assert sessions_alive() == before + 1
        await use(engine, "cars", "new.onnx")
        await until(lambda: sessions_alive() == before + 1)
        assert detector() is None
        assert await seen_by(engine, "a") == NEW
        await engine.delete_stream("a")
        await engine.delete_model("cars")
        assert sessions_alive() == before
        assert not [thread.name for thread in threading.enumerate() if "cars" in thread.name]


async def test_removal_waits_for_the_frames_that_are_still_there(given):
    slow = ScriptedDetector()
    begun = given.model_copy(update={"models": {"cars": spec("old.onnx")}})
    engine = LocalEngine(begun, ScriptedDetector(), {"cars": slow})
    await engine.start()
    engine.put_stream("a", given.stream.model_copy(update={"model": "cars"}))
    slow.gate.clear()
    held = asyncio.ensure_future(engine.submit("a", view(7)))
    await reached(slow)
    engine.patch_stream("a", {"model": None})
    removing = asyncio.ensure_future(engine.delete_model("cars"))
    await until(lambda: len(engine.models()) == 1)
    assert not slow.closed
    slow.gate.set()
    assert (await held).detections.xyxy[0, 0] == 7
    await removing
    assert slow.closed
    await engine.close()


async def test_a_detector_that_hangs_does_not_keep_its_place(given):
    stuck = ScriptedDetector()
    hasty = given.model_copy(update={"limits": given.limits.model_copy(update={"detector_s": 0.05})})
    async with Running(stuck, hasty) as engine:
        stuck.gate.clear()
        held = asyncio.ensure_future(engine.submit("a", view(7)))
        await reached(stuck)
        await use(engine, "scripted", "new.onnx")
        with pytest.raises(Exception, match=r"took longer|shutting down"):
            await held
        assert await seen_by(engine, "a") == NEW
        await until(lambda: stuck.closed)
        assert balanced(engine, "a")


# -- the end --------------------------------------------------------------------------------------------


async def test_the_end_of_the_service_ends_the_wait_for_a_model_and_keeps_none(given, gate):
    before = sessions_alive()
    async with Running(given=given) as engine:
        loading = asyncio.ensure_future(use(engine, "cars", "old.onnx"))
        await gate.reached()
        await engine.drain()
        with pytest.raises(ShuttingDown):
            await loading
        for late in (use(engine, "vans", "new.onnx"), engine.delete_model("scripted")):
            with pytest.raises(ShuttingDown):
                await late
    gate.open()
    await until(lambda: not [t for t in threading.enumerate() if t.name.startswith("load")])
    assert sessions_alive() == before


async def test_health_has_a_line_for_every_model(given):
    async with Running(given=given) as engine:
        await use(engine, "cars", "old.onnx")
        assert set(engine.health().checks) == {"engine", "batcher", "provider", "model:cars"}
        await engine._fleet["cars"].batcher.stop()
        health = engine.health()
        assert (health.ready, health.checks["model:cars"]) == (False, "the batcher is not running")
        assert health.checks["batcher"] == "ok"
