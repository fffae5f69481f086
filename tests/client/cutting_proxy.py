"""A TCP proxy between a client and a living server that cuts connections where a seeded dice says."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

PIECE = 512


class CuttingProxy:
    """Lets `least` to `most` bytes pass on each connection, both ways together, then breaks it off.

    `silent` swallows what comes instead, as a network does that has lost its route. `cuts` counts.
    """

    def __init__(self, target: str, seed: int, least: int, most: int, *, silent: bool = False) -> None:
        self._target = urlsplit(target)
        self._dice = random.Random(seed)
        self._span = (least, most)
        self._silent = silent
        self._tasks: set[asyncio.Task[None]] = set()
        self.cuts = 0
        self.connections = 0
        self.address = ""
        self.calm = False  # from here on nothing is cut

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(task := asyncio.current_task())
        try:
            await self._relay(reader, writer)
        finally:
            self._tasks.discard(task)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        there_reader, there_writer = await asyncio.open_connection(self._target.hostname, self._target.port)
        left = [self._dice.randint(*self._span)]
        ways = [
            asyncio.create_task(self._pass(reader, there_writer, left)),
            asyncio.create_task(self._pass(there_reader, writer, left)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, there_writer):
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: list[int]) -> None:
        with suppress(OSError):
            while data := await reader.read(PIECE):
                left[0] -= len(data)
                if left[0] < 0 and not self.calm:
                    self.cuts += 1
                    if not self._silent:
                        return
                    while await reader.read(PIECE):
                        pass
                    return
                writer.write(data)
                await writer.drain()

    async def end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def cutting(
    target: str, seed: int = 1, least: int = 1500, most: int = 9000, *, silent: bool = False
) -> AsyncIterator[CuttingProxy]:
    """A proxy to a service's address for as long as the block lasts."""
    proxy = CuttingProxy(target, seed, least, most, silent=silent)
    server = await asyncio.start_server(proxy.welcome, "127.0.0.1", 0)
    proxy.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        await proxy.end()
        await server.wait_closed()
