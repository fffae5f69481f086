"""What the ingest and the subscribe socket share: who may open one, in which words, and how it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from app.api.problem import problem_of, problem_response
from app.engine.port import Engine
from app.errors import OriginRefused, TooLarge, TrackdError, UnsupportedMedia
from app.wire import ByeMessage, Encoded

NORMAL: Final = 1000
UNSUPPORTED: Final = 1003
INTERNAL: Final = 1011
RESTART: Final = 1012
OVERLOADED: Final = 1013
NO_STREAM: Final = 4404
TOO_LARGE: Final = 4413

JSON = "trackd.v1.json"
MSGPACK = "trackd.v1.msgpack"

_log = structlog.get_logger(__name__)


class ClientAck(msgspec.Struct, frozen=True, tag="ack"):
    """A client says that it has seen something. Allowed everywhere, needed nowhere."""


class Closing(Exception):
    """Ends a socket with this code. `error` is told first."""

    def __init__(self, code: int, reason: str, error: TrackdError | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.error = error


class Socket:
    """An accepted socket, written to in the words that were agreed on."""

    def __init__(self, websocket: WebSocket, protocol: str | None, text_limit: int) -> None:
        self._websocket = websocket
        self._binary = protocol == MSGPACK
        self._text_limit = text_limit

    async def send(self, message: Encoded) -> None:
        """Write one message; waits while the client's window is full.

        Raises:
            WebSocketDisconnect: the client has gone.
        """
        if self._binary:
            await self._write({"type": "websocket.send", "bytes": message.msgpack()})
        else:
            await self._write({"type": "websocket.send", "text": message.text()})

    async def send_bytes(self, data: bytes) -> None:
        """Write one binary message as it is.

        Raises:
            WebSocketDisconnect: the client has gone.
        """
        await self._write({"type": "websocket.send", "bytes": data})

    async def receive(self) -> str | bytes:
        """The next message.

        Raises:
            WebSocketDisconnect: the client has gone.
            Closing: a text over its limit; whoever sends that has lost the thread.
        """
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", NORMAL))
        text: str | None = message.get("text")
        data: bytes | None = message.get("bytes")
        if text is None:
            return data or b""
        if len(text) > self._text_limit or len(text.encode()) > self._text_limit:
            error = TooLarge(f"a text message has more than {self._text_limit} bytes", limit=self._text_limit)
            raise Closing(TOO_LARGE, "text message too large", error)
        return text

    async def close(self, code: int, reason: str) -> None:
        """End the socket; does nothing when the client was faster."""
        with suppress(WebSocketDisconnect):
            await self._write({"type": "websocket.close", "code": code, "reason": reason[:100]})

    async def _write(self, message: dict[str, Any]) -> None:
        if self._websocket.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnect(NORMAL)
        try:
            await self._websocket.send(message)
        except (RuntimeError, OSError):  # what servers raise for a connection that has gone
            raise WebSocketDisconnect(NORMAL) from None


@asynccontextmanager
async def accepted(websocket: WebSocket, engine: Engine) -> AsyncIterator[Socket | None]:
    """An accepted socket, closed with the code that fits what happens inside; None when it was refused.

    Origin and subprotocol are checked before the handshake is answered: a foreign page gets a 403 and no socket.
    """
    try:
        check_origin(websocket, engine.settings.allowed_origins)
        protocol = choose_protocol(websocket)
    except TrackdError as error:
        await _deny(websocket, error)
        yield None
        return
    await websocket.accept(protocol)
    socket = Socket(websocket, protocol, engine.settings.limits.text_message_bytes)
    try:
        yield socket
    except WebSocketDisconnect:
        return
    except Closing as closing:
        await _end(socket, closing.code, closing.reason, closing.error)
    except TrackdError as error:
        await _end(socket, error.close_code, error.title, error)
    except Exception:  # noqa: BLE001 - a defect of ours must reach the log and end this socket only
        _log.exception("socket_crashed", path=websocket.url.path)
        await socket.close(INTERNAL, "internal error")
    else:
        await _end(socket, NORMAL, "bye", None)


async def _end(socket: Socket, code: int, reason: str, error: TrackdError | None) -> None:
    try:
        await socket.send(Encoded(problem_of(error) if error else ByeMessage()))
    except WebSocketDisconnect:
        return
    await socket.close(code, reason)


async def _deny(websocket: WebSocket, error: TrackdError) -> None:
    """Refuse the handshake with a problem document, or with a bare 403 where the server cannot send one."""
    _log.info("socket_refused", path=websocket.url.path, detail=error.detail)
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(problem_response(websocket, error))
    else:
        await websocket.close()


def check_origin(websocket: WebSocket, allowed: tuple[str, ...]) -> None:
    """Let pages of our own origin and of the allowed ones in. No `Origin` means no browser.

    Raises:
        OriginRefused: a page of another origin, or one without an origin of its own (`null`).
    """
    origin = websocket.headers.get("origin")
    if origin is None:
        return
    own = urlsplit(origin).netloc.lower() == websocket.headers.get("host", "").lower()
    if not (own and origin != "null") and origin.rstrip("/") not in {given.rstrip("/") for given in allowed}:
        raise OriginRefused(f"pages of {origin!r} may not open sockets here; TRACKD_ALLOWED_ORIGINS would let them in")


def choose_protocol(websocket: WebSocket) -> str | None:
    """The first subprotocol that both sides know; None, which means JSON, when none is asked for.

    Raises:
        UnsupportedMedia: only unknown ones are asked for.
    """
    asked: list[str] = websocket.scope.get("subprotocols", [])
    known = [protocol for protocol in asked if protocol in (JSON, MSGPACK)]
    if asked and not known:
        raise UnsupportedMedia(f"unknown subprotocol {', '.join(asked)}; known are {JSON} and {MSGPACK}")
    return known[0] if known else None
