"""Decoded boxes [N, 4] beside class scores [N, C], before suppression: YOLO-NAS, DAMO-YOLO, PP-YOLOE, SSD."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.heads.layout import Array, Candidates, Terms, as_float32, candidates, corners


def decode(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of (boxes, scores), boxes as corners, the score of each box that of its best class.

    Source: luxonis/tools issue 51, on the outputs of DAMO-YOLO. Of YOLO-NAS without post-processing the documentation
    of super-gradients says no more than that the outputs are raw: which is which shows in their shapes.
    """
    boxes, scores = outputs
    return _best(as_float32(boxes), as_float32(scores), terms.floor, 0)


def decode_centred(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """The same with boxes as centre and size: the DETR family with the sigmoid in the graph.

    Source: Zhu et al., Deformable DETR, ICLR 2021, appendix A.2.
    """
    boxes, scores = outputs
    return _best(corners(as_float32(boxes)), as_float32(scores), terms.floor, 0)


def decode_transposed(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """The same with scores [C, N]: PaddleDetection without suppression.

    Source: PaddleDetection issue 3607, on the outputs before its suppression.
    """
    boxes, scores = outputs
    return _best(as_float32(boxes), as_float32(scores).T, terms.floor, 0)


def decode_background(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """The same with scores of a softmax whose class 0 is the background: SSD in PyTorch.

    Source: Liu et al., SSD: Single Shot MultiBox Detector, ECCV 2016, section 2.2.
    """
    boxes, scores = outputs
    return _best(as_float32(boxes), as_float32(scores)[:, 1:], terms.floor, 1)


def _best(boxes: NDArray[np.float32], scores: NDArray[np.float32], floor: float, first: int) -> Candidates:
    index = np.flatnonzero(scores.max(axis=1, initial=0.0) > floor)
    if not len(index):
        nothing = np.empty(0, np.int64)
        return candidates(boxes[index], np.empty(0, np.float32), nothing)
    class_id = scores[index].argmax(axis=1)
    return candidates(boxes[index], scores[index, class_id], class_id + first)
