"""The one error tree of the service.

TrackdError
 +- InvalidInput        422  the message is well formed but says something impossible
 +- TooLarge            413  a body, an image or a list is over its limit
 +- UnsupportedMedia    415  the bytes are no image that trackd reads
 +- StreamNotFound      404  no stream of that name
 +- ModelUnknown        404  no model of that name
 +- ModelRefused        422  the file that was named is no detector that runs here
 +- ModelBusy           409  another version of that model is being loaded
 +- ModelInUse          409  a model that streams need cannot go, nor lose a class that they ask for
 +- TooManyModels       507  as many models are loaded as may be
 +- NothingYet          404  the stream exists but has no frame yet
 +- TrackUnknown        404  no track of that number, or it was too long ago
 +- OutOfOrder          409  a frame at or before the last one
 +- WriterConflict      409  a second writer on one stream
 +- FrameDropped        429  the frame was taken and given up: superseded, too old, late, over the rate, or closed
 +- Overloaded          429  the stream's queue is full (policy lossless), or too many streams or sockets
 +- OriginRefused       403  a browser page from a foreign origin
 +- DetectorFailed      503  the detector raised or took too long; this frame is lost, the stream goes on
 +- ShuttingDown        503  the service drains

Every error carries what a caller needs to act: an HTTP status, a stable `slug`, and `members` that are written beside
`detail` in problem+json and in the `error` message of a WebSocket.
"""

from typing import ClassVar

from app.wire import DropReason


class TrackdError(Exception):
    """The root of what the service answers with an error."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str, **members: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members

    @property
    def close_code(self) -> int:
        """The WebSocket close code that mirrors the HTTP status."""
        return 1012 if isinstance(self, ShuttingDown) else 1013 if self.status == 503 else 4000 + self.status


class InvalidInput(TrackdError):
    """The message is well formed but says something impossible. `errors` holds `{pointer, detail}` entries."""

    status = 422
    slug = "invalid-input"
    title = "Invalid input"


class TooLarge(TrackdError):
    """A body, an image or a list is over its limit; `limit` says which one."""

    status = 413
    slug = "too-large"
    title = "Too large"


class UnsupportedMedia(TrackdError):
    """The bytes are no image that trackd reads."""

    status = 415
    slug = "unsupported-media"
    title = "Unsupported media"


class StreamNotFound(TrackdError):
    """No stream of that name is open."""

    status = 404
    slug = "no-such-stream"
    title = "No such stream"


class ModelUnknown(TrackdError):
    """No model of that name is known."""

    status = 404
    slug = "no-such-model"
    title = "No such model"


class ModelRefused(TrackdError):
    """The model that was named cannot be loaded; `kind` says how it fails. What served before serves on."""

    status = 422
    slug = "model-refused"
    title = "Model refused"


class ModelBusy(TrackdError):
    """Another version of that model is being loaded. Nothing has changed."""

    status = 409
    slug = "model-busy"
    title = "Model busy"


class ModelInUse(TrackdError):
    """Streams need the model as it is; `streams` names them. Nothing has changed."""

    status = 409
    slug = "model-in-use"
    title = "Model in use"


class TooManyModels(TrackdError):
    """As many models are loaded as `limit` allows; remove one first."""

    status = 507
    slug = "too-many-models"
    title = "Too many models"


class NothingYet(TrackdError):
    """The stream exists but has not seen what was asked for."""

    status = 404
    slug = "nothing-yet"
    title = "Nothing yet"


class TrackUnknown(TrackdError):
    """The stream's newest epoch has no track of that number, or it was too long ago to be known."""

    status = 404
    slug = "no-such-track"
    title = "No such track"


class OutOfOrder(TrackdError):
    """A frame at or before the last one; `expected_seq` is the smallest that would be taken."""

    status = 409
    slug = "out-of-order"
    title = "Out of order"


class WriterConflict(TrackdError):
    """Another socket writes to the stream, or the server itself from a source; `detail` says which."""

    status = 409
    slug = "second-writer"
    title = "Second writer"


class FrameDropped(TrackdError):
    """The frame was taken and given up, for a `reason` of `app.wire.DropReason`."""

    status = 429
    slug = "frame-dropped"
    title = "Frame dropped"

    def __init__(self, detail: str, *, reason: DropReason, **members: object) -> None:
        super().__init__(detail, reason=reason, **members)
        self.reason: DropReason = reason


class Overloaded(TrackdError):
    """A queue or a table is full; `retry_after_s` says when to try again."""

    status = 429
    slug = "overloaded"
    title = "Too fast"


class OriginRefused(TrackdError):
    """A WebSocket from a page of a foreign origin."""

    status = 403
    slug = "origin-refused"
    title = "Origin refused"


class DetectorFailed(TrackdError):
    """The detector raised or took too long. The frame is lost, the stream goes on."""

    status = 503
    slug = "detector-failed"
    title = "Detector failed"


class ShuttingDown(TrackdError):
    """The service drains and takes no new work."""

    status = 503
    slug = "shutting-down"
    title = "Shutting down"
