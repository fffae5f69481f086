"""A state carried over to other parameters, so that tracks live on when settings change."""

from dataclasses import replace

import numpy as np

from tracker.config import ByteTrackConfig
from tracker.kalman import HEIGHT, SIZE
from tracker.options import XYAH, options_of
from tracker.state import TrackerState
from tracker.table import FILTER, MEMORY, Records, frozen, no_rows

STILL_ASPECT = (1e-4, 0.0, 1e-10)
"""The spread of an aspect, of its rate and between them, as the filter starts with."""


def under(state: TrackerState, config: ByteTrackConfig) -> TrackerState:
    """The same tracks, ids and times with other parameters.

    A filter that holds an aspect is told the width instead, or the other way round, as exactly as their product allows;
    what options remember of a track starts with what its row says.
    """
    options = options_of(config)
    table = state.table.copy()
    was, is_now = int(state.options["box_state"][0]), int(options["box_state"][0])
    if was == XYAH and is_now != XYAH:
        _to_width(table)
    elif was != XYAH and is_now == XYAH:
        _to_aspect(table)
    memory = no_rows(MEMORY)
    if options["remembers"][0]:
        same = state.options["remembers"][0] and (was == XYAH) == (is_now == XYAH)
        memory = state.memory if same else _first_memory(table, is_now)
    return replace(state, config=config, options=options, table=frozen(table), memory=memory)


def _to_width(table: Records) -> None:
    """Put the width in the place of the aspect, w = a h, to first order."""
    a, h = table["position"][:, SIZE].copy(), table["position"][:, HEIGHT].copy()
    table["position"][:, SIZE] = a * h
    table["velocity"][:, SIZE] = table["velocity"][:, SIZE] * h + a * table["velocity"][:, HEIGHT]
    for name in ("var_position", "covariance", "var_velocity"):
        table[name][:, SIZE] = h * h * table[name][:, SIZE] + a * a * table[name][:, HEIGHT]


def _to_aspect(table: Records) -> None:
    """Put the aspect in the place of the width, a = w / h, sure of it and at rest."""
    table["position"][:, SIZE] /= table["position"][:, HEIGHT]
    table["velocity"][:, SIZE] = 0.0
    for name, value in zip(("var_position", "covariance", "var_velocity"), STILL_ASPECT, strict=True):
        table[name][:, SIZE] = value


def _first_memory(table: Records, state: int) -> Records:
    """What would be remembered of tracks if nothing had been said about them before."""
    memory = np.zeros(len(table), MEMORY)
    half = table["position"][:, SIZE:] / 2
    if state == XYAH:
        half[:, 0] *= table["position"][:, HEIGHT]
    centre = table["position"][:, :SIZE]
    memory["observed"] = np.concatenate([centre - half, centre + half], axis=1)
    memory["seen"] = np.nan
    memory["expected_score"] = table["score"]
    memory["anchor"] = np.stack([table[name] for name in FILTER], axis=1)
    memory["voted"] = -1
    memory["voted"][:, 0], memory["votes"][:, 0] = table["class_id"], table["score"]
    return frozen(memory)
