"""Problem documents, request ids, and what nobody expected."""

import httpx
import pytest
import structlog
from fastapi import FastAPI

from app.api import install_errors
from app.api.problem import problem_of
from app.errors import OutOfOrder, Overloaded, TrackdError
from tests.api.live_service import detections, serving

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("POST", "/livez", 405, "method-not-allowed"),
        ("GET", "/v1/streams/none", 404, "no-such-stream"),
        ("GET", "/v1/streams/a%20b", 422, "invalid-input"),
        ("GET", "/v1/streams/" + "x" * 65, 422, "invalid-input"),
        ("GET", "/v1/models/none", 404, "no-such-model"),
        ("GET", "/v1/streams?limit=0", 422, "invalid-input"),
    ],
)
async def test_every_refusal_is_a_problem_document_that_names_its_kind_and_place(method, path, status, slug):
    async with serving() as service:
        answer = await service.http.request(method, path)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert problem["type"] == f"/problems/{slug}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == httpx.URL(path).path
    assert problem["request_id"] == answer.headers["x-request-id"]


async def test_a_refused_method_says_which_are_allowed():
    async with serving() as service:
        assert (await service.http.post("/livez")).headers["allow"] == "GET"


async def test_a_sane_request_id_is_echoed_and_another_is_replaced():
    async with serving() as service:
        kept = await service.http.get("/livez", headers={"X-Request-Id": "job-7.a:b_c"})
        replaced = [
            (await service.http.get("/livez", headers={"X-Request-Id": bad})).headers["x-request-id"]
            for bad in ("", "two words", "x" * 129, "a/b")
        ]
    assert kept.headers["x-request-id"] == "job-7.a:b_c"
    assert all(len(given) == 32 and given.isalnum() for given in replaced)
    assert len(set(replaced)) == 4


async def test_a_kind_of_problem_can_be_looked_up_under_its_type():
    async with serving() as service:
        problem = (await service.http.get("/v1/streams/none")).json()
        kind = (await service.http.get(problem["type"])).json()
    assert (kind["type"], kind["status"], kind["title"]) == ("/problems/no-such-stream", 404, "No such stream")


async def test_an_overload_says_when_to_try_again():
    async with serving() as service:
        limit = service.engine.settings.limits.streams
        for number in range(limit):
            assert (await service.http.put(f"/v1/streams/s{number}")).status_code == 201
        refused = await service.http.put("/v1/streams/one-more")
        again = await service.http.put("/v1/streams/s0")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json()["limit"] == limit
    assert again.status_code == 200


async def test_a_frame_out_of_order_says_which_number_is_expected():
    async with serving() as service:
        for seq in (5, 6):
            await service.http.post("/v1/streams/cam/detections", json=detections(seq=seq))
        late = await service.http.post("/v1/streams/cam/detections", json=detections(seq=5))
        assert service.books("cam").rejected == 1
    assert late.status_code == 409
    assert (late.json()["type"], late.json()["expected_seq"]) == ("/problems/out-of-order", 7)


async def test_a_crash_is_logged_with_its_traceback_and_told_without_it():
    app = FastAPI()
    install_errors(app)

    @app.get("/crash")
    async def crash() -> None:
        raise RuntimeError("the secret of the house")

    transport = httpx.ASGITransport(app)  # raises what the application lets out
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as log:
            answer = await client.get("/crash", headers={"X-Request-Id": "r1"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert "secret" not in answer.text
    assert answer.json()["request_id"] == "r1"
    [entry] = log
    assert (entry["event"], entry["request_id"], entry["exc_info"]) == ("request_crashed", "r1", True)


def test_an_error_on_a_socket_says_the_same_as_the_document():
    told = problem_of(OutOfOrder("late", seq=3, expected_seq=7), stream="cam", seq=99)
    assert (told.status, told.title, told.problem) == (409, "Out of order", "/problems/out-of-order")
    assert (told.stream, told.seq, told.expected_seq) == ("cam", 3, 7)
    assert problem_of(Overloaded("full", limit=4, retry_after_s=1)).retry_after_s == 1


def test_every_kind_of_error_has_a_name_of_its_own():
    def kinds(root: type[TrackdError]) -> list[type[TrackdError]]:
        return [kind for kind in root.__subclasses__() if kind.__module__ == "app.errors"]

    slugs = [kind.slug for kind in kinds(TrackdError)]
    assert len(set(slugs)) == len(slugs)
    assert "internal" not in slugs
