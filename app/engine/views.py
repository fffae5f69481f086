"""What an engine shows of its streams, its models and itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from app.settings import StreamSettings
from app.vitals import Concern, ConcernKind, Figures
from app.wire import DropReason
from models import ModelInfo


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class AccountsView(_View):
    """A stream's books. They balance: received = tracked + dropped + rejected + in_flight."""

    received: int
    tracked: int
    dropped: int
    rejected: int
    in_flight: int
    replayed: int


class SourceView(_View):
    """The state of a source that the server reads by itself.

    `url` is shown without credentials. `connecting`: nothing came yet; `live`; `stalled`: it was live and went silent;
    `failed`: it cannot be read; both are tried again after `retry_in_s`, null where they are not; `ended`: a file is
    over. `detail` says why; while it connects, why it has to again. `since_s` is how long it has been so. `attempts`
    counts those since it was live last, `connects` all that came to a frame. `frames` counts what was read, `skipped`
    what could not be decoded or came while the service had no place for it, and `skipped_reason` says why the last of
    these was. `decoder` is what decodes.
    """

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


class ConcernView(_View):
    """Something about a stream's tracking that looks wrong, in words.

    `concern` names it, as `docs/health.md` has them, and `settings` those settings that may help, as
    `tracker.track_thresh`. `since_pts` is the media time at which it was said first; the words stay as they were then.
    """

    concern: ConcernKind
    detail: str
    settings: tuple[str, ...]
    since_pts: float


class VitalsView(_View):
    """How well tracking does, as far as that shows without ground truth, over the last `span_s` seconds of media time.

    They are a minute at most, and begin anew when the tracker's settings change. What there is too little to tell of is
    null. `churn` is new identities per second and object in view, `mean_length_s` how long tracks that ended had lived,
    `fragments` the share of tracks that were lost and found again, `margin` the median share of its cost limit that an
    association left unused (0 to 1), `jitter` the mean distance of the intervals between frames from their median, over
    the median, `score` the mean score of the detections that tracks took, `score_drift` how far it is from what it was
    in the minutes before, each class compared with itself. `concerns` says what looks wrong and what might be changed;
    empty when nothing does.
    """

    span_s: float
    frames: int
    churn: float | None
    mean_length_s: float | None
    fragments: float | None
    margin: float | None
    jitter: float | None
    score: float | None
    score_drift: float | None
    concerns: tuple[ConcernView, ...] = ()

    @classmethod
    def of(cls, figures: Figures, concerns: Sequence[Concern]) -> Self:
        """What a caller sees of the figures and of the concerns that stand."""
        return cls(
            span_s=round(figures.span_s, 3),
            frames=figures.frames,
            churn=_rounded(figures.churn),
            mean_length_s=_rounded(figures.mean_length_s),
            fragments=_rounded(figures.fragments),
            margin=_rounded(figures.margin),
            jitter=_rounded(figures.jitter),
            score=_rounded(figures.score),
            score_drift=_rounded(figures.score_drift),
            concerns=tuple(
                ConcernView(concern=each.kind, detail=each.detail, settings=each.settings, since_pts=each.since)
                for each in concerns
            ),
        )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


class StreamView(_View):
    """One stream as the API shows it.

    Rates are frames per second, latencies milliseconds, over the last frames. `pictures` says whether the newest frame
    can be seen, and was not sent as detections. `drops` counts the dropped frames by reason. `vitals` says how
    well tracking does, null before the first frame. `given` names the settings that were said, as
    `tracker.track_thresh`; all others are defaults.
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
    accounts: AccountsView
    drops: Mapping[DropReason, int] = {}
    vitals: VitalsView | None = None
    source: SourceView | None
    settings: StreamSettings
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelState:
    """A model under its name.

    Attributes:
        source: what it was loaded from, or is to be.
        state: `ready` while a version serves; else `loading`, or `failed`.
        default: whether it sees for streams that name no model.
        version: counts what served under this name.
        loaded_at: seconds since 1970.
        streams: those it sees for.
        info: what serves.
        loading: the source of the version that is about to take its place.
        error: why the last attempt to load it failed.
    """

    name: str
    source: str
    state: Literal["loading", "ready", "failed"]
    default: bool = False
    version: int | None = None
    loaded_at: float | None = None
    streams: tuple[str, ...] = ()
    info: ModelInfo | None = None
    loading: str | None = None
    error: str | None = None


class Health(_View):
    """Whether work can be taken, and what each check says; `checks` maps a name to `ok` or to what is wrong.

    `devices` maps each model that serves to what it runs on and what was asked for, in a line.
    """

    ready: bool
    checks: Mapping[str, str]
    devices: Mapping[str, str] = {}
