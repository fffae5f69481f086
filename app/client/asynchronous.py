"""The client for asyncio."""

import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from weakref import WeakSet

from app.client.address import Address
from app.client.answers import Answer
from app.client.calls import Calls
from app.client.encoding import QUALITY
from app.client.errors import ClientError
from app.client.files import frames_of, stream_name
from app.client.http import Http
from app.client.reading import Message, Names, asked
from app.client.sending import Overload
from app.client.streaming import Found, Pictures, detection_frames, picture_frames, sending, sent, subscription
from app.wire import TracksMessage

RECONNECT_S = 60.0
T = TypeVar("T")


class AsyncClient(Calls):
    """A service at an address, for `async with`. Any number of calls and streams may be under way at once."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Nothing is connected before the first call.

        Args:
            url: where the service is, with the path below which a proxy may have put it.
            headers: sent with everything, for a proxy that asks who is there.
            timeout_s: seconds until a connection is there, a call is answered, or a silent socket counts as dead.
            tls: certificates to trust; None: those of the system.

        Raises:
            ValueError: the address is none.
        """
        self._address = Address(url, dict(headers or {}), timeout_s, tls)
        super().__init__(Http(self._address))
        self._coming: WeakSet[AsyncGenerator[Any]] = WeakSet()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End what still streams, and let the connections go. Idempotent."""
        # At the end of a program asyncio would close the generators inside these before them, and complain.
        for coming in list(self._coming):
            with suppress(RuntimeError):  # another task waits for it, and will see the end of its socket
                await coming.aclose()
        await self._http.close()

    def _kept(self, coming: AsyncGenerator[T]) -> AsyncGenerator[T]:
        self._coming.add(coming)
        return coming

    def stream(
        self,
        stream_id: str,
        frames: Pictures,
        *,
        overload: Overload = "lossless",
        settings: Mapping[str, Any] | None = None,
        detections: bool = False,
        quality: int = QUALITY,
        reconnect_s: float | None = RECONNECT_S,
    ) -> AsyncGenerator[Answer]:
        """Send pictures as they come and yield their answers, in order; as many are under way as the service lets.

        A connection that is cut is made again, and what was not answered is sent again under its number: every frame
        is tracked once and answered once. A service that was started anew knows nothing of before: frames without an
        answer are tracked by it, and `Answer.run` goes up, because identities begin again.

        Args:
            stream_id: the stream; it is opened if it is not.
            frames: JPEG, PNG or WebP bytes, or BGR arrays (H, W, 3) of uint8; each alone or as (picture, capture_ts),
                capture_ts in seconds and rising. Plain iterables are read in a thread of their own.
            overload: lossless: all are tracked, what gives them waits. latest: what cannot be tracked in time is given
                up, for cameras.
            settings: changes of the stream's settings, as `{"tracker": {"preset": "accurate"}}`.
            detections: put every detection in the answers.
            quality: of JPEG, 1 to 100, for arrays.
            reconnect_s: seconds without success after which a cut connection is given up; None: never.

        Raises:
            SecondWriter: somebody else writes to the stream.
            NotFound: the stream was closed.
            Unreachable: nobody answers, or not again within `reconnect_s`.
            ClientError: another refusal. What `frames` raises is raised behind the last answer.
        """
        writer = sending(self._address, stream_id, reconnect_s, overload, settings, detections=detections)
        return self._kept(sent(writer, frames, picture_frames(quality)))

    def detections(
        self,
        stream_id: str,
        frames: Found,
        *,
        overload: Overload = "lossless",
        settings: Mapping[str, Any] | None = None,
        reconnect_s: float | None = RECONNECT_S,
    ) -> AsyncGenerator[Answer]:
        """As `stream`, with the detections of your own detector: one DetectionsMessage for each frame.

        Boxes are [x1, y1, x2, y2] in pixels of a picture of the message's width and height. Its `seq` is set here.
        """
        writer = sending(self._address, stream_id, reconnect_s, overload, settings)
        return self._kept(sent(writer, frames, detection_frames))

    def track_file(
        self,
        path: str | Path,
        *,
        stream_id: str | None = None,
        settings: Mapping[str, Any] | None = None,
        frame_rate: float | None = None,
        quality: int = QUALITY,
    ) -> AsyncGenerator[TracksMessage]:
        """Track a video, a picture, a folder of pictures or `demo:?seed=1`, read here, and yield each frame's tracks.

        `capture_ts` is the media time in seconds; `frame_rate` is for what has no times, as pictures. Without
        `stream_id` a stream is made for the file and closed behind it; a named one begins a new epoch and stays.

        Raises:
            ClientError: the file cannot be read, or a frame was refused; and as `stream`.
        """
        return self._kept(self._track_file(path, stream_id, settings, frame_rate, quality))

    async def _track_file(
        self,
        path: str | Path,
        stream_id: str | None,
        settings: Mapping[str, Any] | None,
        frame_rate: float | None,
        quality: int,
    ) -> AsyncGenerator[TracksMessage]:
        stream = stream_id or stream_name(path)
        await self.put_stream(stream, settings)
        try:
            if stream_id is not None:
                await self.reset(stream)
            answers = self.stream(stream, frames_of(path, frame_rate), quality=quality)
            async with aclosing(answers):
                async for answer in answers:
                    if answer.error is not None:
                        raise answer.error
                    if isinstance(answer.message, TracksMessage):
                        yield answer.message
        finally:
            if stream_id is None:
                with suppress(ClientError):
                    await self.delete(stream)

    def subscribe(
        self,
        *,
        streams: Names = None,
        classes: Names = None,
        zones: Names = None,
        events: Names = None,
        messages: Names = None,
        since: str | Mapping[str, str] | None = None,
        wait: bool = False,
        reconnect_s: float | None = RECONNECT_S,
    ) -> AsyncGenerator[Message]:
        """Read along: `tracks`, `drop` and `event` messages of the streams that are chosen, as they come.

        A connection that is cut is made again behind the last message of each stream. What is no longer kept then, or
        was given up because this reader is slow, is counted in `missed` of the stream's next message; None: unknown.

        Args:
            streams: ids; None: all that are open and will be.
            classes: names or ids of classes.
            zones: names of zones and lines.
            events: kinds of events, as `line_cross`.
            messages: kinds of messages: `tracks`, `drops`, `events`.
            since: the place after which to begin, as `place_of` tells it; of several streams by stream.
            wait: `streams` may name some that are not open yet.
            reconnect_s: seconds without success after which a cut connection is given up; None: never.

        Raises:
            NotFound: a stream that is named is not open.
            Unreachable, ClientError: as `stream`.
        """
        choice = asked(streams=streams, classes=classes, zones=zones, events=events, messages=messages)
        return self._kept(subscription(self._address, choice, since, reconnect_s, wait=wait))
