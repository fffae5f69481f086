"""Zones and lines of a running service: counts, events, metrics, changes."""

import json

import pytest

from models import load_detector
from tests.api.live_service import hear, hear_until, serving

WIDTH, HEIGHT = 1000, 1000
ZONE = {"points": [[0.3, 0.3], [0.6, 0.3], [0.6, 0.6], [0.3, 0.6]]}
LINE = {"start": [0.45, 0], "end": [0.45, 1]}
COUNTING = {"counting": {"zones": {"hall": ZONE}, "lines": {"gate": LINE}}}


def frame(seq, *feet, fps=10.0, class_id=0):
    """A frame with one box of 120 x 80 px on each pair of feet."""
    found = [{"bbox": [x - 60, y - 80, x + 60, y], "score": 0.9, "class_id": class_id} for x, y in feet]
    return {"width": WIDTH, "height": HEIGHT, "seq": seq, "capture_ts": seq / fps, "detections": found}


async def walk(service, stream, start=100, stop=900, step=40, first=1, y=450):
    """One box through the picture; returns the answers."""
    answers = []
    for seq, x in enumerate(range(start, stop + 1, step), start=first):
        answer = await service.http.post(f"/v1/streams/{stream}/detections", json=frame(seq, (x, y)))
        assert answer.status_code == 200, answer.text
        answers.append(answer.json())
    return answers


@pytest.fixture
async def service():
    async with serving() as running:
        yield running


async def test_a_walk_is_counted_in_answers_counts_events_and_metrics(service):
    assert (await service.http.put("/v1/streams/cam", json=COUNTING)).status_code == 201
    async with service.connect("/v1/subscribe?streams=cam") as reader:
        await hear(reader)
        answers = await walk(service, "cam")
        last = answers[-1]["counts"]
        assert last["zones"]["hall"] == {
            "occupancy": 0, "entered": 1, "exited": 1, "appeared": 0, "vanished": 0, "by_class": {"0": 1},
            "dwell_s": pytest.approx(0.75, abs=0.15),
        }  # fmt: skip
        assert last["lines"]["gate"] == {"forward": 0, "backward": 1, "by_class": {"0": [0, 1]}}
        inside = [answer["tracks"][0]["zones"] for answer in answers if answer["tracks"]]
        assert inside.count(["hall"]) in range(5, 9)
        told = [await hear_until(reader, "event") for _ in range(4)]
    assert [event["event"] for event in told] == ["track_start", "zone_enter", "line_cross", "zone_exit"]
    crossed = told[2]
    assert (crossed["line"], crossed["direction"], crossed["track_id"]) == ("gate", "backward", 1)
    assert crossed["before"]["point"][0] <= 450 < crossed["after"]["point"][0]
    assert crossed["after"]["zones"] == ["hall"]

    counts = (await service.http.get("/v1/streams/cam/counts")).json()
    assert (counts["zones"], counts["lines"]) == (last["zones"], last["lines"])
    assert (counts["seq"], counts["epoch"], counts["since_pts"]) == (21, 1, pytest.approx(0.1))
    text = (await service.http.get("/metrics")).text
    assert 'trackd_zone_occupancy{stream="cam",zone="hall"} 0.0' in text
    assert 'trackd_zone_entered_total{stream="cam",zone="hall"} 1.0' in text
    assert 'trackd_line_crossings_total{direction="backward",line="gate",stream="cam"} 1.0' in text


async def test_an_event_comes_right_after_the_frame_that_showed_it(service):
    await service.http.put("/v1/streams/cam", json=COUNTING)
    async with service.connect("/v1/subscribe?streams=cam") as reader:
        await hear(reader)
        await walk(service, "cam", stop=500)
        newest = told = None
        while told != "zone_enter":
            message = await hear(reader)
            if message["type"] == "tracks":
                newest = message["seq"]
            else:
                told = message["event"]
                assert message["seq"] == newest


async def test_a_stream_that_counts_nothing_tells_nothing_of_it(service):
    answers = await walk(service, "cam")
    assert all("counts" not in answer for answer in answers)
    assert all("zones" not in row for answer in answers for row in answer["tracks"])
    counts = (await service.http.get("/v1/streams/cam/counts")).json()
    assert (counts["zones"], counts["lines"]) == ({}, {})
    page = (await service.http.get("/v1/events?streams=cam")).json()
    assert [event["event"] for event in page["items"]] == ["opened"]


async def test_counts_begin_anew_when_asked(service):
    await service.http.put("/v1/streams/cam", json=COUNTING)
    await walk(service, "cam", stop=500)
    counts = (await service.http.post("/v1/streams/cam/counts/reset")).json()
    assert counts["lines"]["gate"] == {"forward": 0, "backward": 0, "by_class": {}}
    hall = counts["zones"]["hall"]
    assert (hall["occupancy"], hall["entered"], hall["appeared"]) == (1, 0, 1)
    assert counts["since_pts"] == counts["pts"]
    last = (await walk(service, "cam", start=540, first=13))[-1]["counts"]["zones"]["hall"]
    assert (last["occupancy"], last["exited"]) == (0, 1)


async def test_a_new_epoch_counts_from_nothing(service):
    await service.http.put("/v1/streams/cam", json=COUNTING)
    await walk(service, "cam", stop=500)
    await service.http.post("/v1/streams/cam/reset")
    counts = (await service.http.get("/v1/streams/cam/counts")).json()
    assert (counts["epoch"], counts["seq"], counts["since_pts"]) == (2, None, None)
    assert counts["zones"]["hall"]["entered"] == 0


async def test_each_round_of_a_source_that_loops_counts_from_nothing():
    whole = {"points": [[0, 0], [1, 0], [1, 1], [0, 1]], "hold_s": 0, "margin": 0}
    source = {"url": "demo:?seed=4&frames=6&width=320&height=180", "loop": True, "pace": "fast"}
    settings = {"source": source, "counting": {"zones": {"all": whole}}, "overload": "lossless"}
    async with serving(detector=load_detector("demo", "cpu")) as service:
        await service.http.put("/v1/streams/cam", json=settings)
        async with service.connect("/v1/subscribe?streams=cam") as reader:
            before = message = await hear_until(reader, "tracks")
            while message["epoch"] == before["epoch"]:
                before, message = message, await hear_until(reader, "tracks")
    assert before["counts"]["zones"]["all"]["appeared"] >= 1
    begun = message["counts"]["zones"]["all"]
    assert begun["appeared"] == begun["occupancy"] == len(message["tracks"]) >= 1
    assert begun["exited"] == begun["vanished"] == 0


async def test_zones_that_stay_keep_their_counts_while_others_change(service):
    await service.http.put("/v1/streams/cam", json=COUNTING)
    await walk(service, "cam", stop=500)
    change = {"counting": {"zones": {"new": ZONE, "hall": {"dwell_s": 3.0}}, "lines": {"gate": {"end": [0.45, 0.9]}}}}
    assert (await service.http.patch("/v1/streams/cam", json=change)).status_code == 200
    counts = (await service.http.get("/v1/streams/cam/counts")).json()
    assert counts["zones"]["hall"]["entered"] == 1
    assert (counts["zones"]["new"]["occupancy"], counts["zones"]["new"]["appeared"]) == (1, 1)
    assert counts["lines"]["gate"]["backward"] == 0  # it is another line now
    moved = {"counting": {"zones": {"hall": {"points": [[0.85, 0.3], [0.95, 0.3], [0.95, 0.6], [0.85, 0.6]]}}}}
    await service.http.patch("/v1/streams/cam", json=moved)
    last = (await walk(service, "cam", start=540, first=13, stop=740))[-1]["counts"]
    assert last["zones"]["hall"] | {"by_class": {}} == {
        "occupancy": 0, "entered": 0, "exited": 0, "appeared": 0, "vanished": 0, "dwell_s": None, "by_class": {},
    }  # fmt: skip
    assert last["zones"]["new"]["exited"] == 1
    assert last["lines"]["gate"]["backward"] == 0  # it had been crossed before it was moved


async def test_the_first_zone_takes_in_who_is_there_already_without_an_event(service):
    await walk(service, "cam", stop=500)
    await service.http.patch("/v1/streams/cam", json=COUNTING)
    answers = await walk(service, "cam", start=540, first=13)
    assert answers[0]["counts"]["zones"]["hall"]["appeared"] == 1
    events = (await service.http.get("/v1/events?streams=cam")).json()["items"]
    assert [event["event"] for event in events] == ["opened", "zone_exit"]


@pytest.mark.parametrize(
    ("counting", "pointer"),
    [
        ({"zones": {"a": {"points": [[0, 0], [1, 1], [1, 0], [0, 1]]}}}, "/counting/zones/a"),
        ({"zones": {"a": {**ZONE, "classes": ["unicorn"]}}}, "/counting/zones/a/classes"),
        ({"lines": {"l": {**LINE, "classes": ["unicorn"]}}}, "/counting/lines/l/classes"),
        ({"lines": {"a/b": LINE}}, "/counting/lines/a/b/[key]"),
        ({"ground": {"image": [[0, 0]] * 4, "metres": [[0, 0]] * 4}}, "/counting/ground"),
    ],
)
async def test_what_cannot_be_counted_is_refused_and_changes_nothing(service, counting, pointer):
    await service.http.put("/v1/streams/cam", json=COUNTING)
    refused = await service.http.patch("/v1/streams/cam", json={"counting": counting})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer
    shown = (await service.http.get("/v1/streams/cam")).json()
    assert list(shown["settings"]["counting"]["zones"]) == ["hall"]


async def test_counts_of_a_stream_that_is_not_open_are_not_found(service):
    assert (await service.http.get("/v1/streams/nobody/counts")).status_code == 404
    assert (await service.http.post("/v1/streams/nobody/counts/reset")).status_code == 404


async def test_counting_on_a_socket_is_the_same(service):
    await service.http.put("/v1/streams/cam", json=COUNTING)
    async with service.connect("/v1/streams/cam/ws") as socket:
        await hear(socket)
        for seq, x in enumerate(range(100, 901, 40), start=1):
            await socket.send(json.dumps({"type": "detections", **frame(seq, (x, 450))}))
            answer = await hear_until(socket, "tracks")
    assert answer["counts"]["zones"]["hall"]["entered"] == answer["counts"]["zones"]["hall"]["exited"] == 1
