"""RT-DETR, D-FINE and DEIM as deployed: labels [N], boxes [N, 4], scores [N] per image, finished boxes."""

from collections.abc import Sequence

from models.heads.layout import Array, Candidates, as_float32, candidates


def decode(outputs: Sequence[Array], input_hw: tuple[int, int], floor: float) -> Candidates:
    """Candidates of (labels, boxes, scores), boxes as corners in pixels of the input.

    The graph scales its boxes by `orig_target_sizes`; it is given the size of its own input, (width, height).

    Source: Zhao et al., DETRs Beat YOLOs on Real-time Object Detection, CVPR 2024, section 4; export_onnx.py there.
    """
    labels, boxes, scores = outputs
    score = as_float32(scores)
    keep = score > floor
    return candidates(as_float32(boxes)[keep], score[keep], labels[keep])
