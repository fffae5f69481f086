"""Finished boxes, one row each: YOLOv10, YOLO26, exports with suppression inside, with or without a batch axis."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.heads.layout import Array, Candidates, Terms, as_class_id, as_float32, candidates, corners
from models.heads.oriented import enclosing


def decode(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of rows (x1, y1, x2, y2, score, class, ...); unused rows have a score of 0.

    What follows the class (masks of a segmentation, key points of a pose) is ignored.

    Source: Wang et al., YOLOv10: Real-Time End-to-End Object Detection, NeurIPS 2024, section 3.1.
    """
    rows = _above(outputs[0], 4, terms.floor)
    return candidates(rows[:, :4], rows[:, 4], as_class_id(rows[:, 5]))


def decode_centred(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of rows (cx, cy, w, h, score, class): RT-DETR as Ultralytics exports it now.

    Source: ultralytics/inference issue 494, on the rows of RTDETRDecoder.
    """
    rows = _above(outputs[0], 4, terms.floor)
    return candidates(corners(rows), rows[:, 4], as_class_id(rows[:, 5]))


def decode_oriented(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of rows (cx, cy, w, h, score, class, angle): YOLO26-obb, and obb exports with suppression inside.

    Source: ultralytics issue 24481, on the layout of both obb heads.
    """
    rows = _above(outputs[0], 4, terms.floor)
    turned = rows[:, [0, 1, 2, 3, 6]]
    return candidates(enclosing(turned), rows[:, 4], as_class_id(rows[:, 5]), turned)


def decode_class_first(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of rows (class, score, x1, y1, x2, y2): PP-YOLOE, PicoDet and others of PaddleDetection.

    Source: PaddleDetection pull request 5627, on the outputs of its ONNX demo; a row without an object has class -1.
    """
    rows = _above(outputs[0], 1, terms.floor)
    return candidates(rows[:, 2:6], rows[:, 1], as_class_id(rows[:, 0]))


def decode_class_then_score(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of rows (image, x1, y1, x2, y2, class, score): YOLOv7 with suppression inside.

    Source: WongKinYiu/yolov7 issue 425, on the rows of `--end2end --max-wh`.
    """
    rows = _above(outputs[0], 6, terms.floor)
    return candidates(rows[:, 1:5], rows[:, 6], as_class_id(rows[:, 5]))


def decode_score_then_class(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of rows (image, x1, y1, x2, y2, score, class): YOLO-NAS in its flat format.

    Source: Deci, super-gradients, documentation/source/models_export.md, section "Flat format".
    """
    rows = _above(outputs[0], 5, terms.floor)
    return candidates(rows[:, 1:5], rows[:, 5], as_class_id(rows[:, 6]))


def decode_detection_output(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of [1, N, 7] with rows (image, class, score, x1, y1, x2, y2): SSD as Caffe and OpenVINO write it.

    Source: OpenVINO, specification of the operation DetectionOutput-8: an image number of -1 ends the list.
    """
    rows = _above(outputs[0].reshape(-1, 7), 2, terms.floor)
    class_id = np.where(rows[:, 0] >= 0, as_class_id(rows[:, 1]), -1)
    return candidates(rows[:, 3:7], rows[:, 2], class_id)


def _above(output: Array, column: int, floor: float) -> NDArray[np.float32]:
    """The rows whose score beats the floor."""
    rows = as_float32(output)
    return rows[rows[:, column] > floor]
