"""Webhooks against a real receiver: what is sent, and what comes of each fault."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from app.engine.selecting import EVERYTHING
from tests.engine.scripted import until
from tests.publishing.brokers import certificates, free_port
from tests.publishing.published import SECRET, Never, Soon, publishing, webhook
from tests.publishing.receiving import OK, Receiver, close, endless, nonsense, receiving, silence


def failing_first(times: int, answer):
    """Judge so many requests with this answer, and take the rest."""
    left = iter([answer] * times)
    return lambda request: next(left, OK)


def of_kind(receiver: Receiver, kind: str) -> list[str]:
    return [r.said["detail"] for r in receiver.requests if r.said.get("event") == kind]


async def test_an_event_is_one_signed_post_with_everything_that_a_socket_says():
    async with receiving() as receiver, publishing(webhooks=webhook(receiver.url, headers={"X-Room": "7"})) as it:
        it.open("gate")
        it.tell("gate", zone="door", track_id=3, class_id=0, class_name="person", seq=4, pts=0.5)
        await until(lambda: len(receiver.requests) == 2 and it.done)
        view = it.view()
    opened, entered = receiver.requests
    assert (opened.target, opened.headers["content-type"]) == (
        "/hooks/a-token-in-a-path?key=hidden",
        "application/json",
    )
    assert opened.headers["user-agent"].startswith("trackd/")
    assert opened.headers["x-room"] == "7"
    assert opened.said["event"] == "opened"
    kept = it.engine.events(it.publisher._settings.webhooks["a"].selection, None, 10).items
    assert entered.said == {
        "type": "event", "event": "zone_enter", "stream": "gate", "epoch": 1, "detail": "", "id": kept[1].id,
        "at": kept[1].at, "seq": 4, "pts": 0.5, "track_id": 3, "class_id": 0, "class": "person", "zone": "door",
    }  # fmt: skip
    assert (view.state, view.sent, view.failed, view.dropped, view.last_error) == ("live", 2, 0, 0, None)
    assert receiver.connections == 1


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        (SECRET, SECRET.encode()),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
    ],
)
async def test_the_signature_is_the_one_that_the_specification_describes(secret: str, key: bytes):
    old = "what it was before"
    async with receiving() as receiver, publishing(webhooks=webhook(receiver.url, secret=secret, old_secret=old)) as it:
        it.open("gate")
        await until(lambda: receiver.requests)
    (request,) = receiver.requests
    said = f"{request.mark}.{request.headers['webhook-timestamp']}.{request.body.decode()}".encode()
    expected = [base64.b64encode(hmac.digest(each, said, hashlib.sha256)).decode() for each in (key, old.encode())]
    assert request.headers["webhook-signature"] == f"v1,{expected[0]} v1,{expected[1]}"
    assert abs(int(request.headers["webhook-timestamp"]) - time.time()) < 300


@pytest.mark.parametrize(
    "fault", [(500, {}), (503, {}), (408, {}), (409, {}), (425, {}), (429, {}), (302, {}), close, nonsense]
)
async def test_what_fails_is_tried_again_under_the_same_id_and_in_order(fault):
    async with receiving(failing_first(3, fault)) as receiver, publishing(webhooks=webhook(receiver.url)) as it:
        it.open("gate")
        for number in range(4):
            it.tell("gate", detail=str(number))
        await until(lambda: it.view().sent == 5)
        view = it.view()
    marks = [request.mark for request in receiver.requests]
    assert marks[:4] == [marks[0]] * 4
    assert len(set(marks)) == 5
    assert of_kind(receiver, "zone_enter") == ["0", "1", "2", "3"]
    assert (view.state, view.failed, view.dropped, view.waiting) == ("live", 0, 0, 0)
    assert view.last_error


async def test_a_receiver_that_does_not_answer_is_given_up_after_its_time_and_tried_again():
    async with (
        receiving(failing_first(1, silence)) as receiver,
        publishing(webhooks=webhook(receiver.url, timeout_s=0.1)) as it,
    ):
        it.open("gate")
        await until(lambda: it.view().sent == 1)
        assert it.view().last_error == "no answer within 0.1 s"
    assert receiver.requests[0].mark == receiver.requests[1].mark


async def test_an_answer_that_never_ends_counts_by_its_status():
    async with (
        receiving(failing_first(1, endless)) as receiver,
        publishing(webhooks=webhook(receiver.url, timeout_s=0.1)) as it,
    ):
        it.open("gate", "yard")
        await until(lambda: it.view().sent == 2)
    assert len(receiver.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_what_is_refused_for_good_is_not_tried_again(status: int):
    async with receiving(failing_first(1, (status, {}))) as receiver, publishing(webhooks=webhook(receiver.url)) as it:
        it.open("gate")
        await until(lambda: it.view().failed == 1)
        assert it.view().state == "failing"
        assert str(status) in it.view().last_error
        it.tell("gate", detail="next")
        await until(lambda: it.view().sent == 1)
        assert it.view().state == "live"
    assert receiver.events == [("gate", "opened"), ("gate", "zone_enter")]


async def test_a_receiver_that_is_gone_is_left_alone():
    async with receiving(lambda request: (410, {})) as receiver, publishing(webhooks=webhook(receiver.url)) as it:
        it.open("gate", "yard")
        await until(lambda: it.view().state == "stopped")
        it.tell("gate")
        assert (it.view().waiting, it.view().sent, it.view().dropped) == (0, 0, 2)
        assert "410" in it.view().last_error
    assert len(receiver.requests) <= 2


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_retry_after_is_waited_for(form: str):
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    after = {"retry-after": "1" if form == "seconds" else soon}
    async with receiving(failing_first(1, (429, after))) as receiver, publishing(webhooks=webhook(receiver.url)) as it:
        it.open("gate")
        await until(lambda: it.view().state == "failing")
        began = time.monotonic()
        await until(lambda: it.view().sent == 1)
        assert time.monotonic() - began > 0.5
    assert len(receiver.requests) == 2


async def test_a_receiver_that_is_not_there_is_told_in_the_words_of_the_system():
    async with publishing(webhooks=webhook(f"http://127.0.0.1:{free_port()}/"), drain_s=0.05) as it:
        it.open("gate")
        await until(lambda: it.view().state == "failing")
        assert "refused" in it.view().last_error


async def test_a_certificate_must_be_of_an_authority_that_is_trusted(tmp_path: Path):
    cert, key = certificates(tmp_path)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(cert, key)
    async with receiving(tls=served) as receiver:
        async with publishing(webhooks=webhook(receiver.url, ca_file=str(cert))) as it:
            it.open("gate")
            await until(lambda: it.view().sent == 1)
        async with publishing(webhooks=webhook(receiver.url), drain_s=0.05) as it:
            it.open("gate")
            await until(lambda: it.view().state == "failing")
            assert "certificate" in it.view().last_error
    assert len(receiver.requests) == 1


async def test_a_redirect_leads_nowhere():
    async with (
        receiving() as elsewhere,
        receiving(lambda request: (307, {"location": elsewhere.url})) as receiver,
        publishing(webhooks=webhook(receiver.url), drain_s=0.05) as it,
    ):
        it.open("gate")
        await until(lambda: len(receiver.requests) > 2)
        assert "redirects are not followed" in it.view().last_error
    assert elsewhere.requests == []


async def test_a_message_that_is_too_old_is_given_up_and_the_next_has_its_chance():
    async with (
        receiving(lambda r: (500, {}) if r.said["detail"] == "poison" else OK) as receiver,
        publishing(webhooks=webhook(receiver.url, events=["zone_enter"], retry_s=0.2)) as it,
    ):
        it.open("gate", "yard")
        it.tell("gate", detail="poison")
        it.tell("gate", detail="behind it")
        it.tell("yard", detail="beside it")
        await until(lambda: it.view().failed == 1)
        assert of_kind(receiver, "zone_enter").count("poison") > 1
        assert "beside it" in of_kind(receiver, "zone_enter")
        await until(lambda: it.view().sent == 2)
    assert of_kind(receiver, "zone_enter")[-1] == "behind it"


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


async def test_the_wait_begins_anew_after_something_has_come_through():
    waits = Soon()
    judged = iter([(500, {}), (500, {}), OK, (500, {}), OK])
    async with (
        receiving(lambda r: next(judged)) as receiver,
        publishing(lambda: waits, webhooks=webhook(receiver.url)) as it,
    ):
        it.open("gate")
        await until(lambda: it.view().sent == 1)
        it.tell("gate")
        await until(lambda: it.view().sent == 2)
    assert waits.asked == [0.0, 0.0, float("inf")]


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
