"""Who crossed which line, and in which direction.

A track is on the side of a line on which it was seen beyond the margin last. It has crossed the line when it is beyond
the margin on the other side, and its way there, from one sight to the next in straight steps, went between the ends of
the line: once more in this direction than in the other. Touching the line and going back is no crossing, nor is walking
around its end.
"""

from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.counting.happening import Direction
from app.counting.layout import Layout, Line
from app.counting.roster import Rows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Cells = NDArray[np.void]

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
    """How many tracks crossed a line in each direction, in all and by class."""

    forward: int = 0
    backward: int = 0
    forward_by_class: Tally[int] = field(default_factory=Tally)
    backward_by_class: Tally[int] = field(default_factory=Tally)

    def note(self, direction: Direction, class_id: int) -> None:
        """One track crossed."""
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

    def follow(self, old_rows: Rows) -> None:
        """Take the order of a roster's rows: the old row of each, -1 for a new one."""
        cells = np.zeros((len(old_rows), self.cells.shape[1]), CELL)
        cells[old_rows >= 0] = self.cells[old_rows[old_rows >= 0]]
        self.cells = cells

    def hand_over(self, old: int, new: int) -> None:
        """One row goes on in the place of another, which keeps what it was in case that it comes back."""
        self.cells[new] = self.cells[old]

    def relay(self, old: Sequence[int | None], totals: Sequence[LineTotals]) -> None:
        """Take other lines: the old column of each, None where no side is known, and its counts."""
        cells = np.zeros((len(self.cells), len(old)), CELL)
        for column, before in enumerate(old):
            if before is not None:
                cells[:, column] = self.cells[:, before]
        self.cells, self.totals = cells, list(totals)

    def update(
        self, layout: Layout, rows: Rows, was: Floats, now: Floats, heights: Floats, classes: NDArray[np.int64]
    ) -> Iterator[Crossing]:
        """Follow tracks from where the anchors of their boxes (M, 3, 2) were to where they are."""
        cells = self.cells[rows]
        heard = layout.counts_class(classes, layout.lines)
        cells[~heard] = np.zeros((), CELL)
        after = layout.beyond(now)
        side = np.sign(after).astype(np.int8)
        begun = heard & (cells["lean"] == 0)
        cells["lean"][begun] = cells["side"][begun] = side[begun]
        over = heard & (side != 0) & (cells["lean"] != 0) & (side != cells["lean"])
        if over.any():  # in few frames
            between = over & _between_the_ends(layout, was, now, layout.beyond(was), after)
            cells["net"][between] += side[between]
            cells["lean"][over] = side[over]
        beyond = heard & (side != 0) & (np.abs(after) >= _margins(layout.lines, side, heights))
        changed = beyond & (side != cells["side"])
        crossed = changed & (cells["net"] * side > 0)
        cells["side"][changed] = side[changed]
        cells["net"][beyond] = 0
        self.cells[rows] = cells
        for m, line in np.argwhere(crossed).tolist():
            yield Crossing(int(rows[m]), line, "forward" if side[m, line] > 0 else "backward")


def _between_the_ends(layout: Layout, was: Floats, now: Floats, before: Floats, after: Floats) -> Bools:
    """(M, L) whether a step from one side to the other meets the line itself, its ends included."""
    fall = before - after
    share = np.where(fall == 0.0, 0.0, before / np.where(fall == 0.0, 1.0, fall)).clip(0.0, 1.0)[..., None]
    start, end = was[:, layout.line_anchor], now[:, layout.line_anchor]
    at = ((start + share * (end - start) - layout.line_start) * layout.line_along).sum(axis=2) / layout.line_length
    met: Bools = (at >= -EXACT) & (at <= 1.0 + EXACT)
    return met


def _margins(lines: Sequence[Line], side: NDArray[np.int8], heights: Floats) -> Floats:
    """(M, L) pixels beyond a line that have to be reached."""
    asked = np.array([line.margin for line in lines]) * heights[:, None]
    most = np.array([line.beyond for line in lines])
    margins: Floats = np.minimum(asked, np.where(side > 0, most[:, 1], most[:, 0]))
    return margins
