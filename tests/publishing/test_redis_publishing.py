"""Redis Streams against a real Redis."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.engine.scripted import until
from tests.publishing.brokers import Broker, certificates, program, redis_server
from tests.publishing.published import publishing

PASSWORD = "not-to-be-seen"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    found = redis_server(tmp_path_factory.mktemp("redis"), "--stream-node-max-entries", "10")
    found.start()
    yield found
    found.stop()


@pytest.fixture
async def client(server: Broker) -> AsyncIterator[Redis]:
    async with looking(server) as found:
        await found.flushall()
        yield found


@asynccontextmanager
async def looking(server: Broker, **more: Any) -> AsyncIterator[Redis]:
    found = Redis(port=server.port, decode_responses=True, protocol=2, **more)
    try:
        yield found
    finally:
        await found.aclose()


def target(server: Broker, scheme: str = "redis", **more: Any) -> dict[str, Any]:
    return {"a": {"url": f"{scheme}://127.0.0.1:{server.port}/0", **more}}


async def entries(client: Redis, key: str) -> list[dict[str, str]]:
    return [fields for _, fields in await client.xrange(key)]


async def details(client: Redis, key: str) -> list[str]:
    return [json.loads(each["data"])["detail"] for each in await entries(client, key)]


async def test_each_message_is_an_entry_of_its_stream(server: Broker, client: Redis):
    async with publishing(redis=target(server, key="site", messages=["events", "tracks"])) as it:
        it.open("gate", "yard")
        it.tell("gate", zone="door")
        await it.track("gate")
        await until(lambda: it.done and it.view().sent >= 4)
        assert (it.view().state, it.view().sent, it.view().url) == ("live", 4, f"redis://127.0.0.1:{server.port}")
    assert sorted(await client.keys()) == ["site:gate:events", "site:gate:tracks", "site:yard:events"]
    opened, entered = await entries(client, "site:gate:events")
    (tracks,) = await entries(client, "site:gate:tracks")
    assert [each["kind"] for each in (opened, entered, tracks)] == ["opened", "zone_enter", "tracks"]
    assert json.loads(entered["data"])["zone"] == "door"
    assert (tracks["stream"], len(json.loads(tracks["data"])["tracks"])) == ("gate", 1)


async def test_a_stream_keeps_about_so_many_entries(server: Broker, client: Redis):
    async with publishing(redis=target(server, max_entries=50, events=["zone_enter"])) as it:
        it.open("gate")
        for number in range(500):
            it.tell("gate", detail=str(number))
        await until(lambda: it.view().sent == 500)
    kept = await details(client, "trackd:gate:events")
    assert 50 <= len(kept) < 100
    assert kept == [str(number) for number in range(500 - len(kept), 500)]


async def test_nothing_that_fits_the_queue_is_lost_while_the_server_is_away(server: Broker):
    async with publishing(redis=target(server, events=["zone_enter"])) as it:
        await until(lambda: it.view().state == "live")
        server.stop()
        it.open("gate")
        for number in range(200):
            it.tell("gate", detail=str(number))
        await until(lambda: it.view().state == "failing")
        assert (it.view().waiting, it.view().sent) == (200, 0)
        server.start()
        await until(lambda: it.view().sent == 200)
        assert (it.view().state, it.view().dropped, it.view().failed) == ("live", 0, 0)
    async with looking(server) as client:
        assert await details(client, "trackd:gate:events") == [str(number) for number in range(200)]


async def test_a_server_that_says_nothing_more_gets_all_of_it_once_it_does_again(server: Broker, client: Redis):
    async with publishing(redis=target(server, timeout_s=0.2, events=["zone_enter"])) as it:
        await until(lambda: it.view().state == "live")
        it.open("gate")
        server.freeze()
        try:
            for number in range(10):
                it.tell("gate", detail=str(number))
            await until(lambda: it.view().state == "failing")
        finally:
            server.thaw()
        await until(lambda: it.view().sent == 10)
    told = await details(client, "trackd:gate:events")
    assert sorted(set(told)) == [str(number) for number in range(10)]  # at least once
    assert told[-10:] == [str(number) for number in range(10)]


async def test_a_key_that_holds_something_else_costs_its_own_messages_only(server: Broker, client: Redis):
    await client.set("trackd:gate:events", "a text")
    async with publishing(redis=target(server)) as it:
        it.open("gate", "yard")
        await until(lambda: it.done)
        assert (it.view().state, it.view().sent, it.view().failed) == ("failing", 1, 1)
        assert "trackd:gate:events" in it.view().last_error
        it.tell("yard")
        await until(lambda: it.view().state == "live")
    assert len(await entries(client, "trackd:yard:events")) == 2


async def test_a_server_that_is_full_is_tried_until_it_is_not(server: Broker, client: Redis):
    await client.config_set("maxmemory", "1")
    try:
        async with publishing(redis=target(server)) as it:
            it.open("gate", "yard")
            await until(lambda: it.view().state == "failing")
            assert "memory" in it.view().last_error
            assert (it.view().sent, it.view().waiting) == (0, 2)
            await client.config_set("maxmemory", "0")
            await until(lambda: it.view().sent == 2)
            assert it.view().failed == 0
    finally:
        await client.config_set("maxmemory", "0")
    assert len(await entries(client, "trackd:gate:events")) == 1


async def test_name_and_password_are_given_and_never_shown(server: Broker, client: Redis):
    await client.acl_setuser("trackd", enabled=True, passwords=[f"+{PASSWORD}"], keys=["*"], commands=["+@all"])
    await client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all"])
    async with publishing(redis=target(server, username="trackd", password=PASSWORD)) as it:
        it.open("gate")
        await until(lambda: it.view().sent == 1)
        assert {each["user"] for each in await client.client_list() if each["name"] == "trackd"} == {"trackd"}
    async with publishing(redis=target(server, username="trackd", password=PASSWORD + "x"), drain_s=0.05) as it:
        await until(lambda: it.view().state == "failing")
        assert "username-password" in it.view().last_error
        assert PASSWORD not in repr(it.view())


async def test_tls_checks_the_certificate_and_another_database_can_be_chosen(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("tls")
    program("redis-server")
    cert, key = certificates(folder)
    options = ["--tls-cert-file", str(cert), "--tls-key-file", str(key), "--tls-auth-clients", "no"]
    server = redis_server(folder, *options, "--tls-ca-cert-file", str(cert), tls=True)
    server.start()
    try:
        given = target(server, "rediss", ca_file=str(cert))
        given["a"]["url"] = given["a"]["url"].removesuffix("0") + "3"
        async with publishing(redis=given) as it:
            it.open("gate")
            await until(lambda: it.view().sent == 1)
        async with looking(server, db=3, ssl=True, ssl_ca_certs=str(cert)) as client:
            assert await client.keys() == ["trackd:gate:events"]
        async with publishing(redis=target(server, "rediss"), drain_s=0.05) as it:
            await until(lambda: it.view().state == "failing")
            assert "certificate" in it.view().last_error.lower()
    finally:
        server.stop()
