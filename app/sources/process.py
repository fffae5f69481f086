"""The child process in which a source is decoded: started, spoken with, ended."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress

from msgspec import MsgspecError

from app.decoding.words import Free, Lost, Open, Over, Report, Shot, Stop, encode, reports
from app.sources.source import SourceError

OWN = "TRACKD_"
START_S = 60.0
CLOSE_S = 1.0
"""What a child gets to take leave of a camera."""


class Child:
    """One child process, and the line to it. All calls but `free` come from the event loop."""

    def __init__(self, process: "subprocess.Popen[bytes]", line: socket.socket) -> None:
        self._process = process
        self._line = line
        self._loop = asyncio.get_running_loop()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @classmethod
    async def start(cls, memory: int, slot_bytes: int, most_bytes: int, scheme: str) -> "Child":
        """A child that waits for its first order; `scheme` is the kind of what it will read.

        Raises:
            SourceError: no process can be started.
        """
        ours, theirs = socket.socketpair()
        arguments = (*map(str, (theirs.fileno(), memory, slot_bytes, most_bytes)), scheme)
        starting = asyncio.get_running_loop().run_in_executor(None, _start, theirs, memory, arguments)
        try:
            process = await asyncio.shield(starting)
        except OSError as error:
            ours.close()
            raise SourceError(f"no process can be started to decode it in: {error.strerror}") from None
        except asyncio.CancelledError:
            ours.close()
            starting.add_done_callback(_abandon)
            raise
        child = cls(process, ours)
        try:
            child._reader, child._writer = await asyncio.open_connection(sock=ours)
            async with asyncio.timeout(START_S):
                await child.heard()  # `Ready`, whatever it says
        except TimeoutError:
            await child.end()
            raise SourceError(f"the process that decodes it did not start within {START_S:g} s") from None
        except BaseException:
            ours.close()
            await child.end()
            raise
        return child

    def open(self, order: Open) -> None:
        """Have it read a source."""
        self._say(order)

    def free(self, slot: int) -> None:
        """Tell it that a slot may be written again. From any thread, at any time."""
        with suppress(RuntimeError):  # the loop is closed, and the child has gone with it
            self._loop.call_soon_threadsafe(self._say, Free(slot))

    async def heard(self) -> Report:
        """The next thing that it says.

        Raises:
            SourceError: it is gone; the message says how it ended.
        """
        assert self._reader is not None, "`start` opened the line"
        try:
            line = await self._reader.readline()
        except (OSError, ValueError):
            line = b""
        if not line.endswith(b"\n"):
            raise SourceError(_told(await self._ended()))
        try:
            return reports.decode(line)
        except MsgspecError:  # the child decodes what strangers send: its word is not taken for it
            raise SourceError("its decoder speaks nonsense, and was ended") from None

    async def leave(self) -> bool:
        """Have it leave its source; False where it does not within `CLOSE_S`, or is gone."""
        self._say(Stop())
        try:
            async with asyncio.timeout(CLOSE_S):
                while not isinstance(report := await self.heard(), Over | Lost):
                    if isinstance(report, Shot):
                        self._say(Free(report.slot))
        except (TimeoutError, SourceError):
            return False
        return True

    async def end(self) -> None:
        """End it, whatever it does. Idempotent."""
        self._process.kill()
        if self._writer is not None:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()
        await self._ended()

    async def _ended(self) -> int:
        return await self._loop.run_in_executor(None, _wait, self._process)

    def _say(self, order: Open | Free | Stop) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(encode(order) + b"\n")


def _start(line: socket.socket, memory: int, arguments: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    # The modules that this process found, and none out of the working folder; none of the service's secrets.
    places = os.pathsep.join(os.path.abspath(place) for place in sys.path)
    environment = {key: value for key, value in os.environ.items() if not key.upper().startswith(OWN)}
    with line:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "app.decoding", *arguments],
            stdin=subprocess.PIPE,  # never written: the child ends when this end is closed
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment | {"PYTHONPATH": places},
            pass_fds=(line.fileno(), memory),
            start_new_session=True,  # Ctrl-C is for this process, which then ends the child
        )


def _wait(process: "subprocess.Popen[bytes]") -> int:
    try:
        return process.wait(CLOSE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
    finally:
        if process.stdin is not None:
            process.stdin.close()


def _abandon(starting: "asyncio.Future[subprocess.Popen[bytes]]") -> None:
    """A process that nobody waits for any more: its line is closed, so it ends by itself."""
    if starting.exception() is None:
        process = starting.result()
        process.kill()
        starting.get_loop().run_in_executor(None, _wait, process)


def _told(code: int) -> str:
    """How a child ended, in words."""
    if code == -signal.SIGKILL:
        return "its decoder was killed, perhaps for want of memory"
    if code < 0:
        return f"its decoder crashed ({signal.Signals(-code).name})"
    return f"its decoder ended by itself, with code {code}"
