"""How a track stands, told from its row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.counting.geometry import ANCHORS
from app.counting.happening import Stand
from app.counting.pace import KNOWN
from app.counting.roster import NEVER, TRACK, Table

FEET = ANCHORS.index("bottom")
FIELDS = TRACK.names or ()


def stand_of(table: Table, row: int, anchor: int, inside: NDArray[np.bool_], names: Sequence[str]) -> Stand | None:
    """A row of a table, the point that `anchor` (a place in ANCHORS) says, and the zones (Z,) that it is in.

    None where the track was never seen.
    """
    track = dict(zip(FIELDS, table[row].item(), strict=True))
    if track["pts"] == NEVER:
        return None
    x1, y1, x2, y2 = bbox = tuple(track["xyxy"].tolist())
    speed_mps = float(np.hypot(*track["pace"])) if track["weight"] >= KNOWN else None
    return Stand(
        seq=track["seq"],
        pts=track["pts"],
        bbox=bbox,
        point=((x1 + x2) / 2, (y2, (y1 + y2) / 2, y1)[anchor]),
        speed=float(np.hypot(*track["velocity"])),
        speed_mps=speed_mps,
        score=track["score"],
        zones=tuple(name for name, is_in in zip(names, inside.tolist(), strict=True) if is_in),
    )
