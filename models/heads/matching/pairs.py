"""Boxes beside class scores or logits, [B, N, 4] and [B, N, C]: the DETR family, and detectors before suppression."""

from collections.abc import Iterator, Sequence

import numpy as np

from models.heads.matching.answer import Answer, Match
from models.heads.matching.values import are_corners, are_probabilities, numbers, unit_of

DETR_CLASSES = 92
"""The 91 ids of COCO, and no object."""
RFDETR_CLASSES = 91
"""The ids of COCO from 0 to 90."""
IMAGENET_FAMILIES = ("deformable_detr", "detr", "dinodetr", "ec", "gtr", "lwdetr", "rfdetr", "tinyformer")
"""Of the DETR kind, as LibreYOLO calls them; its others take pixels from 0 to 1 as they are."""
CLEARLY = 1.0
"""How much a logit lies above another one that is clearly less likely."""


def match_pair(answer: Answer) -> Iterator[Match]:
    """Boxes [B, N, 4] beside [B, N, C] or [B, C, N]: logits, scores, or the bins of NanoDet; others may lie beside."""
    named = [i for i in answer.with_axes(3) if answer.short_name(i) in ("logits", "pred_logits", "pred_boxes")]
    tables = named if len(named) == 2 else answer.with_axes(3)
    if len(tables) != 2 or (len(named) != 2 and len(answer.with_axes(1, 2, 5)) > 0):
        return
    for box, score in _box_and_score(answer, tables):
        boxes, scores = answer.arrays[box], answer.arrays[score]
        if boxes.shape[1] == scores.shape[1]:
            raw = not are_probabilities(scores) or answer.is_named(score, ("logits",)) or _is_rfdetr(answer, box, score)
            if not raw:
                yield from _decoded_pair(answer, box, score)
            yield from _logits(answer, box, score, raw)
        if boxes.shape[1] == scores.shape[2] and scores.shape[1] >= 1:
            likely = are_probabilities(scores) and boxes.shape[1] > scores.shape[1] != boxes.shape[1]
            why = "boxes, and scores with one row per class"
            yield Match("ppyoloe", (box, score), why, likely, scores.shape[1])


def _box_and_score(answer: Answer, tables: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Which of two outputs are the boxes: the one with 4 columns; where both have, names and then values tell."""
    pairs = [(a, b) for a, b in (tables, tables[::-1]) if answer.arrays[a].shape[2] == 4]
    if len(pairs) < 2:
        yield from pairs
        return
    by_name = [pair for pair in pairs if answer.is_named(pair[0], ("box", "det"))]
    by_value = [pair for pair in pairs if are_probabilities(answer.arrays[pair[0]])]
    for choice in (by_name, by_value):
        if len(choice) == 1:
            yield choice[0]
            return
    yield from pairs


def _decoded_pair(answer: Answer, box: int, score: int) -> Iterator[Match]:
    """Boxes and probabilities before suppression."""
    boxes, scores = answer.arrays[box], answer.arrays[score]
    columns = scores.shape[2]
    centred = unit_of(boxes.reshape(-1, 4)) == "fractions" and not are_corners(boxes.reshape(-1, 4))
    sure = scores.size > 0
    values = numbers(scores)
    softmax = sure and columns >= 2 and bool(np.abs(values.sum(axis=2) - 1).max(initial=0.0) < 0.02)
    background = softmax and bool(values[..., 0].mean() > 0.5)
    why = f"{boxes.shape[1]} boxes and {columns} scores for each"
    order = (box, score)
    plain = sure and not softmax and not centred
    paddle = answer.metadata.get("model_family") == "ppyoloe"
    yield Match("ppyoloe_rows", order, why, plain and paddle, columns)
    plain = plain and not paddle
    yield Match("yolo_nas", order, f"{why}, the boxes first", plain and box < score, columns)
    yield Match("damo_yolo", order, f"{why}, the scores first", plain and score < box, columns)
    why_centred = f"{why}, the boxes in fractions by their centres"
    yield Match("detr_scores", order, why_centred, sure and not softmax and centred, columns, spare=1)
    if columns >= 2:
        yield Match("torch_ssd", order, f"{why}, the first the background's", background, columns, spare=1)


def _logits(answer: Answer, box: int, score: int, raw: bool) -> Iterator[Match]:
    """Queries with logits: a sigmoid each, or a softmax with a last class for no object."""
    logits = answer.arrays[score]
    columns = logits.shape[2]
    softmax, sigmoid = _kinds(answer, box, score)
    imagenet = columns == RFDETR_CLASSES or _is_rfdetr(answer, box, score) or answer.masked or _normalises(answer)
    order = (score, box)
    why = f"boxes and logits of {columns} classes"
    yield Match("rfdetr", order, f"{why}, a sigmoid each", raw and sigmoid and imagenet, columns, spare=1)
    yield Match("rtdetr_logits", order, f"{why}, a sigmoid each", raw and sigmoid and not imagenet, columns)
    if columns >= 2:
        yield Match("detr", order, f"{why}, the last one for no object", raw and softmax, columns - 1)


def _normalises(answer: Answer) -> bool:
    """Whether the exporter names a family that takes its pixels by ImageNet's mean, as LibreYOLO does."""
    return answer.metadata.get("model_family") in IMAGENET_FAMILIES


def _is_rfdetr(answer: Answer, box: int, score: int) -> bool:
    return answer.short_name(box) == "dets" and answer.short_name(score) == "labels"


def _kinds(answer: Answer, box: int, score: int) -> tuple[bool, bool]:
    """Whether logits may be those of a softmax with a last class for no object, and of a sigmoid for each class.

    A detector says of nearly every query of a picture that there is nothing: a softmax by a last class far above the
    others, a sigmoid by logits below 0 for all classes. Where neither shows, both may be.
    """
    logits = answer.arrays[score]
    columns = logits.shape[2]
    if columns < 2 or columns in (RFDETR_CLASSES, 80) or _is_rfdetr(answer, box, score) or not logits.size:
        return False, True
    if columns == DETR_CLASSES:
        return True, False
    if answer.classes is not None and columns - answer.classes in (0, 1):
        return columns > answer.classes, columns == answer.classes
    values = numbers(logits)
    above = values[..., -1] - values[..., :-1].max(axis=2)
    if np.percentile(above, 25) > CLEARLY and np.median(values[..., -1]) > 0:
        return True, False
    return bool(np.median(values.max(axis=2)) >= 0), True
