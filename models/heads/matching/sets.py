"""Several outputs with a batch axis: boxes beside labels, scores, counts or logits, and the grids of NanoDet."""

from collections.abc import Iterator, Sequence

import numpy as np

from models.heads.grid import strides_for
from models.heads.layout import Array
from models.heads.matching.answer import Answer, Match
from models.heads.matching.tables import MOST_FINISHED_BOXES
from models.heads.matching.values import are_class_ids, are_corners, are_probabilities, numbers, unit_of

DETR_CLASSES = 92
"""The 91 ids of COCO, and no object."""
RFDETR_CLASSES = 91
"""The ids of COCO from 0 to 90."""
LABEL_NAMES = ("label", "class", "cls")
COUNT_NAMES = ("num", "count")


def match_tensorflow(answer: Answer) -> Iterator[Match]:
    """The named outputs of the TensorFlow Object Detection API; others beside them are ignored."""
    found = {answer.short_name(index): index for index in range(len(answer.names))}
    names = ("detection_classes", "detection_boxes", "detection_scores")
    if not all(name in found for name in names):
        return
    order = tuple(found[name] for name in (*names, "num_detections") if name in found)
    label, box, score = (answer.arrays[index] for index in order[:3])
    if box.ndim != 3 or box.shape[2] != 4 or label.shape != box.shape[:2] or score.shape != box.shape[:2]:
        return
    raw = next((i for n, i in found.items() if n in ("raw_detection_scores", "detection_multiclass_scores")), None)
    classes = answer.arrays[raw].shape[-1] if raw is not None and answer.arrays[raw].ndim == 3 else None
    yield Match("tf_ssd", order, "outputs named as by TensorFlow's Object Detection API", True, classes, spare=1)


def match_finished(answer: Answer) -> Iterator[Match]:
    """Finished boxes [B, N, 4 or 5] with [B, N] labels, mostly [B, N] scores, and perhaps a count [B] or [B, 1]."""
    boxes = [index for index in answer.with_axes(3) if answer.arrays[index].shape[2] in (4, 5)]
    if len(boxes) != 1 or len(answer.with_axes(3)) != 1 or any(match_tensorflow(answer)):
        return
    many = answer.arrays[boxes[0]].shape[:2]
    flat = [index for index in answer.with_axes(2) if answer.arrays[index].shape == many]
    count = _count(answer, many)
    if count is not None and count in flat:
        flat.remove(count)
    labels = _labels_among(answer, flat)
    if answer.arrays[boxes[0]].shape[2] == 5:
        if len(flat) == 1:
            yield Match("mmdet", (flat[0], boxes[0]), "labels, and boxes with their scores")
        return
    if len(flat) != 2 or labels is None:
        return
    order = (labels, boxes[0], next(index for index in flat if index != labels))
    if not answer.is_float(order[2]):
        return
    yield from _counted(answer, order, count) if count is not None else _uncounted(answer, order)


def match_pair(answer: Answer) -> Iterator[Match]:
    """Boxes [B, N, 4] beside [B, N, C] or [B, C, N]: logits, scores, or the bins of NanoDet; others may lie beside."""
    named = [i for i in answer.with_axes(3) if answer.short_name(i) in ("logits", "pred_logits", "pred_boxes")]
    tables = named if len(named) == 2 else answer.with_axes(3)
    if len(tables) != 2 or (len(named) != 2 and len(answer.with_axes(1, 2, 5)) > 0):
        return
    for box, score in _box_and_score(answer, tables):
        boxes, scores = answer.arrays[box], answer.arrays[score]
        if boxes.shape[1] == scores.shape[1]:
            raw = not are_probabilities(scores) or _named(answer, score, ("logits",)) or _is_rfdetr(answer, box, score)
            if not raw:
                yield from _decoded_pair(box, score, boxes, scores)
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
    by_name = [pair for pair in pairs if _named(answer, pair[0], ("box", "det"))]
    by_value = [pair for pair in pairs if are_probabilities(answer.arrays[pair[0]])]
    for choice in (by_name, by_value):
        if len(choice) == 1:
            yield choice[0]
            return
    yield from pairs


def _decoded_pair(box: int, score: int, boxes: Array, scores: Array) -> Iterator[Match]:
    """Boxes and probabilities before suppression."""
    columns = scores.shape[2]
    centred = unit_of(boxes.reshape(-1, 4)) == "fractions" and not are_corners(boxes.reshape(-1, 4))
    sure = scores.size > 0
    values = numbers(scores)
    softmax = sure and columns >= 2 and bool(np.abs(values.sum(axis=2) - 1).max(initial=0.0) < 0.02)
    background = softmax and bool(values[..., 0].mean() > 0.5)
    why = f"{boxes.shape[1]} boxes and {columns} scores for each"
    order = (box, score)
    plain = sure and not softmax and not centred
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
    softmax = _is_softmax(logits)
    imagenet = columns == RFDETR_CLASSES or _is_rfdetr(answer, box, score)
    order = (score, box)
    why = f"boxes and logits of {columns} classes"
    yield Match("rfdetr", order, f"{why}, a sigmoid each", raw and not softmax and imagenet, columns, spare=1)
    yield Match("rtdetr_logits", order, f"{why}, a sigmoid each", raw and not softmax and not imagenet, columns)
    if columns >= 2:
        yield Match("detr", order, f"{why}, the last one for no object", raw and softmax, columns - 1)


def _is_rfdetr(answer: Answer, box: int, score: int) -> bool:
    return answer.short_name(box) == "dets" and answer.short_name(score) == "labels"


def _is_softmax(logits: Array) -> bool:
    """Whether the last class says that there is no object, as it does for nearly every query of a picture."""
    columns = logits.shape[2]
    if columns < 2:
        return False
    values = numbers(logits)
    above = values[..., -1] - values[..., :-1].max(axis=2, initial=-np.inf)
    if not len(above.reshape(-1)) or columns in (RFDETR_CLASSES, 80):
        return False
    if columns == DETR_CLASSES:
        return True
    # A sigmoid's logits are far below 0 for all classes of an empty query, the last one among them.
    return bool(np.median(above) > 0 and np.median(values[..., -1]) > 0)


def _count(answer: Answer, many: tuple[int, ...]) -> int | None:
    """The output that says how many boxes each image has: one number per image."""
    fitting = [i for i in answer.with_axes(1, 2) if answer.arrays[i].size == many[0] == len(answer.arrays[i])]
    named = [index for index in fitting if _named(answer, index, COUNT_NAMES)]
    others = [index for index in fitting if answer.arrays[index].shape != many]
    return next(iter(named or others), None)


def _labels_among(answer: Answer, flat: Sequence[int]) -> int | None:
    """Which of the [B, N] outputs are labels: by type, by name, or because only labels are whole numbers above 1."""
    whole = [index for index in flat if not answer.is_float(index)]
    named = [index for index in flat if _named(answer, index, LABEL_NAMES)]
    valued = [index for index in flat if are_class_ids(answer.arrays[index])]
    return next((choice[0] for choice in (whole, named, valued) if len(choice) == 1), None)


def _counted(answer: Answer, order: tuple[int, ...], count: int) -> Iterator[Match]:
    nas = answer.dtype == "uint8" or any(
        "predictions" in answer.short_name(index) for index in range(len(answer.names))
    )
    order = (*order, count)
    why = "a count, boxes, scores and labels"
    boxes = answer.arrays[order[1]]
    floats = answer.is_float(count) and answer.is_float(order[0])
    if floats and not nas and unit_of(boxes.reshape(-1, 4)) != "pixels":
        yield Match("tf_ssd", order, f"{why}, all of them floating point as in TensorFlow Lite", spare=1)
        return
    yield Match("yolo_nas_nms", order, f"{why}, with names or an input as of YOLO-NAS", nas)
    yield Match("efficient_nms", order, why, not nas)


def _uncounted(answer: Answer, order: tuple[int, ...]) -> Iterator[Match]:
    rows = answer.arrays[order[1]].shape[1]
    overlapping = rows > MOST_FINISHED_BOXES and strides_for(rows, answer.input_hw) is not None
    zoo = not answer.sized and "bboxes" in answer.short_name(order[1])
    why = "labels, boxes and scores" + (", with one box per cell" if overlapping else "")
    if overlapping:
        yield Match("efficient_nms", order, why, overlapping=True, likely=not zoo)
        return
    yield Match("onnx_ssd", order, f"{why}, named as SSD's in the ONNX model zoo", zoo)
    yield Match("rtdetr", order, why, not zoo)


def match_grids(answer: Answer) -> Iterator[Match]:
    """[B, N, classes] and [B, N, 32] for each grid, or one pair for all: NanoDet and PicoDet."""
    pairs = _grid_pairs(answer)
    if pairs is None:
        return
    rows = sum(answer.arrays[score].shape[1] for score, _ in pairs)
    strides = strides_for(rows, answer.input_hw)
    if strides is None or (len(pairs) > 1 and len(strides) != len(pairs)):
        return
    order = (*(score for score, _ in pairs), *(bins for _, bins in pairs))
    classes = answer.arrays[pairs[0][0]].shape[2]
    why = f"{len(pairs)} pairs of {classes} scores and of distances, strides {', '.join(map(str, strides))}"
    sure = all(are_probabilities(answer.arrays[score]) for score, _ in pairs)
    single = len(pairs) == 1
    yield Match("nanodet", order, why, sure and 64 not in strides, classes)
    yield Match("picodet", order, why, sure and 64 in strides and not single, classes)
    yield Match("nanodet_plus", order, why, sure and 64 in strides and single, classes)


def _grid_pairs(answer: Answer) -> list[tuple[int, int]] | None:
    """(scores, distances) of each grid, finest first; None where the outputs are something else."""
    by_rows: dict[int, list[int]] = {}
    for index in answer.with_axes(3):
        by_rows.setdefault(answer.arrays[index].shape[1], []).append(index)
    if not by_rows or len(answer.with_axes(3)) != len(answer.arrays) or any(len(two) != 2 for two in by_rows.values()):
        return None
    pairs = []
    for _, two in sorted(by_rows.items(), reverse=True):
        bins = [index for index in two if answer.arrays[index].shape[2] in (32, 68)]
        if len(bins) == 2:
            bins = [index for index in bins if not are_probabilities(answer.arrays[index])]
        if len(bins) != 1:
            return None
        pairs.append((next(index for index in two if index != bins[0]), bins[0]))
    widths = {(answer.arrays[score].shape[2], answer.arrays[bins].shape[2]) for score, bins in pairs}
    return pairs if len(widths) == 1 else None


def _named(answer: Answer, index: int, parts: Sequence[str]) -> bool:
    return any(part in answer.short_name(index) for part in parts)
