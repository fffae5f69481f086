"""What the server reads by itself: one puller for each stream whose settings name a source."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from app.engine.pulling import Puller
from app.engine.session import Session
from app.engine.views import SourceView
from app.limits import Limits
from app.sources import SourceError
from app.sources.addresses import Address, Addresses
from app.sources.threaded import is_read_in_a_thread
from models import available_cores

NAME_THREADS = 8


class Sources:
    """Owns the pullers by stream."""

    def __init__(self, limits: Limits, addresses: Addresses) -> None:
        """`addresses` judges what may be read."""
        self._limits = limits
        self._addresses = addresses
        # Threads of their own: a name server that does not answer holds up the sources alone.
        self._names = ThreadPoolExecutor(NAME_THREADS, "source-names")
        self._starts = asyncio.Semaphore(max(2, available_cores()))
        self._pullers: dict[str, Puller] = {}
        self._closing: set[asyncio.Task[None]] = set()  # the loop itself keeps only a weak reference to a task

    def follow(self, session: Session) -> None:
        """Make the stream's puller be what its settings say."""
        puller, wanted = self._pullers.get(session.stream_id), session.settings.source
        if (puller.settings if puller else None) == wanted:
            return
        closing: asyncio.Task[None] | None = None
        if puller is not None:
            closing = asyncio.create_task(self._pullers.pop(session.stream_id).close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        if wanted is not None:
            self._pullers[session.stream_id] = Puller(session, wanted, self._limits, self._judge, self._starts, closing)

    def view(self, stream_id: str) -> SourceView | None:
        """The state of a stream's source, None where it has none."""
        puller = self._pullers.get(stream_id)
        return puller.view if puller else None

    def views(self) -> Mapping[str, SourceView]:
        """The state of all sources by stream."""
        return {stream_id: puller.view for stream_id, puller in self._pullers.items()}

    def active(self, stream_id: str) -> bool:
        """Whether more frames may come from a stream's source."""
        puller = self._pullers.get(stream_id)
        return puller is not None and puller.active

    async def close(self, stream_id: str) -> None:
        """Stop reading for one stream. Idempotent."""
        if puller := self._pullers.pop(stream_id, None):
            await puller.close()

    async def pause(self) -> None:
        """Stop reading for all; what they came to can still be seen."""
        await asyncio.gather(*self._closing, *(puller.close() for puller in self._pullers.values()))
        self._names.shutdown(wait=False, cancel_futures=True)

    async def _judge(self, url: str) -> tuple[Address, bool]:
        """Where an address leads now, and whether it is read in a thread.

        Raises:
            SourceError: it may not be read, or nobody knows the name.
        """
        timeout_s = self._limits.source_s
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.get_running_loop().run_in_executor(self._names, self._judged, url)
        except TimeoutError:
            raise SourceError(f"its name was not resolved within {timeout_s:g} s") from None

    def _judged(self, url: str) -> tuple[Address, bool]:
        address = self._addresses.allowed(url)
        return address, is_read_in_a_thread(address)
