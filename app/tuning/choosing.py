"""Which of several measured workloads to take."""

from collections.abc import Sequence

from app.inference_settings import Goal
from app.tuning.measuring import Measured

PATIENCE = 2.0
"""`auto` takes no plan whose single call lasts longer than so many times the shortest."""

NOISE = 1.05
"""Rates that differ by less are the same on a machine that does other things too."""


def choose(measured: Sequence[Measured], goal: Goal) -> Measured:
    """The best of the measured workloads for a goal.

    `latency` takes the shortest call, `throughput` the most frames per second, and `auto` the most frames per second
    among those whose call is not much longer than the shortest. Of equals the one with the shorter call is taken.

    Raises:
        ValueError: nothing was measured.
    """
    if not measured:
        raise ValueError("nothing was measured")
    shortest_ms = min(m.latency_ms for m in measured)
    if goal == "latency":
        quick = [m for m in measured if m.latency_ms <= shortest_ms * NOISE]
        return max(quick, key=lambda m: m.fps)
    patient = [m for m in measured if goal == "throughput" or m.latency_ms <= shortest_ms * PATIENCE]
    most = max(m.fps for m in patient)
    return min((m for m in patient if m.fps * NOISE >= most), key=lambda m: (m.latency_ms, m.workload.callers))
