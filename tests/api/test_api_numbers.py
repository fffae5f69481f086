"""Numbers that stock JSON lets through, and detections beyond their limits."""

import json
import math

import pytest

from tests.api.live_service import detections, found, hear, say, serving

URL = "/v1/streams/cam/detections"


def with_value(path: str, literal: str) -> bytes:
    """A body in which one value is this JSON literal."""
    body = detections(found(), found(200.0), seq=1, capture_ts=2.0)
    *above, last = path.strip("/").split("/")
    place = body
    for step in above:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = "@"
    return json.dumps(body).replace('"@"', literal).encode()


async def test_what_is_no_number_of_its_place_is_refused_with_a_pointer_to_it(subtests):
    async with serving() as service:
        for path in ("/detections/1/score", "/detections/1/bbox/2", "/width"):
            for literal in ("NaN", "Infinity", "-Infinity", "1e308", "1e999", '"0.5"', "true", "null", "[]", "{}"):
                with subtests.test(path, literal=literal):
                    answer = await service.http.post(URL, content=with_value(path, literal))
                    assert answer.status_code == 422
                    assert [error["pointer"] for error in answer.json()["errors"]] == [path]
        assert service.engine.streams() == []


BEYOND = [
    ("/detections/1/score", "1.0001"),
    ("/detections/1/score", "-0.0001"),
    ("/detections/1/class_id", "-1"),
    ("/detections/1/class_id", "65536"),
    ("/detections/1/class_id", "1.5"),
    ("/detections/1/bbox/0", "1000001"),
    ("/seq", "-1"),
    ("/seq", "9007199254740992"),
    ("/seq", "1" + "0" * 400),
    ("/capture_ts", "-1"),
    ("/capture_ts", "NaN"),
    ("/width", "0"),
    ("/height", "1000001"),
    ("/height", "-5"),
    ("/surprise", "1"),
]


async def test_a_value_beyond_its_range_is_refused_with_a_pointer_to_it(subtests):
    async with serving() as service:
        for path, literal in BEYOND:
            with subtests.test(path, literal=literal[:20]):
                answer = await service.http.post(URL, content=with_value(path, literal))
                assert answer.status_code == 422
                assert [error["pointer"] for error in answer.json()["errors"]] == [path]


@pytest.mark.parametrize("bbox", [[10, 10, 10, 20], [10, 10, 20, 10], [20, 10, 10, 20], [10, 20, 20, 10]])
async def test_a_box_without_area_is_refused_with_a_pointer_to_it(bbox):
    async with serving() as service:
        answer = await service.http.post(URL, json=detections(found(), {"bbox": bbox, "score": 0.5}))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/detections/1/bbox"


async def test_boxes_in_fractions_of_the_image_are_refused_with_a_hint():
    async with serving() as service:
        answer = await service.http.post(URL, json=detections({"bbox": [0.1, 0.1, 0.3, 0.4], "score": 0.9}))
    assert answer.status_code == 422
    assert "normalised" in answer.json()["detail"]


async def test_a_thousand_detections_are_taken_and_one_more_is_not():
    async with serving() as service:
        rows = [found(x=float(60 * n)) for n in range(1000)]
        taken = await service.http.post(URL, json=detections(*rows))
        refused = await service.http.post(URL, json=detections(*rows, found()))
        books = service.books("cam")
    assert len(taken.json()["tracks"]) == 1000
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/detections")
    assert (books.received, books.tracked) == (1, 1)


async def test_values_at_the_very_limits_are_taken_and_every_answer_stays_finite():
    extreme = [
        {"bbox": [-1e6, -1e6, 1e6, 1e6], "score": 1.0, "class_id": 65_535},
        {"bbox": [1e6 - 1e-3, 0, 1e6, 1e-3], "score": 1, "class_id": 0},
        {"bbox": [5e-324, 0, 50, 50], "score": 5e-324},
    ]
    async with serving() as service:
        for seq, rows in enumerate([extreme, [], extreme[::-1], [found()], extreme], start=1):
            body = detections(*rows, seq=seq) if rows else {**detections(), "detections": [], "seq": seq}
            answer = await service.http.post(URL + "?detections=1", json=body)
            assert answer.status_code == 200
            for track in answer.json()["tracks"]:
                assert all(math.isfinite(value) for value in [*track["bbox"], *track["velocity"], track["score"]])
        assert service.books("cam").tracked == 5


async def test_a_socket_refuses_the_same_numbers_and_goes_on():
    text = '{"type": "detections", "width": 9, "height": 9, "detections": [{"bbox": [1,2,3,NaN]}]}'
    async with serving() as service, service.connect("/v1/streams/cam/ws") as socket:
        await hear(socket)
        await socket.send(text)
        error = await hear(socket)
        await say(socket, type="detections", **detections())
        answer = await hear(socket)
    assert (error["type"], error["status"], error["errors"][0]["pointer"]) == ("error", 422, "/detections/0/bbox/3")
    assert (answer["type"], answer["seq"]) == ("tracks", 1)


HEADERS = [
    ("Frame-Seq", "-1"),
    ("Frame-Seq", "1.5"),
    ("Frame-Seq", "one"),
    ("Frame-Seq", "9007199254740992"),
    ("Frame-Seq", "9" * 5000),
    ("Capture-Timestamp", "nan"),
    ("Capture-Timestamp", "inf"),
    ("Capture-Timestamp", "1e13"),
    ("Capture-Timestamp", "-1"),
    ("Capture-Timestamp", "now"),
]


async def test_a_header_that_is_no_number_of_its_range_is_refused_by_name(subtests):
    async with serving() as service:
        for name, value in HEADERS:
            with subtests.test(name, value=value[:20]):
                answer = await service.http.post("/v1/streams/cam/frames", content=b"x", headers={name: value})
                assert answer.status_code == 422
                assert answer.json()["errors"][0]["pointer"] == f"/header/{name}"
