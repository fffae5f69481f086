"""The frames of a source on their way into a session: given their time, paced, and numbered."""

import asyncio
from collections.abc import Callable

import structlog

from app.engine.port import Answer, FrameIn
from app.engine.session import Session
from app.errors import FrameDropped, TrackdError
from app.imaging.sniff import sniff
from app.source_settings import SourceSettings
from app.sources.camera_clock import CameraClock
from app.sources.feed import Nature, Shot
from app.sources.pacing import Pacer
from app.sources.timeline import Timeline
from app.wire import EventMessage

_log = structlog.get_logger(__name__)


class Delivery:
    """Hands the frames of one source to its session.

    The capture time of a camera's frame is in seconds since 1970, of any other source it is media time. A new epoch
    begins where tracks cannot live on: with another source, at each beginning of a file, and when the size of the
    picture changes, because boxes are in its pixels. They live on when a camera comes back.
    """

    def __init__(
        self, session: Session, settings: SourceSettings, longest_s: float, complain: Callable[[str], None]
    ) -> None:
        """`complain` is told why the last frame was not tracked, empty where it was. No frame of a file is waited for
        longer than `longest_s`."""
        self._session = session
        self._settings = settings
        self._longest_s = longest_s
        self._complain = complain
        self._camera = CameraClock()
        self._fresh = True  # nothing of this source was delivered
        self._was_live = False
        self._size: tuple[int, int] | None = None
        self.begin()

    def begin(self) -> None:
        """Frames of a new connection follow."""
        self._camera.restart()
        self._pacer = Pacer(asyncio.get_running_loop().time, self._longest_s)
        self._timeline: Timeline | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._count = 0
        self._interval_s = 0.0

    async def deliver(self, shot: Shot, nature: Nature) -> None:
        """Submit a frame when it is due, and where nothing may be lost when there is room for it."""
        size = _size_of(shot)
        if self._timeline is None:
            self._timeline = Timeline(nature.frame_rate)
            self._interval_s = 1 / nature.frame_rate
            await self._begin_epoch(nature.live, size)
        elif size != self._size and size is not None:
            self._tell(f"the picture's size changed from {_told(self._size)} to {_told(size)}; a new epoch begins")
            await self._session.reset()
        self._size = size or self._size
        if nature.live:
            time_s = self._camera.time_of(shot.pts_s, shot.at)
            self._submit(FrameIn(shot.data, shot.image, capture_ts=time_s))
            return
        self._count += 1
        time_s = self._timeline.next(shot.pts_s)
        await self._due(time_s)
        self._submit(FrameIn(shot.data, shot.image, self._count + shot.skipped, time_s))

    async def finish(self) -> None:
        """No more frames follow: the last of a file is shown as long as any other, and answered."""
        if self._settings.pace == "realtime" and self._timeline is not None:
            await asyncio.sleep(min(self._interval_s, self._longest_s))
        if self._answer is not None:
            await asyncio.wait([self._answer])

    async def _begin_epoch(self, live: bool, size: tuple[int, int] | None) -> None:
        same_size = size is None or self._size in (None, size)
        goes_on = live and self._was_live and not self._fresh and same_size
        self._fresh, self._was_live = False, live
        if not goes_on and self._session.next_seq > 1:
            await self._session.reset()

    def _tell(self, what: str) -> None:
        stream = self._session.stream_id
        _log.info("source", stream=stream, state="live", detail=what)
        self._session.outcomes.tell(EventMessage("source", stream, self._session.epoch, f"live: {what}"))

    async def _due(self, time_s: float) -> None:
        lossless = self._session.settings.overload == "lossless"
        if self._settings.pace == "realtime":
            await asyncio.sleep(self._pacer.wait_s(time_s))
            if not lossless:
                return
        outcomes = self._session.outcomes
        while outcomes.accounts.in_flight >= (self._session.credit if lossless else 1) and not self._session.closed:
            await outcomes.changed()

    def _submit(self, frame: FrameIn) -> None:
        try:
            self._answer = self._session.submit(frame)
            self._answer.add_done_callback(self._heard)
        except TrackdError as error:
            self._note(error)

    def _heard(self, answer: asyncio.Future[Answer]) -> None:
        self._note(None if answer.cancelled() else answer.exception())

    def _note(self, error: BaseException | None) -> None:
        if not isinstance(error, FrameDropped):
            self._complain("" if error is None else f"the last frame was not tracked: {error}")


def _size_of(shot: Shot) -> tuple[int, int] | None:
    """Width and height, None where the picture is none."""
    if shot.image is not None:
        return shot.image.shape[1], shot.image.shape[0]
    try:
        header = sniff(shot.data or b"")
    except TrackdError:
        return None
    return header.width, header.height


def _told(size: tuple[int, int] | None) -> str:
    return "nothing" if size is None else f"{size[0]} x {size[1]}"
