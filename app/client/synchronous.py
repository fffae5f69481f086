"""The client for programs without an event loop, and for notebooks.

It is `AsyncClient` in a thread of its own: one piece of code sends, reads and connects again for both.
"""

import ssl
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.client.answers import Answer
from app.client.asynchronous import RECONNECT_S, AsyncClient
from app.client.encoding import QUALITY, Picture
from app.client.loop_thread import LoopThread
from app.client.reading import Message, Names
from app.client.sending import Overload
from app.client.views import Model, Readiness, Stream
from app.wire import DetectionsMessage, EventList, StreamCounts, TracksMessage


class Client:
    """A service at an address, for `with`. Methods, arguments and errors are those of `AsyncClient`.

    What yields does so until it is over or the loop that reads it is left; Ctrl-C ends it in good order. May be used by
    several threads at once.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """As `AsyncClient`. Raises ValueError: the address is none."""
        self._client = AsyncClient(url, headers=headers, timeout_s=timeout_s, tls=tls)
        self._thread = LoopThread()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go and end the thread. Idempotent."""
        if not self._thread.closed:
            self._thread.run(self._client.close())
            self._thread.close()

    # -- the service -----------------------------------------------------------------------------------------------

    def ready(self) -> Readiness:
        """Whether the service takes frames, and if not, why. Not ready is an answer, no error."""
        return self._thread.run(self._client.ready())

    def models(self) -> list[Model]:
        """The models that serve, the default first, then those that could."""
        return self._thread.run(self._client.models())

    def streams(self) -> list[Stream]:
        """All streams by id, with their settings, accounts and rates."""
        return self._thread.run(self._client.streams())

    def events(
        self,
        *,
        streams: Names = None,
        events: Names = None,
        classes: Names = None,
        zones: Names = None,
        since: str | None = None,
        limit: int | None = None,
        wait_s: float = 0.0,
    ) -> EventList:
        """What happened, oldest first; see `AsyncClient.events`."""
        chosen = {"streams": streams, "events": events, "classes": classes, "zones": zones}
        return self._thread.run(self._client.events(**chosen, since=since, limit=limit, wait_s=wait_s))

    # -- one stream ------------------------------------------------------------------------------------------------

    def stream_view(self, stream_id: str) -> Stream:
        """One stream with its settings, accounts and rates."""
        return self._thread.run(self._client.stream_view(stream_id))

    def put_stream(self, stream_id: str, settings: Mapping[str, Any] | None = None) -> Stream:
        """Open a stream with these settings, or give them to an open one."""
        return self._thread.run(self._client.put_stream(stream_id, settings))

    def patch_stream(self, stream_id: str, change: Mapping[str, Any]) -> Stream:
        """Change some settings while the stream runs (RFC 7396)."""
        return self._thread.run(self._client.patch_stream(stream_id, change))

    def reset(self, stream_id: str) -> Stream:
        """Begin a new epoch: no track lives on, numbers start again."""
        return self._thread.run(self._client.reset(stream_id))

    def delete(self, stream_id: str) -> None:
        """Close a stream."""
        self._thread.run(self._client.delete(stream_id))

    def tracks(self, stream_id: str, *, since: int | None = None, wait_s: float = 0.0) -> TracksMessage | None:
        """The newest frame's tracks; with `since` those of a frame beyond that number, or None."""
        return self._thread.run(self._client.tracks(stream_id, since=since, wait_s=wait_s))

    def counts(self, stream_id: str) -> StreamCounts:
        """What the stream's zones and lines came to by its newest frame."""
        return self._thread.run(self._client.counts(stream_id))

    def reset_counts(self, stream_id: str) -> StreamCounts:
        """Count anew; tracks live on and stay in their zones."""
        return self._thread.run(self._client.reset_counts(stream_id))

    def snapshot(self, stream_id: str, *, annotate: bool = True) -> bytes:
        """The newest picture as JPEG, with boxes and ids unless `annotate` is False."""
        return self._thread.run(self._client.snapshot(stream_id, annotate=annotate))

    # -- frames ----------------------------------------------------------------------------------------------------

    def frame(
        self,
        stream_id: str,
        picture: Picture,
        *,
        seq: int | None = None,
        capture_ts: float | None = None,
        detections: bool = False,
    ) -> TracksMessage:
        """Detect and track one picture; see `AsyncClient.frame`."""
        call = self._client.frame(stream_id, picture, seq=seq, capture_ts=capture_ts, detections=detections)
        return self._thread.run(call)

    def frame_detections(self, stream_id: str, found: DetectionsMessage) -> TracksMessage:
        """Track one frame's detections of your own detector."""
        return self._thread.run(self._client.frame_detections(stream_id, found))

    def stream(
        self,
        stream_id: str,
        frames: "Iterable[Picture | tuple[Picture, float]]",
        *,
        overload: Overload = "lossless",
        settings: Mapping[str, Any] | None = None,
        detections: bool = False,
        quality: int = QUALITY,
        reconnect_s: float | None = RECONNECT_S,
    ) -> Generator[Answer]:
        """Send pictures as they come and yield their answers, in order; see `AsyncClient.stream`.

        `frames` is read in a thread of its own.
        """
        more: dict[str, Any] = {"detections": detections, "quality": quality, "reconnect_s": reconnect_s}
        answers = self._client.stream(stream_id, frames, overload=overload, settings=settings, **more)
        return self._thread.iterate(answers)

    def detections(
        self,
        stream_id: str,
        frames: Iterable[DetectionsMessage],
        *,
        overload: Overload = "lossless",
        settings: Mapping[str, Any] | None = None,
        reconnect_s: float | None = RECONNECT_S,
    ) -> Generator[Answer]:
        """As `stream`, with the detections of your own detector; see `AsyncClient.detections`."""
        more: dict[str, Any] = {"settings": settings, "reconnect_s": reconnect_s}
        return self._thread.iterate(self._client.detections(stream_id, frames, overload=overload, **more))

    def track_file(
        self,
        path: str | Path,
        *,
        stream_id: str | None = None,
        settings: Mapping[str, Any] | None = None,
        frame_rate: float | None = None,
        quality: int = QUALITY,
    ) -> Generator[TracksMessage]:
        """Track a video, a picture or a folder of pictures, and yield each frame's tracks.

        See `AsyncClient.track_file`.
        """
        more: dict[str, Any] = {"settings": settings, "frame_rate": frame_rate, "quality": quality}
        return self._thread.iterate(self._client.track_file(path, stream_id=stream_id, **more))

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
    ) -> Generator[Message]:
        """Read along; see `AsyncClient.subscribe`."""
        coming = self._client.subscribe(
            streams=streams,
            classes=classes,
            zones=zones,
            events=events,
            messages=messages,
            since=since,
            wait=wait,
            reconnect_s=reconnect_s,
        )
        return self._thread.iterate(coming)
