"""Where tracks were, over HTTP: pictures, paths, the story of one track."""

import asyncio

import cv2
import numpy as np
import pytest

from app.settings import StreamSettings
from tests.api.live_service import Service, detections, found, png, serving
from tests.engine.scripted import settings

URL = "/v1/streams/cam"
PICTURES = ("/heatmap.png", "/trajectories.png")


def decoded(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


async def walk(service: Service, frames: int, stream: str = URL, **more: object) -> None:
    """One person who walks to the right at 4 px a frame, 30 frames a second."""
    for index in range(frames):
        answer = await service.http.post(stream + "/detections", json=detections(found(100 + 4 * index), **more))
        assert answer.status_code == 200


@pytest.mark.parametrize("path", PICTURES)
async def test_a_picture_of_posted_detections_shows_the_way_on_a_plain_ground(path):
    async with serving() as service:
        await walk(service, 31)
        answer = await service.http.get(URL + path)
        bare = await service.http.get(URL + path, params={"annotate": 0, "width": 320})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert (answer.headers["frame-seq"], answer.headers["frame-epoch"]) == ("31", "1")
    image, layer = decoded(answer.content), decoded(bare.content)
    assert image.shape[1:] == (640, 3)
    assert (image[89, 130:230].max(axis=1) > 100).all(), "the feet went along y = 90, from x = 120 to 240"
    assert image[300, 300].max() < 60
    assert layer.shape == (240, 320, 4)
    assert (layer[44, 70:110, 3] > 0).all()
    assert layer[150, 150, 3] == 0


@pytest.mark.parametrize("path", PICTURES)
async def test_a_picture_lies_over_the_newest_frame(path):
    async with serving() as service:
        await service.http.post(URL + "/frames", content=png(60, 50, (320, 240)))
        dark = decoded((await service.http.get(URL + path)).content)
        bright = np.full((240, 320, 3), 220, np.uint8)
        bright[0, 0] = (60, 50, 0)
        await service.http.post(URL + "/frames", content=cv2.imencode(".png", bright)[1].tobytes())
        light = decoded((await service.http.get(URL + path)).content)
    assert dark.shape[1] == light.shape[1] == 320
    assert (dark[200, 300].max(), light[200, 300].min() > 80) == (0, True)


async def test_a_span_shows_what_was_in_it_and_nothing_else():
    async with serving() as service:
        await walk(service, 61)  # media time from 1/30 to 61/30
        spans = {}
        for query in ("from=0&to=0.5", "last_s=0.5", "from=1.0", "to=1.0"):
            layer = decoded((await service.http.get(f"{URL}/trajectories.png?annotate=0&{query}")).content)
            columns = np.nonzero(layer[..., 3].any(axis=0))[0]
            spans[query] = columns.min(), columns.max()
    walked = {query: [(column - 120) / 120 for column in ends] for query, ends in spans.items()}  # seconds of the way
    assert walked["from=0&to=0.5"] == pytest.approx([0, 0.5], abs=0.15)
    assert walked["to=1.0"] == pytest.approx([0, 1], abs=0.15)
    assert walked["last_s=0.5"] == pytest.approx([1.5, 2], abs=0.15)
    assert walked["from=1.0"] == pytest.approx([1, 2], abs=0.15)


async def test_a_picture_is_sent_again_only_when_frame_form_or_zones_are_others():
    async with serving() as service:
        await walk(service, 3)
        for path in PICTURES:
            tag = (await service.http.get(URL + path)).headers["etag"]
            have = {"If-None-Match": tag}
            assert (await service.http.get(URL + path, headers=have)).status_code == 304
            assert (await service.http.get(URL + path + "?last_s=1", headers=have)).status_code == 200
            name = path.strip("/").partition(".")[0]
            line = {"counting": {"lines": {name: {"start": [0.5, 0], "end": [0.5, 1]}}}}
            await service.http.patch(URL, json=line)
            changed = await service.http.get(URL + path, headers=have)
            assert changed.status_code == 200
            assert decoded(changed.content)[300, 318:323].max() > 200, "the line is drawn"
            await walk(service, 1)
            assert (await service.http.get(URL + path, headers=have)).status_code == 200


async def test_classes_are_asked_for_by_name_or_number():
    async with serving(settings(StreamSettings(labels=("person", "car")))) as service:
        rows = found(10, class_id=0), found(300, class_id=1)
        for _ in range(5):
            await service.http.post(URL + "/detections", json=detections(*rows))
        seen = {}
        for classes in ("person", "1", "person,car", "0, car", "7"):
            page = (await service.http.get(URL + "/paths", params={"classes": classes})).json()
            seen[classes] = [item["class"] for item in page["items"]]
        wrong = await service.http.get(URL + "/heatmap.png?classes=person,dog")
    both = ["person", "car"]
    assert seen == {"person": ["person"], "1": ["car"], "person,car": both, "0, car": both, "7": []}
    assert (wrong.status_code, wrong.json()["errors"]) == (
        422,
        [{"pointer": "/query/classes", "detail": "no class 'dog'; known are person, car"}],
    )


async def test_a_span_of_no_sense_is_refused_and_the_mistake_pointed_at():
    wrong = {
        "from=9&to=3": "to",
        "from=nan": "from",
        "to=inf": "to",
        "last_s=0": "last_s",
        "last_s=1&from=0": "last_s",
        "from=100": "from",
        "to=-5": "to",
        "last_s=0.1&to=0.1": "to",
        "classes=": "classes",
    }
    async with serving() as service:
        await walk(service, 20)
        for query, where in wrong.items():
            for path in (*PICTURES, "/paths"):
                answer = await service.http.get(f"{URL}{path}?{query}")
                assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
                assert answer.json()["errors"][0]["pointer"] == f"/query/{where}"


async def test_where_nothing_is_yet_there_is_nothing_to_find():
    async with serving() as service:
        paths = *PICTURES, "/paths", "/tracks/1"
        unknown = [await service.http.get(URL + path) for path in paths]
        await service.http.put(URL)
        empty = [await service.http.get(URL + path) for path in paths]
    assert [(answer.status_code, answer.json()["type"]) for answer in unknown] == [
        (404, "/problems/no-such-stream")
    ] * 4
    assert [(answer.status_code, answer.json()["type"]) for answer in empty] == [(404, "/problems/nothing-yet")] * 4


async def test_a_picture_of_a_frame_in_which_nobody_is_can_be_had():
    async with serving() as service:
        await service.http.post(URL + "/detections", json={"width": 64, "height": 48, "detections": []})
        for path in PICTURES:
            layer = decoded((await service.http.get(URL + path + "?annotate=0")).content)
            assert (layer.shape, layer.any()) == ((48, 64, 4), False)
        page = (await service.http.get(URL + "/paths")).json()
    assert (page["items"], page["next_cursor"], page["from"] == page["to"]) == ([], None, True)


async def test_a_new_epoch_knows_nothing_of_the_one_before():
    async with serving() as service:
        await walk(service, 5)
        await service.http.post(URL + "/reset")
        assert (await service.http.get(URL + "/tracks/1")).status_code == 404
        await walk(service, 2)
        story = (await service.http.get(URL + "/tracks/1")).json()
    assert (story["epoch"], story["uid"], story["frames"]) == (2, "cam/2/1", 2)


async def test_the_story_of_a_track_tells_its_birth_its_gaps_and_how_it_stands():
    there, other = found(100, score=0.8), found(400)
    async with serving() as service:

        async def post(*rows):
            body = {"width": 640, "height": 480, "detections": list(rows)}
            assert (await service.http.post(URL + "/detections", json=body)).status_code == 200

        async def story(track_id):
            return (await service.http.get(f"{URL}/tracks/{track_id}")).json()

        await post(other)
        await post(other, there)
        assert (await service.http.get(URL + "/tracks/2")).status_code == 404
        for _ in range(4):
            await post(other, there)
        tracked = await story(2)
        for _ in range(3):
            await post(other)
        lost = await story(2)
        await post(other, there)
        back = await story(2)
        for _ in range(40):
            await post(other)
        removed = await story(2)
        first = await story(1)
    assert [one["state"] for one in (tracked, lost, back, removed)] == ["tracked", "lost", "tracked", "removed"]
    assert [one["gaps"] for one in (tracked, lost, back, removed)] == [0, 0, 1, 1]
    born = tracked["born"]
    assert (born["seq"], born["score"], born["bbox"]) == (2, 0.8, [100.0, 10.0, 140.0, 90.0])
    assert born["detail"] == (
        "In frame 2 no track took this detection, and its score 0.80 is above track_thresh 0.5 and det_thresh 0.6: a "
        "track began. Frame 3 confirmed it, where it was found again."
    )
    assert (tracked["first_seq"], tracked["last_seq"], tracked["frames"]) == (3, 6, 4)
    assert tracked["age_s"] == pytest.approx(4 / 30, abs=1e-3)
    assert tracked["points"][0] == pytest.approx([3 / 30, 120, 90, 0.8], abs=1e-2)
    assert tracked["points"][-1][0] == pytest.approx(6 / 30, abs=1e-6)
    assert (removed["last_seq"], removed["bbox"], removed["zones"]) == (10, [100.0, 10.0, 140.0, 90.0], [])
    assert first["born"]["detail"].endswith("It was the first frame of all, where nothing more is asked.")


async def test_the_story_names_the_zones_that_a_track_is_in():
    zone = {"points": [[0, 0], [1, 0], [1, 1], [0, 1]], "hold_s": 0}
    async with serving() as service:
        await service.http.put(URL, json={"counting": {"zones": {"all": zone}}})
        await walk(service, 5)
        story = (await service.http.get(URL + "/tracks/1")).json()
        tracks = (await service.http.get(URL + "/tracks")).json()["tracks"]
    assert story["zones"] == tracks[0]["zones"] == ["all"]


async def test_points_of_a_track_are_thinned_to_as_many_as_are_wanted():
    async with serving() as service:
        await walk(service, 100)
        points = (await service.http.get(URL + "/tracks/1?points=5")).json()["points"]
        all_of_it = (await service.http.get(URL + "/tracks/1")).json()["points"]
    assert len(points) == 5
    assert len(all_of_it) == 34  # every tenth of a second in 3.3 s
    assert (points[0], points[-1]) == (all_of_it[0], all_of_it[-1])


async def test_paths_come_in_pages():
    rows = [found(60 * n) for n in range(7)]
    async with serving(settings(list_items=3)) as service:
        for _ in range(31):
            await service.http.post(URL + "/detections", json=detections(*rows))
        pages, cursor = [], {}
        while True:
            page = (await service.http.get(URL + "/paths", params={"points": 4, **cursor})).json()
            pages.append(page)
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        too_many = await service.http.get(URL + "/paths?limit=4")
    assert [[item["track_id"] for item in page["items"]] for page in pages] == [[1, 2, 3], [4, 5, 6], [7]]
    item = pages[0]["items"][1]
    assert (item["uid"], item["present_s"], len(item["points"])) == ("cam/1/2", 1.0, 4)
    assert (pages[0]["width"], pages[0]["height"]) == (640, 480)
    assert (too_many.status_code, too_many.json()["errors"][0]["pointer"]) == (422, "/query/limit")


async def test_no_more_points_are_kept_than_the_limit_says():
    async with serving(settings(path_points=5)) as service:
        await walk(service, 61)
        page = (await service.http.get(URL + "/paths")).json()
        assert len(page["items"][0]["points"]) == 5
        assert page["from"] == page["items"][0]["points"][0][0]
        assert (await service.http.get(URL + "/heatmap.png")).status_code == 200


async def test_frames_are_tracked_while_pictures_are_drawn():
    async with serving() as service:
        await walk(service, 31)
        asked = [service.http.get(f"{URL}/heatmap.png?last_s={1 + n / 100}") for n in range(8)]
        answers, _ = await asyncio.gather(asyncio.gather(*asked), walk_on(service))
        assert {answer.status_code for answer in answers} == {200}
        assert service.books("cam").tracked == 41


async def walk_on(service: Service) -> None:
    for index in range(31, 41):
        answer = await service.http.post(URL + "/detections", json=detections(found(100 + 4 * index)))
        assert answer.status_code == 200
