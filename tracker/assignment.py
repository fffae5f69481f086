"""Who takes whom: the linear assignment problem with a limit on what a pair may cost."""

import numpy as np

from tracker.compiled import kernel
from tracker.types import Floats, Indices

NONE = -1
"""Stands for no row, or no column."""


@kernel
def assign(start: Indices, column: Indices, cost: Floats, limit: float, columns: int) -> Indices:
    """The column of each row that minimises the sum of min(cost - limit, 0), each column used at most once.

    This is not "solve, then drop pairs above the limit": a pair may be given up so that two others become possible. A
    pair whose cost equals the limit gains nothing and is never chosen. Rows are taken in ascending order, and which
    of several equally good answers comes out depends on the order of rows and columns alone.

    Rows join one after another, each by a shortest augmenting path through the rows and columns that it shares
    candidates with: a row that nobody competes with costs one look, and a group of rows and columns that are connected
    with nobody else is solved as if it were alone. A row may always stay without a column, at the cost of the limit.

    Source: R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment
    problems", Computing 38, 1987, the augmentation of section 2.

    Args:
        start: (R + 1,) the candidates of row r are start[r] to start[r + 1].
        column: (K,) the column of each candidate.
        cost: (K,) what it costs, finite.
        limit: the cost from which a pair is worse than none.
        columns: how many columns there are.

    Returns:
        (R,) the column of each row, or `NONE`.
    """
    rows = len(start) - 1
    column_of, row_of = np.full(rows, NONE, np.int32), np.full(columns, NONE, np.int32)
    # Dual prices: cost - limit - of_row - of_column is never negative, and 0 for pairs that are chosen.
    of_row, of_column = np.zeros(rows), np.zeros(columns)
    distance, reached_by = np.full(columns, np.inf), np.empty(columns, np.int32)
    reached, done = np.empty(columns, np.int32), np.zeros(columns, np.bool_)
    for joining in range(rows):
        least = 0.0
        for k in range(start[joining], start[joining + 1]):
            least = min(least, cost[k] - limit - of_column[column[k]])
        of_row[joining] = least
        row, length, reached_count = joining, 0.0, 0
        # The path may end at any of its rows, which then stays without a column.
        end_row, end_column, end = joining, NONE, -least
        while True:
            for k in range(start[row], start[row + 1]):
                j = column[k]
                if done[j] or not cost[k] < limit:
                    continue
                way = length + (cost[k] - limit - of_row[row] - of_column[j])
                if way < distance[j]:
                    if distance[j] == np.inf:
                        reached[reached_count] = j
                        reached_count += 1
                    distance[j], reached_by[j] = way, row
            nearest, length = NONE, end
            for k in range(reached_count):
                j = reached[k]
                if not done[j] and (distance[j] < length or (distance[j] == length and j < nearest)):
                    nearest, length = j, distance[j]
            if nearest == NONE:
                break
            if row_of[nearest] == NONE:
                end_row, end_column, end = NONE, nearest, length
                break
            done[nearest] = True
            row = row_of[nearest]
            if length - of_row[row] < end:
                end_row, end = row, length - of_row[row]
        of_row[joining] += end
        for k in range(reached_count):
            j = reached[k]
            if done[j]:
                of_row[row_of[j]] += end - distance[j]
                of_column[j] += distance[j] - end
            distance[j], done[j] = np.inf, False
        _turn(joining, end_row, end_column, reached_by, column_of, row_of)
    return column_of


@kernel
def _turn(
    joining: int, end_row: int, end_column: int, reached_by: Indices, column_of: Indices, row_of: Indices
) -> None:
    """Give every row on the path from `joining` the column that it was left by."""
    j = end_column
    if j == NONE:
        if end_row == joining:
            return
        j, column_of[end_row] = column_of[end_row], NONE
    while True:
        row = reached_by[j]
        before = column_of[row]
        column_of[row], row_of[j] = j, row
        if row == joining:
            return
        j = before
