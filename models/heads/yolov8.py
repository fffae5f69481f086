"""YOLOv8, v9, v11 and v12: [4 + classes, N] per image, boxes already in pixels, no objectness."""

from collections.abc import Sequence

import numpy as np

from models.heads.layout import Array, Candidates, as_float32, candidates, corners


def decode(outputs: Sequence[Array], input_hw: tuple[int, int], floor: float) -> Candidates:
    """Candidates of columns (cx, cy, w, h, classes...) in pixels of the input; score is the best class.

    Source: Ultralytics, ultralytics/utils/nms.py, `non_max_suppression`.
    """
    columns = as_float32(outputs[0])
    # The maximum along the short axis is one sweep over memory; which class it was matters for the survivors only.
    index = np.flatnonzero(columns[4:].max(axis=0) > floor)
    survivors = columns[:, index]
    class_id = survivors[4:].argmax(axis=0)
    score = survivors[4:][class_id, np.arange(len(index))]
    with np.errstate(over="ignore", invalid="ignore"):
        return candidates(corners(survivors[:4].T), score, class_id)
