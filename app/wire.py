"""The messages of the v1 contract, as they stand on sockets, event streams and in REST answers.

Plain msgspec structs: written once per frame, read once per message. The schema of the documentation is made from them.
"""

from typing import Annotated, Any, Literal

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

Missed = Annotated[
    int | UnsetType | None,
    Meta(
        description="how many messages of this stream, of the kinds that the reader has chosen, it was not sent before "
        "this one: it was too slow, or they were no longer kept when it came back. Null: nobody knows how many. Left "
        "out: none"
    ),
]


class TrackRow(Struct, frozen=True, rename={"class_name": "class"}):
    """One track of one frame. `bbox` is xyxy in pixels of the image as sent, `velocity` px/s of its centre.

    `detection_index` is -1 where no detection is behind the box. `oriented` is there where the model finds turned
    boxes: the one of that detection, which `bbox` need not enclose, because it is filtered. `zones` is there where the
    stream has any: those that the track is counted in. `speed_mps` is there where the stream says where its ground is.
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
    zones: list[str] | UnsetType = UNSET
    speed_mps: float | UnsetType = UNSET


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


class ZoneCount(Struct, frozen=True):
    """What a zone came to since the epoch began, since it was drawn or moved, or since its counts were reset.

    `occupancy` is how many tracks are in it now, those that are lost and may come back too: entered + appeared - exited
    - vanished. `entered` and `exited` walked over its border. `appeared` were seen in it first, or were in it when its
    counts began, and `vanished` were seen in it last. `dwell_s` is for how many seconds of media time those that left,
    or vanished, were in it in the mean. `by_class` has those that entered.
    """

    occupancy: int
    entered: int
    exited: int
    dwell_s: float | None
    by_class: dict[str, int]
    appeared: int = 0
    vanished: int = 0


class LineCount(Struct, frozen=True):
    """How many tracks crossed a line; `by_class` has [forward, backward] of each class."""

    forward: int
    backward: int
    by_class: dict[str, tuple[int, int]]


class Counts(Struct, frozen=True):
    """The counts of a stream's zones and lines by name."""

    zones: dict[str, ZoneCount]
    lines: dict[str, LineCount]


class StreamCounts(Struct, frozen=True):
    """What a stream's zones and lines came to by its newest frame.

    `since_pts` is the media time from which on is counted. It, `seq` and `pts` are null before the first frame.
    """

    stream: str
    epoch: int
    seq: int | None
    pts: float | None
    since_pts: float | None
    zones: dict[str, ZoneCount]
    lines: dict[str, LineCount]


class TracksMessage(Struct, frozen=True, tag="tracks", omit_defaults=False):
    """A frame's answer.

    `predicted` is there, and true, where the stream detects in every k-th frame only and this is not one of them: its
    tracks are those of the last frame that was looked at, where they are expected by now, and nothing was decoded.
    `counts` is there where the stream counts. `received_at` is when the service got the frame and `sent_at` when its
    answer was ready, in seconds since 1970, so that a reader can tell how old a picture is. `missed` is there where a
    reader was not sent what came before.
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
    missed: Missed = UNSET
    predicted: bool | UnsetType = UNSET
    counts: Counts | UnsetType = UNSET
    received_at: float | UnsetType = UNSET
    sent_at: float | UnsetType = UNSET


class HelloMessage(Struct, frozen=True, tag="hello"):
    """The server's first word on a socket. `credit` is how many frames may be unanswered at once."""

    stream: str | None
    epoch: int
    credit: int
    next_seq: int
    version: int = VERSION


DropReason = Literal["superseded", "too_old", "late", "rate", "closed"]
"""Why a frame was given up.

`superseded`: a newer one of its stream took its place (overload latest). `too_old`: it waited longer than max_age_ms.
`late`: one after it had been taken before it came (order skip_late or reorder). `rate`: the stream has more frames
per second than max_fps. `closed`: the stream was closed.
"""


class DropMessage(Struct, frozen=True, tag="drop"):
    """A frame that was given up, and why: see `DropReason`."""

    stream: str
    epoch: int
    seq: int
    reason: DropReason
    missed: Missed = UNSET


class Standing(Struct, frozen=True):
    """How a track stood in one frame: its box in pixels, the point of it that counts, its speed, its zones."""

    seq: int
    pts: float
    bbox: list[float]
    point: list[float]
    speed: float
    score: float
    zones: list[str]
    speed_mps: float | UnsetType = UNSET


EventKind = Literal[
    "opened", "reset", "closed", "source", "health",
    "track_start", "track_end", "zone_enter", "zone_exit", "zone_dwell", "line_cross",
]  # fmt: skip


class EventMessage(Struct, frozen=True, tag="event"):
    """Something happened to a stream, or to a track in it.

    Of a stream: `opened`, `reset`, `closed`, `source` (the state of what the server reads; `detail` begins with the
    state) and `health` (tracking looks wrong: `concern` names what and `detail` says it in words; or it no longer does:
    the same `concern`, and `detail` begins with `gone:`). Of a track: `track_start`, `track_end`, `zone_enter`,
    `zone_exit`, `zone_dwell` and `line_cross`; these tell how the track stood `before` and `after`, null where it was
    not there. The `detail` of a `zone_enter` is `appeared` where the track was seen in the zone first, that of a
    `zone_exit` is `vanished` where it was seen there last, and that of a `track_start` says in which lost track's place
    it goes on, if in any. `id` counts the events of all streams; after a restart it goes on from a larger number, so
    that no two
    events have the same. `at` is seconds since 1970, `pts` is seconds of media time. `direction` is `forward` or
    `backward`, of a line. `dwell_s` is how long a track has been in a zone.
    """

    event: EventKind
    stream: str
    epoch: int
    detail: str = ""
    id: int | UnsetType = UNSET
    at: float | UnsetType = UNSET
    seq: int | UnsetType = UNSET
    pts: float | UnsetType = UNSET
    track_id: int | UnsetType = UNSET
    uid: str | UnsetType = UNSET
    class_id: int | UnsetType = UNSET
    class_name: str | UnsetType = msgspec.field(default=UNSET, name="class")
    zone: str | UnsetType = UNSET
    line: str | UnsetType = UNSET
    direction: Literal["forward", "backward"] | UnsetType = UNSET
    dwell_s: float | UnsetType = UNSET
    concern: str | UnsetType = UNSET
    before: Standing | UnsetType | None = UNSET
    after: Standing | UnsetType | None = UNSET
    missed: Missed = UNSET


class EventList(Struct, frozen=True):
    """Events, oldest first. `next_cursor` is the `since` of the next call.

    `missed` is how many events, of any kind, were between `since` and the first of these and are no longer kept; null:
    `since` is of the service before it was started anew, and these are all events that are kept since.
    """

    items: list[EventMessage]
    next_cursor: str
    missed: int | None


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


class SelectMessage(Struct, frozen=True, tag="select", forbid_unknown_fields=True):
    """A reader's new choice, in the place of all that it had chosen before: what is left out lets everything pass.

    `wait` lets it name streams that are not open yet.
    """

    streams: list[str] | None = None
    events: list[str] | None = None
    classes: list[str] | None = None
    zones: list[str] | None = None
    messages: list[str] | None = None
    wait: bool = False


class AckMessage(Struct, frozen=True, tag="ack"):
    """The server's answer to `config`, `reset` and `select`, which concerns no single stream.

    `credit` is how many frames may be unanswered.
    """

    of: str
    stream: str | None
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
    """A frame's detections, found by somebody else's detector.

    `again` says that they were sent before, under the same `seq`, on a socket that was cut off: where they were taken
    then, their answer is told once more.
    """

    width: Side
    height: Side
    detections: list[InputDetection]
    seq: Sequence | None = None
    capture_ts: CaptureTime | None = None
    camera_motion: CameraAffine = None
    again: bool = False


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
_KEPT: Any = TracksMessage | DropMessage | EventMessage


class Encoded:
    """A message and its bytes, each form made at most once however many readers there are."""

    __slots__ = ("_json", "_message", "_msgpack", "_size", "_text")

    def __init__(self, message: ServerMessage) -> None:
        self._message: ServerMessage | None = message
        self._json: bytes | None = None
        self._msgpack: bytes | None = None
        self._text: str | None = None
        self._size: int | None = None

    @classmethod
    def stored(cls, data: bytes) -> "Encoded":
        """A message that was kept as its JSON; it is read when somebody asks for what is in it."""
        encoded = cls.__new__(cls)
        encoded._message = None
        encoded._json = data
        encoded._msgpack = encoded._text = encoded._size = None
        return encoded

    @property
    def message(self) -> ServerMessage:
        """What it says."""
        if self._message is None:
            assert self._json is not None, "a message without its bytes"
            self._message = msgspec.json.decode(self._json, type=_KEPT)
        return self._message

    def json(self) -> bytes:
        """The message as UTF-8 JSON."""
        if self._json is None:
            self._json = msgspec.json.encode(self.message)
        return self._json

    def text(self) -> str:
        """The message as JSON, for a socket's text message."""
        if self._text is None:
            self._text = self.json().decode()
        return self._text

    def msgpack(self) -> bytes:
        """The message as MessagePack."""
        if self._msgpack is None:
            self._msgpack = msgspec.msgpack.encode(self.message)
        return self._msgpack

    @property
    def size(self) -> int:
        """Its bytes, of a form that was made when this was asked first, else an estimate; always the same number."""
        if self._size is None:
            made = self._json or self._msgpack
            self._size = len(made) if made else _about(self.message)
        return self._size


def _about(message: ServerMessage) -> int:
    if isinstance(message, TracksMessage):
        found = 0 if message.detections is UNSET else len(message.detections)
        return 512 + 224 * len(message.tracks) + 128 * found
    return 512
