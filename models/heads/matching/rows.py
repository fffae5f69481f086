"""Outputs without a batch axis: rows of graphs with suppression inside, and torchvision's lists."""

from collections.abc import Iterator

from models.heads.matching.answer import Answer, Match
from models.heads.matching.sets import LABEL_NAMES
from models.heads.matching.values import are_corners, are_probabilities, are_whole
from models.heads.splits import alone, by_counts, by_first_column


def match_rows(answer: Answer) -> Iterator[Match]:
    """[M, 6] and [M, 7] rows, perhaps with a count per image, and SSD's [1, 1, N, 7]."""
    if len(answer.arrays) == 1 and answer.arrays[0].ndim == 4 and answer.arrays[0].shape[3] == 7:
        why = "[1, 1, N, 7] is what a DetectionOutput writes"
        yield Match("caffe_ssd", (0,), why, answer.arrays[0].shape[:2] == (1, 1), split=alone)
    tables = [index for index in answer.with_axes(2) if answer.arrays[index].shape[1] in (6, 7)]
    if len(tables) != 1:
        return
    columns = answer.arrays[tables[0]].shape[1]
    others = [index for index in range(len(answer.arrays)) if index != tables[0]]
    if columns == 7 and not others:
        yield from _sevens(answer, tables[0])
    elif columns == 6 and len(others) <= 2:
        yield from _sixes(answer, tables[0], others)


def match_lists(answer: Answer) -> Iterator[Match]:
    """Boxes [M, 4], labels [M] and scores [M]; or boxes with scores [M, 5] and labels [M]. Masks may lie beside."""
    boxes = [index for index in answer.with_axes(2) if answer.arrays[index].shape[1] in (4, 5)]
    flat = answer.with_axes(1)
    if len(boxes) != 1 or len(answer.with_axes(2)) != 1 or len({len(answer.arrays[i]) for i in (*flat, *boxes)}) != 1:
        return
    named = [i for i in flat if not answer.is_float(i) or any(name in answer.short_name(i) for name in LABEL_NAMES)]
    if len(named) != 1:
        return
    rest = [index for index in flat if index != named[0]]
    if answer.arrays[boxes[0]].shape[1] == 5 and not rest:
        yield Match("mmdet", (named[0], boxes[0]), "labels, and boxes with their scores, of one image", split=alone)
    elif answer.arrays[boxes[0]].shape[1] == 4 and len(rest) == 1 and answer.is_float(rest[0]):
        order = (named[0], boxes[0], rest[0])
        yield Match(
            "torchvision", order, "boxes, labels and scores of one image, as torchvision lists them", split=alone
        )


def _sevens(answer: Answer, index: int) -> Iterator[Match]:
    """Rows that begin with the image's number: the class and the score are the last two, in either order."""
    rows, name = answer.arrays[index], answer.short_name(index)
    class_first = are_whole(rows[:, 5]) and are_probabilities(rows[:, 6])
    score_first = are_whole(rows[:, 6]) and are_probabilities(rows[:, 5])
    if class_first and score_first:  # no rows, or none that tell
        score_first = answer.dtype == "uint8" or "flat" in name
        class_first = not score_first and name == "output"
    yield Match("yolov7_nms", (index,), "[M, 7] rows that end in class and score", class_first, split=by_first_column)
    yield Match(
        "yolo_nas_flat", (index,), "[M, 7] rows that end in score and class", score_first, split=by_first_column
    )


def _sixes(answer: Answer, index: int, others: list[int]) -> Iterator[Match]:
    """Rows of one image that end in score and class, or of all images that begin with class and score."""
    rows, name = answer.arrays[index], answer.short_name(index)
    counts = [i for i in others if answer.arrays[i].size <= max(1, len(answer.arrays[i])) and not answer.is_float(i)]
    last = are_probabilities(rows[:, 4]) and are_whole(rows[:, 5]) and are_corners(rows[:, :4])
    first = are_whole(rows[:, 0]) and are_probabilities(rows[:, 1]) and are_corners(rows[:, 2:])
    if first and last:  # no rows, or none that tell
        first = bool(counts) or "multiclass" in name
        last = not first
    if not others:
        yield Match("end2end", (index,), "[M, 6] rows that end in score and class", last, split=alone)
        yield Match("paddle", (index,), "[M, 6] rows that begin with class and score", first, split=alone)
    elif counts:
        why = "[M, 6] rows and how many each image has"
        yield Match("paddle", (index, counts[0]), f"{why}, class and score first", first, split=by_counts)
        yield Match("end2end", (index, counts[0]), f"{why}, score and class last", last, split=by_counts)
