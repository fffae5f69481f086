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

from app.counting.geometry import border_distance
from app.counting.layout import Layout, Zone
from app.counting.roster import Rows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Cells = NDArray[np.void]

IN, OUT, NEW = 1, -1, 0
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
    """

    occupancy: int = 0
    entered: int = 0
    appeared: int = 0
    exited: int = 0
    vanished: int = 0
    stays: int = 0
    stayed_s: float = 0.0
    by_class: Tally[int] = field(default_factory=Tally)

    def note(self, way: Way, class_id: int, dwell_s: float | None) -> None:
        """One track came in or left."""
        if way == "stayed":
            return
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
        self.appeared = self.occupancy
        self.entered = self.exited = self.vanished = self.stays = 0
        self.stayed_s = 0.0
        self.by_class.clear()


class ZoneBook:
    """Owns the sides of all tracks (R, Z) and the counts of all zones."""

    def __init__(self) -> None:
        self.cells: Cells = np.zeros((0, 0), CELL)
        self.totals: list[ZoneTotals] = []

    def follow(self, old_rows: Rows) -> None:
        """Take the order of a roster's rows: the old row of each, -1 for a new one."""
        cells = np.zeros((len(old_rows), self.cells.shape[1]), CELL)
        cells[old_rows >= 0] = self.cells[old_rows[old_rows >= 0]]
        self.cells = cells

    def hand_over(self, old: int, new: int) -> None:
        """One row goes on in the place of another, which keeps what it was in case that it comes back."""
        self.cells[new] = self.cells[old]

    def come_back(self, rows: Rows, pts: float) -> Iterator[Move]:
        """Tracks in whose place others go on are seen again, so that there are two now."""
        for row in rows.tolist():
            for zone in np.flatnonzero(self.cells["side"][row] == IN).tolist():
                yield Move(row, zone, "appeared", pts)

    def members(self, rows: Rows) -> Bools:
        """(M, Z) which tracks are in which zones."""
        inside: Bools = self.cells["side"][rows] == IN
        return inside

    def update(
        self, layout: Layout, rows: Rows, points: Floats, heights: Floats, classes: NDArray[np.int64], pts: float
    ) -> Iterator[Move]:
        """Look where tracks are now, by the anchors (M, 3, 2) of their boxes: who came in, left, stayed."""
        cells = self.cells[rows]
        sides = np.where(layout.inside(points), IN, OUT).astype(np.int8)
        heard = (cells["side"] == IN) | layout.counts_class(classes, layout.zones)
        turned = heard & (cells["lean"] != sides)
        cells["run"][turned] = pts
        cells["lean"][turned] = sides[turned]
        begun = heard & (cells["first"] == NEW)
        cells["first"][begun] = sides[begun]
        holds = np.array([zone.hold_s for zone in layout.zones])
        ripe = heard & (cells["side"] != sides) & (pts - cells["run"] >= holds - JUST)
        changed = ripe & ((cells["side"] == NEW) | _far_enough(layout.zones, ripe, sides, points, heights))
        came, left = changed & (sides == IN), changed & (cells["side"] == IN)
        cells["since"][came] = cells["run"][came]
        cells["told"][came] = False
        cells["side"][changed] = sides[changed]
        cells["first"][left] = OUT  # whoever comes back in has entered
        stays = (cells["side"] == IN) & ~cells["told"] & (pts - cells["since"] >= _dwells(layout.zones) - JUST)
        cells["told"][stays] = True
        self.cells[rows] = cells
        return self._moves(cells, rows, (came, left, stays), pts)

    def end(self, row: int, last_pts: float) -> Iterator[Move]:
        """A track that was seen at `last_pts` will not come back."""
        for zone in np.flatnonzero(self.cells["side"][row] == IN).tolist():
            yield Move(row, zone, "vanished", last_pts, max(0.0, last_pts - float(self.cells["since"][row, zone])))

    def relay(self, old: Sequence[int | None], totals: Sequence[ZoneTotals]) -> None:
        """Take other zones: the old column of each, None for a new one, and its counts. Those that are new, or have
        moved, must be `regrade`d then."""
        cells = np.zeros((len(self.cells), len(old)), CELL)
        for column, before in enumerate(old):
            if before is not None:
                cells[:, column] = self.cells[:, before]
        self.cells, self.totals = cells, list(totals)

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

    def _moves(self, cells: Cells, rows: Rows, changes: tuple[Bools, Bools, Bools], pts: float) -> Iterator[Move]:
        came, left, stays = changes
        for m, zone in np.argwhere(left).tolist():
            run = float(cells["run"][m, zone])
            yield Move(int(rows[m]), zone, "exited", run, max(0.0, run - float(cells["since"][m, zone])))
        for m, zone in np.argwhere(came).tolist():
            way: Way = "entered" if cells["first"][m, zone] == OUT else "appeared"
            yield Move(int(rows[m]), zone, way, float(cells["run"][m, zone]))
        for m, zone in np.argwhere(stays).tolist():
            yield Move(int(rows[m]), zone, "stayed", pts, pts - float(cells["since"][m, zone]))


def _far_enough(zones: Sequence[Zone], ripe: Bools, sides: NDArray[np.int8], points: Floats, heights: Floats) -> Bools:
    """(M, Z) which of the ripe ones are beyond the border by the margin; few are ripe, so that few are measured."""
    far = np.zeros(ripe.shape, bool)
    for column in np.flatnonzero(ripe.any(axis=0)).tolist():
        zone, rows = zones[column], np.flatnonzero(ripe[:, column])
        most = np.where(sides[rows, column] == IN, zone.inward, zone.outward)
        asked = np.minimum(zone.margin * heights[rows], most)
        far[rows, column] = border_distance(points[rows, zone.anchor], zone.corners) >= asked
    return far


def _dwells(zones: Sequence[Zone]) -> Floats:
    return np.array([np.inf if zone.dwell_s is None else zone.dwell_s for zone in zones])
