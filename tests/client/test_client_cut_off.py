"""Between a client and a living service connections are cut at random: nothing is lost, doubled or left hanging."""

import asyncio

import pytest
from msgspec import UNSET

from app.client import Answer, AsyncClient, DetectionsMessage, InputDetection, TracksMessage
from tests.api.live_service import png, serving, until
from tests.client.cutting_proxy import cutting
from tests.engine.scripted import settings

FRAMES = 120


def pictures():
    return [png(10 + index) for index in range(FRAMES)]


def said(answers: list[Answer]) -> list[tuple]:
    """What does not depend on the connection."""
    return [
        (answer.seq, [(track.track_id, track.bbox, track.age_s) for track in answer.tracks], answer.error)
        for answer in answers
    ]


async def all_of(coming) -> list[Answer]:
    return [answer async for answer in coming]


@pytest.mark.parametrize("seed", range(4))
async def test_every_frame_is_tracked_once_and_answered_once_and_ids_go_on(seed):
    async with serving() as service, AsyncClient(service.address) as direct:
        expected = await all_of(direct.stream("whole", pictures()))
        async with cutting(service.address, seed) as proxy, AsyncClient(proxy.address) as client:
            answers = await all_of(client.stream("cut", pictures()))
        assert proxy.cuts >= 3
        assert said(answers) == said(expected)
        assert [answer.frame for answer in answers] == pictures()
        assert {answer.run for answer in answers} == {1}
        books = service.books("cut")
        assert (books.tracked, books.received, books.rejected) == (FRAMES, FRAMES, 0)


async def test_detections_are_tracked_once_too():
    def found():
        for index in range(FRAMES):
            yield DetectionsMessage(640, 480, [InputDetection((10.0 + index, 10.0, 50.0 + index, 90.0), 0.9)])

    async with serving() as service, cutting(service.address, 7) as proxy, AsyncClient(proxy.address) as client:
        answers = await all_of(client.detections("cut", found()))
        assert proxy.cuts >= 3
        assert [answer.seq for answer in answers] == list(range(1, FRAMES + 1))
        assert {track.track_id for answer in answers for track in answer.tracks} == {1}
        assert service.books("cut").tracked == FRAMES


async def test_a_connection_that_goes_silent_is_given_up_and_made_again():
    async with serving() as service, cutting(service.address, 3, 4000, 4000, silent=True) as proxy:

        async def calm_after_the_first_silence() -> None:
            await until(lambda: proxy.cuts)
            proxy.calm = True

        calming = asyncio.create_task(calm_after_the_first_silence())
        async with AsyncClient(proxy.address, timeout_s=1.0) as client:
            answers = await all_of(client.stream("cut", pictures()))
        await calming
        assert [answer.seq for answer in answers] == list(range(1, FRAMES + 1))
        assert proxy.connections >= 2
        assert service.books("cut").tracked == FRAMES


@pytest.mark.parametrize("seed", range(3))
async def test_a_subscriber_gets_every_message_once_and_in_order(seed):
    async with serving() as service, AsyncClient(service.address) as direct:
        await direct.put_stream("cam")
        async with cutting(service.address, seed) as proxy, AsyncClient(proxy.address) as client:
            seen: list[TracksMessage] = []

            async def read() -> None:
                async for message in client.subscribe(streams="cam", messages="tracks"):
                    seen.append(message)
                    if message.seq == FRAMES:
                        return

            reading = asyncio.create_task(read())
            await until(lambda: service.engine.stream("cam").readers)
            await all_of(direct.stream("cam", pictures()))
            await reading
        assert proxy.cuts >= 2
        numbers = [message.seq for message in seen]
        assert numbers == list(range(numbers[0], FRAMES + 1))
        assert len(numbers) > FRAMES / 2
        assert all(not message.missed for message in seen)


async def test_a_subscriber_that_was_away_for_too_long_is_told_how_much_it_missed():
    async with serving(settings(history_messages=10)) as service, AsyncClient(service.address) as client:
        first = client.subscribe(streams="cam", messages="tracks", wait=True)
        reading = asyncio.create_task(anext(first))
        await until(lambda: service.engine.health().ready)
        await all_of(client.stream("cam", pictures()[:1]))
        seen = await reading
        await first.aclose()
        await all_of(client.stream("cam", pictures()[1:40]))
        second = client.subscribe(streams="cam", messages="tracks", since=f"{seen.epoch}-{seen.seq}")
        following = await anext(second)
        await second.aclose()
    assert following.missed == following.seq - seen.seq - 1
    assert following.seq == 31


async def test_a_subscriber_of_more_streams_than_fit_into_an_address_comes_back_where_it_heard_last():
    silent = {f"{'silent' * 9}{number:04d}": "1-7" for number in range(250)}
    async with serving() as service, AsyncClient(service.address, timeout_s=5) as client:
        for seq in (1, 2):
            await client.frame("cam", png(), seq=seq)
        coming = client.subscribe(since={**silent, "cam": "1-1"}, messages="tracks", reconnect_s=0)
        message = await anext(coming)
        assert (message.stream, message.seq, message.missed) == ("cam", 2, UNSET)
        await coming.aclose()
