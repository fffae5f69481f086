"""The process that reads along: when the tracks of each frame came, or nothing but reading, by many at once."""

import asyncio
import time
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.live_children import answer
from benchmarks.live_code import FIRST_CLASS

COMES_WITHIN_S = 200.0


class _Track(msgspec.Struct):
    class_id: int


class _Tracks(msgspec.Struct):
    type: str
    stream: str
    seq: int = 0
    capture_ts: float | None = None
    received_at: float = 0.0
    sent_at: float = 0.0
    tracks: list[_Track] = []
    timing_ms: dict[str, float] = {}


_read = msgspec.msgpack.Decoder(_Tracks).decode


class Reader:
    """One socket for all streams, or many that are not looked at."""

    def __init__(self) -> None:
        """Nobody reads."""
        self._rows: list[list[Any]] = []
        self._heard: set[str] = set()
        self._noting = False
        self._numbered = False
        self._reading: list[asyncio.Task[None]] = []
        self._opened = 0
        self._more = asyncio.Event()

    async def open(self, address: str, streams: list[str], numbered: bool) -> dict[str, Any]:
        """Subscribe to streams, before they are opened too; `numbered` are pictures that show their number."""
        self._numbered = numbered
        self._reading.append(asyncio.create_task(self._note(_subscribed(address, streams))))
        await self._until(lambda: self._opened == 1)
        return {}

    async def crowd(self, address: str, stream: str, count: int) -> dict[str, Any]:
        """Have `count` readers of one stream, who do nothing with what they read."""
        for _ in range(count):
            self._reading.append(asyncio.create_task(self._pass_over(_subscribed(address, [stream]))))
        await self._until(lambda: self._opened == count)
        return {}

    async def heard(self, streams: list[str]) -> dict[str, Any]:
        """Return when each stream has been heard of."""
        await self._until(lambda: self._heard >= set(streams))
        return {}

    async def begin(self) -> dict[str, Any]:
        """Note what comes from now on."""
        self._rows, self._noting = [], True
        return {}

    async def end(self) -> dict[str, Any]:
        """What came: stream, number, came at, received at, sent at, capture time, milliseconds by stage."""
        self._noting = False
        return {"rows": self._rows}

    async def close(self) -> dict[str, Any]:
        """Leave."""
        for task in self._reading:
            task.cancel()
        ended = await asyncio.gather(*self._reading, return_exceptions=True)
        self.__init__()  # type: ignore[misc]  # as it was
        for end in ended:
            if not isinstance(end, asyncio.CancelledError):
                raise RuntimeError(f"a reader was left: {end!r}")
        return {}

    async def _note(self, connecting: connect) -> None:
        async with connecting as socket:
            await self._welcome(socket)
            async for message in socket:
                now = time.time()
                assert isinstance(message, bytes)
                told = _read(message)
                if told.type == "tracks":
                    self._take(told, now)

    def _take(self, told: _Tracks, now: float) -> None:
        if told.stream not in self._heard:
            self._heard.add(told.stream)
            self._more.set()
        if self._noting:
            number = told.seq
            if self._numbered:
                number = next((row.class_id - FIRST_CLASS for row in told.tracks if row.class_id >= FIRST_CLASS), -1)
            times = [told.received_at, told.sent_at, told.capture_ts]
            self._rows.append([told.stream, number, now, *times, told.timing_ms])

    async def _pass_over(self, connecting: connect) -> None:
        async with connecting as socket:
            await self._welcome(socket)
            async for _ in socket:
                pass

    async def _welcome(self, socket: ClientConnection) -> None:
        await socket.recv()  # hello
        self._opened += 1
        self._more.set()

    async def _until(self, holds: Any) -> None:
        async with asyncio.timeout(COMES_WITHIN_S):
            while not holds():
                for task in self._reading:
                    if task.done():
                        task.result()
                self._more.clear()
                try:
                    async with asyncio.timeout(1.0):
                        await self._more.wait()
                except TimeoutError:
                    continue


def _subscribed(address: str, streams: list[str]) -> connect:
    return connect(
        f"{address}/v1/subscribe?streams={','.join(streams)}&wait=1",
        subprotocols=[Subprotocol("trackd.v1.msgpack")], max_size=None, compression=None, proxy=None,
    )  # fmt: skip


async def main() -> None:
    """Read as asked."""
    reader = Reader()
    names = ("open", "crowd", "heard", "begin", "end", "close")
    await answer({name: getattr(reader, name) for name in names})


if __name__ == "__main__":
    asyncio.run(main())
