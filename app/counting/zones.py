"""Which tracks are in which zones.

A track has changed sides of a border once it was on the other side for the zone's hold, without a break, and is beyond
the border by the zone's margin: trembling on a border changes nothing, and whoever walks through is counted once. A
track that is seen for the first time is taken for where it is after the same hold; what tells somebody who walked in
from somebody who appeared is the side on which it was seen first.
"""

from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.counting.layout import Layout
from app.counting.roster import Rows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Cells = NDArray[np.void]
Classes = NDArray[np.int64]

IN, OUT, NEW = 1, 0, -1
JUST = 1e-6  # seconds by which a hold may be missed: frames at 30 fps are not at exact thirtieths

CELL = np.dtype([("side", "i1"), ("lean", "i1"), ("first", "i1"), ("told", "?"), ("run", "<f8"), ("since", "<f8")])
"""One track and one zone.

side: the side that it is taken to be on; NEW where that is not decided.
lean: the side on which it was seen last, and `run` since when it has been seen there without a break.
first: the side on which it was seen first.
since: when it came in. told: its long stay has been told.
"""

Way = Literal["entered", "appeared", "exited", "vanished", "stayed"]


class Move(NamedTuple):
    """A track, by its row, came into a zone, left it, or has been in it for long."""

    row: int
    zone: int
    way: Way
    pts: float
    dwell_s: float | None = None


@dataclass(slots=True)
class ZoneTotals:
    """What a zone came to.

    occupancy = entered + appeared - exited - vanished, where `appeared` has those that were seen in it first, or when
    the counts began, and `vanished` those that were seen in it last. `stays` and `stayed_s` are of those that left.
    `changes` goes up whenever one of them is another.
    """

    occupancy: int = 0
    entered: int = 0
    appeared: int = 0
    exited: int = 0
    vanished: int = 0
    stays: int = 0
    stayed_s: float = 0.0
    by_class: Tally[int] = field(default_factory=Tally)
    changes: int = 0

    def note(self, way: Way, class_id: int, dwell_s: float | None) -> None:
        """One track came in or left."""
        if way == "stayed":
            return
        self.changes += 1
        setattr(self, way, getattr(self, way) + 1)
        if way == "entered":
            self.by_class[class_id] += 1
        if way in ("entered", "appeared"):
            self.occupancy += 1
        else:
            self.occupancy -= 1
            self.stays += 1
            self.stayed_s += dwell_s or 0.0

    def begin(self) -> None:
        """Count anew; who is in it is in it still."""
        self.changes += 1
        self.appeared = self.occupancy
        self.entered = self.exited = self.vanished = self.stays = 0
        self.stayed_s = 0.0
        self.by_class.clear()


class ZoneBook:
    """Owns the sides of all tracks (R, Z) and the counts of all zones. `changes` goes up when one may be in another."""

    def __init__(self) -> None:
        self.cells: Cells = _fresh(0, 0)
        self.totals: list[ZoneTotals] = []
        self.changes = 0
        # What is asked in each frame, beside the cells: `lean`, and from when on a cell may change though nobody moves.
        self._lean: NDArray[np.int8] = np.empty((0, 0), np.int8)
        self._due: Floats = np.empty((0, 0))
        self._hold_s: Floats = np.empty(0)
        self._dwell_s: Floats = np.empty(0)

    def follow(self, old_rows: Rows) -> None:
        """Take the order of a roster's rows: the old row of each, -1 for a new one."""
        cells = _fresh(len(old_rows), self.cells.shape[1])
        cells[old_rows >= 0] = self.cells[old_rows[old_rows >= 0]]
        self.cells = cells
        self._look_anew()

    def hand_over(self, old: int, new: int) -> None:
        """One row goes on in the place of another, which keeps what it was in case that it comes back."""
        for column in (self.cells, self._lean, self._due):
            column[new] = column[old]
        self.changes += 1

    def come_back(self, rows: Rows, pts: float) -> list[Move]:
        """Tracks in whose place others go on are seen again, so that there are two now."""
        return [
            Move(row, zone, "appeared", pts)
            for row in rows.tolist()
            for zone in np.flatnonzero(self.cells["side"][row] == IN).tolist()
        ]

    def members(self, rows: Rows) -> Bools:
        """(M, Z) which tracks are in which zones."""
        inside: Bools = self.cells["side"][rows] == IN
        return inside

    def update(
        self, layout: Layout, rows: Rows, points: Floats, heights: Floats, classes: Classes, pts: float
    ) -> list[Move]:
        """Look where tracks are now, by the anchors (M, 3, 2) of their boxes: who came in, left, stayed.

        Nearly all of them are where they were. Only the others are judged: those that are on another side than in the
        frame before, and those whose hold or long stay is over.
        """
        if not layout.zones:
            return []
        inside = layout.inside(points)
        asked = self._lean[rows] != inside.view(np.int8)
        asked |= self._due[rows] <= pts
        if not asked.any():
            return []
        if not layout.zone_hears.everything:
            asked &= layout.zone_hears(classes) | (self.cells["side"][rows] == IN)
        m, zone = np.nonzero(asked)
        sides = inside.view(np.int8)[m, zone]
        return self._judge(layout, rows[m], zone, sides, points[m], heights[m], pts) if len(m) else []

    def _judge(
        self,
        layout: Layout,
        rows: Rows,
        zone: NDArray[np.intp],
        sides: NDArray[np.int8],
        points: Floats,
        heights: Floats,
        pts: float,
    ) -> list[Move]:
        """Tracks (A,) at a zone (A,) each: on which side of it they are now, and what follows."""
        cells = self.cells[rows, zone]
        cells["run"][cells["lean"] != sides] = pts
        cells["lean"] = sides
        begun = cells["first"] == NEW
        cells["first"][begun] = sides[begun]
        changed = (cells["side"] != sides) & (pts - cells["run"] >= layout.zone_hold_s[zone] - JUST)
        if changed.any():
            known = (changed & (cells["side"] != NEW)).nonzero()[0]
            changed[known] = layout.far_enough(zone[known], sides[known], points[known], heights[known])
        came, left = changed & (sides == IN), changed & (cells["side"] == IN)
        cells["since"][came] = cells["run"][came]
        cells["told"][came] = False
        cells["side"][changed] = sides[changed]
        cells["first"][left] = OUT  # whoever comes back in has entered
        dwell_s = layout.zone_dwell_s[zone]
        stays = (cells["side"] == IN) & ~cells["told"] & (pts - cells["since"] >= dwell_s - JUST)
        cells["told"][stays] = True
        self.cells[rows, zone] = cells
        self._lean[rows, zone], self._due[rows, zone] = sides, _due(cells, layout.zone_hold_s[zone], dwell_s)
        self.changes += 1
        return list(_moves(cells, rows, zone, (came, left, stays), pts))

    def end(self, row: int, last_pts: float) -> Iterator[Move]:
        """A track that was seen at `last_pts` will not come back."""
        for zone in np.flatnonzero(self.cells["side"][row] == IN).tolist():
            yield Move(row, zone, "vanished", last_pts, max(0.0, last_pts - float(self.cells["since"][row, zone])))

    def relay(self, layout: Layout, old: Sequence[int | None], totals: Sequence[ZoneTotals]) -> None:
        """Take the zones of a layout: the old column of each, None for a new one, and its counts. Those that are new,
        or have moved, must be `regrade`d then."""
        self._hold_s, self._dwell_s = layout.zone_hold_s, layout.zone_dwell_s
        cells = _fresh(len(self.cells), len(old))
        for column, before in enumerate(old):
            if before is not None:
                cells[:, column] = self.cells[:, before]
        self.cells, self.totals = cells, list(totals)
        self._look_anew()

    def regrade(self, zone: int, inside: Bools, heard: Bools, counted: Bools, pts: Floats) -> None:
        """Take every track (R,) for where it was seen last, at `pts` (R,), if its class is `heard`. Nobody has come or
        gone, and who stays in goes on staying. Only those of `counted` (R,) are in the counts."""
        cell, totals = self.cells[:, zone], self.totals[zone]
        was, now = cell["side"] == IN, inside & heard
        cell["since"] = np.where(was, cell["since"], pts)
        cell["run"] = pts
        cell["told"] &= was
        for name in ("side", "lean", "first"):
            cell[name] = np.where(heard, np.where(now, IN, OUT), NEW)
        gone, come = int((was & ~now & counted).sum()), int((now & ~was & counted).sum())
        totals.vanished += gone
        totals.appeared += come
        totals.occupancy += come - gone
        totals.changes += 1
        self._look_anew()

    def _look_anew(self) -> None:
        self._lean, self._due = self.cells["lean"].copy(), _due(self.cells, self._hold_s, self._dwell_s)
        self.changes += 1


def _fresh(rows: int, zones: int) -> Cells:
    cells = np.zeros((rows, zones), CELL)
    for name in ("side", "lean", "first"):
        cells[name] = NEW
    return cells


def _due(cells: Cells, hold_s: Floats, dwell_s: Floats) -> Floats:
    """The media time from which on a hold, or a long stay, may be over; early by what rounding may take."""
    early = JUST + JUST + 4 * np.spacing(np.abs(cells["run"]))
    held = np.where(cells["side"] == cells["lean"], np.inf, cells["run"] + hold_s)
    stayed = np.where((cells["side"] == IN) & ~cells["told"], cells["since"] + dwell_s, np.inf)
    due: Floats = np.minimum(held, stayed) - early
    return due


def _moves(
    cells: Cells, rows: Rows, zones: NDArray[np.intp], changes: tuple[Bools, Bools, Bools], pts: float
) -> Iterator[Move]:
    came, left, stays = (change.nonzero()[0].tolist() for change in changes)
    for n in left:
        run = float(cells["run"][n])
        yield Move(int(rows[n]), int(zones[n]), "exited", run, max(0.0, run - float(cells["since"][n])))
    for n in came:
        way: Way = "entered" if cells["first"][n] == OUT else "appeared"
        yield Move(int(rows[n]), int(zones[n]), way, float(cells["run"][n]))
    for n in stays:
        yield Move(int(rows[n]), int(zones[n]), "stayed", pts, pts - float(cells["since"][n]))
