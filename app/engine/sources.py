"""What the server reads by itself: one puller for each stream whose settings name a source."""

import asyncio

from app.engine.pulling import Puller
from app.engine.session import Session
from app.engine.views import SourceView


class Sources:
    """Owns the pullers by stream."""

    def __init__(self, timeout_s: float) -> None:
        """`timeout_s` is how long a source may take to open or to give a frame."""
        self._timeout_s = timeout_s
        self._pullers: dict[str, Puller] = {}
        self._closing: set[asyncio.Task[None]] = set()  # the loop itself keeps only a weak reference to a task

    def follow(self, session: Session) -> None:
        """Make the stream's puller be what its settings say."""
        puller, wanted = self._pullers.get(session.stream_id), session.settings.source
        if (puller.settings if puller else None) == wanted:
            return
        if puller is not None:
            closing = asyncio.create_task(self._pullers.pop(session.stream_id).close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        if wanted is not None:
            self._pullers[session.stream_id] = Puller(session, wanted, self._timeout_s)

    def view(self, stream_id: str) -> SourceView | None:
        """The state of a stream's source, None where it has none."""
        puller = self._pullers.get(stream_id)
        return puller.view if puller else None

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
