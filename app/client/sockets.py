"""WebSockets to the service: MessagePack in, typed messages out, and one way in which they end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from app.client.address import Address
from app.client.errors import ClientError, NotFound, SecondWriter, Unreachable, refusal, refused
from app.client.retries import Cut
from app.wire import ErrorMessage, HelloMessage, ServerMessage

MSGPACK = Subprotocol("trackd.v1.msgpack")
NORMAL = 1000
MESSAGE_BYTES = 64 * 2**20

_HOPELESS = frozenset({1003, 1007, 1008, 1009, 1010})  # the same again would end the same way
_Said: Any = ServerMessage


class Connection:
    """An open socket. A refusal that names no frame is kept: it says why the socket is about to be closed."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._decoder = msgspec.msgpack.Decoder(_Said)
        self._complaint: ErrorMessage | None = None

    async def receive(self) -> ServerMessage:
        """The next message.

        Raises:
            Cut: the socket has ended.
        """
        try:
            data = await self._socket.recv(decode=False)
        except ConnectionClosed as closed:
            raise self._cut(closed) from None
        try:
            message: ServerMessage = self._decoder.decode(data)
        except msgspec.DecodeError as error:
            raise Cut(ClientError(f"the service said what no trackd says: {error}"), passing=False) from None
        if isinstance(message, ErrorMessage) and message.seq is None:
            self._complaint = message
        return message

    async def hello(self) -> HelloMessage:
        """The first message. Raises Cut: it is a refusal."""
        while not isinstance(message := await self.receive(), HelloMessage):
            pass
        return message

    async def send(self, message: bytes | str) -> None:
        """Write one message; waits while the service's window is full. Raises Cut."""
        try:
            await self._socket.send(message)
        except ConnectionClosed as closed:
            raise self._cut(closed) from None

    def _cut(self, closed: ConnectionClosed) -> Cut:
        code = closed.rcvd.code if closed.rcvd else None
        if self._complaint is not None:
            error = refused(self._complaint)
        else:
            reason = f"{code} {closed.rcvd.reason}".strip() if closed.rcvd else "without a word"
            kind = {4404: NotFound, 4409: SecondWriter}.get(code or 0, Unreachable if code is None else ClientError)
            status = code - 4000 if code is not None and 4400 <= code < 4600 else None
            error = kind(f"the connection was ended: {reason}", status=status)
        return Cut(error, passing=_may_pass(code))


def _may_pass(code: int | None) -> bool:
    """Whether the next connection may fare better than one that ended with this code."""
    if code is None or code == 4429:
        return True
    return code not in _HOPELESS and not 4400 <= code < 4500


@asynccontextmanager
async def opened(address: Address, path: str) -> AsyncIterator[Connection]:
    """A socket to a path for as long as the block lasts.

    Raises:
        Cut: it cannot be had.
    """
    socket = await _connect(address, address.socket(path))
    try:
        yield Connection(socket)
    finally:
        await socket.close()


async def _connect(address: Address, url: str) -> ClientConnection:
    secure: dict[str, Any] = {"ssl": address.tls} if address.tls is not None and url.startswith("wss") else {}
    try:
        return await connect(
            url,
            subprotocols=[MSGPACK],
            additional_headers=dict(address.headers),
            user_agent_header=address.user_agent,
            open_timeout=address.timeout_s,
            ping_interval=address.timeout_s / 2,
            ping_timeout=address.timeout_s,
            close_timeout=min(address.timeout_s, 2.0),
            max_size=MESSAGE_BYTES,
            compression=None,  # pictures do not shrink
            **secure,
        )
    except InvalidStatus as answer:
        status, headers = answer.response.status_code, answer.response.headers
        error = refusal(status, bytes(answer.response.body or b""), headers.get("Retry-After"), url)
        raise Cut(error, passing=status in (429, 500, 502, 503, 504)) from None
    except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
        raise Cut(unreachable(url, error), passing=True) from None


def unreachable(url: str, error: Exception) -> Unreachable:
    """Nobody answers there, in words that say where."""
    why = "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
    return Unreachable(f"no service at {url}: {why}")
