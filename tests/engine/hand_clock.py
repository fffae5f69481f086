"""An event loop whose clock stands still until the test moves it."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any


class HandLoop(asyncio.SelectorEventLoop):
    """Timers fall due when `pass_s` says so; threads and sockets are as real as ever."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0

    def time(self) -> float:
        return self.now_s

    async def pass_s(self, seconds: float) -> None:
        """Let time pass, and what falls due happen."""
        await turns(5)  # what was begun before was begun then
        self.now_s += seconds
        await turns(5)


async def turns(count: int) -> None:
    """Let the loop go round."""
    for _ in range(count):
        await asyncio.sleep(0)


async def breathe() -> None:
    """Let threads work for a moment of real time, while that of the loop stands still."""
    await turns(5)
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.0005)
    await turns(5)


async def eventually(condition: Callable[[], object]) -> None:
    """Let threads work until `condition` holds; the test's own time limit ends a wait for what never comes."""
    while not condition():
        await breathe()


def by_hand(play: Callable[[HandLoop], Coroutine[Any, Any, None]]) -> None:
    """Run a test on a loop of its own."""
    loop = HandLoop()
    try:
        loop.run_until_complete(play(loop))
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
