"""The service's calls that are one question and one answer."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.client.encoding import Picture, encoded
from app.client.http import Http
from app.client.paths import stream_path
from app.client.reading import Names, asked
from app.client.views import Model, ModelPage, Readiness, Stream, StreamPage
from app.wire import DetectionsMessage, EventList, StreamCounts, TracksMessage

_JSON = {"Content-Type": "application/json"}
_PATCH = {"Content-Type": "application/merge-patch+json"}
_PAGE_ITEMS = 100


class Calls:
    """Every method raises `ClientError` for a refusal and `Unreachable` where nobody answers in time."""

    def __init__(self, http: Http) -> None:
        self._http = http

    # -- the service -----------------------------------------------------------------------------------------------

    async def ready(self) -> Readiness:
        """Whether the service takes frames, and if not, why. Not ready is an answer, no error."""
        return await self._http.call("GET", "/readyz", Readiness, also=(503,))

    async def models(self) -> list[Model]:
        """The models that serve, the default first, then those that could."""
        return (await self._http.call("GET", "/v1/models", ModelPage)).items

    async def streams(self) -> list[Stream]:
        """All streams by id, with their settings, accounts and rates."""
        found: list[Stream] = []
        cursor: str | None = None
        while True:
            params = {"limit": _PAGE_ITEMS, "cursor": cursor}
            page = await self._http.call("GET", "/v1/streams", StreamPage, params=params)
            found += page.items
            if (cursor := page.next_cursor) is None:
                return found

    async def events(
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
        """What happened, oldest first: the newest `limit`, or those beyond `since`, a `next_cursor` of before.

        With `wait_s` seconds the service waits so long for the first of them.
        """
        params = asked(streams=streams, events=events, classes=classes, zones=zones)
        more = {"since": since, "limit": limit, "wait": wait_s or None}
        return await self._http.call("GET", "/v1/events", EventList, params={**params, **more}, wait_s=wait_s)

    # -- one stream ------------------------------------------------------------------------------------------------

    async def stream_view(self, stream_id: str) -> Stream:
        """One stream with its settings, accounts and rates."""
        return await self._http.call("GET", stream_path(stream_id), Stream)

    async def put_stream(self, stream_id: str, settings: Mapping[str, Any] | None = None) -> Stream:
        """Open a stream with these settings, or give them to an open one; what is not said is as the service says.

        `{"source": {"url": "rtsp://camera/1"}}` makes the service read a camera by itself.
        """
        content = msgspec.json.encode(settings or {})
        return await self._http.call("PUT", stream_path(stream_id), Stream, content=content, headers=_JSON)

    async def patch_stream(self, stream_id: str, change: Mapping[str, Any]) -> Stream:
        """Change some settings while the stream runs (RFC 7396): None takes one back, tables merge."""
        content = msgspec.json.encode(change)
        return await self._http.call("PATCH", stream_path(stream_id), Stream, content=content, headers=_PATCH)

    async def reset(self, stream_id: str) -> Stream:
        """Begin a new epoch: no track lives on, numbers start again."""
        return await self._http.call("POST", stream_path(stream_id, "/reset"), Stream)

    async def delete(self, stream_id: str) -> None:
        """Close a stream."""
        await self._http.call("DELETE", stream_path(stream_id))

    async def tracks(self, stream_id: str, *, since: int | None = None, wait_s: float = 0.0) -> TracksMessage | None:
        """The newest frame's tracks; with `since` those of a frame beyond that number, or None.

        With `wait_s` seconds the service waits so long for such a frame.
        """
        params = {"since": since, "wait": wait_s or None}
        answer = await self._http.call("GET", stream_path(stream_id, "/tracks"), params=params, wait_s=wait_s)
        return msgspec.json.decode(answer, type=TracksMessage) if answer else None

    async def counts(self, stream_id: str) -> StreamCounts:
        """What the stream's zones and lines came to by its newest frame."""
        return await self._http.call("GET", stream_path(stream_id, "/counts"), StreamCounts)

    async def reset_counts(self, stream_id: str) -> StreamCounts:
        """Count anew; tracks live on and stay in their zones."""
        return await self._http.call("POST", stream_path(stream_id, "/counts/reset"), StreamCounts)

    async def snapshot(self, stream_id: str, *, annotate: bool = True) -> bytes:
        """The newest picture as JPEG, with boxes and ids unless `annotate` is False."""
        return await self._http.call("GET", stream_path(stream_id, "/snapshot.jpg"), params={"annotate": int(annotate)})

    # -- one frame -------------------------------------------------------------------------------------------------

    async def frame(
        self,
        stream_id: str,
        picture: Picture,
        *,
        seq: int | None = None,
        capture_ts: float | None = None,
        detections: bool = False,
    ) -> TracksMessage:
        """Detect and track one picture: JPEG, PNG or WebP bytes, or a BGR array (H, W, 3) of uint8.

        `capture_ts` is in seconds. For more than a few frames `stream` is faster.

        Raises:
            Overloaded: dropped, with the `reason` among its members.
            ClientError: refused; 409 where the frame is not after the last one.
        """
        headers = {} if seq is None else {"Frame-Seq": str(seq)}
        headers |= {} if capture_ts is None else {"Capture-Timestamp": repr(float(capture_ts))}
        params = {"detections": 1 if detections else None}
        content = encoded(picture)
        path = stream_path(stream_id, "/frames")
        return await self._http.call("POST", path, TracksMessage, content=content, headers=headers, params=params)

    async def frame_detections(self, stream_id: str, found: DetectionsMessage) -> TracksMessage:
        """Track one frame's detections of your own detector; boxes in pixels of a picture of its width and height."""
        body = {name: value for name, value in msgspec.to_builtins(found).items() if name != "again"}
        content = msgspec.json.encode(body)
        return await self._http.call(
            "POST", stream_path(stream_id, "/detections"), TracksMessage, content=content, headers=_JSON
        )
