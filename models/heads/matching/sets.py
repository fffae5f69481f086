"""Finished boxes beside labels, scores and perhaps a count, all with a batch axis."""

from collections.abc import Iterator, Sequence

from models.heads.grid import strides_for
from models.heads.matching.answer import Answer, Match
from models.heads.matching.finished import MOST_FINISHED_BOXES
from models.heads.matching.values import are_class_ids, unit_of

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


def _count(answer: Answer, many: tuple[int, ...]) -> int | None:
    """The output that says how many boxes each image has: one number per image."""
    fitting = [i for i in answer.with_axes(1, 2) if answer.arrays[i].size == many[0] == len(answer.arrays[i])]
    named = [index for index in fitting if answer.is_named(index, COUNT_NAMES)]
    others = [index for index in fitting if answer.arrays[index].shape != many]
    return next(iter(named or others), None)


def _labels_among(answer: Answer, flat: Sequence[int]) -> int | None:
    """Which of the [B, N] outputs are labels: by type, by name, or because only labels are whole numbers above 1."""
    whole = [index for index in flat if not answer.is_float(index)]
    named = [index for index in flat if answer.is_named(index, LABEL_NAMES)]
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
