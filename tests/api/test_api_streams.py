"""Streams over HTTP: made, listed, changed, reset, closed; health, models and counts beside them."""

import asyncio

import pytest

from models import CATALOG
from tests.api.live_service import detections, found, png, serving, until
from tests.engine.scripted import ScriptedDetector, settings


async def test_put_makes_a_stream_once_and_is_idempotent():
    body = {"overload": "lossless", "tracker": {"lost_buffer": 60}}
    async with serving() as service:
        made = await service.http.put("/v1/streams/cam", json=body)
        again = await service.http.put("/v1/streams/cam", json=body)
        empty = await service.http.put("/v1/streams/cam")
    assert (made.status_code, again.status_code, empty.status_code) == (201, 200, 200)
    assert made.json()["settings"] == again.json()["settings"]
    assert (made.json()["settings"]["overload"], made.json()["settings"]["tracker"]["lost_buffer"]) == ("lossless", 60)
    assert empty.json()["settings"]["overload"] == "latest"


async def test_patch_changes_what_it_names_and_null_takes_it_back_while_tracks_live_on():
    async with serving() as service:
        url = "/v1/streams/cam"
        await service.http.post(url + "/detections", json=detections())
        changed = await service.http.patch(url, json={"classes": [0], "tracker": {"match_thresh": 0.7}})
        back = await service.http.patch(url, json={"classes": None})
        answer = await service.http.post(url + "/detections", json=detections(found(11.0)))
    assert (changed.json()["settings"]["classes"], changed.json()["settings"]["tracker"]["match_thresh"]) == ([0], 0.7)
    assert changed.json()["settings"]["tracker"]["track_thresh"] == 0.5
    assert (back.json()["settings"]["classes"], back.json()["settings"]["tracker"]["match_thresh"]) == (None, 0.7)
    assert [track["track_id"] for track in answer.json()["tracks"]] == [1]


async def test_a_stream_names_the_settings_that_were_said_and_no_defaults():
    async with serving() as service:
        url = "/v1/streams/cam"
        body = {"overload": "latest", "tracker": {"track_thresh": 0.4}, "source": {"url": "demo:?seed=1"}}
        made = await service.http.put(url, json=body)
        back = await service.http.patch(url, json={"overload": None, "source": None})
    assert made.json()["given"] == ["tracker.track_thresh", "overload", "source.url"]
    assert back.json()["given"] == ["tracker.track_thresh"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_settings_that_make_no_sense_are_refused_with_a_pointer_and_change_nothing(method, subtests):
    wrong = [
        ({"tracker": {"track_thresh": 1.5}}, "/tracker/track_thresh"),
        ({"tracker": {"track_thres": 0.5}}, "/tracker/track_thres"),
        ({"overload": "sometimes"}, "/overload"),
        ({"classes": ["dragon"]}, "/classes"),
        ({"source": {"url": "file:///etc/passwd"}}, "/source/url"),
        ({"source": {"url": "http://169.254.169.254/"}}, "/source/url"),
    ]
    async with serving() as service:
        before = (await service.http.put("/v1/streams/cam")).json()["settings"]
        for body, pointer in wrong:
            with subtests.test(pointer):
                refused = await service.http.request(method, "/v1/streams/cam", json=body)
                assert refused.status_code == 422
                assert refused.json()["errors"][0]["pointer"].startswith(pointer)
        for text in (b"[]", b"5", b"{", b'"x"', b"null"):
            refused = await service.http.request(method, "/v1/streams/cam", content=text)
            assert refused.status_code == 422
        assert (await service.http.get("/v1/streams/cam")).json()["settings"] == before


async def test_a_reset_begins_a_new_epoch_with_number_one_and_id_one():
    async with serving() as service:
        url = "/v1/streams/cam"
        for number in range(3):
            await service.http.post(url + "/detections", json=detections(found(10.0 + number)))
        view = (await service.http.post(url + "/reset")).json()
        answer = (await service.http.post(url + "/detections", json=detections(found(300.0)))).json()
    assert (view["epoch"], view["next_seq"]) == (2, 1)
    assert (answer["epoch"], answer["seq"], answer["tracks"][0]["uid"]) == (2, 1, "cam/2/1")


async def test_a_closed_stream_is_gone_and_its_name_is_free():
    async with serving() as service:
        await service.http.put("/v1/streams/cam")
        gone = await service.http.delete("/v1/streams/cam")
        statuses = [
            (await service.http.request(method, "/v1/streams/cam" + path)).status_code
            for method, path in (("GET", ""), ("DELETE", ""), ("PATCH", ""), ("POST", "/reset"), ("GET", "/tracks"))
        ]
        again = await service.http.put("/v1/streams/cam")
    assert (gone.status_code, gone.content) == (204, b"")
    assert statuses == [404] * 5
    assert again.status_code == 201


async def test_closing_a_stream_answers_the_frames_that_wait():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with serving(detector=detector) as service:
        waiting = asyncio.create_task(service.http.post("/v1/streams/cam/frames", content=png()))
        await until(lambda: service.engine.streams() and service.books("cam").in_flight == 1)
        await service.http.delete("/v1/streams/cam")
        answer = await waiting
    assert (answer.status_code, answer.json()["reason"]) == (429, "closed")


async def test_a_list_is_paged_by_cursor_without_gap_or_repeat():
    async with serving() as service:
        names = sorted(f"s{number}" for number in range(25))
        for name in names:
            await service.http.put(f"/v1/streams/{name}")
        seen, cursor, pages = [], None, 0
        while pages == 0 or cursor:
            query = {"limit": 10} | ({"cursor": cursor} if cursor else {})
            page = (await service.http.get("/v1/streams", params=query)).json()
            seen += [item["stream"] for item in page["items"]]
            cursor, pages = page["next_cursor"], pages + 1
        exact = (await service.http.get("/v1/streams", params={"limit": 25})).json()
    assert (seen, pages) == (names, 3)
    assert exact["next_cursor"] is None


@pytest.mark.parametrize(
    ("limit", "status"), [(1, 200), (1000, 200), (0, 422), (1001, 422), ("x", 422), ("9" * 5000, 422)]
)
async def test_a_page_has_at_most_a_thousand_items(limit, status):
    async with serving() as service:
        assert (await service.http.get("/v1/streams", params={"limit": limit})).status_code == status


async def test_a_page_has_a_hundred_items_when_nobody_says_how_many():
    async with serving() as service:
        for number in range(101):
            service.engine.put_stream(f"s{number:03}", service.engine.settings.stream)
        page = (await service.http.get("/v1/streams")).json()
    assert (len(page["items"]), page["next_cursor"]) == (100, "s099")


async def test_the_books_of_a_stream_are_shown_and_counted_for_prometheus():
    async with serving() as service:
        url = "/v1/streams/cam/detections"
        for seq in (1, 2, 2, 1):
            await service.http.post(url, json=detections(seq=seq))
        view = (await service.http.get("/v1/streams/cam")).json()
        metrics = await service.http.get("/metrics")
    books = {"received": 3, "tracked": 2, "dropped": 0, "rejected": 1, "in_flight": 0, "replayed": 1}
    assert view["accounts"] == books
    assert (view["seq"], view["width"], view["height"], view["tracks"], view["ids"]) == (2, 640, 480, 1, 1)
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'trackd_frames_total{outcome="tracked",stream="cam"} 2.0' in metrics.text


async def test_readiness_turns_red_when_the_service_drains_while_liveness_does_not():
    async with serving() as service:
        green = await service.http.get("/readyz")
        await service.engine.drain()
        red, alive = await service.http.get("/readyz"), await service.http.get("/livez")
        refused = await service.http.post("/v1/streams/cam/frames", content=png())
    assert (green.status_code, green.json()["ready"]) == (200, True)
    assert (red.status_code, red.json()["ready"], alive.status_code) == (503, False, 200)
    assert "draining" in red.json()["checks"]["engine"]
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/shutting-down")
    assert int(refused.headers["retry-after"]) >= 1


async def test_the_list_of_models_has_the_loaded_one_first_and_the_catalogue_behind():
    async with serving() as service:
        page = (await service.http.get("/v1/models")).json()
        one = (await service.http.get("/v1/models/scripted")).json()
        known = (await service.http.get("/v1/models/yolox_nano")).json()
    assert [item["name"] for item in page["items"]] == ["scripted", *CATALOG]
    assert page["items"][0] == one
    assert (one["loaded"], one["labels"], one["provider"]) == (True, ["person", "car"], "CPUExecutionProvider")
    assert (known["loaded"], known["input"], known["licence"]) == (False, {"width": 416, "height": 416}, "Apache-2.0")


async def test_a_stream_of_its_own_settings_begins_with_those_of_the_service():
    given = settings().model_copy(update={"stream": settings().stream.model_copy(update={"overload": "lossless"})})
    async with serving(given) as service:
        made = (await service.http.put("/v1/streams/cam", json={"order": "skip_late"})).json()
    assert (made["settings"]["overload"], made["settings"]["order"]) == ("lossless", "skip_late")
