"""What the service shows of streams, models and itself. A newer service may say more; that is passed over."""

from typing import Any, Literal

from msgspec import Struct

from app.wire import DropReason


class Accounts(Struct, frozen=True):
    """A stream's books: received = tracked + dropped + rejected + in_flight."""

    received: int
    tracked: int
    dropped: int
    rejected: int
    in_flight: int
    replayed: int


class Source(Struct, frozen=True):
    """How it stands with what the service reads by itself; `detail` says why, `retry_in_s` when it is tried again."""

    url: str
    state: Literal["connecting", "live", "stalled", "failed", "ended"]
    detail: str = ""
    since_s: float = 0.0
    attempts: int = 0
    connects: int = 0
    retry_in_s: float | None = None
    frames: int = 0
    skipped: int = 0
    skipped_reason: str = ""
    codec: str | None = None
    decoder: str | None = None


class Stream(Struct, frozen=True):
    """One stream. `fps` in frames per second, `latency_ms` of a frame through the service, both over the last frames.

    `width` and `height` are pixels of the newest frame, `tracks` how many are in it, `ids` how many identities the
    epoch has given out. `settings` are all that hold, `given` the names of those that were said.
    """

    stream: str
    epoch: int
    next_seq: int
    seq: int | None
    capture_ts: float | None
    width: int | None
    height: int | None
    tracks: int
    ids: int
    fps: float
    latency_ms: float | None
    age_s: float
    readers: int
    pictures: bool
    accounts: Accounts
    settings: dict[str, Any]
    drops: dict[DropReason, int] = {}
    vitals: dict[str, Any] | None = None
    source: Source | None = None
    given: tuple[str, ...] = ()


class StreamPage(Struct, frozen=True):
    """One page of the list of streams."""

    items: list[Stream]
    next_cursor: str | None


class ModelInput(Struct, frozen=True):
    """Pixels that a model demands."""

    width: int
    height: int


class Model(Struct, frozen=True):
    """One model. `loaded` ones serve; `available` ones can be loaded without a download; `provider` runs it."""

    name: str
    source: str
    loaded: bool
    available: bool
    state: Literal["ready", "loading", "failed", "listed"]
    default: bool = False
    version: int | None = None
    streams: list[str] = []
    head: str | None = None
    input: ModelInput | None = None
    labels: list[str] | None = None
    device: str | None = None
    provider: str | None = None
    note: str | None = None
    error: str | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    licence: str | None = None
    summary: str | None = None
    url: str | None = None


class ModelPage(Struct, frozen=True):
    """The models; there is one page."""

    items: list[Model]


class Readiness(Struct, frozen=True):
    """Whether the service takes frames; `checks` maps a name to `ok` or to what is wrong."""

    ready: bool
    checks: dict[str, str]
    devices: dict[str, str] = {}
