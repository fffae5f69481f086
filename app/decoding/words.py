"""What a child process and the service say to each other: one JSON line each."""

import msgspec
from msgspec import Struct


class Open(Struct, frozen=True, tag="open"):
    """Read this source. It ends with `Over` or `Lost`, and another may follow.

    `ips` are the addresses that may be connected to, `host`, `port`, `target` and the credentials the parts of a
    network address. `verify`: a certificate must be that of `host`. `image_bytes` is the most that one picture may
    have, `image_pixels` the most that it may show.
    """

    scheme: str
    url: str
    timeout_s: float
    image_bytes: int
    image_pixels: int
    ips: tuple[str, ...] = ()
    host: str = ""
    port: int = 0
    target: str = ""
    user: str | None = None
    password: str | None = None
    verify: bool = True
    transport: str = "tcp"
    hardware: bool = False


class Free(Struct, frozen=True, tag="free"):
    """A slot of the shared memory may be written again."""

    slot: int


class Stop(Struct, frozen=True, tag="stop"):
    """Leave the source; the answer is `Lost`."""


class Ready(Struct, frozen=True, tag="ready"):
    """The process has started, and takes orders."""


class Opened(Struct, frozen=True, tag="opened"):
    """It is a video. `live` says that it comes when it comes, and not when it is asked for."""

    live: bool
    codec: str
    decoder: str
    rate: float


class Shot(Struct, frozen=True, tag="shot"):
    """A frame lies in a slot: `width` x `height` BGR pixels, or `encoded` bytes of a picture.

    `pts` is in seconds as the source says, `at` when it came, in seconds since 1970. `skipped` counts the frames so far
    that could not be decoded, or for which there was no slot; `reason` is that of the last.
    """

    slot: int
    width: int
    height: int
    at: float
    pts: float | None = None
    encoded: int = 0
    skipped: int = 0
    reason: str = ""


class Over(Struct, frozen=True, tag="over"):
    """A finite source was read to its end."""

    skipped: int = 0
    reason: str = ""


class Lost(Struct, frozen=True, tag="lost"):
    """The source cannot be read, or no longer; `silent` where it is still there and says nothing."""

    reason: str
    skipped: int = 0
    silent: bool = False


Order = Open | Free | Stop
Report = Ready | Opened | Shot | Over | Lost

encode = msgspec.json.Encoder().encode
orders: msgspec.json.Decoder[Order] = msgspec.json.Decoder(Order)
reports: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)
