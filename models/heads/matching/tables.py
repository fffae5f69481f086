"""Single outputs [B, rows, columns]: the YOLO family, and RT-DETR as Ultralytics exported it first."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from models.heads.grid import strides_for
from models.heads.layout import Array
from models.heads.matching.answer import Answer, Match
from models.heads.matching.finished import MOST_FINISHED_BOXES, ends_in_angles, finished_rows, is_finished
from models.heads.matching.grids import is_nanodet, nanodet_table
from models.heads.matching.values import are_corners, are_probabilities, numbers, unit_of
from models.labels import COCO
from models.metadata import keypoint_columns

YOLOV5_ANCHORS = 3
CORNER_ROWS = {"rtmdet": "rtmdet", "picodet_decoded": "picodet", "yolov8_rows_corners": ""}
"""Heads of rows (x1, y1, x2, y2, classes...), with the family as LibreYOLO calls it: only their pixels differ."""
ENOUGH_BOXES = 20
"""So many boxes do not end beyond their beginning by chance."""
CERTAIN = 0.25
"""A score that only a row about an object has: its box shows more than those of a thousand empty cells."""


def match_table(answer: Answer) -> Iterator[Match]:
    """Readings of the one [B, rows, columns] output; raw maps (5-D) and masks (4-D) may lie beside it."""
    tables = answer.with_axes(3)
    if len(tables) != 1 or len(tables) + len(answer.with_axes(4, 5)) != len(answer.arrays):
        return
    index = tables[0]
    table = answer.arrays[index]
    yield from _columns(answer, index, table)
    yield from _rows(answer, index, table)
    yield from finished_rows(answer, index, table)
    yield from nanodet_table(answer, index, table)


def _columns(answer: Answer, index: int, table: Array) -> Iterator[Match]:
    """[B, 4 + classes + ..., N]: one column per box."""
    a, b = table.shape[1:]
    if a < 5:
        return
    on_grid = b > a and strides_for(b, answer.input_hw) is not None
    named = b > a and answer.classes is not None and a - 4 - answer.classes in (0, 1, *_more(answer))
    turned = answer.metadata.get("task") == "obb" or ends_in_angles(answer, table)
    turned = turned or (answer.classes == a - 5 and not _more(answer) and "task" not in answer.metadata)
    extra = _extra(answer, a - 4)
    why = f"{b} columns of 4 + {a - 4 - extra} numbers" + (" are the cells of its grids" if on_grid else "")
    likely = on_grid or named
    cornered = _has_corners(table[0, :4].T)
    plain = likely and not turned
    yield Match("yolov8", (index,), why, plain and not cornered, a - 4 - extra, extra=bool(extra))
    cornered_why = f"{why}, every box ending beyond its beginning"
    ssd = answer.metadata.get("model_family") == "ssd"
    once = False if answer.metadata.get("model_family") == "yolo9_e2e" else None
    corner_match = Match("yolov8_corners", (index,), cornered_why, plain and cornered and not ssd, a - 4 - extra)
    yield replace(corner_match, extra=bool(extra), overlapping=once)
    yield Match("ssd_corners", (index,), cornered_why, plain and cornered and ssd, a - 4 - extra)
    if a >= 6:
        yield Match("yolov8_obb", (index,), f"{why}, the last an angle", likely and turned, a - 5)


def _has_corners(boxes: Array) -> bool:
    """Whether boxes (N, 4) are corners: sizes would have to be larger than the centres, in every cell."""
    rows = numbers(boxes)
    rows = rows[(rows != 0).any(axis=1)]
    return len(rows) >= ENOUGH_BOXES and are_corners(rows) and bool((rows[:, 2:4] > rows[:, :2]).any())


def _rows(answer: Answer, index: int, table: Array) -> Iterator[Match]:
    """[B, N, columns]: one row per box or cell."""
    a, b = table.shape[1:]
    if b < 5:
        return
    cells = strides_for(a, answer.input_hw) is not None
    anchors, left = divmod(a, YOLOV5_ANCHORS)
    on_anchors = not left and strides_for(anchors, answer.input_hw) is not None
    likely = _row_heads(answer, table) if cells and a > b and not is_nanodet(answer, table) else ()
    extra = _extra(answer, b - 5)
    rows = f"{a} rows of {b} numbers, one per cell"
    if b >= 6:
        if cells:
            yield Match("yolox", (index,), f"{rows}, the boxes offsets from it", "yolox" in likely, b - 5)
        yield Match("yolox_decoded", (index,), f"{rows}, decoded", "yolox_decoded" in likely, b - 5)
        why = f"{a} rows of 5 + {b - 5 - extra} numbers, {'three' if on_anchors else 'one'} per cell"
        anchored = on_anchors and a > b and not is_finished(answer, table)
        yield Match("yolov5", (index,), why, anchored or "yolov5" in likely, b - 5 - extra, extra=bool(extra))
    extra = _extra(answer, b - 4)
    why = f"{a} rows of 4 + {b - 4 - extra} numbers"
    cornered = "yolov8_rows" in likely and _has_corners(table[0, :, :4])
    plain = "yolov8_rows" in likely and not cornered
    yield Match("yolov8_rows", (index,), why, plain, b - 4 - extra, extra=bool(extra))
    family = answer.metadata.get("model_family")
    known = family in CORNER_ROWS.values()
    for head, own in CORNER_ROWS.items():
        fits = cornered and (own == family or not known)
        cornered_why = f"{why}, every box ending beyond its beginning"
        yield Match(head, (index,), cornered_why, fits, b - 4 - extra, extra=bool(extra))
    few = a <= MOST_FINISHED_BOXES and not cells and (a > b or strides_for(b, answer.input_hw) is None)
    few = few and unit_of(table[0, :, :4]) == "fractions"
    scored = are_probabilities(table[:, :, 4:]) and not is_finished(answer, table)
    why = f"{why}, few of them, with boxes in fractions"
    yield Match("rtdetr_table", (index,), why, few and scored and not on_anchors, b - 4)


def _row_heads(answer: Answer, table: Array) -> tuple[str, ...]:
    """The heads that fit one row per cell: what the values and the number of labels say."""
    b = table.shape[2]
    rows = numbers(table[0])
    if b == 6 and is_finished(answer, table):
        return ()
    if b == 5:
        return ("yolov8_rows",)
    labels = answer.classes or (len(COCO) if b in (4 + len(COCO), 5 + len(COCO)) else None)
    if labels is not None and b == 4 + labels:
        return ("yolov8_rows",)
    if (rows[:, 4] == 1).all():
        return ("yolov5",)  # YOLOv6 keeps YOLOv5's layout with an objectness that is 1 everywhere
    if not _is_decoded(rows, max(answer.input_hw) / 8):
        return ("yolox",)
    if answer.metadata.get("model_family") == "yolox":
        return ("yolox_decoded",)
    if "stride" in answer.metadata:
        return ("yolov5",)
    doubtful = labels is None and not answer.metadata
    return ("yolox_decoded", "yolov5", *(["yolov8_rows"] if doubtful else []))


def _is_decoded(rows: Array, far: float) -> bool:
    """Whether centres lie all over the input, as decoded ones do; raw ones are offsets of a few cells."""
    certain = rows[rows[:, 4:].max(axis=1) > CERTAIN, :2]
    return bool(np.percentile(rows[:, :2], 90) > far or certain.max(initial=0.0) > far or _in_fractions(rows))


def _in_fractions(rows: Array) -> bool:
    """Whether rows of one per cell are decoded to fractions: centres spread over 0 to 1, sides above 0."""
    if unit_of(rows[:, :4]) != "fractions" or rows[:, :4].min() < -0.5:
        return False
    first, last = rows[: len(rows) // 8, 1], rows[len(rows) // 2 : len(rows) * 5 // 8, 1]
    return bool(rows[:, 2:4].min() >= 0 and np.ptp(rows[:, 0]) > 0.5 and np.median(last) - np.median(first) > 0.2)


def _more(answer: Answer) -> tuple[int, ...]:
    """How many columns may follow the classes, as far as the model says: masks, key points."""
    masks = tuple(array.shape[1] for array in answer.arrays if array.ndim == 4)
    return (*masks, *keypoint_columns(answer.metadata))


def _extra(answer: Answer, columns: int) -> int:
    """How many of the columns after the box (and the objectness) are no classes."""
    task = answer.metadata.get("task")
    known = _more(answer)
    if answer.classes is not None and columns > answer.classes:
        rest = columns - answer.classes
        return rest if rest in known or task in ("segment", "pose") else 0
    return known[0] if known and columns > known[0] else 0
