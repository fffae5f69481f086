"""Who may write to a stream: one socket, or a source that the server reads, or whoever posts while there is neither."""

import asyncio
from collections.abc import Awaitable, Callable

from app.engine.port import Answer, DetectionsIn, FrameIn
from app.engine.session import Session
from app.engine.views import StreamView
from app.errors import WriterConflict
from app.settings import StreamSettings
from app.wire import Encoded


class SessionWriter:
    """Holds a session's only writing place until `close`. Implements `app.engine.port.Writer`."""

    def __init__(
        self, session: Session, view: Callable[[Session], StreamView], on_close: Callable[["SessionWriter"], None]
    ) -> None:
        self.session = session
        self._view = view
        self._on_close = on_close

    @property
    def credit(self) -> int:
        """How many frames may be unanswered at once."""
        return self.session.credit

    @property
    def epoch(self) -> int:
        """That of the frames that follow."""
        return self.session.epoch

    def view(self) -> StreamView:
        """The stream as it stands."""
        return self._view(self.session)

    def submit(self, frame: FrameIn | DetectionsIn) -> Awaitable[Answer]:
        """Place a frame in order now; the result is awaited. A refusal is raised here, before anything waits.

        The result is the session's own future, so that an answer is known before whatever the session does next is
        told; whoever may be cancelled while waiting shields it.
        """
        return self.session.submit(frame)

    def told(self, seq: int | None) -> Encoded | None:
        """What a frame that is sent again was answered; None where it must be submitted."""
        return self.session.told(seq)

    def close(self) -> None:
        """Let another writer in. Idempotent."""
        self._on_close(self)
        self.session.touched_at = asyncio.get_running_loop().time()


class Writers:
    """The sockets that write, by stream. Who came first writes until he leaves; nobody is pushed out."""

    def __init__(self) -> None:
        """Nobody writes."""
        self._sockets: dict[str, SessionWriter] = {}

    def __contains__(self, stream_id: object) -> bool:
        return stream_id in self._sockets

    def attach(self, session: Session, view: Callable[[Session], StreamView]) -> SessionWriter:
        """Let a socket write.

        Raises:
            WriterConflict: another socket does, or the server itself from a source.
            Overloaded: too many frames of those before it are not answered yet.
        """
        self.refuse_posts(session)
        session.welcome()
        writer = self._sockets[session.stream_id] = SessionWriter(session, view, self._leave)
        return writer

    def refuse_posts(self, session: Session) -> None:
        """Raises WriterConflict when frames of this stream come from a socket or a source, and from nobody else."""
        stream_id = session.stream_id
        if stream_id in self._sockets:
            detail = f"a socket writes to stream {stream_id!r}; close it first, or use another stream"
            raise WriterConflict(detail, stream=stream_id)
        if session.settings.source is not None:
            detail = f"the server itself reads the source of stream {stream_id!r}; set source to null first"
            raise WriterConflict(detail, stream=stream_id)

    def refuse_source(self, session: Session, settings: StreamSettings) -> None:
        """Raises WriterConflict when these settings name a source while a socket writes to the stream."""
        if settings.source is not None and session.stream_id in self._sockets:
            detail = f"a socket writes to stream {session.stream_id!r}; it must be closed before a source is read"
            raise WriterConflict(detail, stream=session.stream_id)

    def forget(self, stream_id: str) -> None:
        """The stream is closed: under its name another may be opened and written to."""
        self._sockets.pop(stream_id, None)

    def _leave(self, writer: SessionWriter) -> None:
        if self._sockets.get(writer.session.stream_id) is writer:
            del self._sockets[writer.session.stream_id]
