"""The one clock by which frames wait: the event loop's, so that whoever moves that moves all."""

import asyncio


def loop_s() -> float:
    """Seconds on the running loop's clock."""
    return asyncio.get_running_loop().time()
