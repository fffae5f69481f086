"""Every call of the client against the real service."""

import asyncio
import inspect

import cv2
import numpy as np
import pytest

from app.api.model_views import ModelView
from app.client import (
    Accounts,
    Answer,
    AsyncClient,
    Client,
    ClientError,
    DetectionsMessage,
    DropMessage,
    InputDetection,
    Model,
    NotFound,
    Overloaded,
    Readiness,
    SecondWriter,
    Source,
    Stream,
    TracksMessage,
    place_of,
)
from app.engine.views import AccountsView, Health, SourceView, StreamView
from tests.api.live_service import png, serving, until
from tests.engine.scripted import picture, settings

GATE = {"zones": {"gate": {"points": [[0, 0], [640, 0], [640, 480], [0, 480]], "unit": "pixels", "hold_s": 0}}}


def found(x: float) -> DetectionsMessage:
    return DetectionsMessage(640, 480, [InputDetection((x, 10.0, x + 40.0, 90.0), 0.9)])


async def all_of(coming) -> list[Answer]:
    return [answer async for answer in coming]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(Accounts, AccountsView), (Source, SourceView), (Stream, StreamView), (Readiness, Health), (Model, ModelView)],
)
def test_what_the_client_knows_of_a_view_the_service_shows(ours, theirs):
    known, shown = set(ours.__struct_fields__), set(theirs.model_fields)
    assert known <= shown
    assert ours is Model or known == shown


def test_both_clients_have_the_same_methods_with_the_same_arguments():
    def surface(kind):
        public = inspect.getmembers(kind, inspect.isfunction)
        return {name: list(inspect.signature(call).parameters) for name, call in public if name[0] != "_"}

    assert surface(Client) == surface(AsyncClient)


async def test_a_stream_is_made_changed_counted_looked_at_reset_and_closed():
    async with serving() as service, AsyncClient(service.address) as client:
        assert (await client.ready()).ready
        assert next((model.name, model.loaded) for model in await client.models()) == ("scripted", True)
        made = await client.put_stream("cam", {"counting": GATE})
        assert (made.stream, made.epoch, made.accounts.received) == ("cam", 1, 0)
        assert (await client.patch_stream("cam", {"max_age_ms": 900})).settings["max_age_ms"] == 900
        first = await client.frame("cam", png(10), seq=4, capture_ts=1.5, detections=True)
        assert (first.seq, first.capture_ts, len(first.detections)) == (4, 1.5, 1)
        second = await client.frame("cam", picture(12), seq=5, capture_ts=1.6)
        assert [track.track_id for track in second.tracks] == [1]
        assert await client.tracks("cam") == second
        assert await client.tracks("cam", since=5) is None
        assert (await client.counts("cam")).zones["gate"].occupancy == 1
        assert (await client.reset_counts("cam")).zones["gate"].appeared == 1
        plain, drawn = [await client.snapshot("cam", annotate=annotate) for annotate in (False, True)]
        assert cv2.imdecode(np.frombuffer(plain, np.uint8), cv2.IMREAD_COLOR).shape == (64, 64, 3)
        assert plain != drawn
        assert (await client.reset("cam")).epoch == 2
        assert (await client.frame_detections("cam", found(20.0))).epoch == 2
        assert [stream.stream for stream in await client.streams()] == ["cam"]
        page = await client.events(streams=["cam"], events="reset,opened", limit=5)
        assert [event.event for event in page.items] == ["opened", "reset"]
        assert (await client.events(since=page.next_cursor, events="closed", wait_s=0.01)).items == []
        await client.delete("cam")
        assert await client.streams() == []
        with pytest.raises(NotFound, match="no stream 'cam'"):
            await client.stream_view("cam")


async def test_all_pages_of_streams_are_read():
    async with serving() as service, AsyncClient(service.address) as client:
        for number in range(103):
            service.engine.put_stream(f"cam{number:03}", service.engine.settings.stream)
        assert [stream.stream for stream in await client.streams()] == [f"cam{number:03}" for number in range(103)]


async def test_bytes_arrays_and_times_are_sent_from_plain_and_asynchronous_iterables():
    async def asynchronous():
        for index in range(5):
            yield (picture(10 + index), 10.0 + index)

    async with serving() as service, AsyncClient(service.address) as client:
        plain = await all_of(client.stream("plain", [(png(10), 0.5), (bytearray(png(11)), 0.75), (picture(12), 1)]))
        other = await all_of(client.stream("other", asynchronous(), detections=True, quality=95))
    assert [answer.message.capture_ts for answer in plain] == [0.5, 0.75, 1.0]
    assert [answer.message.capture_ts for answer in other] == [10.0, 11.0, 12.0, 13.0, 14.0]
    assert all(len(answer.message.detections) == 1 for answer in other)
    assert {track.track_id for answer in other for track in answer.tracks} == {1}


async def test_as_many_frames_are_under_way_as_the_service_gives_credit_for():
    async with serving() as service, AsyncClient(service.address) as client:
        service.detector.gate.clear()
        sending = asyncio.create_task(all_of(client.stream("cam", [png(10)] * 60)))
        await until(lambda: service.engine._sessions and service.books("cam").in_flight >= 32)
        service.detector.gate.set()
        answers = await sending
        assert (len(answers), service.books("cam").rejected) == (60, 0)


async def test_with_latest_what_cannot_be_tracked_in_time_is_given_up_and_counted():
    async with serving() as service, AsyncClient(service.address) as client:
        service.detector.gate.clear()
        given = asyncio.Event()

        async def camera():
            for index in range(50):
                yield png(10 + index)
                await asyncio.sleep(0)
            given.set()

        sending = asyncio.create_task(all_of(client.stream("cam", camera(), overload="latest")))
        await given.wait()
        service.detector.gate.set()
        answers = await sending
        assert len(answers) + sum(answer.skipped for answer in answers) == 50
        assert sum(answer.skipped for answer in answers) > 10
        assert answers[-1].frame == png(59)
        assert answers[-1].tracks


async def test_a_frame_that_is_refused_costs_itself_only():
    async with serving() as service, AsyncClient(service.address) as client:
        answers = await all_of(client.stream("cam", [png(10), b"no picture", png(11)]))
    assert [type(answer.message) for answer in answers] == [TracksMessage, type(None), TracksMessage]
    assert isinstance(answers[1].error, ClientError)
    assert (answers[1].error.status, answers[1].tracks, answers[1].dropped) == (415, [], None)


async def test_a_dropped_frame_says_why():
    async with serving() as service, AsyncClient(service.address) as client:
        pictures = [(png(10), index / 100) for index in range(10)]
        answers = await all_of(client.stream("cam", pictures, settings={"max_fps": 20}))
    dropped = [answer for answer in answers if isinstance(answer.message, DropMessage)]
    assert len(answers) == 10
    assert {answer.dropped for answer in dropped} == {"rate"}
    assert 5 <= len(dropped) <= 9


async def test_a_detector_that_rests_is_waited_for():
    async with serving() as service, AsyncClient(service.address) as client:
        bad, good = [png(10, poisoned=True)] * 5, [png(11)] * 150
        answers = await all_of(client.stream("cam", bad + good))
        credit = service.engine._sessions["cam"].credit
    refused = [answer for answer in answers if answer.error is not None]
    assert len(answers) == 155
    assert {answer.error.status for answer in refused} == {503}
    assert isinstance(refused[-1].error, Overloaded)
    assert len(refused) <= 5 + 2 * credit  # without waiting nearly all would be refused
    assert answers[-1].tracks


async def test_a_full_stream_is_tried_again_when_it_said_to():
    async with serving() as service, AsyncClient(service.address) as client:
        await client.put_stream("cam", {"overload": "lossless"})
        service.detector.gate.clear()
        calls = [asyncio.create_task(client.frame("cam", png(10))) for _ in range(60)]
        await until(lambda: service.books("cam").rejected)
        service.detector.gate.set()
        assert sorted([(await call).seq for call in calls]) == list(range(1, 61))


async def test_a_second_writer_is_told_so_and_the_first_goes_on():
    async with serving() as service, AsyncClient(service.address) as client:
        enough = asyncio.Event()

        async def camera():
            yield png(10)
            await enough.wait()
            yield png(11)

        first = client.stream("cam", camera())
        await anext(first)
        with pytest.raises(SecondWriter, match="a socket writes to stream 'cam'") as caught:
            await all_of(client.stream("cam", [png(10)]))
        assert (caught.value.status, caught.value.problem) == (409, "/problems/second-writer")
        with pytest.raises(SecondWriter):
            await client.frame("cam", png(10))
        enough.set()
        assert len(await all_of(first)) == 1


async def test_a_stream_that_is_closed_while_it_is_sent_to_is_an_error():
    async with serving() as service, AsyncClient(service.address) as client:

        async def endless():
            while True:
                yield png(10)
                await asyncio.sleep(0.001)

        async def send() -> None:
            async for answer in client.stream("cam", endless()):
                if answer.seq == 3:
                    await client.delete("cam")

        with pytest.raises(NotFound, match="was closed"):
            await send()


async def test_a_reset_is_another_run():
    async with serving() as service, AsyncClient(service.address) as client:
        runs, answers = [], client.stream("cam", (png(10) for _ in range(60)))
        async for answer in answers:
            runs.append(answer.run)
            if answer.seq == 3:
                await client.reset("cam")
    assert len(runs) == 60
    assert (runs[0], runs[-1], runs) == (1, 2, sorted(runs))


async def test_what_the_program_raises_while_it_gives_frames_comes_behind_the_answers():
    def broken():
        yield png(10)
        yield png(11)
        raise RuntimeError("the camera fell down")

    async with serving() as service, AsyncClient(service.address) as client:
        seen = []

        async def send() -> None:
            async for answer in client.stream("cam", broken()):
                seen.append(answer.seq)

        with pytest.raises(RuntimeError, match="fell down"):
            await send()
        assert seen == [1, 2]


async def test_a_reader_chooses_what_it_reads_until_its_stream_is_closed():
    async with serving(settings()) as service, AsyncClient(service.address) as client:
        await client.put_stream("cam", {"counting": GATE})
        await client.put_stream("other")
        coming = client.subscribe(streams=["cam"], messages="events", events=["zone_enter", "closed"], zones="gate")
        reading = asyncio.create_task(all_of(coming))
        await until(lambda: service.engine.stream("cam").readers)
        for seq in range(3):
            await client.frame("cam", png(10 + seq))
        await client.delete("cam")
        (entered,) = await reading
        assert (entered.event, entered.zone, entered.detail) == ("zone_enter", "gate", "appeared")
        assert place_of(entered) == f"e{entered.id}"


async def test_a_file_is_tracked_in_a_stream_of_its_own_or_in_a_named_one(tmp_path):
    for index in range(4):
        (tmp_path / f"{index}.png").write_bytes(png(10 + index))
    async with serving() as service, AsyncClient(service.address) as client:
        own = [message async for message in client.track_file(tmp_path, frame_rate=10)]
        assert [(message.seq, message.capture_ts) for message in own] == [(1, 0.0), (2, 0.1), (3, 0.2), (4, 0.3)]
        assert own[-1].tracks[0].bbox[0] == pytest.approx(13.0, abs=1)
        assert await client.streams() == []
        for _ in range(2):
            named = [message async for message in client.track_file(tmp_path, stream_id="film")]
        assert (len(named), named[0].epoch) == (4, 3)
        with pytest.raises(ClientError, match="no file or folder at"):
            await anext(client.track_file(tmp_path / "none.mp4"))
