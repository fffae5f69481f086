"""What a stream's counter found, in the words of the wire: the same in the service and offline."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import UNSET

from app.answers import Counted, class_name
from app.counting.counter import Counter
from app.counting.happening import Happening, Stand
from app.counting.lines import LineTotals
from app.counting.zones import ZoneTotals
from app.counting_settings import CountingSettings
from app.wire import Counts, EventMessage, LineCount, Standing, ZoneCount
from tracker import ByteTrackConfig, Tracks

_Totals = TypeVar("_Totals", ZoneTotals, LineTotals)
_Count = TypeVar("_Count")


class Counting:
    """Owns the counter of one stream, and the counts as they were told last."""

    def __init__(self, stream_id: str, settings: CountingSettings, config: ByteTrackConfig) -> None:
        """`config` is the tracker's: it says for how long a lost track may come back."""
        self._stream_id = stream_id
        self._settings = settings
        self._lost_s = _lost_s(config)
        self._counter = Counter(settings, self._lost_s)
        self._told = Told()
        self._underway = False  # frames went by that were not counted

    @property
    def since_pts(self) -> float | None:
        """The media time from which on is counted, None before the first frame."""
        return self._counter.since_pts

    def configure(self, settings: CountingSettings, config: ByteTrackConfig) -> None:
        """Count something else from here on; see `Counter.configure`."""
        self._settings, self._lost_s = settings, _lost_s(config)
        self._counter.configure(settings, self._lost_s)

    def restart(self) -> None:
        """Forget every track and every count."""
        self._counter = Counter(self._settings, self._lost_s)
        self._told, self._underway = Told(), False

    def begin(self) -> None:
        """Count anew; tracks stay where they are."""
        self._counter.begin()

    def update(
        self,
        tracks: Tracks,
        *,
        epoch: int,
        seq: int,
        pts: float,
        size: tuple[int, int],
        labels: Sequence[str],
        names: Sequence[str],
    ) -> tuple[EventMessage, ...]:
        """Count one frame that was looked at.

        `size` is (width, height) of the picture. Class names in the settings mean places in `labels`, and `names` has
        the classes as events say them. A stream that counts nothing does nothing here.
        """
        if not self._settings.in_use:
            self._underway = True
            return ()
        if self._underway:
            self._counter = Counter(self._settings, self._lost_s)
            self._underway = False
            self._counter.take_in(tracks, seq, pts, size, labels)
            return ()
        happenings = self._counter.update(tracks, seq, pts, size, labels)
        if not self._settings.tells_tracks:
            happenings = [happening for happening in happenings if happening.kind not in ("track_start", "track_end")]
        return tuple(event_of(happening, self._stream_id, epoch, seq, names) for happening in happenings)

    def counted(self, tracks: Tracks, names: Sequence[str]) -> Counted:
        """What the answer to a frame with these tracks has of it."""
        zones = self._counter.zones_of(tracks.track_id) if self._settings.zones else None
        counts = self.counts(names) if self._counter.counts else UNSET
        return Counted(zones, self._counter.speeds_of(tracks.track_id), counts)

    def counts(self, names: Sequence[str]) -> Counts:
        """The counts as they are."""
        return self._told.now(self._counter, names)


class Told:
    """Owns a counter's counts as they were told last: only what has changed since is made anew."""

    def __init__(self) -> None:
        self._changes = -1
        self._names: Sequence[str] = ()
        self._counts = Counts({}, {})
        self._zones: dict[str, tuple[ZoneTotals, int, ZoneCount]] = {}
        self._lines: dict[str, tuple[LineTotals, int, LineCount]] = {}

    def now(self, counter: Counter, names: Sequence[str]) -> Counts:
        """The counts as they are, with the classes called by `names`."""
        if names is not self._names and names != self._names:
            self._zones, self._lines, self._changes = {}, {}, -1
        self._names = names
        if counter.changes != self._changes:
            zones, lines = counter.zones, counter.lines
            self._zones = {name: self._told(self._zones.get(name), zones[name], _zone) for name in zones}
            self._lines = {name: self._told(self._lines.get(name), lines[name], _line) for name in lines}
            self._counts = Counts(
                {name: told[2] for name, told in self._zones.items()},
                {name: told[2] for name, told in self._lines.items()},
            )
            self._changes = counter.changes
        return self._counts

    def _told(
        self, old: tuple[_Totals, int, _Count] | None, totals: _Totals, make: Callable[[_Totals, Sequence[str]], _Count]
    ) -> tuple[_Totals, int, _Count]:
        if old is not None and old[0] is totals and old[1] == totals.changes:
            return old
        return totals, totals.changes, make(totals, self._names)


def event_of(happening: Happening, stream_id: str, epoch: int, seq: int, names: Sequence[str]) -> EventMessage:
    """The message of a happening that a frame showed."""
    return EventMessage(
        happening.kind,
        stream_id,
        epoch,
        _detail(happening),
        seq=seq,
        pts=round(happening.pts, 6),
        track_id=happening.track_id,
        uid=f"{stream_id}/{epoch}/{happening.track_id}",
        class_id=happening.class_id,
        class_name=class_name(happening.class_id, names),
        zone=happening.zone or UNSET,
        line=happening.line or UNSET,
        direction=happening.direction or UNSET,
        dwell_s=UNSET if happening.dwell_s is None else round(happening.dwell_s, 3),
        before=_standing(happening.before),
        after=_standing(happening.after),
    )


def _detail(happening: Happening) -> str:
    if happening.continues is not None:
        return f"in the place of track {happening.continues}"
    return {"zone_enter": "appeared", "zone_exit": "vanished"}.get(happening.kind, "") if happening.unseen else ""


def _standing(stand: Stand | None) -> Standing | None:
    if stand is None:
        return None
    return Standing(
        stand.seq,
        round(stand.pts, 6),
        [round(side, 2) for side in stand.bbox],
        [round(side, 2) for side in stand.point],
        round(stand.speed, 2),
        round(stand.score, 4),
        list(stand.zones),
        UNSET if stand.speed_mps is None else round(stand.speed_mps, 2),
    )


def _zone(totals: ZoneTotals, names: Sequence[str]) -> ZoneCount:
    return ZoneCount(
        occupancy=totals.occupancy,
        entered=totals.entered,
        exited=totals.exited,
        dwell_s=round(totals.stayed_s / totals.stays, 3) if totals.stays else None,
        by_class={class_name(class_id, names): count for class_id, count in sorted(totals.by_class.items())},
        appeared=totals.appeared,
        vanished=totals.vanished,
    )


def _line(totals: LineTotals, names: Sequence[str]) -> LineCount:
    classes = sorted({*totals.forward_by_class, *totals.backward_by_class})
    by_class = {
        class_name(class_id, names): (totals.forward_by_class[class_id], totals.backward_by_class[class_id])
        for class_id in classes
    }
    return LineCount(totals.forward, totals.backward, by_class)


def _lost_s(config: ByteTrackConfig) -> float:
    # One frame more than the tracker keeps a lost track: its count of frames may be half a one behind the clock.
    return (config.max_lost + 1) / config.frame_rate
