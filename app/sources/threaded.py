"""Sources that need no decoder of their own: the demo camera, and pictures that are decoded where they are looked at.

A process for each would only add its cost: the demo camera reads nothing, and the bytes of a picture go the way of
those that a client posts.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.sources.addresses import Address
from app.sources.demo_url import parse_demo
from app.sources.feed import Nature, Shot
from app.sources.pictures import is_picture, pictures_in
from app.sources.sequence import find_sequence
from app.sources.source import FALLBACK_FRAME_RATE
from app.sources.synthetic import DemoSource


class ThreadedFeed:
    """Frames that a thread makes or reads, beside the event loop."""

    def __init__(self, address: Address, most_bytes: int) -> None:
        """`most_bytes` is the most that one picture may have."""
        self.nature = Nature(live=False, frame_rate=FALLBACK_FRAME_RATE)
        self.skipped = 0
        self.reason = ""
        self._thread = ThreadPoolExecutor(1, "source")
        self._shots = self._demo(address) if address.path is None else self._pictures(address.path, most_bytes)

    async def next(self) -> Shot | None:
        """The next frame, None at the end.

        Raises:
            SourceError: it cannot be read.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, _next, self._shots)

    async def close(self) -> None:
        """Leave it; what the thread is at ends by itself. Idempotent."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _demo(self, address: Address) -> Iterator[Shot]:
        source = DemoSource(parse_demo(address.open_url))
        self.nature = Nature(live=False, frame_rate=source.frame_rate)
        for frame in source:
            yield Shot(time.time(), frame.pts_s, frame.image)

    def _pictures(self, path: Path, most_bytes: int) -> Iterator[Shot]:
        files, rate = [path], FALLBACK_FRAME_RATE
        if path.is_dir():
            sequence = find_sequence(path)
            files, rate = pictures_in(sequence.pictures), sequence.frame_rate or rate
        self.nature = Nature(live=False, frame_rate=rate)
        for index, file in enumerate(files):
            if (data := self._bytes_of(file, most_bytes)) is not None:
                yield Shot(time.time(), index / rate, data=data, skipped=self.skipped)

    def _bytes_of(self, file: Path, most_bytes: int) -> bytes | None:
        try:
            size = file.stat().st_size
            if size <= most_bytes:
                return file.read_bytes()
            reason = f"{file.name} has {size} bytes, more than limits.image_bytes, {most_bytes}"
        except OSError as error:
            reason = f"{file.name} cannot be read: {error.strerror}"
        self.skipped += 1
        self.reason = reason
        return None


def is_read_in_a_thread(address: Address) -> bool:
    """Whether a source is the demo camera, a picture or a folder. Blocks.

    Raises:
        SourceError: the file cannot be read.
    """
    if address.scheme == "demo":
        return True
    return address.path is not None and (address.path.is_dir() or is_picture(address.path))


def _next(shots: Iterator[Shot]) -> Shot | None:
    return next(shots, None)
