"""What readers choose: streams, kinds of messages and events, classes, zones; and that they choose anew."""

import pytest

from app.settings import StreamSettings
from tests.api.live_service import Service, crowd, detections, farewell, found, hear, hear_until, say, serving
from tests.engine.scripted import settings

MANY = 48
LEFT = {"points": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]], "hold_s": 0}
RIGHT = {"points": [[0.5, 0], [1, 0], [1, 1], [0.5, 1]], "hold_s": 0}
MIDDLE = {"start": [0.5, 0], "end": [0.5, 1]}
COUNTING = StreamSettings.model_validate(
    {"labels": ["person", "car"], "counting": {"zones": {"left": LEFT, "right": RIGHT}, "lines": {"middle": MIDDLE}}}
)


async def walk(service: Service, stream: str = "cam", steps: int = 20) -> None:
    """A person walks from the left to the right while a car stands on the right."""
    for step in range(steps):
        rows = found(100.0 + 20 * step), found(500.0, class_id=1)
        answer = await service.http.post(f"/v1/streams/{stream}/detections", json=detections(*rows))
        answer.raise_for_status()


async def read_to_the_end(service: Service, query: str) -> list[dict[str, object]]:
    """What a reader with this choice is told of a walk, without hello and bye."""
    async with service.connect(f"/v1/subscribe?{query}") as socket:
        await hear(socket)
        await walk(service)
        await service.http.delete("/v1/streams/cam")
        await service.http.put("/v1/streams/end")
        await say(socket, type="bye")
        return [message for message in (await farewell(socket))[1] if message["type"] != "bye"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "messages=events&zones=left,middle",
            [("zone_enter", "left"), ("zone_exit", "left"), ("line_cross", "middle")],
        ),
        ("messages=events&classes=car", [("track_start", None), ("zone_enter", "right")]),
        ("messages=events&events=opened,closed", [("opened", None), ("closed", None), ("opened", None)]),
        ("messages=events&events=zone_enter&zones=right&classes=person", [("zone_enter", "right")]),
        ("messages=events&streams=end&wait=1", [("opened", None)]),
    ],
)
async def test_a_reader_of_events_is_told_those_that_it_has_chosen(query, told):
    async with serving(settings(COUNTING)) as service:
        messages = await read_to_the_end(service, query)
    heard = [(message["event"], message.get("zone", message.get("line"))) for message in messages]
    assert heard == told


async def test_a_frame_brings_the_tracks_and_counts_of_what_was_chosen_and_comes_without_any():
    async with serving(settings(COUNTING)) as service:
        cars = await read_to_the_end(service, "messages=tracks&classes=car")
        left = await read_to_the_end(service, "messages=tracks&zones=left")
    assert [[row["class"] for row in frame["tracks"]] for frame in cars] == [["car"]] * 20
    assert set(cars[-1]["counts"]["zones"]) == {"left", "right"}
    inside = [[row["class"] for row in frame["tracks"]] for frame in left]
    assert (inside[0], inside[-1], len(inside)) == (["person"], [], 20)
    assert (set(left[-1]["counts"]["zones"]), left[-1]["counts"]["lines"]) == ({"left"}, {})


async def test_an_event_stream_has_the_same_choice():
    async with serving(settings(COUNTING)) as service:
        await walk(service, steps=1)
        path = "/v1/streams/cam/events?messages=events&events=zone_enter&zones=right&classes=person"
        async with service.http.stream("GET", path) as response:
            lines = response.aiter_lines()
            await anext(lines)
            await walk(service)
            told = [line async for line in _until(lines, '"zone_enter"') if line.startswith("event: ")]
    assert told == ["event: event"], "nothing came before it"


async def _until(lines, part):
    async for line in lines:
        yield line
        if part in line:
            return


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("events=zone_entered", "/query/events"),
        ("messages=frames", "/query/messages"),
        ("classes=", "/query/classes"),
        ("zones=a%20b", "/query/zones"),
        ("streams=cam&wait=maybe", "/query/wait"),
        ("streams=cam&since=five", "/query/since"),
        ("streams=a,b&since=1-5", "/query/since"),
        ("streams=a&since=b:1-5", "/query/since"),
        ("since=1-5", "/query/since"),
    ],
)
async def test_a_choice_that_cannot_be_is_told_where_it_is_wrong(query, pointer):
    async with serving() as service, service.connect(f"/v1/subscribe?{query}") as socket:
        code, told = await farewell(socket)
    assert (code, told[0]["errors"][0]["pointer"]) == (4422, pointer)


async def test_streams_that_are_waited_for_are_read_when_they_open_and_when_they_open_again():
    async with serving() as service, service.connect("/v1/subscribe?streams=cam&wait=1&messages=tracks") as socket:
        hello = await hear(socket)
        for _ in range(2):
            await walk(service, "other", steps=1)
            await walk(service, steps=1)
            frame = await hear(socket)
            assert (frame["type"], frame["stream"], frame["seq"]) == ("tracks", "cam", 1)
            await service.http.delete("/v1/streams/cam")
    assert (hello["stream"], hello["epoch"]) == ("cam", 0)


async def test_a_reader_chooses_anew_on_its_open_socket_and_begins_with_the_state():
    async with serving(settings(COUNTING)) as service:
        await walk(service, "a", steps=2)
        await walk(service, "b", steps=2)
        async with service.connect("/v1/subscribe?streams=a&classes=person") as socket:
            await hear(socket)
            assert [row["class"] for row in (await hear(socket))["tracks"]] == ["person"]
            await say(socket, type="select", streams=["a", "b"], classes=["car"], messages=["tracks"])
            ack, *states = [await hear(socket) for _ in range(3)]
            await walk(service, "b", steps=1)
            live = await hear(socket)
    assert (ack["type"], ack["of"], ack["stream"]) == ("ack", "select", None)
    assert sorted((state["stream"], state["seq"]) for state in states) == [("a", 2), ("b", 2)]
    assert [[row["class"] for row in state["tracks"]] for state in (*states, live)] == [["car"]] * 3


async def test_a_choice_that_cannot_be_leaves_a_reader_with_the_one_it_has():
    async with serving() as service:
        await walk(service, steps=1)
        async with service.connect("/v1/subscribe?streams=cam") as socket:
            await hear_until(socket, "tracks")
            await say(socket, type="select", streams=["nobody"])
            missing = await hear(socket)
            await say(socket, type="select", events=["nothing"])
            wrong = await hear(socket)
            await walk(service, steps=1)
            frame = await hear(socket)
    assert (missing["status"], missing["stream"]) == (404, "nobody")
    assert (wrong["status"], wrong["errors"][0]["pointer"]) == (422, "/events")
    assert (frame["type"], frame["seq"]) == ("tracks", 2)


async def test_events_are_not_lost_to_the_frames_of_a_reader_that_does_not_read():
    async with serving(settings(reader_messages=20)) as service:
        for stream in ("busy", "quiet"):
            await service.http.put(f"/v1/streams/{stream}")
        async with service.connect("/v1/subscribe?events=reset") as slow:
            await hear(slow)
            slow.transport.pause_reading()
            await walk(service, "quiet", steps=1)
            for number in range(MANY):
                (await service.http.post("/v1/streams/busy/detections", json=crowd())).raise_for_status()
                if number % 8 == 7:
                    await service.http.post("/v1/streams/busy/reset")
            slow.transport.resume_reading()
            heard = []
            while len([1 for message in heard if message["type"] == "event"]) < MANY // 8:
                heard.append(await hear(slow))
    frames = [message for message in heard if message["type"] == "tracks"]
    missed = {stream: sum(m.get("missed", 0) for m in heard if m["stream"] == stream) for stream in ("busy", "quiet")}
    assert missed["quiet"] == 0
    assert missed["busy"] > 0
    assert len([1 for frame in frames if frame["stream"] == "busy"]) + missed["busy"] == MANY
    assert [frame["seq"] for frame in frames if frame["stream"] == "quiet"] == [1]
