"""Recognises a model's output layout from names, metadata and what it answers to a test card.

Shapes alone do not do: YOLOX and YOLOv5 both write [B, N, 5 + classes], and exports with free axes declare nothing. So
the model runs once, which warms it up as well, and the number of rows (cells of the grids, times anchors) and the
values (pixels or grid offsets) decide. What still fits two layouts is refused: a wrong guess is silent and wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.detector import ModelAmbiguous, ModelUnsupported
from models.heads import HEADS
from models.heads.grid import cell_count, strides_for
from models.heads.layout import MOST_SCORE, Array, Head, as_float32

YOLOV5_ANCHORS = 3
MOST_FINISHED_BOXES = 1000


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a model: the head, which outputs it takes in which order, and the number of classes if it shows."""

    head: Head
    order: tuple[int, ...]
    classes: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote for one test card.

    Attributes:
        names: of the outputs.
        arrays: of the outputs, batch axis first.
        input_hw: (height, width) of the input that was run.
        metadata: the model's own.
        classes: how many labels the caller or the metadata name, None if nobody does.
    """

    names: Sequence[str]
    arrays: Sequence[Array]
    input_hw: tuple[int, int]
    metadata: Mapping[str, str]
    classes: int | None

    def __str__(self) -> str:
        """The outputs as a person would write them down."""
        return ", ".join(f"{n} {list(a.shape)}" for n, a in zip(self.names, self.arrays, strict=True))


def probe(answer: Answer, wanted: str | None) -> Reading:
    """How to read this model, with the head the caller wants or else the one that fits.

    Raises:
        ModelUnsupported: no head fits, or the wanted one does not.
        ModelAmbiguous: several fit.
    """
    if wanted is not None and wanted not in HEADS:
        raise ModelUnsupported(f"there is no head {wanted!r}: choose one of {', '.join(HEADS)}")
    if answer.metadata.get("task", "detect") != "detect":
        raise ModelUnsupported(f"the model's task is {answer.metadata['task']!r}, not 'detect'")
    triple = _labels_boxes_scores(answer)
    if triple is not None and wanted in (None, "rtdetr"):
        return Reading(HEADS["rtdetr"], triple, None)
    index = _only_table(answer)
    table = answer.arrays[index]
    named = answer.metadata.get("head")
    name = wanted or (named if named in HEADS else None) or _recognise(answer, table)
    return _fitted(HEADS[name], index, table, answer)


def _labels_boxes_scores(answer: Answer) -> tuple[int, ...] | None:
    """Positions of labels, boxes and scores among three outputs, by their shapes and names."""
    if len(answer.arrays) != 3:
        return None
    boxes = [i for i, a in enumerate(answer.arrays) if a.ndim == 3 and a.shape[2] == 4]
    flat = [i for i, a in enumerate(answer.arrays) if a.ndim == 2]
    if len(boxes) != 1 or len(flat) != 2:
        return None
    labels = [i for i in flat if np.issubdtype(answer.arrays[i].dtype, np.integer) or "label" in answer.names[i]]
    if len(labels) != 1:
        return None
    return labels[0], boxes[0], next(i for i in flat if i != labels[0])


def _only_table(answer: Answer) -> int:
    """The position of the one [B, rows, columns] output; YOLOv5 exports have 5-D raw maps beside it."""
    tables = [i for i, a in enumerate(answer.arrays) if a.ndim == 3]
    others = [a.ndim for a in answer.arrays if a.ndim not in (3, 5)]
    if len(tables) != 1 or others:
        raise ModelUnsupported(f"no known detector has the outputs {answer}; known heads: {', '.join(HEADS)}")
    return tables[0]


def _recognise(answer: Answer, table: Array) -> str:
    """The name of the one head that fits an output [B, a, b]."""
    a, b = table.shape[1:]
    if b == 6 and (answer.metadata.get("end2end") == "True" or _looks_finished(table, answer.input_hw)):
        return "end2end"
    # Every real grid has more cells than a box has numbers: the longer axis counts the boxes.
    columns_per_cell = b > a >= 5 and strides_for(b, answer.input_hw) is not None
    rows_per_cell = a > b >= 6 and strides_for(a, answer.input_hw) is not None
    anchors, left = divmod(a, YOLOV5_ANCHORS)
    rows_per_anchor = a > b >= 6 and not left and strides_for(anchors, answer.input_hw) is not None
    fitting = [
        *(["yolov8"] if columns_per_cell else []),
        *(_one_row_per_cell(answer, table) if rows_per_cell else []),
        *(["yolov5"] if rows_per_anchor else []),
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise ModelAmbiguous(_choose(answer, fitting))
    raise ModelAmbiguous(_choose(answer, [name for name in HEADS if name != "rtdetr"]))


def _looks_finished(table: Array, input_hw: tuple[int, int]) -> bool:
    """Whether [B, N, 6] holds finished boxes: few of them, no grid's number, scores in column 4, classes in 5."""
    rows = as_float32(table[0])
    if len(rows) > MOST_FINISHED_BOXES or strides_for(len(rows), input_hw) is not None:
        return False
    score, class_id = rows[:, 4], rows[:, 5]
    return bool(((score >= 0) & (score <= MOST_SCORE)).all() and (class_id == np.rint(class_id)).all())


def _one_row_per_cell(answer: Answer, table: Array) -> list[str]:
    """The heads that fit [B, cells, 5 + classes]: what the values say."""
    rows = as_float32(table[0])
    # Decoded centres lie all over the input; raw ones are offsets of a few cells.
    if not np.nanpercentile(np.nan_to_num(rows[:, :2], nan=0.0), 90) > max(answer.input_hw) / 8:
        return ["yolox"]
    if (rows[:, 4] == 1).all() or "stride" in answer.metadata:
        return ["yolov5"]  # YOLOv6 keeps YOLOv5's layout with an objectness that is 1 everywhere
    return ["yolox_decoded", "yolov5"]


def _fitted(head: Head, index: int, table: Array, answer: Answer) -> Reading:
    """The reading with this head, if the table's shape and values allow it."""
    a, b = table.shape[1:]
    shapes = {
        "yolox": strides_for(a, answer.input_hw) is not None and b >= 6,
        "yolox_decoded": b >= 6,
        "yolov5": b >= 6,
        "yolov8": a >= 5,
        "end2end": b == 6,
        "rtdetr": False,
    }
    if not shapes[head.name]:
        raise ModelUnsupported(f"head {head.name!r} does not fit the outputs {answer}")
    if head.name == "end2end":
        return Reading(head, (index,), None)
    classes = a - 4 if head.name == "yolov8" else b - 5
    scores = as_float32(table[:, 4:] if head.name == "yolov8" else table[:, :, 4:])
    if answer.classes not in (None, classes):
        raise ModelUnsupported(f"{answer.classes} labels for {classes} classes: outputs {answer}, head {head.name!r}")
    if np.nanmin(scores, initial=0) < -0.01 or np.nanmax(scores, initial=0) > MOST_SCORE:
        raise ModelUnsupported(
            f"head {head.name!r} expects scores from 0 to 1, the model writes {np.nanmin(scores):.2f} to "
            f"{np.nanmax(scores):.2f}: export it with the sigmoid, or choose another head"
        )
    return Reading(head, (index,), classes)


def _choose(answer: Answer, names: Sequence[str]) -> str:
    rows, columns = answer.input_hw
    cells = cell_count(answer.input_hw, (8, 16, 32))
    choices = ", ".join(f"head={name!r}" for name in names)
    return f"the outputs {answer} (input {rows} x {columns}, {cells} cells) fit no single head: set one of {choices}"
