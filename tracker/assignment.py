"""Who takes whom: the linear assignment problem with a limit on what a pair may cost."""

import lap
import numpy as np

from tracker.types import Floats, Ints


def assign(cost: Floats, limit: float) -> tuple[Ints, Ints]:
    """The pairs (row, column) that minimise the sum of min(cost - limit, 0), each row and column used at most once.

    This is not "solve, then drop pairs above the limit": a pair may be given up so that two others become possible. A
    pair whose cost equals the limit gains nothing and is never chosen. Which of several equally good answers comes out
    is up to the solver, and depends on nothing but the order of rows and columns: callers keep a fixed one.

    Source: R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment
    problems", Computing 38, 1987, in the implementation of the package `lap`.

    Args:
        cost: (N, M) float64, finite.
        limit: the cost from which a pair is worse than none.

    Returns:
        Rows (ascending) and columns of the K pairs, each (K,) int64.
    """
    i, j = np.nonzero(cost < limit)
    # Two that have nobody but each other belong together in every best answer, and who has nobody stays alone: only the
    # rest is a problem to solve, and a far smaller one where objects are spread out.
    lone = (np.bincount(i)[i] == 1) & (np.bincount(j)[j] == 1)
    rows, columns = _solve(cost, np.unique(i[~lone]), np.unique(j[~lone]), limit)
    rows, columns = np.concatenate([i[lone], rows]), np.concatenate([j[lone], columns])
    order = np.argsort(rows)
    return rows[order], columns[order]


def _solve(cost: Floats, rows: Ints, columns: Ints, limit: float) -> tuple[Ints, Ints]:
    """The best pairs among some rows and columns."""
    if rows.size == 0:
        return rows, columns
    smaller = np.ascontiguousarray(cost[np.ix_(rows, columns)])
    column_of_row, _ = lap.lapjv(smaller, extend_cost=True, cost_limit=limit, return_cost=False)
    chosen = np.flatnonzero(column_of_row >= 0)
    rows, columns = rows[chosen], columns[column_of_row[chosen]]
    gains = cost[rows, columns] < limit
    return rows[gains], columns[gains]
