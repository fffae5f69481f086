"""Sending a stream's frames over a socket: the pipeline kept full, every frame answered once, whatever is cut."""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal, TypeAlias

import msgspec

from app.client.address import Address
from app.client.answers import Answer
from app.client.errors import ClientError, SecondWriter, Unreachable, refused
from app.client.ledger import Frame, Ledger
from app.client.paths import stream_path
from app.client.retries import Cut, Retries
from app.client.sockets import Connection, opened
from app.framing import FrameHeader, pack
from app.wire import AckMessage, DetectionsMessage, DropMessage, ErrorMessage, ServerMessage, TracksMessage

Overload: TypeAlias = Literal["latest", "lossless"]
_AHEAD = 2  # frames that wait encoded, so that the next is at hand when a credit comes back


class Sending:
    """Owns the connections, the frames on their way and the answers that nobody took yet."""

    def __init__(
        self,
        address: Address,
        stream_id: str,
        retries: Retries,
        overload: Overload,
        settings: Mapping[str, Any] | None,
        *,
        detections: bool,
    ) -> None:
        self._address = address
        self._path = stream_path(stream_id, "/ws")
        self._retries = retries
        self._latest = overload == "latest"
        self._config = {
            "type": "config",
            "settings": {"overload": overload, **(settings or {})},
            "detections": detections,
        }
        self._ledger = Ledger()
        self._answers: deque[Answer] = deque()
        self._early: dict[int, Answer] = {}  # those of frames before them are still to come
        self._exhausted = False
        self._ended = False
        self._failure: Exception | None = None
        self._hold_until = 0.0  # on the loop's clock
        self._changed = asyncio.Event()

    # -- for whoever gives frames ------------------------------------------------------------------------------------

    async def give(self, frame: Frame) -> None:
        """Take a frame; waits while enough of them do (lossless), or gives up those that wait (latest)."""
        if self._latest:
            self._ledger.put_newest(frame)
        else:
            while self._ledger.waiting >= _AHEAD and not self._ended:
                await self._changed.wait()
            self._ledger.put(frame)
        self._announce()

    def exhausted(self, failure: Exception | None = None) -> None:
        """No more frames come; what they failed with, if they did, is raised behind the last answer."""
        self._exhausted = True
        self._failure = failure
        self._announce()

    # -- for whoever takes answers -----------------------------------------------------------------------------------

    async def answer(self) -> Answer | None:
        """The next answer; None behind the last one.

        Raises:
            ClientError: refused, or cut off for too long.
            ValueError: a frame's number or capture time is out of range.
        """
        while not self._answers:
            if self._ended:
                if self._failure is not None:
                    raise self._failure
                return None
            await self._changed.wait()
        answer = self._answers.popleft()
        self._announce()
        return answer

    # -- connections -------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, as often as it takes, until every frame is answered."""
        try:
            while not (self._exhausted and self._ledger.empty):
                try:
                    await self._converse()
                except Cut as cut:
                    await self._retries.pause(self._judged(cut))
        except Exception as error:  # noqa: BLE001  # whatever it is, who takes the answers must not take it for the end
            self._failure = error
        finally:
            self._ended = True
            self._announce()

    def _judged(self, cut: Cut) -> Cut:
        """The service may not have noticed yet that our own connection of before has ended."""
        own = isinstance(cut.error, SecondWriter) and self._retries.connected_once
        return Cut(cut.error, passing=True) if own else cut

    async def _converse(self) -> None:
        async with opened(self._address, self._path) as connection:
            try:
                async with asyncio.timeout(self._address.timeout_s):
                    await self._greet(connection)
            except TimeoutError:
                raise Cut(Unreachable("the service did not say hello in time"), passing=True) from None
            reading = asyncio.create_task(self._read(connection))
            writing = asyncio.create_task(self._write(connection))
            try:
                await asyncio.wait((reading, writing), return_when=asyncio.FIRST_COMPLETED)
                await (reading if reading.done() else writing)
            finally:
                for task in (reading, writing):
                    task.cancel()
                await asyncio.gather(reading, writing, return_exceptions=True)

    async def _greet(self, connection: Connection) -> None:
        hello = await connection.hello()
        await connection.send(msgspec.json.encode(self._config).decode())
        while not isinstance(message := await connection.receive(), AckMessage):
            if isinstance(message, ErrorMessage):
                raise Cut(refused(message), passing=False)
        self._retries.connected_once = True
        if self._ledger.empty:  # else an answer will tell whether this connection is any better than the last
            self._retries.progress()
        self._ledger.connected(hello.epoch, hello.next_seq, message.credit)

    async def _write(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        while not (self._exhausted and self._ledger.empty):
            await asyncio.sleep(max(0.0, self._hold_until - loop.time()))
            following = self._ledger.next(len(self._answers) + len(self._early))
            if following is None:
                await self._changed.wait()
                continue
            self._announce()
            await connection.send(_framed(*following))
        with suppress(Cut):
            await connection.send('{"type": "bye"}')

    async def _read(self, connection: Connection) -> None:
        while True:
            self._hear(await connection.receive())

    def _hear(self, message: ServerMessage) -> None:
        if isinstance(message, TracksMessage):
            self._settle(message.seq, message.epoch, message, None)
            if isinstance(message.missed, int):
                self._ledger.unheard(message.seq)
        elif isinstance(message, DropMessage):
            self._settle(message.seq, message.epoch, message, None)
        elif isinstance(message, ErrorMessage) and message.seq is not None:
            error = refused(message)
            if error.retry_after_s is not None:
                self._hold_until = asyncio.get_running_loop().time() + min(error.retry_after_s, self._address.timeout_s)
            self._settle(message.seq, None, None, error)
        self._announce()

    def _settle(
        self, seq: int, epoch: int | None, message: TracksMessage | DropMessage | None, error: ClientError | None
    ) -> None:
        frame = self._ledger.settle(seq, epoch, tracked=isinstance(message, TracksMessage))
        if frame is None:
            return
        self._retries.progress()
        self._early[seq] = Answer(frame.item, seq, message, error, self._ledger.run, frame.skipped)
        first = self._ledger.first
        for known in sorted(self._early):
            if first is not None and known > first:
                break
            self._answers.append(self._early.pop(known))

    def _announce(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _framed(frame: Frame, before: bool) -> bytes | str:
    if isinstance(frame.data, DetectionsMessage):
        return msgspec.json.encode(msgspec.structs.replace(frame.data, seq=frame.seq, again=before)).decode()
    return pack(FrameHeader(seq=frame.seq, capture_ts=frame.capture_ts, again=before)) + frame.data
