"""The child process of a source, without a stream around it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.decoding import memory
from app.decoding.words import Shot as Told
from app.decoding.words import Stop
from app.limits import Limits
from app.source_settings import SourceSettings
from app.sources import SourceError
from app.sources.addresses import Address
from app.sources.decoding import DecodedFeed, Decoder
from tests.engine.pulled import make_video

FRAMES = 3


@asynccontextmanager
async def decoder_of(path: Path) -> AsyncIterator[tuple[Decoder, Address, SourceSettings]]:
    decoder = Decoder(Limits(), asyncio.Semaphore(1))
    url = f"file:{path.name}"
    try:
        yield decoder, Address("file", url, str(path), path=path), SourceSettings(url=url)
    finally:
        await decoder.close()


async def frames_of(feed: DecodedFeed) -> int:
    count = 0
    while await feed.next() is not None:
        count += 1
    return count


async def test_an_order_to_stop_that_crossed_the_end_of_a_source_does_not_stop_the_next(tmp_path: Path):
    async with decoder_of(make_video(tmp_path / "a.mp4", FRAMES)) as (decoder, address, settings):
        assert await frames_of(await decoder.open(address, settings)) == FRAMES
        assert decoder._child is not None
        decoder._child._say(Stop())  # as `leave` does where the child's last word is on its way
        assert await frames_of(await decoder.open(address, settings)) == FRAMES


async def test_a_child_that_tells_of_a_frame_that_cannot_be_is_ended(tmp_path: Path):
    async with decoder_of(make_video(tmp_path / "a.mp4", FRAMES)) as (decoder, address, settings):
        await decoder.open(address, settings)
        assert decoder.pid is not None
        with pytest.raises(SourceError, match="nonsense"):
            await decoder.shot(Told(slot=memory.SLOTS, width=8, height=8, at=0.0))
        assert decoder.pid is None
