"""Labels [N], boxes [N, 4] and scores [N] per image, finished boxes: RT-DETR, D-FINE, DEIM, SSD, torchvision."""

from collections.abc import Sequence

import numpy as np

from models.heads.layout import Array, Candidates, Terms, as_class_id, as_float32, candidates


def decode(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of (labels, boxes, scores), boxes as corners.

    A graph that scales its boxes by `orig_target_sizes` is given the size of its own input, (width, height).

    Source: Zhao et al., DETRs Beat YOLOs on Real-time Object Detection, CVPR 2024, section 4; export_onnx.py there.
    """
    labels, boxes, scores = outputs
    score = as_float32(scores)
    keep = score > terms.floor
    return candidates(as_float32(boxes)[keep], score[keep], as_class_id(labels[keep]))


def decode_scored_boxes(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of (labels [N], boxes [N, 5]), a box being corners and its score: mmdetection through mmdeploy.

    Source: onnx/onnx issue 3874, on `dets` and `labels` of mmdetection.
    """
    labels, boxes = outputs
    return decode([labels, boxes[:, :4], boxes[:, 4]], terms)


def decode_counted(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of (labels, boxes, scores, count), of which only the first `count` rows mean anything; or without one.

    Source: NVIDIA, TensorRT, plugin/efficientNMSPlugin/README.md, section "Outputs"; Deci, super-gradients,
    documentation/source/models_export.md, section "Batch format", whose unused rows have class and score -1.
    """
    labels, boxes, scores, *count = outputs
    if not count:
        return decode(outputs, terms)
    number = as_float32(count[0]).reshape(-1)
    used = int(np.clip(number[0], 0, len(scores))) if np.isfinite(number).any() else 0
    return decode([labels[:used], boxes[:used], scores[:used]], terms)


def decode_rows_first(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """The same with boxes as (y1, x1, y2, x2): the TensorFlow Object Detection API; the count may be missing.

    Source: TensorFlow models, research/object_detection/exporter.py, docstring of `add_output_tensor_nodes`, on names
    and shapes; the README of EfficientNMS (see `decode_counted`), section "Box Coding Type", on vertical first.
    """
    labels, boxes, scores, *count = outputs
    swapped = boxes[:, [1, 0, 3, 2]]
    return decode_counted([labels, swapped, scores, *count], terms)
