"""The description of the API: true, complete, and shown without any other host."""

import re

import jsonschema_rs
import pytest

from tests.api.live_service import detections, png, serving


async def test_the_page_of_the_api_needs_no_other_host():
    async with serving() as service:
        page = await service.http.get("/docs")
        assert page.headers["content-type"].startswith("text/html")
        named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert named
        for address in named:
            assert address.startswith("/")
            assert (await service.http.get(address)).status_code == 200
        assert "://" not in page.text
        assert (await service.http.get("/docs/../secrets")).status_code == 404
        assert (await service.http.get("/docs/other.js")).status_code == 404


async def test_every_call_of_the_contract_is_described_with_its_problems():
    async with serving() as service:
        described = (await service.http.get("/openapi.json")).json()
    calls = {(method.upper(), path) for path, item in described["paths"].items() for method in item}
    stream = "/v1/streams/{stream_id}"
    assert calls >= {
        ("POST", stream + "/frames"),
        ("POST", stream + "/detections"),
        *((method, stream) for method in ("PUT", "GET", "PATCH", "DELETE")),
        ("POST", stream + "/reset"),
        ("GET", "/v1/streams"),
        ("GET", stream + "/tracks"),
        ("GET", stream + "/events"),
        ("GET", stream + "/snapshot.jpg"),
        ("GET", stream + "/video.mjpeg"),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/{name}"),
        ("GET", "/livez"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),
    }
    for path, item in described["paths"].items():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                assert "X-Request-Id" in answer["headers"], path
                if status in ("404", "422", "409"):
                    assert list(answer["content"]) == ["application/problem+json"], path
    content = described["paths"][stream + "/frames"]["post"]["requestBody"]["content"]
    assert {"image/jpeg", "image/png", "image/webp", "multipart/form-data", "application/octet-stream"} == set(content)


async def test_no_reference_of_the_description_leads_nowhere():
    async with serving() as service:
        answer = await service.http.get("/openapi.json")
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', answer.text))
    assert named <= set(answer.json()["components"]["schemas"])
    assert {"TracksMessage", "DetectionsBody", "StreamSettings", "Problem"} <= named


@pytest.mark.parametrize(
    ("method", "path", "body", "schema"),
    [
        ("POST", "/v1/streams/cam/frames?detections=1", {"content": png()}, "TracksMessage"),
        ("POST", "/v1/streams/cam/detections", {"json": detections()}, "TracksMessage"),
        ("PUT", "/v1/streams/cam", {}, "StreamView"),
        ("GET", "/v1/streams", {}, "StreamPage"),
        ("GET", "/v1/models", {}, "ModelPage"),
        ("GET", "/readyz", {}, "Health"),
        ("GET", "/v1/streams/none", {}, "Problem"),
        ("GET", "/v1/streams?limit=0", {}, "Problem"),
    ],
)
async def test_an_answer_is_what_its_schema_says(method, path, body, schema):
    async with serving() as service:
        described = (await service.http.get("/openapi.json")).json()
        answer = await service.http.request(method, path, **body)
    rules = {"$ref": f"#/components/schemas/{schema}", "components": described["components"]}
    jsonschema_rs.validator_for(rules).validate(answer.json())


async def test_bodies_of_the_contract_are_what_their_schemas_say():
    async with serving() as service:
        components = (await service.http.get("/openapi.json")).json()["components"]
    body = jsonschema_rs.validator_for({"$ref": "#/components/schemas/DetectionsBody", "components": components})
    body.validate(detections(seq=1, capture_ts=0.5))
    for wrong in (detections(seq=-1), {"width": 1}, detections(surprise=1)):
        assert not body.is_valid(wrong)
