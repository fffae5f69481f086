"""One row of the table measured: streams opened, senders and readers at work, looked at for a while, closed."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx

from benchmarks.live_rows import Heard, NothingTracked, Row, Taken, Way, Window, window_of
from benchmarks.live_spent import Spent, memory_mb
from benchmarks.serving import Service, serving
from benchmarks.tracker_peers.process import Worker

CONFIG = '[sources]\nschemes = ["demo", "rtsp"]\n[limits]\nsource_s = 60\n'
"""32 cameras that are opened at once take longer than one."""
SETTLE_S = 1.0
LEAST_FRAMES = 3
"""Of each stream, before anything counts."""
CORES = len(os.sched_getaffinity(0))


class Bench:
    """A service for each way in, and the processes that send and read."""

    def __init__(self, stack: ExitStack, folder: Path, ways: Sequence[Way]) -> None:
        """Start them; `stack` ends them."""
        self._workers = {name: _worker(stack, folder, name) for name in ("sender", "cameras", "reader")}
        self._crowd = _worker(stack, folder, "reader", "crowd")
        self._services = {way: _service(stack, folder / way, way) for way in ways}
        self._opened = 0

    def measure(self, row: Row, seconds: float, windows: int = 1) -> tuple[list[Window], tuple[float, float]]:
        """`windows` looks at one row, and the memory of the service and its children at the end of the last."""
        service, reader = self._services[row.way], self._workers["reader"]
        self._opened += 1
        streams = [f"b{self._opened}-{number}" for number in range(row.streams)]
        address = service.socket("")
        reader.ask("open", address=address, streams=streams, numbered=row.way == "rtsp")
        with httpx.Client(base_url=service.address, timeout=60) as client:
            self._send(client, address, row, streams)
            reader.ask("heard", streams=streams)
            if row.readers:
                self._crowd.ask("crowd", address=address, stream=streams[0], count=row.readers)
            time.sleep(max(SETTLE_S, LEAST_FRAMES / row.fps))
            heard = [self._look(service, seconds) for _ in range(windows)]
            memory = memory_mb(service.pid)
            for worker in (reader, self._crowd):
                worker.ask("close")
            taken = self._stop(client, row, streams)
        return list(_windows(row, heard, taken)), memory

    def _send(self, client: httpx.Client, address: str, row: Row, streams: list[str]) -> None:
        if row.way != "rtsp":
            sender = self._workers["sender"]
            sender.ask("open", address=address, streams=streams, fps=row.fps, size=row.size, seed=self._opened)
            return
        told = self._workers["cameras"].ask("open", count=row.streams, fps=row.fps, size=row.size)
        for stream, url in zip(streams, told["addresses"], strict=True):
            client.put(f"/v1/streams/{stream}", json={"source": {"url": url}}).raise_for_status()

    def _stop(self, client: httpx.Client, row: Row, streams: list[str]) -> Taken:
        """End what sends, close the streams; what was taken when."""
        taken: Taken = self._workers["sender"].ask("close")["taken"] if row.way != "rtsp" else {}
        for stream in streams:
            client.delete(f"/v1/streams/{stream}").raise_for_status()
        if row.way == "rtsp":
            taken = dict(zip(streams, self._workers["cameras"].ask("close")["taken"], strict=True))
        return taken

    def _look(self, service: Service, seconds: float) -> Heard:
        beside = tuple(worker.pid for worker in (*self._workers.values(), self._crowd))
        self._workers["reader"].ask("begin")
        begun, before = time.time(), Spent.until_now(service.pid, beside)
        time.sleep(seconds)
        ended, after = time.time(), Spent.until_now(service.pid, beside)
        return Heard(self._workers["reader"].ask("end")["rows"], begun, ended, after - before)


def _windows(row: Row, heard: Sequence[Heard], taken: Taken) -> Iterator[Window]:
    for one in heard:
        try:
            yield window_of(one, taken, CORES)
        except NothingTracked as error:  # too much was asked of this machine; the others have their figures
            print(f"{row.title}: {error}", file=sys.stderr)


def _worker(stack: ExitStack, folder: Path, name: str, log: str = "") -> Worker:
    worker = Worker(
        Path(sys.executable), log or name, folder, module=f"benchmarks.live_{name}", variables=dict(os.environ)
    )
    stack.callback(worker.close)
    return worker


def _service(stack: ExitStack, folder: Path, way: Way) -> Service:
    folder.mkdir()
    module = "benchmarks.live_serve" if way == "rtsp" else "app.cli"
    return stack.enter_context(serving(CONFIG, folder, module))
