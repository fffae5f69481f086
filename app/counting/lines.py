"""Who crossed which line, and in which direction.

A track is on the side of a line on which it was seen beyond the margin last. It has crossed the line when it is beyond
the margin on the other side, and its way there, from one sight to the next in straight steps, went between the ends of
the line: once more in this direction than in the other. Touching the line and going back is no crossing, nor is walking
around its end.
"""

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.counting.happening import Direction
from app.counting.layout import Layout
from app.counting.roster import Rows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Cells = NDArray[np.void]
Classes = NDArray[np.int64]

UNSETTLED = 2
EXACT = 1e-9  # share of a line's length by which rounding may miss its end

CELL = np.dtype([("side", "i1"), ("lean", "i1"), ("net", "<i4")])
"""One track and one line: 1 is to its right, -1 to its left, 0 not known.

side: where it was seen beyond the margin last, or at first. lean: where it was seen last. net: how many times more it
went between the ends from left to right than back, since `side` was so.
"""


class Crossing(NamedTuple):
    """A track, by its row, crossed a line."""

    row: int
    line: int
    direction: Direction


@dataclass(slots=True)
class LineTotals:
    """How many tracks crossed a line in each direction, in all and by class. `changes` goes up with each."""

    forward: int = 0
    backward: int = 0
    forward_by_class: Tally[int] = field(default_factory=Tally)
    backward_by_class: Tally[int] = field(default_factory=Tally)
    changes: int = 0

    def note(self, direction: Direction, class_id: int) -> None:
        """One track crossed."""
        self.changes += 1
        if direction == "forward":
            self.forward += 1
            self.forward_by_class[class_id] += 1
        else:
            self.backward += 1
            self.backward_by_class[class_id] += 1


class LineBook:
    """Owns the sides of all tracks (R, L) and the counts of all lines."""

    def __init__(self) -> None:
        self.cells: Cells = np.zeros((0, 0), CELL)
        self.totals: list[LineTotals] = []
        self._settled: NDArray[np.int8] = np.empty((0, 0), np.int8)

    def follow(self, old_rows: Rows) -> None:
        """Take the order of a roster's rows: the old row of each, -1 for a new one."""
        cells = np.zeros((len(old_rows), self.cells.shape[1]), CELL)
        cells[old_rows >= 0] = self.cells[old_rows[old_rows >= 0]]
        self.cells = cells
        self._settled = _settled(cells)

    def hand_over(self, old: int, new: int) -> None:
        """One row goes on in the place of another, which keeps what it was in case that it comes back."""
        self.cells[new] = self.cells[old]
        self._settled[new] = self._settled[old]

    def relay(self, old: Sequence[int | None], totals: Sequence[LineTotals]) -> None:
        """Take other lines: the old column of each, None where no side is known, and its counts."""
        cells = np.zeros((len(self.cells), len(old)), CELL)
        for column, before in enumerate(old):
            if before is not None:
                cells[:, column] = self.cells[:, before]
        self.cells, self.totals = cells, list(totals)
        self._settled = _settled(cells)

    def update(
        self, layout: Layout, rows: Rows, points: Floats, heights: Floats, classes: Classes, were: Floats
    ) -> list[Crossing]:
        """Follow tracks to where the anchors (M, 3, 2) of their boxes are; `were` has all boxes (R, 4) as they were.

        Nearly all of them are on the side on which they were. Only the others are judged.
        """
        if not layout.lines:
            return []
        right = layout.beyond(points)
        asked = self._settled[rows] != np.sign(right)
        if not layout.line_hears.everything:
            heard = layout.line_hears(classes)
            self._forget(rows, ~heard)
            asked &= heard
        elif not asked.any():
            return []
        m, line = np.nonzero(asked)
        if not len(m):
            return []
        return self._judge(layout, rows[m], line, (were[rows[m]], points[m]), right[m, line], heights[m])

    def _forget(self, rows: Rows, unheard: Bools) -> None:
        """The sides of tracks whose class does not count, or no more."""
        m, line = np.nonzero(unheard & (self.cells["lean"][rows] != 0))
        self.cells[rows[m], line] = np.zeros((), CELL)
        self._settled[rows[m], line] = UNSETTLED

    def _judge(
        self,
        layout: Layout,
        rows: Rows,
        line: NDArray[np.intp],
        way: tuple[Floats, Floats],
        right: Floats,
        heights: Floats,
    ) -> list[Crossing]:
        """Tracks (A,) at a line (A,) each, which they are to the `right` (A,) of: on which side of it they are now, by
        the `way` from boxes (A, 4) to points (A, 3, 2), and what follows."""
        cells = self.cells[rows, line]
        side = np.sign(right).astype(np.int8)
        begun = cells["lean"] == 0
        cells["lean"][begun] = cells["side"][begun] = side[begun]
        over = ((side != 0) & (cells["lean"] != 0) & (side != cells["lean"])).nonzero()[0]
        if len(over):
            was, now = layout.points(way[0][over]), way[1][over]
            met = over[_between_the_ends(layout, line[over], was, now, right[over])]
            cells["net"][met] += side[met]
            cells["lean"][over] = side[over]
        margin = np.minimum(layout.line_margin[line] * heights, layout.line_beyond[line, (side > 0).view(np.int8)])
        beyond = (side != 0) & (np.abs(right) >= margin)
        changed = beyond & (side != cells["side"])
        crossed = (changed & (cells["net"] * side > 0)).nonzero()[0].tolist()
        cells["side"][changed] = side[changed]
        cells["net"][beyond] = 0
        self.cells[rows, line] = cells
        self._settled[rows, line] = _settled(cells)
        return [Crossing(int(rows[n]), int(line[n]), "forward" if side[n] > 0 else "backward") for n in crossed]


def _settled(cells: Cells) -> NDArray[np.int8]:
    """The side that nothing will change as long as a track is seen on it; UNSETTLED where there is none."""
    rests = (cells["side"] == cells["lean"]) & (cells["net"] == 0) & (cells["side"] != 0)
    settled: NDArray[np.int8] = np.where(rests, cells["side"], np.int8(UNSETTLED))
    return settled


def _between_the_ends(layout: Layout, line: NDArray[np.intp], was: Floats, now: Floats, after: Floats) -> Bools:
    """(A,) whether a step from one side of a line to the other meets the line itself, its ends included."""
    each = np.arange(len(line))
    before = layout.beyond(was)[each, line]
    fall = before - after
    share = np.where(fall == 0.0, 0.0, before / np.where(fall == 0.0, 1.0, fall)).clip(0.0, 1.0)[:, None]
    anchor = np.broadcast_to(layout.line_anchor, len(layout.lines))[line]
    start, end = was[each, anchor], now[each, anchor]
    offset = start + share * (end - start) - layout.line_start[line]
    at = (offset * layout.line_along[line]).sum(axis=1) / layout.line_length[line]
    met: Bools = (at >= -EXACT) & (at <= 1.0 + EXACT)
    return met
