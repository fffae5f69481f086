"""YOLOv5, YOLOv6, YOLOv7 and decoded YOLOX: [N, 5 + classes] per image, boxes already decoded."""

from collections.abc import Sequence

import numpy as np

from models.heads.layout import Array, Candidates, Terms, as_float32, candidates, corners
from models.heads.yolox import best_class


def decode(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of rows (cx, cy, w, h, objectness, classes...); score is objectness * class.

    Columns after the classes (the masks of a segmentation) are ignored.

    Source: ultralytics/yolov5 issue 3387, on the columns of its ONNX export; Ge et al., arXiv 2107.08430, section 2.
    """
    rows = as_float32(outputs[0])
    index, score, class_id = best_class(rows, np.flatnonzero(rows[:, 4] > terms.floor), terms)
    return candidates(corners(rows[index, :4]), score, class_id)
