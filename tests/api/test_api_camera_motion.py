"""The camera's motion over HTTP and on sockets: told with the detections, or measured where a stream asks for it."""

import json

import pytest

from app.imaging.draw import encode_jpeg
from tests.api.live_service import detections, found, hear_until, say, serving
from tests.engine.panned import panned

URL = "/v1/streams/cam/detections"
STILL = [[1, 0, 0], [0, 1, 0]]


def pan(dx: float) -> list[list[float]]:
    return [[1.0, 0.0, dx], [0.0, 1.0, 0.0]]


async def test_a_client_that_tells_its_camera_s_motion_keeps_its_ids_over_a_jump():
    async with serving() as service:
        told = [
            (await service.http.post(URL, json=detections(found(x), camera_motion=motion))).json()
            for x, motion in ((10.0, None), (300.0, pan(290)), (310.0, STILL), (20.0, pan(-290)))
        ]
        silent = [
            (await service.http.post("/v1/streams/other/detections", json=detections(found(x)))).json()
            for x in (10.0, 300.0)
        ]
    assert [[track["track_id"] for track in answer["tracks"]] for answer in told] == [[1]] * 4
    assert [[track["track_id"] for track in answer["tracks"]] for answer in silent] == [[1], []]


NO_MOTION = [
    ("/camera_motion/0/2", "[[1,0,NaN],[0,1,0]]"),
    ("/camera_motion/1/2", "[[1,0,0],[0,1,1e7]]"),
    ("/camera_motion/0/0", '[["1",0,0],[0,1,0]]'),
    ("/camera_motion/0/0", "[[true,0,0],[0,1,0]]"),
    ("/camera_motion/1", "[[1,0,0],[0,1]]"),
    ("/camera_motion/1", "[[1,0,0],[0,1,0,0]]"),
    ("/camera_motion/1", "[[1,0,0],null]"),
    ("/camera_motion", "[[1,0,0],[0,1,0],[0,0,1]]"),
    ("/camera_motion/0", "[1,0,0,0,1,0]"),
    ("/camera_motion", "[]"),
    ("/camera_motion", '"identity"'),
    ("/camera_motion", "[[0,0,0],[0,0,0]]"),
    ("/camera_motion", "[[-1,0,0],[0,1,0]]"),
    ("/camera_motion", "[[5,0,0],[0,5,0]]"),
    ("/camera_motion", "[[0.2,0,0],[0,0.2,0]]"),
    ("/camera_motion", "[[1,5,0],[0,1,0]]"),
]


async def test_what_is_no_motion_of_a_camera_is_refused_with_a_pointer_and_tracks_nothing(subtests):
    async with serving() as service:
        for where, literal in NO_MOTION:
            with subtests.test(literal):
                body = json.dumps(detections(camera_motion="@")).replace('"@"', literal)
                answer = await service.http.post(URL, content=body)
                assert answer.status_code == 422
                assert [error["pointer"] for error in answer.json()["errors"]] == [where]
        assert service.engine.streams() == []


async def test_a_motion_may_come_with_detections_on_a_socket_and_a_bad_one_costs_its_message_only():
    async with serving() as service, service.connect("/v1/streams/cam/ws") as client:
        ids = []
        for x, motion in ((10.0, None), (300.0, pan(290))):
            await say(client, type="detections", **detections(found(x), camera_motion=motion))
            ids.append([track["track_id"] for track in (await hear_until(client, "tracks"))["tracks"]])
        await say(client, type="detections", **detections(found(300.0), camera_motion=[[9, 0, 0], [0, 9, 0]]))
        refused = await hear_until(client, "error")
        await say(client, type="detections", **detections(found(300.0), camera_motion=STILL))
        ids.append([track["track_id"] for track in (await hear_until(client, "tracks"))["tracks"]])
    assert ids == [[1]] * 3
    assert (refused["status"], refused["errors"][0]["pointer"]) == (422, "/camera_motion")


async def test_a_stream_that_asks_for_it_has_its_camera_s_motion_measured():
    async with serving() as service:
        opened = await service.http.put("/v1/streams/cam", json={"camera_motion": True})
        assert opened.json()["settings"]["camera_motion"] is True
        ids = []
        for shift in (0, 60, 120):
            picture = panned(shift).image
            address = f"/v1/streams/cam/frames?width={picture.shape[1]}&height={picture.shape[0]}"
            answer = await service.http.post(address, content=picture.tobytes())
            ids.append([track["track_id"] for track in answer.json()["tracks"]])
        timing = answer.json()["timing_ms"]
        assert f"motion;dur={timing['motion']:g}" in answer.headers["server-timing"]
        metrics = (await service.http.get("/metrics")).text
        changed = await service.http.patch("/v1/streams/cam", json={"camera_motion": None})
        assert changed.json()["settings"]["camera_motion"] is False
        without = await service.http.post(address, content=picture.tobytes())
    assert ids == [[1]] * 3
    assert 0 < timing["motion"] <= timing["total"]
    assert 'trackd_camera_motion_total{finding="measured"} 2.0' in metrics
    assert set(without.json()["timing_ms"]) == {"decode", "queue", "detect", "track", "total"}


async def test_a_motion_is_measured_in_compressed_pictures_too():
    async with serving() as service:
        await service.http.put("/v1/streams/cam", json={"camera_motion": True})
        for shift in (0, 60, 120):
            answer = await service.http.post("/v1/streams/cam/frames", content=encode_jpeg(panned(shift).image))
            assert "motion" in answer.json()["timing_ms"]
        metrics = (await service.http.get("/metrics")).text
    assert 'trackd_camera_motion_total{finding="measured"} 2.0' in metrics


@pytest.mark.parametrize("value", ["often", 2, []])
async def test_the_setting_is_on_or_off_and_nothing_else(value):
    async with serving() as service:
        answer = await service.http.put("/v1/streams/cam", json={"camera_motion": value})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/camera_motion"]


async def test_the_description_says_what_a_camera_s_motion_is():
    async with serving() as service:
        schemas = (await service.http.get("/openapi.json")).json()["components"]["schemas"]
    assert "maps pixels" in schemas["DetectionsBody"]["properties"]["camera_motion"]["description"]
    assert schemas["DetectionsBody"]["properties"]["camera_motion"]["default"] is None
    assert "camera" in schemas["StreamSettings"]["properties"]["camera_motion"]["description"]
    assert "motion" not in schemas["Timing"]["required"]
