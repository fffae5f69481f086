"""YOLOv5, YOLOv6, YOLOv7 and decoded YOLOX: [N, 5 + classes] per image, boxes already in pixels."""

from collections.abc import Sequence

import numpy as np

from models.heads.layout import Array, Candidates, as_float32, candidates, corners
from models.heads.yolox import best_class


def decode(outputs: Sequence[Array], input_hw: tuple[int, int], floor: float) -> Candidates:
    """Candidates of rows (cx, cy, w, h, objectness, classes...) in pixels of the input; score is objectness * class.

    Source: Ultralytics, yolov5/utils/general.py, `non_max_suppression`.
    """
    rows = as_float32(outputs[0])
    index, score, class_id = best_class(rows, np.flatnonzero(rows[:, 4] > floor), floor)
    with np.errstate(over="ignore", invalid="ignore"):
        return candidates(corners(rows[index, :4]), score, class_id)
