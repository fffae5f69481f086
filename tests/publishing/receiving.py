"""A receiver of webhooks on a real socket that does what a test tells it to."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

OK = (204, {})
Answer = tuple[int, dict[str, str]]
Fault = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Request:
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)

    @property
    def mark(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Answers 204 unless `judge` says something else of a request: an answer, or a fault to be played."""

    port: int = 0
    scheme: str = "http"
    judge: Callable[[Request], Answer | Fault] = lambda request: OK
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hooks/a-token-in-a-path?key=hidden"

    @property
    def events(self) -> list[tuple[str, str]]:
        """Stream and kind of each event that was taken or refused, as it came."""
        return [(r.said["stream"], r.said["event"]) for r in self.requests if r.said["type"] == "event"]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                self.requests.append(request)
                judged = self.judge(request)
                if not isinstance(judged, tuple):
                    await judged(reader, writer)
                    return
                status, headers = judged
                lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in headers.items())]
                length = [] if status == 204 else ["content-length: 0"]
                writer.write("\r\n".join([*lines, *length, "", ""]).encode())
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            self._writers.discard(writer)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.transport.abort()


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await reader.read()


async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break off."""
    writer.transport.abort()


async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    await writer.drain()


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take it, and never come to an end of the answer."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nfirst words")
    await writer.drain()
    await reader.read()


@asynccontextmanager
async def receiving(
    judge: Callable[[Request], Answer | Fault] | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    receiver = Receiver(scheme="http" if tls is None else "https")
    if judge is not None:
        receiver.judge = judge
    server = await asyncio.start_server(receiver.talk, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        receiver.hang_up()
        await server.wait_closed()
        while receiver._writers:  # noqa: ASYNC110  # connections end by themselves and announce it to nobody
            await asyncio.sleep(0)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1)[:1] + line.split(": ", 1)[1:] for line in lines if line)
    return Request(first.split()[1], headers, await reader.readexactly(int(headers["content-length"])))


def failing_first(times: int, answer: Answer | Fault) -> Callable[[Request], Answer | Fault]:
    """Judge so many requests with this answer, and take the rest."""
    left: Iterator[Answer | Fault] = iter([answer] * times)
    return lambda request: next(left, OK)


def of_kind(receiver: Receiver, kind: str) -> list[str]:
    """The details of such events, as they came."""
    return [r.said["detail"] for r in receiver.requests if r.said.get("event") == kind]
