"""The messages of the v1 contract, as they stand on sockets, event streams and in REST answers.

Plain msgspec structs: written once per frame, read once per message. The schema of the documentation is made from them.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

VERSION = 1

Number = Annotated[float, Meta(ge=-1e6, le=1e6)]
Score = Annotated[float, Meta(ge=0.0, le=1.0)]
Sequence = Annotated[int, Meta(ge=0, le=2**53 - 1)]  # what a browser's number can hold exactly
CaptureTime = Annotated[float, Meta(ge=0.0, le=1e12)]
Side = Annotated[int, Meta(ge=1)]
AffineRow = tuple[Number, Number, Number]
CameraAffine = Annotated[
    tuple[AffineRow, AffineRow] | None,
    Meta(
        description="how the camera moved, for a client that knows (a pan-tilt-zoom head, a drone): the 2 x 3 affine "
        "that maps pixels (x, y, 1) of the frame before to pixels (x, y) of this one. The frame before is the last one "
        "that was not refused; over frames that were dropped, motions are joined. It holds for this frame whatever the "
        "stream's setting `camera_motion` says. Null or left out: the camera stood still. It must not mirror the "
        "picture, nor stretch or shrink it by more than 4"
    ),
]


OrientedBox = Annotated[
    list[float],
    Meta(
        description="a turned box: centre x, centre y, width, height in pixels of the image as sent, and the angle of "
        "the width in radians, clockwise as the picture is seen",
        min_length=5,
        max_length=5,
    ),
]


class TrackRow(Struct, frozen=True, rename={"class_name": "class"}):
    """One track of one frame. `bbox` is xyxy in pixels of the image as sent, `velocity` px/s of its centre.

    `detection_index` is -1 where no detection is behind the box. `oriented` is there where the model finds turned
    boxes: the one of that detection, which `bbox` need not enclose, because it is filtered.
    """

    track_id: int
    uid: str
    class_id: int
    class_name: str
    score: float
    bbox: list[float]
    velocity: list[float]
    age_s: float
    detection_index: int
    oriented: OrientedBox | UnsetType = UNSET


class DetectionRow(Struct, frozen=True, rename={"class_name": "class"}, omit_defaults=True):
    """One detection of one frame: the track it went to, or the `reason` why it has none."""

    bbox: list[float]
    score: float
    class_id: int
    class_name: str
    outcome: str
    track_id: int | None = None
    reason: str | None = None
    oriented: OrientedBox | UnsetType = UNSET


class Timing(Struct, frozen=True):
    """Milliseconds spent on one frame, by stage. `motion` is there where the camera's motion was measured."""

    decode: float
    queue: float
    detect: float
    track: float
    total: float
    motion: float | UnsetType = UNSET

    def stages(self) -> dict[str, float]:
        """The milliseconds of each stage that the frame went through, by name."""
        return {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not UNSET}


class TracksMessage(Struct, frozen=True, tag="tracks", omit_defaults=False):
    """A frame's answer.

    `predicted` is there, and true, where the stream detects in every k-th frame only and this is not one of them: its
    tracks are those of the last frame that was looked at, where they are expected by now, and nothing was decoded.
    """

    stream: str
    epoch: int
    seq: int
    capture_ts: float | None
    width: int
    height: int
    dropped_since_last: int
    tracks: list[TrackRow]
    timing_ms: Timing
    detections: list[DetectionRow] | UnsetType = UNSET
    missed: int | UnsetType = UNSET
    predicted: bool | UnsetType = UNSET


class HelloMessage(Struct, frozen=True, tag="hello"):
    """The server's first word on a socket. `credit` is how many frames may be unanswered at once."""

    stream: str | None
    epoch: int
    credit: int
    next_seq: int
    version: int = VERSION


class DropMessage(Struct, frozen=True, tag="drop"):
    """A frame that was taken and not tracked."""

    stream: str
    epoch: int
    seq: int
    reason: str


class EventMessage(Struct, frozen=True, tag="event"):
    """Something happened to a stream: `opened`, `reset`, `closed`, `source`."""

    event: str
    stream: str
    epoch: int
    detail: str = ""


class ErrorMessage(Struct, frozen=True, tag="error", omit_defaults=True):
    """What problem+json says, on a socket."""

    title: str
    status: int
    detail: str
    problem: str
    stream: str | None = None
    seq: int | None = None
    expected_seq: int | None = None
    limit: float | None = None
    retry_after_s: float | None = None
    errors: list[dict[str, str]] | None = None


class ConfigMessage(Struct, frozen=True, tag="config", forbid_unknown_fields=True):
    """A client's settings for the frames that follow: the same as the body of PATCH, and the size of raw frames."""

    settings: msgspec.Raw | UnsetType = UNSET
    raw_width: Side | UnsetType = UNSET
    raw_height: Side | UnsetType = UNSET
    detections: bool | UnsetType = UNSET


class ResetMessage(Struct, frozen=True, tag="reset", forbid_unknown_fields=True):
    """A client asks for a new epoch: no track lives on, sequence numbers start again."""


class AckMessage(Struct, frozen=True, tag="ack"):
    """The server's answer to `config` and `reset`. `credit` is how many frames may be unanswered."""

    of: str
    stream: str
    epoch: int
    credit: int


class ByeMessage(Struct, frozen=True, tag="bye"):
    """No more frames will come: what is in flight is answered, then the socket is closed with 1000."""


class InputDetection(Struct, frozen=True, forbid_unknown_fields=True):
    """One detection as a client sends it."""

    bbox: tuple[Number, Number, Number, Number]
    score: Score
    class_id: Annotated[int, Meta(ge=0)] = 0


class DetectionsMessage(Struct, frozen=True, tag="detections", forbid_unknown_fields=True):
    """A frame's detections, found by somebody else's detector."""

    width: Side
    height: Side
    detections: list[InputDetection]
    seq: Sequence | None = None
    capture_ts: CaptureTime | None = None
    camera_motion: CameraAffine = None


class DetectionsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST .../detections`: a `detections` message, whose `type` may be left out."""

    width: Side
    height: Side
    detections: list[InputDetection]
    seq: Sequence | None = None
    capture_ts: CaptureTime | None = None
    camera_motion: CameraAffine = None
    type: Literal["detections"] = "detections"


ClientMessage = ConfigMessage | ResetMessage | ByeMessage | DetectionsMessage
ServerMessage = HelloMessage | TracksMessage | DropMessage | EventMessage | ErrorMessage | AckMessage | ByeMessage


class Encoded:
    """A message and its bytes, each form made at most once however many readers there are."""

    __slots__ = ("_json", "_msgpack", "message")

    def __init__(self, message: ServerMessage) -> None:
        self.message = message
        self._json: bytes | None = None
        self._msgpack: bytes | None = None

    def json(self) -> bytes:
        """The message as UTF-8 JSON."""
        if self._json is None:
            self._json = msgspec.json.encode(self.message)
        return self._json

    def msgpack(self) -> bytes:
        """The message as MessagePack."""
        if self._msgpack is None:
            self._msgpack = msgspec.msgpack.encode(self.message)
        return self._msgpack
