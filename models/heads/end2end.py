"""YOLOv10, YOLO26 and exports with suppression inside: [N, 6] per image, finished boxes."""

from collections.abc import Sequence

import numpy as np

from models.heads.layout import Array, Candidates, as_float32, candidates


def decode(outputs: Sequence[Array], input_hw: tuple[int, int], floor: float) -> Candidates:
    """Candidates of rows (x1, y1, x2, y2, score, class) in pixels of the input; unused rows have a score of 0.

    Source: Wang et al., YOLOv10: Real-Time End-to-End Object Detection, NeurIPS 2024, section 3.1.
    """
    rows = as_float32(outputs[0])
    rows = rows[rows[:, 4] > floor]
    class_id = np.nan_to_num(np.rint(rows[:, 5]), nan=-1, posinf=-1, neginf=-1)
    return candidates(rows[:, :4], rows[:, 4], class_id)
