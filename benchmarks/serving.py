"""The real service in a process of its own, on a free port of loopback, for as long as a `with` block lasts."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.machine import REPOSITORY

START_S = 60


@dataclass(frozen=True)
class Service:
    """A running service."""

    address: str
    pid: int

    def socket(self, path: str) -> str:
        """The WebSocket address of a path."""
        return self.address.replace("http", "ws", 1) + path


@contextmanager
def serving(config: str, folder: Path, module: str = "app.cli") -> Iterator[Service]:
    """Start `trackd serve` with these settings (TOML) and stop it at the end; `module` is what runs it.

    Raises:
        RuntimeError: the service did not become ready, or did not end with exit code 0.
    """
    file = folder / "trackd.toml"
    file.write_text(config)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("TRACKD_")}
    command = [sys.executable, "-m", module, "serve", "--port", "0", "--log-format", "json", "--config", str(file)]
    with subprocess.Popen(command, cwd=REPOSITORY, env=variables, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = _ready(process.stderr)
        # The rest of the log is read away, so that the service never waits for us.
        reading = threading.Thread(target=process.stderr.read)
        reading.start()
        try:
            yield Service(address, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(START_S)
            reading.join()
    if code:
        raise RuntimeError(f"the service ended with exit code {code}")


def _ready(log: IO[str]) -> str:
    """The address from the `ready` line of the log."""
    lines = []
    for line in log:
        lines.append(line)
        event = json.loads(line) if line.startswith("{") else {}
        if event.get("event") == "ready":
            return str(event["address"])
    raise RuntimeError("the service did not start:\n" + "".join(lines))
