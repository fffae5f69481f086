"""One stream's counter: who came and went, is in which zone, crossed which line.

The main path of a frame is `update`:

    end those that will not come back
    admit new ids, and let them go on in the place of one that vanished
    note where everybody is
    tell who started, left and entered zones, crossed lines

Only what was seen counts: a track that is shown where it is expected moves nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.counting import pace
from app.counting.geometry import feet_of
from app.counting.handover import successors
from app.counting.happening import Happening
from app.counting.laying import columns, line_totals, zone_totals
from app.counting.layout import Layout, Size
from app.counting.lines import Crossing, LineBook, LineTotals
from app.counting.roster import NEVER, Roster, Rows, stand, vote
from app.counting.telling import Telling, ends
from app.counting.zones import Move, ZoneBook, ZoneTotals
from app.counting_settings import CountingSettings
from tracker import Tracks

Floats = NDArray[np.float64]
Arrived = tuple[NDArray[np.bool_], dict[int, int]] | None
"""Which of a frame's tracks (M,) were never seen before, and in whose places some of them go on, by their ids."""
NOTHING = CountingSettings()


class Counter:
    """Owns what is counted in one stream: the tracks that are known, their sides of zones and lines, and the totals.

    `changes` goes up whenever a total is another. `since_pts` is the time of the first frame that was counted.
    """

    def __init__(self, settings: CountingSettings = NOTHING, lost_s: float = 1.0) -> None:
        """`lost_s` is for how many seconds a track that is not seen may come back under its id."""
        self.changes = 0
        self.since_pts: float | None = None
        self._lost_s = lost_s
        self._settings = NOTHING
        self._labels: Sequence[str] = ()
        self._layout = Layout.of(NOTHING, (1, 1), {})
        self._roster = Roster()
        self._zones = ZoneBook()
        self._lines = LineBook()
        self._pts = 0.0
        self._oldest = -np.inf  # no track was seen before this for the last time
        self._membership: tuple[tuple[int, bytes], list[list[str]]] | None = None
        self.configure(settings, lost_s)

    # -- what is counted -------------------------------------------------------------------------------------------

    @property
    def counts(self) -> bool:
        """Whether there is a zone or a line."""
        return bool(self._settings.zones or self._settings.lines)

    @property
    def zones(self) -> dict[str, ZoneTotals]:
        """What each zone came to, by name."""
        return dict(zip(self._settings.zones, self._zones.totals, strict=True))

    @property
    def lines(self) -> dict[str, LineTotals]:
        """What each line came to, by name."""
        return dict(zip(self._settings.lines, self._lines.totals, strict=True))

    def configure(self, settings: CountingSettings, lost_s: float) -> None:
        """Count something else from here on.

        Zones and lines that are the same go on with their counts. In those that are new or have moved, counts begin
        anew, and tracks are taken for where they are: nobody has entered, left or crossed.
        """
        self._lost_s = lost_s
        if settings != self._settings:
            self._lay(settings, self._layout.size, self._labels)

    def begin(self) -> None:
        """Count anew. Who is in a zone is in it still."""
        for totals in self._zones.totals:
            totals.begin()
        self._lines.totals = [LineTotals() for _ in self._lines.totals]
        self.since_pts = None if self.since_pts is None else self._pts
        self.changes += 1

    def zones_of(self, track_id: NDArray[np.int64]) -> list[list[str]]:
        """The names of the zones that each track (M,) is in."""
        key = self._zones.changes, track_id.tobytes()
        if self._membership is None or self._membership[0] != key:
            at, rows = self._roster.find(track_id)
            members = np.zeros((len(track_id), len(self._layout.zones)), bool)
            members[at] = self._zones.members(rows)
            self._membership = key, self._layout.names_in(members)
        return self._membership[1]

    def speeds_of(self, track_id: NDArray[np.int64]) -> Floats | None:
        """(M,) m/s of each track, NaN where it is not known; None where nobody said where the ground is."""
        if self._settings.ground is None:
            return None
        speeds = np.full(len(track_id), np.nan)
        at, rows = self._roster.find(track_id)
        speeds[at] = pace.speeds(self._roster.table[rows])
        return speeds

    # -- the main path ---------------------------------------------------------------------------------------------

    def update(self, tracks: Tracks, seq: int, pts: float, size: Size, labels: Sequence[str]) -> list[Happening]:
        """Look at the tracks of one more frame, and tell what happened.

        `pts` is in seconds and only goes forward, `size` is (width, height) of the picture, `labels` are the class
        names in which the settings' names are found.
        """
        if size != self._layout.size or (labels is not self._labels and labels != self._labels):
            self._lay(self._settings, size, labels)
        self._pts, self.since_pts, self._labels = pts, pts if self.since_pts is None else self.since_pts, labels
        seen = _seen(tracks)
        happenings = list(self._end(seen.track_id, pts))
        arrived: Arrived = None
        if (rows := self._roster.rows_again(seen.track_id)) is None:
            rows, arrived = self._admit(seen, pts)
        return [*happenings, *self._count(seen, rows, arrived, seq, pts)]

    def take_in(self, tracks: Tracks, seq: int, pts: float, size: Size, labels: Sequence[str]) -> None:
        """Begin with the tracks of a frame that were there before: nobody has started, or come into a zone."""
        self.update(tracks, seq, pts, size, labels)
        for zone in range(len(self._layout.zones)):
            self._regrade(zone)

    def _admit(self, seen: Tracks, pts: float) -> tuple[Rows, Arrived]:
        """The rows of tracks, some of them perhaps new."""
        if len(unknown := self._roster.unknown(seen.track_id)):
            self._follow(self._roster.admit(unknown))
        rows = self._roster.rows_of(seen.track_id)
        if not len(unknown):
            return rows, None
        started = self._roster.table["pts"][rows] == NEVER
        return rows, (started, self._hand_over(seen, rows, started, pts) if self.counts else {})

    def _count(self, seen: Tracks, rows: Rows, arrived: Arrived, seq: int, pts: float) -> Iterator[Happening]:
        table, were_in = self._roster.table, self._zones.members(rows)
        now = table[rows]
        moves = self._zones.come_back(rows[now["gone_on"]], pts) if now["gone_on"].any() else []
        vote(now, seen.class_id)
        if self._layout.ground is not None:
            pace.walk(self._layout.ground, now, feet_of(seen.xyxy, self._layout.size), pts)
        stand(now, seq, pts, seen)
        crossings: list[Crossing] = []
        if self.counts:
            points, heights = self._layout.points(seen.xyxy), seen.xyxy[:, 3] - seen.xyxy[:, 1]
            looked = self._layout, rows, points, heights, now["class_id"]
            moves += self._zones.update(*looked, pts)
            crossings = self._lines.update(*looked, table["xyxy"])
        before = table[rows] if moves or crossings else now[:0]
        self._roster.write(rows, now)
        if not (moves or crossings or arrived):
            return
        self._book(moves, crossings)
        telling = Telling(self._layout, rows, before, table, were_in, self._zones.members(rows))
        if arrived is not None:
            yield from telling.starts(*arrived, pts)
        yield from telling.moves(moves)
        yield from telling.crossings(crossings, pts)

    def _end(self, seen_ids: NDArray[np.int64], pts: float) -> Iterator[Happening]:
        """Forget those that will not come back."""
        if pts - self._oldest <= self._lost_s:
            return
        table = self._roster.table
        late = np.flatnonzero(pts - table["pts"] > self._lost_s)
        gone = late[~np.isin(table["track_id"][late], seen_ids)] if len(late) else late
        for row in gone.tolist():
            moves = [] if table["gone_on"][row] else list(self._zones.end(row, float(table["pts"][row])))
            self._book(moves, [])
            yield from ends(self._layout, table, row, self._zones.members(np.array([row]))[0], moves)
        if len(gone):
            self._follow(self._roster.drop(gone))
        self._oldest = float(self._roster.table["pts"].min(initial=pts))

    def _hand_over(self, seen: Tracks, rows: Rows, arrived: NDArray[np.bool_], pts: float) -> dict[int, int]:
        """Let new ids (M,) go on in the place of vanished ones; returns the old id by the new one."""
        table = self._roster.table
        missing = self._roster.missing(rows)
        vanished = missing[~table["gone_on"][missing]]
        fresh = table[rows[arrived]]
        fresh["xyxy"], fresh["class_id"] = seen.xyxy[arrived], seen.class_id[arrived]
        fresh["pts"] = pts - seen.age_s[arrived]
        continued = {}
        for v, a in successors(table[vanished], fresh, pts, self._layout.size):
            old, new = int(vanished[v]), int(rows[arrived][a])
            for owner in (self._roster, self._zones, self._lines):
                owner.hand_over(old, new)
            continued[int(table["track_id"][new])] = int(table["track_id"][old])
        return continued

    # -- inside ----------------------------------------------------------------------------------------------------

    def _book(self, moves: Sequence[Move], crossings: Sequence[Crossing]) -> None:
        classes = self._roster.table["class_id"]
        for move in moves:
            self._zones.totals[move.zone].note(move.way, int(classes[move.row]), move.dwell_s)
        for crossing in crossings:
            self._lines.totals[crossing.line].note(crossing.direction, int(classes[crossing.row]))
        self.changes += len(moves) + len(crossings)

    def _follow(self, old_rows: Rows) -> None:
        self._zones.follow(old_rows)
        self._lines.follow(old_rows)

    def _lay(self, settings: CountingSettings, size: Size, labels: Sequence[str]) -> None:
        """Count by other settings, in pictures of another size, or by other names of classes."""
        old, was = self._settings, self._layout.size
        if size != was and was != (1, 1):
            self._roster.scale(np.array(size) / was)
        ids = {name: index for index, name in reversed(list(enumerate(labels)))}
        self._layout = Layout.of(settings, size, ids)
        self._settings, self._labels = settings, labels
        zones = columns(old.zones, settings.zones, resized=size != was)
        lines = columns(old.lines, settings.lines, resized=size != was)
        self._zones.relay(self._layout, zones.old, zone_totals(old, settings, self._zones.totals))
        self._lines.relay(lines.unmoved, line_totals(old, settings, self._lines.totals))
        for zone in zones.moved:
            self._regrade(zone)
        for zone in zones.other:
            self._zones.totals[zone].begin()
        if old.ground != settings.ground or size != was:
            self._roster.table["weight"] = 0.0
            self._roster.table["place"] = np.nan
        self.changes += 1

    def _regrade(self, zone: int) -> None:
        table = self._roster.table
        inside = self._layout.inside(self._layout.points(table["xyxy"]))[:, zone]
        heard = self._layout.zone_hears(table["class_id"])[:, zone]
        self._zones.regrade(zone, inside, heard, ~table["gone_on"], table["pts"])


def _seen(tracks: Tracks) -> Tracks:
    """The tracks that a detection is behind."""
    seen = tracks.detection >= 0
    if seen.all():
        return tracks
    columns = ("track_id", "xyxy", "score", "class_id", "detection", "velocity", "age_s")
    return replace(tracks, **{name: getattr(tracks, name)[seen] for name in columns})
