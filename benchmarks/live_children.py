"""A process beside the service that sends or reads while it is asked: one JSON object a line asks, one answers.

The other side is `benchmarks.tracker_peers.process.Worker`.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Task = Callable[..., Awaitable[dict[str, Any]]]
LONGEST_LINE = 2**24


async def answer(tasks: Mapping[str, Task]) -> None:
    """Answer until standard input ends; whatever runs beside goes on meanwhile."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints is no answer
    lines = asyncio.StreamReader(limit=LONGEST_LINE)
    protocol = asyncio.StreamReaderProtocol(lines)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    answers.write(json.dumps({"ready": ""}) + "\n")
    while line := await lines.readline():
        asked = json.loads(line)
        try:
            told = await tasks[asked.pop("task")](**asked)
        except Exception as error:  # noqa: BLE001 - the one who asked tells the reason and ends
            told = {"error": " ".join(f"{type(error).__name__}: {error}".split())}
        await asyncio.to_thread(answers.write, json.dumps(told) + "\n")
