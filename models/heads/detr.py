"""The DETR family before its own post-processing: logits [Q, C] and boxes [Q, 4], normalised centres and sizes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.heads.layout import Array, Candidates, Terms, as_float32, candidates, corners


def decode_sigmoid(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of (logits, boxes) of models trained with a focal loss: every class has a probability of its own.

    Source: Zhu et al., Deformable DETR, ICLR 2021, appendix A.2; RT-DETR, D-FINE and RF-DETR do the same.
    """
    logits, boxes = as_float32(outputs[0]), as_float32(outputs[1])
    # The sigmoid rises, so the best class is found on the logits, and exp is computed once per query.
    class_id = logits.argmax(axis=1)
    best = logits[np.arange(len(logits)), class_id]
    score = _sigmoid(best)
    keep = score > terms.floor
    return candidates(corners(boxes[keep]), score[keep], class_id[keep])


def decode_softmax(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of (logits, boxes) whose last class means that there is no object: DETR, YOLOS.

    Source: Carion et al., End-to-End Object Detection with Transformers, ECCV 2020, section 3.
    """
    logits, boxes = as_float32(outputs[0]), as_float32(outputs[1])
    class_id = logits[:, :-1].argmax(axis=1)
    best = logits[np.arange(len(logits)), class_id]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        # exp(x - best) may overflow to infinity where no object is far likelier: then the score is 0, as it should be.
        score = 1 / np.exp(logits - best[:, None]).sum(axis=1)
    keep = score > terms.floor
    return candidates(corners(boxes[keep]), score[keep].astype(np.float32), class_id[keep])


def decode_table(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of rows (cx, cy, w, h, class scores...): RT-DETR as Ultralytics exported it first, [N, 4 + classes].

    The scores are sigmoids already. No description of this layout was found: `matching.tables` takes it only where the
    values are fractions and probabilities.
    """
    rows = as_float32(outputs[0])
    scores = rows[:, 4:]
    index = np.flatnonzero(scores.max(axis=1, initial=0.0) > terms.floor)
    class_id = scores[index].argmax(axis=1)
    return candidates(corners(rows[index, :4]), scores[index, class_id], class_id)


def _sigmoid(logit: NDArray[np.float32]) -> NDArray[np.float32]:
    with np.errstate(over="ignore", invalid="ignore"):
        return (1 / (1 + np.exp(-logit))).astype(np.float32)
