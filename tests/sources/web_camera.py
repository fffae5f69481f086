"""A web server of the tests: it gives what a camera or a file server would, and fails as it is told to."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Body = bytes | AsyncIterator[bytes]


@dataclass
class Answer:
    """What is sent. The length of a body of bytes is told; one that comes in pieces ends with the connection."""

    body: Body = b""
    status: int = 200
    kind: str = "video/mp4"
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = False


@dataclass
class Asked:
    """A request."""

    method: str
    path: str
    headers: dict[str, str]


class WebCamera:
    """Answers each request as `give` says, and keeps what was asked."""

    def __init__(self, give: Callable[[Asked], Answer]) -> None:
        self.give = give
        self.asked: list[Asked] = []
        self.port = 0
        self._visits: set[asyncio.Task[None]] = set()

    def url(self, path: str = "/video", credentials: str = "") -> str:
        return f"http://{credentials}127.0.0.1:{self.port}{path}"

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._visits.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the server goes
        finally:
            self._visits.discard(task)
            writer.transport.abort()

    async def end(self) -> None:
        """End all connections."""
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        self.asked.append(Asked(method, path, headers))
        answer = self.give(self.asked[-1])
        body, status, told = _part(answer, headers.get("range"))
        if isinstance(body, bytes):
            told["Content-Length"] = str(len(body))
        lines = [f"HTTP/1.1 {status} OK", "Connection: close", f"Content-Type: {answer.kind}"]
        lines += [f"{name}: {value}" for name, value in (told | answer.headers).items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        if isinstance(body, bytes):
            writer.write(body)
        else:
            async for piece in body:
                writer.write(piece)
                await writer.drain()
        await writer.drain()
        writer.write_eof()
        await reader.read()


def _part(answer: Answer, wanted: str | None) -> tuple[Body, int, dict[str, str]]:
    body = answer.body
    if not answer.ranges or not isinstance(body, bytes):
        return body, answer.status, {}
    found = re.fullmatch(r"bytes=(\d+)-", wanted or "")
    if found is None:
        return body, answer.status, {"Accept-Ranges": "bytes"}
    start = int(found[1])
    return body[start:], 206, {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}


@asynccontextmanager
async def web_camera(give: Callable[[Asked], Answer]) -> AsyncIterator[WebCamera]:
    """A server on loopback for as long as the block lasts."""
    camera = WebCamera(give)
    server = await asyncio.start_server(camera.visit, "127.0.0.1", 0)
    camera.port = server.sockets[0].getsockname()[1]
    try:
        yield camera
    finally:
        server.close()
        await camera.end()


def motion_jpeg(pictures: Sequence[bytes], interval_s: float, *, lengths: bool = True) -> Answer:
    """Pictures one after the other, again and again, as cameras send them."""

    async def parts() -> AsyncIterator[bytes]:
        while True:
            for picture in pictures:
                length = f"Content-Length: {len(picture)}\r\n" if lengths else ""
                yield f"--frame\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode() + picture + b"\r\n"
                await asyncio.sleep(interval_s)

    return Answer(parts(), kind="multipart/x-mixed-replace; boundary=frame")
