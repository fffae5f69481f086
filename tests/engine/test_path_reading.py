"""Readings of paths that wait for the one thread that draws."""

import asyncio
import threading

import pytest

from app.engine.asking import PageAsked, PictureAsked
from app.engine.path_reading import MOST_WAITING
from app.errors import Overloaded, TrackUnknown
from tests.engine.scripted import Running, boxes

SMALL = PictureAsked(kind="heatmap", annotate=False, width=16)


async def test_more_readings_than_may_wait_are_refused_and_those_before_are_answered():
    async with Running() as engine:
        await engine.submit("cam", boxes())
        gate = threading.Event()
        engine._path_painters.submit(gate.wait, 30)
        waiting = [asyncio.create_task(engine.path_picture("cam", SMALL)) for _ in range(MOST_WAITING - 1)]
        page = asyncio.create_task(engine.paths("cam", PageAsked(items=1, points=2)))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded, match="32 readings of paths wait"):
            await engine.path_picture("cam", SMALL)
        waiting.pop().cancel()  # its caller has gone, and so has its place
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        late = asyncio.create_task(engine.path_picture("cam", SMALL))
        await asyncio.sleep(0)
        gate.set()
        assert all(png.startswith(b"\x89PNG") for png in await asyncio.gather(late, *waiting))
        assert [item.track_id for item in (await page).items] == [1]
        assert (await engine.path_picture("cam", SMALL)).startswith(b"\x89PNG")


async def test_what_is_drawn_is_what_was_when_it_was_asked_for():
    async with Running() as engine:
        await engine.submit("cam", boxes(0.0))
        gate = threading.Event()
        engine._path_painters.submit(gate.wait, 30)
        page = asyncio.create_task(engine.paths("cam", PageAsked(items=1, points=500)))
        await asyncio.sleep(0)
        for x in range(1, 30):
            await engine.submit("cam", boxes(float(x)))
        await engine.reset_stream("cam")
        gate.set()
        assert [len(item.points) for item in (await page).items] == [1]
        await engine.submit("cam", boxes())
        with pytest.raises(TrackUnknown, match="no track 2 in epoch 2"):
            engine.track("cam", 2, 10)
