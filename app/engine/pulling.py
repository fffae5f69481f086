"""A stream whose frames the server reads by itself: one thread that reads, one task that paces and submits."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar

import structlog

from app.engine.port import Answer, FrameIn
from app.engine.session import Session
from app.engine.views import SourceView
from app.errors import FrameDropped, TrackdError
from app.source_settings import SourceSettings
from app.sources import Source, SourceError, SourceFrame, open_source

_A = TypeVar("_A")
_R = TypeVar("_R")

_log = structlog.get_logger(__name__)


class Puller:
    """Reads one source into one session, at the pace of the camera or as fast as frames are tracked."""

    def __init__(self, session: Session, settings: SourceSettings, timeout_s: float) -> None:
        self._session = session
        self._settings = settings
        self._timeout_s = timeout_s
        self._state: Literal["connecting", "live", "ended", "failed"] = "connecting"
        self._detail = ""
        self._source: Source | None = None
        self._thread = ThreadPoolExecutor(1, f"source-{session.stream_id}")
        self._task = asyncio.create_task(self._run(), name=f"source {session.stream_id}")

    @property
    def settings(self) -> SourceSettings:
        """What is read."""
        return self._settings

    @property
    def view(self) -> SourceView:
        """The state as the API shows it."""
        return SourceView(url=self._settings.url, state=self._state, detail=self._detail)

    @property
    def active(self) -> bool:
        """True while more frames may come."""
        return not self._task.done()

    async def close(self) -> None:
        """Stop reading. Idempotent."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        source, self._source = self._source, None
        if source is not None:
            self._thread.submit(source.close)  # behind the read that may still be under way
        self._thread.shutdown(wait=False)

    async def _run(self) -> None:
        try:
            self._source = await self._in_thread(open_source, self._settings.url)
            await self._read(self._source)
            self._state = "ended"
        except (SourceError, TimeoutError) as error:
            self._state = "failed"
            self._detail = str(error) or f"no frame within {self._timeout_s:g} s"
            _log.warning("source_failed", stream=self._session.stream_id, detail=self._detail)

    async def _read(self, source: Source) -> None:
        loop = asyncio.get_running_loop()
        frames = iter(source)
        started: float | None = None
        while (frame := await self._in_thread(_next, frames)) is not None:
            self._state = "live"
            if self._settings.pace == "realtime":
                started = loop.time() - frame.pts_s if started is None else started
                await asyncio.sleep(started + frame.pts_s - loop.time())
            await self._submit(frame)

    async def _submit(self, frame: SourceFrame) -> None:
        try:
            answer = self._session.submit(FrameIn(image=frame.image, seq=frame.seq, capture_ts=frame.pts_s))
            answer.add_done_callback(self._heard)
            if self._settings.pace == "fast":
                await asyncio.shield(answer)
        except TrackdError as error:
            _log.debug("source_frame_refused", stream=self._session.stream_id, detail=error.detail)

    def _heard(self, answer: asyncio.Future[Answer]) -> None:
        """Keep why the last frame was not tracked: of a frame that we read ourselves nobody else hears it."""
        error = None if answer.cancelled() else answer.exception()
        if self._state == "live" and not isinstance(error, FrameDropped):
            self._detail = "" if error is None else f"the last frame was not tracked: {error}"

    async def _in_thread(self, call: Callable[[_A], _R], argument: _A) -> _R:
        async with asyncio.timeout(self._timeout_s):
            return await asyncio.get_running_loop().run_in_executor(self._thread, call, argument)


def _next(frames: Iterator[SourceFrame]) -> SourceFrame | None:
    return next(frames, None)
