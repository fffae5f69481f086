"""What the API asks of an engine. One engine runs in this process; another may run elsewhere behind the same port."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.counting_settings import CountingSettings
from app.engine.asking import PageAsked, PictureAsked
from app.engine.events import EventPage
from app.engine.reader import Reader
from app.engine.subscription import Subscription
from app.engine.views import Health, ModelState, StreamView
from app.inference_settings import ModelSettings
from app.path_messages import PathsPage, TrackStory
from app.publish_settings import Selection
from app.settings import Settings, StreamSettings
from app.wire import DetectionRow, Encoded, EventMessage, StreamCounts, TracksMessage
from models import Finding
from tracker import Detections, Tracks


@dataclass(frozen=True, slots=True)
class FrameIn:
    """One picture on its way in: `data` is an encoded image, or `image` is BGR uint8 (H, W, 3)."""

    data: bytes | None = None
    image: NDArray[np.uint8] | None = None
    seq: int | None = None
    capture_ts: float | None = None


@dataclass(frozen=True, slots=True)
class DetectionsIn:
    """One frame's detections, found elsewhere, in pixels of an image of `width` x `height`.

    `camera_motion` is the (2, 3) affine from pixels of the frame before to pixels of this one, where the sender knows.
    """

    detections: Detections
    width: int
    height: int
    seq: int | None = None
    capture_ts: float | None = None
    camera_motion: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One tracked frame: the message that every reader gets, and the arrays it was made from.

    `camera` is what the search for the camera's motion came to, None where there was none. `pts` is the frame's media
    time in seconds. `events` are what happened to tracks in it, `counting` is what was counted by.
    """

    encoded: Encoded
    message: TracksMessage
    detections: Detections
    tracks: Tracks
    labels: Sequence[str]
    camera: Finding | None = None
    pts: float = 0.0
    events: Sequence[EventMessage] = ()
    counting: CountingSettings | None = None

    def detection_rows(self) -> list[DetectionRow]:
        """Every detection of the frame with its track, or the reason why it has none."""
        from app.answers import detection_rows

        return detection_rows(self.detections, self.tracks, self.labels)


class Engine(Protocol):
    """The streams of one service. Every call may raise a `TrackdError`; a refused call changes nothing."""

    settings: Settings

    async def start(self) -> None:
        """Open the configured streams and begin to take frames."""

    async def drain(self) -> None:
        """Refuse new work, finish what is in flight within `settings.drain_s`, end every reader."""

    async def close(self) -> None:
        """Free threads and the detector. Idempotent."""

    def health(self) -> Health:
        """Whether the service is ready."""

    def metrics(self) -> bytes:
        """The Prometheus text."""

    def models(self) -> Sequence[ModelState]:
        """The models that serve, the default first, then those that do not yet, or could not be loaded."""

    async def put_model(self, name: str, spec: ModelSettings) -> tuple[ModelState, bool]:
        """Load a model, or put a new version in its place; True when the name is new."""

    async def delete_model(self, name: str) -> None:
        """Free a model that no stream needs."""

    def put_stream(self, stream_id: str, settings: StreamSettings) -> tuple[StreamView, bool]:
        """Open a stream, or give an open one these settings; True when it was made."""

    def patch_stream(self, stream_id: str, change: Mapping[str, Any]) -> StreamView:
        """Merge `change` into a stream's settings (RFC 7396). Tracks live on."""

    def stream(self, stream_id: str) -> StreamView:
        """One stream. Raises StreamNotFound."""

    def streams(self) -> list[StreamView]:
        """All streams, by id."""

    async def delete_stream(self, stream_id: str) -> None:
        """Close a stream: its waiting frames are dropped, its readers told."""

    async def reset_stream(self, stream_id: str) -> StreamView:
        """Start a new epoch after what is in flight: no track lives on, sequence numbers start again."""

    def counts(self, stream_id: str) -> StreamCounts:
        """What a stream's zones and lines came to. Raises StreamNotFound."""

    def reset_counts(self, stream_id: str) -> StreamCounts:
        """Begin the counts of a stream anew; tracks stay in their zones. Raises StreamNotFound."""

    async def submit(self, stream_id: str, frame: FrameIn | DetectionsIn) -> Answer:
        """Track one frame and return its answer; opens the stream on its first frame. Raises WriterConflict."""

    def attach_writer(self, stream_id: str) -> "Writer":
        """Become the one socket that writes to a stream. Raises WriterConflict."""

    def newest(self, stream_id: str) -> Answer:
        """The last tracked frame. Raises StreamNotFound, NothingYet."""

    async def newer(self, stream_id: str, since: int, timeout_s: float) -> Answer | None:
        """The first answer whose seq is beyond `since`, waiting at most `timeout_s`; None when none came."""

    async def picture(self, stream_id: str, *, annotate: bool, width: int | None) -> tuple[bytes, TracksMessage]:
        """The newest frame as JPEG, at most `width` pixels wide, and the message that belongs to it."""

    def track(self, stream_id: str, track_id: int, points: int) -> TrackStory:
        """One track, with so many points at most. Raises StreamNotFound, NothingYet, TrackUnknown."""

    async def paths(self, stream_id: str, asked: PageAsked) -> PathsPage:
        """Where tracks were. Raises StreamNotFound, NothingYet, InvalidInput, Overloaded."""

    async def path_picture(self, stream_id: str, asked: PictureAsked) -> bytes:
        """Where tracks were, as PNG. Raises what `paths` does."""

    def subscribe(self, wanted: Subscription) -> Reader:
        """Read messages of some streams, or of all that are and will be open, until the reader is closed.

        Raises:
            StreamNotFound: a stream is named that is not open, and not waited for.
            Overloaded: as many clients read as may.
        """

    def choose(self, reader: Reader, wanted: Subscription) -> None:
        """Have an open reader read something else, as its selection, kinds of messages and `wait` say.

        Raises:
            StreamNotFound: a stream is named that is not open, and not waited for; nothing has changed.
        """

    def events(self, chosen: Selection, since: int | None, most: int) -> EventPage:
        """At most so many kept events of all streams: the first beyond an id, or the newest where it is None."""


class Writer(Protocol):
    """The one socket that writes to a stream, until `close`."""

    @property
    def credit(self) -> int:
        """How many frames may be unanswered at once."""

    @property
    def epoch(self) -> int:
        """That of the frames that follow."""

    def view(self) -> StreamView:
        """The stream as it stands."""

    def submit(self, frame: FrameIn | DetectionsIn) -> Awaitable[Answer]:
        """Place a frame in order now; await the result for its answer. Refusals are raised at once."""

    def told(self, seq: int | None) -> Encoded | None:
        """What a frame that is sent again was answered; None where it must be submitted."""

    def close(self) -> None:
        """Let another writer in. Idempotent."""
