"""The long calls: frames sent as they come, and messages read as they come."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any, TypeAlias

from app.client.address import Address
from app.client.answers import Answer
from app.client.encoding import Picture, encoded
from app.client.ledger import Frame
from app.client.pumping import items
from app.client.reading import Message, Subscription
from app.client.retries import Retries
from app.client.sending import Overload, Sending
from app.wire import DetectionsMessage

Pictures: TypeAlias = "Iterable[Picture | tuple[Picture, float]] | AsyncIterable[Picture | tuple[Picture, float]]"
Found: TypeAlias = Iterable[DetectionsMessage] | AsyncIterable[DetectionsMessage]
Ready: TypeAlias = Callable[[Any], Awaitable[Frame]]


def picture_frames(quality: int) -> Ready:
    """How a picture becomes a frame; arrays are encoded in a thread."""

    async def ready(item: Any) -> Frame:
        picture, capture_ts = item if isinstance(item, tuple) else (item, None)
        data = picture if isinstance(picture, bytes) else await asyncio.to_thread(encoded, picture, quality)
        return Frame(picture, data, None if capture_ts is None else float(capture_ts))

    return ready


async def detection_frames(item: Any) -> Frame:
    """How a frame's detections become a frame."""
    if not isinstance(item, DetectionsMessage):
        raise TypeError(f"a frame's detections are a DetectionsMessage, not {type(item).__name__}")
    return Frame(item, item, item.capture_ts)


async def sent(sending: Sending, given: Any, ready: Ready) -> AsyncGenerator[Answer]:
    """Send what is given and yield the answers. Nothing is connected before the first is asked for."""
    tasks = asyncio.create_task(sending.run()), asyncio.create_task(_give(sending, given, ready))
    try:
        while (answer := await sending.answer()) is not None:
            yield answer
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _give(sending: Sending, given: Any, ready: Ready) -> None:
    try:
        async with aclosing(items(given)) as coming:
            async for item in coming:
                await sending.give(await ready(item))
    except Exception as error:  # noqa: BLE001  # of the program that gives the frames: raised where it takes answers
        sending.exhausted(error)
    else:
        sending.exhausted()


def sending(
    address: Address,
    stream_id: str,
    reconnect_s: float | None,
    overload: Overload,
    settings: Mapping[str, Any] | None,
    *,
    detections: bool = False,
) -> Sending:
    """What sends to one stream."""
    return Sending(address, stream_id, Retries(reconnect_s), overload, settings, detections=detections)


def subscription(
    address: Address,
    choice: Mapping[str, str],
    since: str | Mapping[str, str] | None,
    reconnect_s: float | None,
    *,
    wait: bool,
) -> AsyncGenerator[Message]:
    """What reads along."""
    places = _places(since, choice.get("streams"))
    return Subscription(address, Retries(reconnect_s), choice, places, wait=wait).messages()


def _places(since: str | Mapping[str, str] | None, streams: str | None) -> Mapping[str, str]:
    if since is None or isinstance(since, Mapping):
        return since or {}
    parts = [part.rpartition(":") for part in since.split(",")]
    return {stream or streams or "": place for stream, _, place in parts}
