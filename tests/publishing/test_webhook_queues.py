"""What waits for a webhook: what goes together, side by side, first, last, or never."""

import asyncio
import json

from app.engine.selecting import EVERYTHING
from tests.engine.scripted import until
from tests.publishing.published import Never, publishing, webhook
from tests.publishing.receiving import OK, failing_first, of_kind, receiving, silence


async def test_tracks_that_wait_for_each_other_go_together_and_again_together():
    gate = asyncio.Event()

    async def held(reader, writer):
        await gate.wait()
        writer.transport.abort()

    async with (
        receiving(failing_first(1, held)) as receiver,
        publishing(webhooks=webhook(receiver.url, messages=["tracks", "events"])) as it,
    ):
        it.open("gate")
        await until(lambda: receiver.requests)
        await it.track("gate", 5)
        it.tell("gate", detail="between")
        await it.track("gate", 2)
        gate.set()
        await until(lambda: it.done)
        assert it.view().sent == 9 + sum(kind == "track_start" for _, kind in receiver.events)
    told = [r.said for r in receiver.requests if r.said["type"] == "tracks_list"]
    assert [item["seq"] for each in told for item in each["items"]] == list(range(1, 8))
    assert all(item["stream"] == "gate" and item["tracks"] is not None for each in told for item in each["items"])
    assert len(told) < 7


async def test_a_request_that_is_repeated_holds_the_same_though_more_waits_by_then():
    refused = iter([(503, {})] * 3)

    def judge(request):
        return next(refused, OK) if request.said["type"] == "tracks_list" else OK

    async with receiving(judge) as receiver, publishing(webhooks=webhook(receiver.url, messages=["tracks"])) as it:
        it.open("gate")
        for _ in range(40):
            await it.track("gate")
        await until(lambda: it.done and it.view().sent == 40)
    bodies: dict[str, set[bytes]] = {}
    for request in receiver.requests:
        bodies.setdefault(request.mark, set()).add(request.body)
    assert len(receiver.requests) == len(bodies) + 3
    assert all(len(each) == 1 for each in bodies.values())


async def test_streams_go_side_by_side_and_each_keeps_its_order():
    slow = asyncio.Event()

    async def judge_gate(reader, writer):
        await slow.wait()
        writer.write(b"HTTP/1.1 204 No\r\n\r\n")
        await writer.drain()

    held = iter([judge_gate])
    async with (
        receiving(lambda r: next(held, OK) if r.said["stream"] == "gate" else OK) as receiver,
        publishing(webhooks=webhook(receiver.url, events=["zone_enter"])) as it,
    ):
        it.open("gate", "yard")
        for number in range(5):
            it.tell("gate", detail=f"gate {number}")
            it.tell("yard", detail=f"yard {number}")
        await until(lambda: sum("yard" in detail for detail in of_kind(receiver, "zone_enter")) == 5)
        assert it.view().sent == 0 or not slow.is_set()
        slow.set()
        await until(lambda: it.view().sent == 10)
    for stream in ("gate", "yard"):
        told = [detail for detail in of_kind(receiver, "zone_enter") if stream in detail]
        assert list(dict.fromkeys(told)) == [f"{stream} {number}" for number in range(5)]


async def test_a_full_queue_gives_up_frames_first_then_the_oldest_events_and_counts_them():
    ill = True
    async with (
        receiving(lambda r: (500, {}) if ill else OK) as receiver,
        publishing(webhooks=webhook(receiver.url, messages=["events", "tracks"], queue=8)) as it,
    ):
        it.open("gate")
        await until(lambda: it.view().state == "failing")
        for number in range(20):
            await it.track("gate")
            it.tell("gate", detail=str(number))
        view = it.view()
        assert (view.waiting, view.sent, view.failed) == (8, 0, 0)
        ill = False
        await until(lambda: it.view().waiting == 0)
        view = it.view()
        happened = len(it.engine.events(EVERYTHING, None, 100).items)
    told = of_kind(receiver, "zone_enter")
    frames = [item for r in receiver.requests if r.said["type"] == "tracks_list" for item in r.said["items"]]
    assert told[-5:] == [str(number) for number in range(15, 20)]
    assert (view.sent, view.failed, view.dropped) == (8, 0, happened + 20 - 8)
    assert len({item["seq"] for item in frames}) <= 2  # those in hand


async def test_what_is_chosen_is_sent_and_nothing_else():
    chosen = {"streams": ["gate"], "events": ["zone_enter", "line_cross"], "classes": ["person"], "zones": ["door"]}
    async with receiving() as receiver, publishing(webhooks=webhook(receiver.url, **chosen)) as it:
        it.open("gate", "yard")
        person, car = {"class_id": 0, "class_name": "person"}, {"class_id": 1, "class_name": "car"}
        it.tell("yard", zone="door", **person)
        it.tell("gate", zone="door", **car)
        it.tell("gate", zone="lawn", **person)
        it.tell("gate", "zone_exit", zone="door", **person)
        it.tell("gate", "line_cross", line="door", **person)
        it.tell("gate", zone="door", detail="last", **person)
        await until(lambda: of_kind(receiver, "zone_enter") == ["last"] and it.done)
        assert (it.view().sent, it.view().dropped) == (2, 0)
    assert receiver.events == [("gate", "line_cross"), ("gate", "zone_enter")]


async def test_what_waits_when_the_service_ends_is_sent_before_it_has_ended():
    ill = True
    async with (
        receiving(lambda r: (500, {}) if ill else OK) as receiver,
        publishing(Never, webhooks=webhook(receiver.url)) as it,
    ):
        it.open(*"abc")
        await until(lambda: it.view().state == "failing")
        ill = False
        await it.end()
        assert (it.view().state, it.view().sent, it.view().dropped) == ("stopped", 3, 0)


async def test_what_cannot_be_sent_until_the_end_is_counted():
    async with receiving(lambda r: silence) as receiver, publishing(webhooks=webhook(receiver.url), drain_s=0.1) as it:
        it.open(*"abc")
        await until(lambda: receiver.requests)
    assert (it.view().sent, it.view().failed, it.view().dropped, it.view().waiting) == (0, 0, 3, 0)


async def test_tracks_are_gathered_and_the_end_of_the_service_waits_for_nothing():
    gathering = {"messages": ["tracks"], "gather_s": 60.0}
    async with receiving() as receiver, publishing(webhooks=webhook(receiver.url, **gathering)) as it:
        await it.track("gate")
        await until(lambda: it.view().sent == 1)
        await it.track("gate", 20)
        await it.track("yard", 3)
        assert (len(receiver.requests), it.view().waiting) == (1, 23)
        await it.end()
        assert (it.view().sent, it.view().dropped) == (24, 0)
    assert [[item["stream"] for item in r.said["items"]] for r in receiver.requests[1:]] == [
        ["gate"] * 20,
        ["yard"] * 3,
    ]
    assert json.loads(receiver.requests[0].body)["items"][0]["type"] == "tracks"


async def test_events_are_gathered_with_tracks_only():
    async with receiving() as receiver, publishing(webhooks=webhook(receiver.url, gather_s=60.0)) as it:
        it.open("gate")
        await until(lambda: it.view().sent == 1)
        it.tell("gate")
        await until(lambda: it.view().sent == 2)
    assert len(receiver.requests) == 2
