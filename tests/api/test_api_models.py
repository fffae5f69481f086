"""Models over HTTP: loaded, replaced, removed, and refused."""

import asyncio
from pathlib import Path

import cv2
import jsonschema_rs
import pytest

from app.loading import load_for
from app.settings import Settings
from app.sources import open_source
from models import CATALOG
from tests.api.live_service import Message, Service, hear_until, png, serving, until
from tests.engine.tiny_models import NEW, OLD, Gate, folder_settings, write_model, write_no_detector

CPU = {"device": "cpu", "inference": {"callers": 1, "threads": 1}}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it is remembered which files were tried, so that each is tried once."""
    return tmp_path_factory.getbasetemp() / "tried"


@pytest.fixture
def given(tmp_path: Path, tried: Path) -> Settings:
    write_model(tmp_path / "old.onnx", OLD)
    write_model(tmp_path / "new.onnx", NEW)
    return folder_settings(tmp_path, tried, models=3)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


async def put(service: Service, name: str, source: str, **more: object) -> tuple[int, Message]:
    answer = await service.http.put(f"/v1/models/{name}", json={"source": source, **CPU, **more})
    return answer.status_code, answer.json()


async def test_a_model_is_loaded_used_replaced_and_removed(given):
    async with serving(given) as service:
        status, cars = await put(service, "cars", "old.onnx")
        assert (status, cars["name"], cars["source"], cars["version"]) == (201, "cars", "old.onnx", 1)
        assert (cars["state"], cars["loaded"], cars["default"], cars["streams"]) == ("ready", True, False, [])
        assert (cars["device"], cars["provider"]) == ("cpu", "CPUExecutionProvider")
        assert (cars["labels"], len(cars["sha256"])) == (["person", "car"], 64)
        read = cars["reading"]
        assert (read["layout"], read["dtype"], read["oriented"], len(read["outputs"])) == ("nchw", "float32", False, 1)
        assert read["reason"]
        assert read["runs_at"].keys() == {"width", "height"}
        assert (await service.http.put("/v1/streams/a", json={"model": "cars"})).status_code == 201
        await service.http.post("/v1/streams/a/frames", content=png())
        status, replaced = await put(service, "cars", "new.onnx")
        assert (status, replaced["version"], replaced["streams"]) == (200, 2, ["a"])
        assert replaced["loaded_at"] > cars["loaded_at"]
        status, same = await put(service, "cars", "new.onnx")
        assert (status, same) == (200, replaced)
        page = (await service.http.get("/v1/models")).json()["items"]
        assert [item["name"] for item in page] == ["scripted", "cars", *CATALOG]
        assert [item["default"] for item in page[:2]] == [True, False]
        assert (await service.http.get("/v1/models/cars")).json() == page[1] == replaced
        used = await service.http.delete("/v1/models/cars")
        assert (used.status_code, used.json()["type"], used.json()["streams"]) == (409, "/problems/model-in-use", ["a"])
        await service.http.patch("/v1/streams/a", json={"model": None})
        assert (await service.http.delete("/v1/models/cars")).status_code == 204
        assert (await service.http.get("/v1/models/cars")).status_code == 404
        counts = (await service.http.get("/metrics")).text
    assert 'trackd_model_changes_total{outcome="loaded"} 1.0' in counts
    assert 'trackd_model_changes_total{outcome="replaced"} 1.0' in counts
    assert 'trackd_model_changes_total{outcome="removed"} 1.0' in counts
    assert "trackd_models 1.0" in counts


async def test_a_socket_at_full_rate_gets_every_answer_and_one_id_while_versions_change(given):
    async with serving(given) as service:
        await put(service, "scripted", "old.onnx")
        async with service.connect("/v1/streams/a/ws?detections=1") as client:
            credit = (await hear_until(client, "hello"))["credit"]
            heard: list[Message] = []
            done = asyncio.Event()

            async def send() -> int:
                sent = 0
                while not done.is_set():
                    if sent - len(heard) < credit:
                        await client.send(png())
                        sent += 1
                    await asyncio.sleep(0)
                return sent

            async def listen() -> None:
                while True:
                    heard.append(await hear_until(client, "tracks"))

            listening, sending = asyncio.ensure_future(listen()), asyncio.ensure_future(send())
            for source in ("new.onnx", "old.onnx", "new.onnx"):
                enough = len(heard) + 10
                await until(lambda: len(heard) > enough)  # noqa: B023  # awaited in the loop
                assert (await put(service, "scripted", source))[0] == 200
            enough = len(heard) + 10
            await until(lambda: len(heard) > enough)
            done.set()
            sent = await sending
            await until(lambda: len(heard) == sent)
            listening.cancel()
    assert [message["seq"] for message in heard] == list(range(1, sent + 1))
    assert {message["dropped_since_last"] for message in heard} == {0}
    assert {track["uid"] for message in heard for track in message["tracks"]} == {"a/1/1"}
    assert {round(track["score"], 3) for message in heard for track in message["tracks"]} == {OLD, NEW}
    assert all(len(message["tracks"]) == 1 for message in heard)


async def test_the_bundled_model_put_in_its_own_place_changes_no_answer(given):
    given = given.model_copy(update={"model": "demo", "device": "cpu"})
    source = open_source("demo:?seed=1")
    frames = [cv2.imencode(".jpg", frame.image)[1].tobytes() for frame, _ in zip(source, range(60), strict=False)]
    source.close()

    async def send(service: Service, stream: str, number: int) -> list[Message]:
        answer = await service.http.post(f"/v1/streams/{stream}/frames", content=frames[number % len(frames)])
        return [{**track, "uid": ""} for track in answer.json()["tracks"]]

    async with serving(given, load_for(given)) as service:
        swapped = [await send(service, "a", number) for number in range(20)]
        swapping = asyncio.ensure_future(put(service, "demo", "demo"))
        while not swapping.done():
            swapped.append(await send(service, "a", len(swapped)))
        swapped += [await send(service, "a", len(swapped) + more) for more in range(20)]
        status, model = await swapping
        plain = [await send(service, "b", number) for number in range(len(swapped))]
    assert (status, model["version"]) == (200, 2)
    assert any(plain)
    assert swapped == plain


@pytest.mark.parametrize(
    ("name", "body", "status", "slug", "pointer"),
    [
        ("m", {}, 422, "invalid-input", "/source"),
        ("m", {"source": 5}, 422, "invalid-input", "/source"),
        ("m", {"source": "old.onnx", "surprise": 1}, 422, "invalid-input", "/surprise"),
        ("m", {"source": "old.onnx", "device": "gpu"}, 422, "invalid-input", "/device"),
        ("m", {"source": "old.onnx", "inference": {"callers": 0}}, 422, "invalid-input", "/inference/callers"),
        ("a b", {"source": "old.onnx"}, 422, "invalid-input", "/path/name"),
        ("m", {"source": "../old.onnx"}, 422, "invalid-input", "/source"),
        ("m", {"source": "nothing"}, 422, "invalid-input", "/source"),
        ("m", {"source": "none.onnx"}, 404, "no-such-model", None),
        ("m", {"source": "yolox_nano"}, 404, "no-such-model", None),
        ("m", {"source": "bad.onnx"}, 422, "model-refused", None),
    ],
)
async def test_what_cannot_be_loaded_is_a_problem_that_says_why(tmp_path, given, name, body, status, slug, pointer):
    write_no_detector(tmp_path / "bad.onnx")
    async with serving(given) as service:
        answer = await service.http.put(f"/v1/models/{name}", json=body)
        problem = answer.json()
    assert (answer.status_code, problem["type"]) == (status, f"/problems/{slug}")
    assert [error["pointer"] for error in problem.get("errors", [])] == ([pointer] if pointer else [])
    assert str(tmp_path) not in answer.text
    if slug == "model-refused":
        assert problem["kind"] == "ModelUnsupported"


@pytest.mark.parametrize("name", ["none", "yolox_nano"])
async def test_what_is_not_loaded_cannot_be_removed(given, name):
    async with serving(given) as service:
        answer = await service.http.delete(f"/v1/models/{name}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-model")


async def test_the_default_model_cannot_be_removed(given):
    async with serving(given) as service:
        answer = await service.http.delete("/v1/models/scripted")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/model-in-use")


@pytest.mark.parametrize("call", ["PUT", "PATCH"])
async def test_a_stream_that_names_an_unknown_model_is_refused_and_told_the_known_ones(given, call):
    async with serving(given) as service:
        await service.http.put("/v1/streams/a")
        answer = await service.http.request(call, "/v1/streams/a", json={"model": "cars"})
        kept = (await service.http.get("/v1/streams/a")).json()["settings"]["model"]
    assert (answer.status_code, answer.json()["errors"][0]["pointer"], kept) == (422, "/model", None)
    assert "loaded are scripted" in answer.json()["detail"]


async def test_two_changes_of_one_name_at_once_are_one_change_and_one_refusal(given, gate):
    async with serving(given) as service:
        first = asyncio.ensure_future(put(service, "cars", "old.onnx"))
        await gate.reached()
        status, problem = await put(service, "cars", "new.onnx")
        shown = (await service.http.get("/v1/models/cars")).json()
        gate.open()
        made = await first
    assert (status, problem["type"], problem["retry_after_s"]) == (409, "/problems/model-busy", 1)
    assert (shown["state"], shown["loaded"], shown["source"]) == ("loading", False, "old.onnx")
    assert (made[0], made[1]["version"]) == (201, 1)


async def test_one_model_too_many_is_refused_with_the_limit(given):
    async with serving(given.model_copy(update={"limits": given.limits.model_copy(update={"models": 1})})) as service:
        status, problem = await put(service, "cars", "old.onnx")
        replaced, _ = await put(service, "scripted", "old.onnx")
    assert (status, problem["type"], problem["limit"]) == (507, "/problems/too-many-models", 1)
    assert replaced == 200


async def test_a_change_that_the_end_of_the_service_overtakes_is_answered(given, gate):
    async with serving(given) as service:
        loading = asyncio.ensure_future(put(service, "cars", "old.onnx"))
        await gate.reached()
        service.stop()
        status, problem = await loading
    gate.open()
    assert (status, problem["type"]) == (503, "/problems/shutting-down")


@pytest.mark.parametrize("name", ["no%0Asuch", "no%2Fsuch", "no%0A", "no%2Fsuch%0Aname"])
async def test_a_model_of_any_name_is_shown_or_not_found(given, name):
    async with serving(given) as service:
        assert (await service.http.get(f"/v1/models/{name}")).status_code == 404


async def test_readiness_and_the_description_know_every_model(given):
    async with serving(given) as service:
        await put(service, "cars", "old.onnx")
        ready = (await service.http.get("/readyz")).json()
        described = (await service.http.get("/openapi.json")).json()
        page = (await service.http.get("/v1/models")).json()
    assert ready["checks"]["model:cars"] == "ok"
    assert {"get", "put", "delete"} <= set(described["paths"]["/v1/models/{name}"])
    rules = {"$ref": "#/components/schemas/ModelPage", "components": described["components"]}
    jsonschema_rs.validator_for(rules).validate(page)
    body = {"$ref": "#/components/schemas/ModelSettings", "components": described["components"]}
    jsonschema_rs.validator_for(body).validate({"source": "demo", **CPU})
    assert not jsonschema_rs.validator_for(body).is_valid({"source": "demo", "surprise": 1})


async def test_a_stream_that_loses_a_class_keeps_the_version_that_knows_it(tmp_path, given):
    write_model(tmp_path / "zoo.onnx", classes=("zebra", "lion"))
    async with serving(given) as service:
        await service.http.put("/v1/streams/yard", json={"classes": ["car"]})
        status, problem = await put(service, "scripted", "zoo.onnx")
        model = (await service.http.get("/v1/models/scripted")).json()
    assert (status, problem["type"], problem["streams"]) == (409, "/problems/model-in-use", ["yard"])
    assert (model["version"], model["labels"]) == (1, ["person", "car"])
    assert "'car'" in model["error"]
