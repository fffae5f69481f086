"""The real application on uvicorn and a free port of loopback, inside the test's own event loop."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import cv2
import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from app.engine.port import Engine
from app.engine.views import AccountsView
from app.handshakes import Handshakes
from app.main import create_app
from app.server import DrainingServer, _listen
from app.settings import Settings
from app.sources.addresses import Addresses
from tests.engine.scripted import ScriptedDetector, settings

Message = dict[str, Any]


@dataclass(frozen=True)
class Service:
    """A running service, a client for it, and the detector that the test controls."""

    address: str
    http: httpx.AsyncClient
    app: FastAPI
    server: DrainingServer
    detector: ScriptedDetector

    @property
    def engine(self) -> Engine:
        engine: Engine = self.app.state.engine
        return engine

    def connect(self, path: str, **options: Any) -> connect:
        """A WebSocket to `path`, for `async with`."""
        address = self.address.replace("http", "ws", 1) + path
        return connect(address, max_size=None, compression=None, proxy=None, **options)

    def stop(self) -> None:
        """What SIGTERM does."""
        self.server.should_exit = True

    def books(self, stream: str) -> AccountsView:
        """A stream's accounts, which must balance at any time."""
        books = self.engine.stream(stream).accounts
        assert books.received == books.tracked + books.dropped + books.rejected + books.in_flight
        return books


@asynccontextmanager
async def serving(
    given: Settings | None = None, detector: Any = None, addresses: Addresses | None = None
) -> AsyncIterator[Service]:
    """The service for as long as the block lasts; it has to end by itself and in good order."""
    detector = detector or ScriptedDetector()
    given = given or settings()
    app = create_app(given, detector, addresses=addresses)
    with _listen("127.0.0.1", 0) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        started = asyncio.Event()
        server = DrainingServer(uvicorn_config(app), started.set)
        running = asyncio.create_task(server._serve([listener]))  # without `serve`'s signal handlers
        await asyncio.wait([running, asyncio.create_task(started.wait())], return_when=asyncio.FIRST_COMPLETED)
        assert started.is_set(), "the service did not start"
        try:
            async with httpx.AsyncClient(base_url=address, timeout=30) as http:
                yield Service(address, http, app, server, detector)
        finally:
            if isinstance(detector, ScriptedDetector):
                detector.gate.set()
            server.should_exit = True
            await running


def uvicorn_config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        ws=Handshakes,
        ws_per_message_deflate=False,
        ws_max_size=33 * 2**20,
        timeout_graceful_shutdown=2,
    )


async def hear(connection: ClientConnection) -> Message:
    """The next message of a JSON socket."""
    message: Message = json.loads(await connection.recv())
    return message


async def hear_until(connection: ClientConnection, kind: str) -> Message:
    """The next message of one type; others are passed over."""
    while (message := await hear(connection))["type"] != kind:
        pass
    return message


async def say(connection: ClientConnection, **words: Any) -> None:
    """Send a text message."""
    await connection.send(json.dumps(words))


async def farewell(connection: ClientConnection) -> tuple[int | None, list[Message]]:
    """Read to the end: the close code and everything that was said before."""
    messages = [json.loads(text) async for text in _all(connection)]
    await connection.wait_closed()
    return connection.close_code, messages


async def _all(connection: ClientConnection) -> AsyncIterator[str | bytes]:
    from websockets.exceptions import ConnectionClosed

    try:
        while True:
            yield await connection.recv()
    except ConnectionClosed:
        return


def png(x: int = 0, y: int = 0, size: tuple[int, int] = (64, 64), *, poisoned: bool = False) -> bytes:
    """A small picture in which the scripted detector sees one person at (x, y)."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    image[0, 0] = (x, y, 255 if poisoned else 0)
    return cv2.imencode(".png", image)[1].tobytes()


def jpeg(size: tuple[int, int] = (64, 64)) -> bytes:
    return cv2.imencode(".jpg", np.full((size[1], size[0], 3), 90, np.uint8))[1].tobytes()


def found(x: float = 10.0, score: float = 0.9, class_id: int = 0) -> Message:
    """One detection as a client sends it."""
    return {"bbox": [x, 10.0, x + 40.0, 90.0], "score": score, "class_id": class_id}


def detections(*rows: Message, **more: Any) -> Message:
    """A body of `POST .../detections`."""
    return {"width": 640, "height": 480, "detections": list(rows or (found(),)), **more}


def crowd() -> Message:
    """A body whose answer has a quarter of a megabyte: fifty of them are more than the buffers of a socket hold."""
    places = ((200.0 * column, 200.0 * row) for column in range(32) for row in range(32))
    rows = [{"bbox": [x, y, x + 40, y + 80], "score": 0.9} for x, y in islice(places, 1000)]
    return {"width": 8000, "height": 8000, "detections": rows}


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until something on the other side of a socket has happened."""
    while not condition():  # noqa: ASYNC110  # nothing announces it
        await asyncio.sleep(0.001)


@asynccontextmanager
async def welcomed(service: Service, path: str) -> AsyncIterator[tuple[ClientConnection, Message]]:
    """A socket and its hello, as soon as the server has noticed that the one before has gone."""
    while True:
        async with service.connect(path) as client:
            hello = await hear(client)
            if hello["type"] == "hello":
                yield client, hello
                return
