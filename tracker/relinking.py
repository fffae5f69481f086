"""Lost tracks found again by where they should be, without overlap."""

import numpy as np

from tracker.compiled import kernel
from tracker.table import Record, Records
from tracker.types import Bools, Floats, Indices, Ints

LEAST_HEIGHT_RATIO = 0.7
"""How much of the larger height the smaller one must be."""


@kernel
def near(
    now: Records,
    boxes: Floats,
    xyxy: Floats,
    class_id: Ints,
    rows: Bools,
    columns: Bools,
    frame: float,
    option: Record,
) -> tuple[Indices, Indices, Floats]:
    """The pairs of lost tracks and detections whose centres are near enough, and how near, as candidates.

    The way allowed grows with the time since the track was seen: `relink_distance` of its heights for each second. A
    cost is the share of that way that the pair needs, so its limit is 1.

    Args:
        now: (R,) the predicted tracks.
        boxes: (R, 4) their corner boxes.
        xyxy: (N, 4) the detections' corner boxes.
        class_id: (N,) their classes.
        rows: (R,) the tracks that are offered.
        columns: (N,) the detections that are offered.
        frame: the nominal frame that this is.
        option: a record of `options.OPTIONS`.

    Returns:
        `start` (R + 1,), `column` (K,) and `cost` (K,), as `candidates.candidates` gives them.
    """
    start = np.zeros(len(now) + 1, np.int32)
    if option["relink_distance"] == 0.0:
        return start, np.empty(0, np.int32), np.empty(0)
    offered = np.flatnonzero(columns)
    column = np.empty(rows.sum() * len(offered), np.int32)
    cost, count = np.empty(len(column)), 0
    for row in range(len(now)):
        if rows[row]:
            height = boxes[row, 3] - boxes[row, 1]
            way = option["relink_distance"] * height * (frame - now[row]["last"]) / option["frame_rate"]
            for j in offered:
                x = (boxes[row, 0] + boxes[row, 2] - xyxy[j, 0] - xyxy[j, 2]) / 2
                y = (boxes[row, 1] + boxes[row, 3] - xyxy[j, 1] - xyxy[j, 3]) / 2
                other = xyxy[j, 3] - xyxy[j, 1]
                alike = min(height, other) >= LEAST_HEIGHT_RATIO * max(height, other)
                if option["class_aware"] and class_id[j] != now[row]["class_id"]:
                    alike = False
                if alike and np.hypot(x, y) < way:
                    column[count], cost[count] = j, np.hypot(x, y) / way
                    count += 1
        start[row + 1] = count
    return start, column[:count], cost[:count]
