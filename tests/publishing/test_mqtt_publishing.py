"""MQTT against a real Mosquitto."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiomqtt
import pytest

from tests.engine.scripted import until
from tests.publishing.brokers import Broker, certificates, mosquitto, program
from tests.publishing.published import Soon, publishing

PASSWORD = "not-to-be-seen"
TOPIC = "site/cellar"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    found = mosquitto(tmp_path_factory.mktemp("mosquitto"), "allow_anonymous true")
    found.start()
    yield found
    found.stop()


def target(broker: Broker, scheme: str = "mqtt", **more: Any) -> dict[str, Any]:
    return {"a": {"url": f"{scheme}://127.0.0.1:{broker.port}", "topic": TOPIC, **more}}


@asynccontextmanager
async def listening(broker: Broker, topic: str = f"{TOPIC}/#") -> AsyncIterator[list[tuple[str, Any, bool]]]:
    """What a client hears that subscribes at QoS 2: topic, payload, and whether it was kept for it."""
    heard: list[tuple[str, Any, bool]] = []

    async def listen() -> None:
        async for message in client.messages:
            text = bytes(message.payload).decode()
            heard.append((message.topic.value, json.loads(text) if text[0] == "{" else text, bool(message.retain)))

    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe(topic, qos=2)
        task = asyncio.create_task(listen())
        try:
            yield heard
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def details(heard: list[tuple[str, Any, bool]]) -> list[str]:
    return [said["detail"] for topic, said, _ in heard if topic.endswith("events/zone_enter")]


async def test_messages_go_under_topics_of_their_stream_and_kind(broker: Broker):
    async with listening(broker) as heard:
        async with publishing(mqtt=target(broker, messages=["events", "tracks"])) as it:
            await until(lambda: it.view().state == "live")
            it.open("gate")
            it.tell("gate", zone="door")
            await it.track("gate")
            await until(lambda: it.done and it.view().sent >= 3)
            view = it.view()
        await until(lambda: (f"{TOPIC}/status", "offline", False) in heard)
    heard = [each for each in heard if not each[2]]  # what another test has left there
    topics = [topic.removeprefix(f"{TOPIC}/") for topic, _, _ in heard]
    assert topics == ["status", "gate/events/opened", "gate/events/zone_enter", "gate/tracks", "status"]
    said = [payload for _, payload, _ in heard]
    assert (said[0], said[2]["zone"], said[3]["type"], len(said[3]["tracks"]), said[4]) == (
        "online", "door", "tracks", 1, "offline",
    )  # fmt: skip
    assert (view.state, view.sent, view.url) == ("live", 3, f"mqtt://127.0.0.1:{broker.port}")


async def test_the_state_is_kept_for_who_comes_later_and_can_be_left_out(broker: Broker):
    async with publishing(mqtt=target(broker)) as it:
        await until(lambda: it.view().state == "live")
        async with listening(broker) as heard:
            await until(lambda: heard)
            assert heard == [(f"{TOPIC}/status", "online", True)]
    async with listening(broker) as heard:
        await until(lambda: heard)
        assert heard == [(f"{TOPIC}/status", "offline", True)]
    async with (
        publishing(mqtt=target(broker, topic="quiet", retain_state=False)) as it,
        listening(broker, "quiet/#") as heard,
    ):
        it.open("gate")
        await until(lambda: heard)
    assert heard[0][0] == "quiet/gate/events/opened"


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_many_messages_arrive_in_order_at_every_quality_of_service(broker: Broker, qos: int):
    async with listening(broker) as heard, publishing(mqtt=target(broker, qos=qos, events=["zone_enter"])) as it:
        it.open("gate", "yard")
        for number in range(300):
            it.tell("gate" if number % 3 else "yard", detail=str(number))
        await until(lambda: len(details(heard)) == 300 and it.done)
        assert (it.view().sent, it.view().dropped) == (300, 0)
    assert details(heard) == [str(number) for number in range(300)]


async def test_nothing_that_fits_the_queue_is_lost_while_the_broker_is_away(broker: Broker):
    async with publishing(mqtt=target(broker, events=["zone_enter"])) as it:
        await until(lambda: it.view().state == "live")
        broker.stop()
        await until(lambda: it.view().state == "failing")
        it.open("gate")
        for number in range(200):
            it.tell("gate", detail=str(number))
        assert (it.view().waiting, it.view().sent) == (200, 0)
        broker.start()
        async with listening(broker) as heard:  # it may come after the first of them
            await until(lambda: it.done)
            it.tell("gate", detail="last")
            await until(lambda: "last" in details(heard))
            assert (it.view().state, it.view().sent, it.view().dropped) == ("live", 201, 0)
            assert details(heard) == sorted(details(heard), key=lambda text: (len(text), text))


async def test_a_broker_that_says_nothing_more_loses_nothing_that_it_did_not_acknowledge(broker: Broker):
    async with publishing(mqtt=target(broker, timeout_s=0.3, events=["zone_enter"])) as it:
        await until(lambda: it.view().state == "live")
        it.open("gate")
        async with listening(broker) as heard:
            broker.freeze()
            try:
                for number in range(10):
                    it.tell("gate", detail=str(number))
                await until(lambda: it.view().state == "failing")
                assert it.view().sent == 0
            finally:
                broker.thaw()
            await until(lambda: it.view().sent == 10)
            await until(lambda: set(details(heard)) == {str(number) for number in range(10)})


@pytest.mark.skip(reason="did not end once, in a run of all tests on a busy machine; the cause is not found yet")
async def test_a_wrong_password_is_told_without_it(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("closed")
    (folder / "nobody").write_text("")
    broker = mosquitto(folder, "allow_anonymous false", f"password_file {folder / 'nobody'}")
    broker.start()
    try:
        async with publishing(mqtt=target(broker, username="trackd", password=PASSWORD), drain_s=0.05) as it:
            await until(lambda: it.view().state == "failing")
            it.open("gate")
            assert it.view().last_error is not None
            assert "ot authori" in it.view().last_error
            assert PASSWORD not in repr(it.view())
    finally:
        broker.stop()


# paho-mqtt leaves a socket whose handshake has failed to the garbage collector
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
async def test_tls_checks_the_certificate(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("tls")
    cert, key = certificates(folder)
    program("mosquitto")
    broker = mosquitto(folder, "allow_anonymous true", f"certfile {cert}", f"keyfile {key}")
    broker.start()
    try:
        async with publishing(mqtt=target(broker, "mqtts", ca_file=str(cert))) as it:
            it.open("gate")
            await until(lambda: it.view().sent == 1)
        async with publishing(mqtt=target(broker, "mqtts"), drain_s=0.05) as it:
            await until(lambda: it.view().state == "failing")
            assert "certificate" in (it.view().last_error or "").lower()
    finally:
        broker.stop()


async def test_an_end_that_comes_while_the_broker_is_away_is_an_end(broker: Broker):
    waits = Soon()
    broker.stop()
    try:
        async with publishing(lambda: waits, mqtt=target(broker), drain_s=0.05) as it:
            it.open("gate")
            await until(lambda: len(waits.asked) > 2)
    finally:
        broker.start()
    assert (it.view().state, it.view().dropped, it.view().waiting) == ("stopped", 1, 0)


async def test_a_server_that_takes_connections_and_says_nothing_holds_no_growing_number_of_them():
    open_now: set[asyncio.StreamWriter] = set()
    taken: list[int] = []

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.add(writer)
        taken.append(len(open_now))
        while await reader.read(1024):
            pass
        open_now.discard(writer)
        writer.close()

    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = {"a": {"url": f"mqtt://127.0.0.1:{port}", "timeout_s": 0.05}}
        async with publishing(mqtt=settings, drain_s=0.05) as it:
            it.open("gate")
            await until(lambda: len(taken) >= 8)
            assert it.view().state == "failing"
            assert (it.view().waiting, it.view().sent) == (1, 0)
        await until(lambda: not open_now)
    assert max(taken) <= 2
