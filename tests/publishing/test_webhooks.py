"""Webhooks against a real receiver: what is sent, and what comes of each fault."""

import base64
import hashlib
import hmac
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.engine.scripted import until
from tests.publishing.brokers import certificates, free_port
from tests.publishing.published import SECRET, Soon, publishing, webhook
from tests.publishing.receiving import OK, close, endless, failing_first, nonsense, of_kind, receiving, silence


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
        publishing(webhooks=webhook(receiver.url, timeout_s=1.0)) as it,
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
        publishing(webhooks=webhook(receiver.url, events=["zone_enter"], retry_s=1.0)) as it,
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
