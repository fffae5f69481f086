"""From what the books of zones and lines found in a frame to what is told of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.counting.happening import Happening, Kind, Stand
from app.counting.layout import Layout
from app.counting.lines import Crossing
from app.counting.roster import Rows, Table
from app.counting.standing import FEET, stand_of
from app.counting.zones import Move, Way

Bools = NDArray[np.bool_]

KINDS: Mapping[Way, Kind] = {
    "entered": "zone_enter",
    "appeared": "zone_enter",
    "exited": "zone_exit",
    "vanished": "zone_exit",
    "stayed": "zone_dwell",
}


@dataclass(frozen=True, slots=True, eq=False)
class Telling:
    """One frame of M tracks: their `rows` in the `table`, how they stood `before` (M,), and in which zones they were
    and are, (M, Z)."""

    layout: Layout
    rows: Rows
    before: Table
    table: Table
    were_in: Bools
    are_in: Bools

    def moves(self, moves: Iterable[Move]) -> Iterator[Happening]:
        """Those that came into zones, left them, stayed."""
        for move in moves:
            zone, track = self.layout.zones[move.zone], self.table[move.row]
            before, after = self._stands(move.row, zone.anchor)
            yield Happening(
                kind=KINDS[move.way],
                track_id=int(track["track_id"]),
                class_id=int(track["class_id"]),
                pts=move.pts,
                before=before,
                after=after,
                zone=zone.name,
                dwell_s=move.dwell_s,
                unseen=move.way == "appeared",
            )

    def crossings(self, crossings: Iterable[Crossing], pts: float) -> Iterator[Happening]:
        """Those that crossed lines."""
        for crossing in crossings:
            line, track = self.layout.lines[crossing.line], self.table[crossing.row]
            before, after = self._stands(crossing.row, line.anchor)
            yield Happening(
                kind="line_cross",
                track_id=int(track["track_id"]),
                class_id=int(track["class_id"]),
                pts=pts,
                before=before,
                after=after,
                line=line.name,
                direction=crossing.direction,
            )

    def starts(self, started: Bools, continued: Mapping[int, int], pts: float) -> Iterator[Happening]:
        """Those that were never seen before (M,); `continued` has the ids in whose place some of them go on."""
        for m in np.flatnonzero(started).tolist():
            track = self.table[self.rows[m]]
            yield Happening(
                kind="track_start",
                track_id=int(track["track_id"]),
                class_id=int(track["class_id"]),
                pts=pts,
                before=None,
                after=stand_of(self.table, int(self.rows[m]), FEET, self.are_in[m], self._names),
                continues=continued.get(int(track["track_id"])),
            )

    def _stands(self, row: int, anchor: int) -> tuple[Stand | None, Stand | None]:
        m = int((self.rows == row).argmax())
        before = stand_of(self.before, m, anchor, self.were_in[m], self._names)
        return before, stand_of(self.table, row, anchor, self.are_in[m], self._names)

    @property
    def _names(self) -> list[str]:
        return [zone.name for zone in self.layout.zones]


def ends(layout: Layout, table: Table, row: int, inside: Bools, moves: Iterable[Move]) -> Iterator[Happening]:
    """One that will not come back: it leaves the zones (Z,) that it was in, where it was seen last, and ends."""
    names = [zone.name for zone in layout.zones]
    track_id, class_id, pts = (table[name][row].item() for name in ("track_id", "class_id", "pts"))
    for move in moves:
        zone = layout.zones[move.zone]
        yield Happening(
            kind=KINDS[move.way],
            track_id=track_id,
            class_id=class_id,
            pts=pts,
            before=stand_of(table, row, zone.anchor, inside, names),
            after=None,
            zone=zone.name,
            dwell_s=move.dwell_s,
            unseen=True,
        )
    yield Happening(
        kind="track_end",
        track_id=track_id,
        class_id=class_id,
        pts=pts,
        before=stand_of(table, row, FEET, inside, names),
        after=None,
    )
