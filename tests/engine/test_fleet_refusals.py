"""What cannot be loaded, or may not be now, changes nothing."""

import asyncio

import pytest

from app.errors import (
    InvalidInput,
    ModelBusy,
    ModelInUse,
    ModelRefused,
    ModelUnknown,
    TooManyModels,
)
from tests.engine.scripted import Running, until
from tests.engine.tiny_models import (
    NEW,
    OLD,
    seen_by,
    spec,
    use,
    view,
    write_broken,
    write_model,
    write_no_detector,
)


@pytest.mark.parametrize(
    ("write", "kind", "words"),
    [
        (write_broken, ModelRefused, "bad.onnx"),
        (write_no_detector, ModelRefused, "no known detector"),
        (lambda path: path.unlink(missing_ok=True), ModelUnknown, "bad.onnx"),
    ],
)
async def test_a_version_that_cannot_be_loaded_leaves_the_old_one_serving(tmp_path, given, write, kind, words):
    write(tmp_path / "bad.onnx")
    async with Running(given=given) as engine:
        await use(engine, "cars", "old.onnx")
        engine.put_stream("a", given.stream.model_copy(update={"model": "cars"}))
        with pytest.raises(kind, match=words) as refusal:
            await use(engine, "cars", "bad.onnx")
        assert str(tmp_path) not in refusal.value.detail
        assert await seen_by(engine, "a") == OLD
        [_, state] = engine.models()
        assert (state.state, state.version, state.source, state.error) == ("ready", 1, "old.onnx", refusal.value.detail)
        await use(engine, "cars", "new.onnx")
        [_, state] = engine.models()
        assert (state.version, state.error) == (2, None)


async def test_a_name_that_never_served_is_shown_as_failed_until_it_is_forgotten(tmp_path, given):
    write_no_detector(tmp_path / "bad.onnx")
    async with Running(given=given) as engine:
        with pytest.raises(ModelRefused):
            await use(engine, "cars", "bad.onnx")
        assert [(state.name, state.state) for state in engine.models()] == [("scripted", "ready"), ("cars", "failed")]
        with pytest.raises(InvalidInput, match="no model 'cars' is loaded"):
            engine.put_stream("a", given.stream.model_copy(update={"model": "cars"}))
        await engine.delete_model("cars")
        assert [state.name for state in engine.models()] == ["scripted"]
        for number in range(5):
            with pytest.raises(ModelUnknown):
                await use(engine, f"m{number}", "none.onnx")
        assert [state.name for state in engine.models()][1:] == ["m2", "m3", "m4"]  # as many as may be loaded


async def test_the_same_again_is_not_loaded_again_and_a_changed_file_is(tmp_path, given):
    async with Running(given=given) as engine:
        before = [await engine.put_model("cars", spec("old.onnx")) for _ in range(2)]
        write_model(tmp_path / "old.onnx", NEW)
        changed = await engine.put_model("cars", spec("old.onnx"))
        (tmp_path / "old.labels.txt").write_text("bus\nvan\n")
        labelled = await engine.put_model("cars", spec("old.onnx"))
        otherwise = await engine.put_model("cars", spec("old.onnx", score_floor=0.3))
    assert [(state.version, made) for state, made in (*before, changed, labelled, otherwise)] == [
        (1, True),
        (1, False),
        (2, False),
        (3, False),
        (4, False),
    ]
    assert labelled[0].info.labels == ("bus", "van")


async def test_a_version_that_does_not_know_a_class_of_a_stream_is_refused(tmp_path, given):
    write_model(tmp_path / "zoo.onnx", classes=("zebra", "lion"))
    async with Running(given=given) as engine:
        engine.put_stream("yard", given.stream.model_copy(update={"classes": ("car", 0)}))
        with pytest.raises(ModelInUse, match=r"stream yard .* 'car'.*zebra, lion") as refusal:
            await use(engine, "scripted", "zoo.onnx")
        assert refusal.value.members["streams"] == ["yard"]
        engine.patch_stream("yard", {"classes": None})
        await use(engine, "scripted", "zoo.onnx")
        with pytest.raises(InvalidInput, match="unknown class 'car'"):
            engine.patch_stream("yard", {"classes": ["car"]})


async def test_one_version_of_a_name_is_loaded_at_a_time_and_other_names_go_on(given, gate):
    async with Running(given=given) as engine:
        first = asyncio.ensure_future(use(engine, "cars", "old.onnx"))
        await gate.reached()
        for again in (use(engine, "cars", "new.onnx"), engine.delete_model("cars")):
            with pytest.raises(ModelBusy, match=r"'cars' is being loaded from 'old\.onnx'"):
                await again
        assert [(state.name, state.state) for state in engine.models()] == [("scripted", "ready"), ("cars", "loading")]
        other = asyncio.ensure_future(use(engine, "vans", "new.onnx"))
        await gate.reached()
        gate.open()
        await asyncio.gather(first, other)
        assert {(state.name, state.version) for state in engine.models()} == {("scripted", 1), ("cars", 1), ("vans", 1)}


async def test_streams_are_answered_while_a_model_is_loaded(given, gate):
    async with Running(given=given) as engine:
        loading = asyncio.ensure_future(use(engine, "scripted", "new.onnx"))
        await gate.reached()
        assert engine.models()[0].loading == "new.onnx"
        assert (await engine.submit("a", view(7))).detections.xyxy[0, 0] == 7
        gate.open()
        await loading
        assert engine.models()[0].loading is None


async def test_whoever_gave_up_waiting_gets_the_model_all_the_same(given, gate):
    async with Running(given=given) as engine:
        asking = asyncio.ensure_future(use(engine, "cars", "old.onnx"))
        await gate.reached()
        asking.cancel()
        gate.open()
        await until(lambda: [state.state for state in engine.models()] == ["ready", "ready"])


async def test_more_models_than_the_limit_are_refused_also_while_they_are_loaded(given, gate):
    async with Running(given=given) as engine:
        loading = [asyncio.ensure_future(use(engine, name, "old.onnx")) for name in ("b", "c")]
        await gate.reached()
        with pytest.raises(TooManyModels) as refusal:
            await use(engine, "d", "new.onnx")
        assert refusal.value.members["limit"] == 3
        gate.open()
        await asyncio.gather(*loading)
        await use(engine, "c", "new.onnx")  # another version takes no more room
        await engine.delete_model("b")
        await use(engine, "d", "new.onnx")
