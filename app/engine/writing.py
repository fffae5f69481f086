"""The one socket that writes to a stream."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping

from app.engine.port import Answer, DetectionsIn, FrameIn
from app.engine.session import Session
from app.engine.views import StreamView
from app.errors import WriterConflict


class SessionWriter:
    """Holds a session's only writing place until `close`. Implements `app.engine.port.Writer`."""

    def __init__(
        self,
        session: Session,
        view: Callable[[Session], StreamView],
        writers: MutableMapping[str, "SessionWriter"],
    ) -> None:
        if session.stream_id in writers:
            raise WriterConflict(
                f"stream {session.stream_id!r} has a writer already; close its socket first", stream=session.stream_id
            )
        self._session = session
        self._view = view
        self._writers = writers
        writers[session.stream_id] = self

    @property
    def credit(self) -> int:
        """How many frames may be unanswered at once."""
        return self._session.credit

    def view(self) -> StreamView:
        """The stream as it stands."""
        return self._view(self._session)

    def submit(self, frame: FrameIn | DetectionsIn) -> Awaitable[Answer]:
        """Place a frame in order now; the result is awaited. A refusal is raised here, before anything waits.

        The result is the session's own future, so that an answer is known before whatever the session does next is
        told; whoever may be cancelled while waiting shields it.
        """
        return self._session.submit(frame)

    def close(self) -> None:
        """Let another writer in. Idempotent."""
        if self._writers.get(self._session.stream_id) is self:
            del self._writers[self._session.stream_id]
        self._session.touched_at = asyncio.get_running_loop().time()
