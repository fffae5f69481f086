"""How a track stands, told from its row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.counting.geometry import ANCHORS, anchors
from app.counting.happening import Stand
from app.counting.pace import speeds
from app.counting.roster import NEVER, Table

FEET = ANCHORS.index("bottom")


def stand_of(table: Table, row: int, anchor: int, inside: NDArray[np.bool_], names: Sequence[str]) -> Stand | None:
    """A row of a table, the point that `anchor` (a place in ANCHORS) says, and the zones (Z,) that it is in.

    None where the track was never seen.
    """
    track = table[row : row + 1]
    if track["pts"][0] == NEVER:
        return None
    x, y = anchors(track["xyxy"])[0, anchor].tolist()
    x1, y1, x2, y2 = track["xyxy"][0].tolist()
    speed_mps = float(speeds(track)[0])
    return Stand(
        seq=int(track["seq"][0]),
        pts=float(track["pts"][0]),
        bbox=(x1, y1, x2, y2),
        point=(x, y),
        speed=float(np.hypot(*track["velocity"][0])),
        speed_mps=None if np.isnan(speed_mps) else speed_mps,
        score=float(track["score"][0]),
        zones=tuple(names[zone] for zone in np.flatnonzero(inside).tolist()),
    )
