"""Publishing as a part of the service: what it shows, whom it may disturb, how it begins and ends."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import structlog

from app.publish_settings import PublishSettings
from app.publishing import check_targets
from app.settings import Settings, SettingsError, load_settings
from tests.api.live_service import detections, found, hear_until, serving, until
from tests.publishing.brokers import free_port
from tests.publishing.published import SECRET, Soon, publishing, webhook
from tests.publishing.receiving import OK, receiving, silence

TOKEN = "a-token-in-a-path"


def service(drain_s: float = 0.2, **publish: Any) -> Settings:
    return Settings(publish=PublishSettings.model_validate(publish), drain_s=drain_s)


async def shown(live: Any) -> dict[str, dict[str, Any]]:
    answer = await live.http.get("/v1/targets")
    assert answer.status_code == 200
    return {item["name"]: item for item in answer.json()["items"]}


async def test_every_target_is_shown_with_its_books_and_without_a_secret():
    async with receiving() as receiver:
        publish = {
            "webhooks": {
                "alerts": {"url": receiver.url.replace("//", "//user:pw-of-a-url@"), "secret": SECRET},
                "nobody": {"url": f"http://127.0.0.1:{free_port()}/{TOKEN}", "secret": SECRET},
            },
            "mqtt": {"hall": {"url": f"mqtt://127.0.0.1:{free_port()}", "username": "u", "password": "pw-of-mqtt"}},
            "redis": {"store": {"url": f"redis://127.0.0.1:{free_port()}/2", "password": "pw-of-redis"}},
        }
        with structlog.testing.capture_logs() as log:
            async with serving(service(**publish)) as live:
                (await live.http.post("/v1/streams/gate/detections", json=detections())).raise_for_status()
                await until(lambda: view_of(live, "alerts").sent == 1)
                await until(lambda: all(view_of(live, name).state == "failing" for name in ("nobody", "hall", "store")))
                seen = await shown(live)
                metrics = (await live.http.get("/metrics")).text
        assert receiver.requests[0].headers["authorization"].startswith("Basic ")
    assert list(seen) == ["alerts", "nobody", "hall", "store"]
    assert [item["kind"] for item in seen.values()] == ["webhook", "webhook", "mqtt", "redis"]
    alerts = seen["alerts"]
    assert alerts["last_sent_at"] > 1.7e9
    assert alerts == {
        "name": "alerts", "kind": "webhook", "url": f"http://127.0.0.1:{receiver.port}", "state": "live", "sent": 1,
        "failed": 0, "dropped": 0, "waiting": 0, "last_error": None, "last_sent_at": alerts["last_sent_at"],
    }  # fmt: skip
    assert all(item["waiting"] == 1 and item["last_error"] for name, item in seen.items() if name != "alerts")
    for line in (
        'trackd_published_total{outcome="sent",target="alerts"} 1.0',
        'trackd_published_total{outcome="dropped",target="alerts"} 0.0',
        'trackd_publish_waiting{target="hall"} 1.0',
        'trackd_target_state{state="failing",target="store"} 1.0',
    ):
        assert line in metrics
    changes = [(entry["event"], entry["target"]) for entry in log if entry["event"].startswith("target_")]
    assert len(changes) == len(set(changes))
    for secret in (TOKEN, SECRET, "pw-of", "hidden"):
        assert secret not in json.dumps(seen) + metrics + repr(log)


async def test_without_targets_nothing_is_shown_and_nothing_counted():
    async with serving() as live:
        assert await shown(live) == {}
        assert "trackd_publish" not in (await live.http.get("/metrics")).text


async def test_dead_targets_cost_streams_and_other_targets_nothing():
    frames = 40
    async with receiving(lambda request: silence) as dead, receiving() as sound:
        publish = {
            "webhooks": {
                "dead": {"url": dead.url, "secret": SECRET, "messages": ["tracks", "events"], "queue": 10},
                "nobody": {"url": f"http://127.0.0.1:{free_port()}/", "secret": SECRET, "messages": ["tracks"]},
                "sound": {"url": sound.url, "secret": SECRET, "messages": ["tracks"]},
            },
            "mqtt": {"away": {"url": f"mqtt://127.0.0.1:{free_port()}", "messages": ["tracks"], "queue": 3}},
            "redis": {"away_too": {"url": f"redis://127.0.0.1:{free_port()}", "messages": ["tracks"], "queue": 2}},
        }
        async with serving(service(**publish)) as live, live.connect("/v1/subscribe?messages=tracks") as reader:
            for number in range(frames):
                body = detections(found(float(number)), seq=number)
                (await live.http.post("/v1/streams/gate/detections", json=body)).raise_for_status()
                assert (await hear_until(reader, "tracks"))["seq"] == number
            books = live.books("gate")
            assert (books.tracked, books.dropped, books.rejected) == (frames, 0, 0)
            await until(lambda: view_of(live, "sound").sent == frames)
            assert view_of(live, "nobody").waiting == frames
            for name, most in (("dead", 10), ("away", 3), ("away_too", 2)):
                view = view_of(live, name)
                assert most - 1 <= view.waiting <= most  # what is in hand is filled up with the next attempt
                assert view.sent == 0
                assert view.dropped >= frames - most
            assert (await live.http.get("/readyz")).status_code == 200
            assert live.engine.stream("gate").readers == 1
    heard = [item["seq"] for r in sound.requests for item in r.said["items"]]
    assert heard == list(range(frames))


def view_of(live: Any, name: str) -> Any:
    return next(view for view in live.app.state.publisher.views() if view.name == name)


async def test_what_happened_before_publishing_began_is_published_too():
    async with receiving() as receiver:
        given = service(webhooks=webhook(receiver.url))
        given = given.model_copy(update={"streams": {"gate": given.stream, "yard": given.stream}})
        async with serving(given) as live:
            (await live.http.put("/v1/streams/late")).raise_for_status()
            await until(lambda: len(receiver.requests) == 3)
    assert sorted(receiver.events) == [("gate", "opened"), ("late", "opened"), ("yard", "opened")]


async def test_the_service_ends_in_time_though_a_receiver_never_answers():
    async with receiving(lambda request: silence) as receiver:
        async with serving(service(drain_s=0.1, webhooks=webhook(receiver.url, timeout_s=60))) as live:
            (await live.http.put("/v1/streams/gate")).raise_for_status()
            await until(lambda: receiver.requests)
        view = view_of(live, "a")
    assert (view.state, view.sent, view.dropped, view.waiting) == ("stopped", 0, 1, 0)


async def test_what_waits_at_sigterm_is_published_before_the_service_has_ended():
    ill = True
    async with receiving(lambda request: (503, {"retry-after": "3000"}) if ill else OK) as receiver:
        async with serving(service(drain_s=5.0, webhooks=webhook(receiver.url))) as live:
            for stream in ("gate", "yard"):
                (await live.http.put(f"/v1/streams/{stream}")).raise_for_status()
            await until(lambda: view_of(live, "a").state == "failing")
            ill = False
            live.stop()
        view = view_of(live, "a")
    assert (view.sent, view.dropped) == (2, 0)


async def test_one_that_fails_now_and_then_does_not_fill_the_log():
    refusing = iter(range(10**6))
    with structlog.testing.capture_logs() as log:
        async with (
            receiving(lambda r: (404, {}) if next(refusing) % 2 else OK) as receiver,
            publishing(webhooks=webhook(receiver.url)) as it,
        ):
            it.open("gate")
            await until(lambda: it.done)
            for number in range(20):
                it.tell("gate", detail=str(number))
                await until(lambda: it.done)
            assert it.view().failed == 10
    told = [entry["event"] for entry in log if entry["event"].startswith("target_")]
    assert told == ["target_live", "target_failing", "target_live", "target_stopped"]


async def test_books_hold_everything_that_was_given_to_a_target():
    answers = iter([(500, {}), OK, (404, {}), OK, (500, {}), (400, {})] * 1000)
    waits = Soon()
    async with receiving(lambda request: next(answers)) as receiver:
        async with publishing(lambda: waits, drain_s=0.05, webhooks=webhook(receiver.url, queue=6)) as it:
            it.open(*"abc")
            for number in range(100):
                it.tell("abc"[number % 3], detail=str(number))
                view = it.view()
                assert view.sent + view.failed + view.dropped + view.waiting == 3 + number + 1
                assert view.waiting <= 6
                if number % 7 == 0:
                    await asyncio.sleep(0)
        view = it.view()
    assert (view.sent + view.failed + view.dropped, view.waiting) == (103, 0)


@pytest.mark.parametrize(
    ("extra", "package", "url"), [("mqtt", "aiomqtt", "mqtt://h"), ("redis", "redis", "redis://h")]
)
def test_an_extra_that_is_missing_is_named_with_the_command_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, extra: str, package: str, url: str
):
    monkeypatch.delitem(sys.modules, f"app.publishing.{extra}", raising=False)
    for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SettingsError, match=rf"publish\.{extra}\.hall: .*pip install 'trackd\[{extra}\]'"):
        check_targets(PublishSettings.model_validate({extra: {"hall": {"url": url}}}))


def test_what_will_be_published_to_is_told_before_the_service_starts(tmp_path: Path):
    (tmp_path / "trackd.toml").write_text(
        '[publish.webhooks.alerts]\nurl = "https://example.com/in/T0/B1"\nsecret = "0123456789abcdef"\n'
        '[publish.mqtt.hall]\nurl = "mqtt://broker.lan"\n[publish.redis.store]\nurl = "rediss://[::1]/3"\n'
    )
    told = check_targets(load_settings(config=tmp_path / "trackd.toml").publish)
    assert told == [
        "alerts (webhook https://example.com:443)",
        "hall (mqtt mqtt://broker.lan:1883)",
        "store (redis rediss://[::1]:6379)",
    ]


HOOK = {"url": "http://h/", "secret": "0123456789abcdef"}


@pytest.mark.parametrize(
    ("kind", "given", "reason"),
    [
        ("webhooks", {**HOOK, "url": "ftp://h/"}, "http:// or https://"),
        ("webhooks", {**HOOK, "url": "http:///x"}, "http:// or https://"),
        ("webhooks", {**HOOK, "url": "http://h:99999/"}, "port"),
        ("webhooks", {**HOOK, "url": "http://h:0/"}, "must begin with"),
        ("webhooks", {**HOOK, "url": "http://h/a b"}, "without spaces"),
        ("webhooks", {**HOOK, "url": "http://h/#x"}, "fragment"),
        ("webhooks", {**HOOK, "secret": "short"}, "at least 16"),
        ("webhooks", {**HOOK, "secret": "whsec_no base64 at all"}, "base64"),
        ("webhooks", {**HOOK, "secret": "whsec_MTIzNDU2Nzg="}, "16 bytes"),
        ("webhooks", {**HOOK, "headers": {"Webhook-Id": "x"}}, "set by the service"),
        ("webhooks", {**HOOK, "headers": {"X": "a\r\nb"}}, "one line"),
        ("webhooks", {**HOOK, "headers": {"a b": "x"}}, "no name of a header"),
        ("webhooks", {**HOOK, "events": ["zone_entr"]}, "no kind of event"),
        ("webhooks", {**HOOK, "messages": []}, "at least 1"),
        ("mqtt", {"url": "mqtt://user:pass@h"}, "`username` and `password`"),
        ("mqtt", {"url": "mqtt://h/topic"}, "`topic`"),
        ("mqtt", {"url": "mqtt://h", "topic": "a/#"}, "pattern"),
        ("mqtt", {"url": "mqtt://h", "qos": 3}, "0, 1 or 2"),
        ("redis", {"url": "redis://h/db"}, "number of a database"),
        ("redis", {"url": "redis://h?db=1"}, "query"),
    ],
)
def test_a_mistake_in_a_target_is_told_where_it_stands_and_without_its_secrets(kind: str, given: Any, reason: str):
    with pytest.raises(SettingsError) as caught:
        load_settings({"publish": {kind: {"hall": given}}})
    text = str(caught.value)
    assert text.startswith(f"publish.{kind}.hall")
    assert reason in text
    assert "pass@" not in text
    assert "0123456789" not in text


def test_a_name_stands_for_one_target_and_files_and_streams_are_looked_at(tmp_path: Path):
    with pytest.raises(SettingsError, match="name of its own"):
        load_settings({"publish": {"webhooks": {"a": HOOK}, "mqtt": {"a": {"url": "mqtt://h"}}}})
    for more, reason in (
        ({"ca_file": str(tmp_path / "none.pem")}, r"^publish\.webhooks\.a\.ca_file: .*No such file"),
        ({"ca_file": str(Path(__file__))}, r"^publish\.webhooks\.a\.ca_file: .*no certificates"),
        ({"streams": ["a b"]}, r"^publish\.webhooks\.a\.streams: no stream can be called 'a b'"),
    ):
        with pytest.raises(SettingsError, match=reason):
            check_targets(PublishSettings.model_validate({"webhooks": {"a": {**HOOK, **more}}}))
