"""Recognises a model's output layout from names, metadata and what it answers to a test card.

Shapes alone do not do: YOLOX and YOLOv5 both write [B, N, 5 + classes], and exports with free axes declare nothing. So
the model runs once, which warms it up as well, and the number of rows (cells of the grids, times anchors) and the
values (pixels or grid offsets) decide. What still fits two layouts is refused: a wrong guess is silent and wrong.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.detector import ModelAmbiguous, ModelUnsupported
from models.heads import HEADS
from models.heads.grid import cell_count
from models.heads.layout import MOST_SCORE, Terms
from models.heads.matching.answer import Answer, Match
from models.heads.matching.grids import match_grids
from models.heads.matching.pairs import match_pair
from models.heads.matching.rows import match_lists, match_rows
from models.heads.matching.sets import match_finished, match_tensorflow
from models.heads.matching.tables import CORNER_ROWS, match_table
from models.heads.matching.values import numbers, unit_of
from models.heads.reading import Reading
from models.labels import COCO, COCO_91, labels_in
from models.metadata import boxes_in
from models.options import BoxUnit

MATCHERS = (match_tensorflow, match_finished, match_grids, match_pair, match_table, match_rows, match_lists)
TASKS = ("detect", "segment", "pose", "obb")
"""What Ultralytics calls the tasks whose exports hold boxes."""

__all__ = ["Answer", "Reading", "probe"]


def probe(answer: Answer, wanted: str | None, boxes: BoxUnit | None = None) -> Reading:
    """How to read this model, with the head the caller wants or else the one that fits.

    Args:
        answer: what the model wrote for its test card.
        wanted: name of the head, None to find it.
        boxes: unit of the boxes, None to find it.

    Raises:
        ModelUnsupported: no head fits, or the wanted one does not.
        ModelAmbiguous: several fit.
    """
    if wanted is not None and wanted not in HEADS:
        raise ModelUnsupported(f"there is no head {wanted!r}: choose one of {', '.join(HEADS)}")
    task = answer.metadata.get("task", "detect")
    if task not in TASKS:
        raise ModelUnsupported(
            f"the model's task is {task!r}, which finds no boxes: it must be one of {', '.join(TASKS)}"
        )
    if any(array.ndim > 2 and not len(array) for array in answer.arrays):
        raise ModelUnsupported(f"the model answered one image with none: {answer}")
    matches = [match for matcher in MATCHERS for match in matcher(answer)]
    named = answer.metadata.get("head")
    name = wanted or (named if named in HEADS else None)
    match, source = _chosen(answer, matches, name, "chosen" if wanted else "named in the metadata")
    _check_labels(answer, match)
    head = HEADS[match.head]
    unit = boxes or boxes_in(answer.metadata) or head.boxes
    reading = Reading(
        head=head,
        order=match.order,
        classes=match.classes,
        split=match.split,
        overlapping=head.overlapping if match.overlapping is None else match.overlapping,
        boxes=unit,
        reason=f"{match.why} ({source})" if source else match.why,
    )
    _check_scores(answer, reading)
    return reading if unit else _with_unit(answer, reading)


def _chosen(answer: Answer, matches: Sequence[Match], name: str | None, source: str) -> tuple[Match, str]:
    """The one match that was named, or the one that is likely."""
    if name is not None:
        fitting = sorted((match for match in matches if match.head == name), key=lambda match: not match.likely)
        if not fitting:
            raise ModelUnsupported(f"head {name!r} does not fit the outputs {answer}")
        return fitting[0], source
    likely = [match for match in matches if match.likely]
    names = list(dict.fromkeys(match.head for match in likely))
    if len(names) == 1:
        return likely[0], ""
    if names or matches:
        raise ModelAmbiguous(_choose(answer, names or list(dict.fromkeys(match.head for match in matches))))
    raise ModelUnsupported(f"no known detector has the outputs {answer}; known heads: {', '.join(HEADS)}")


def _check_labels(answer: Answer, match: Match) -> None:
    """Raise where the labels that somebody gave are not those of the classes that the outputs show."""
    if answer.classes is None or match.classes is None:
        return
    coco = match.classes == len(COCO_91) and labels_in(answer.metadata) == COCO
    if match.classes - answer.classes not in range(match.spare + 1) and not coco:
        raise ModelUnsupported(
            f"{answer.classes} labels for {match.classes} classes: outputs {answer}, head {match.head!r}"
        )


def _check_scores(answer: Answer, reading: Reading) -> None:
    """Raise where the columns that the head takes for scores are none."""
    rows = _score_columns(answer, reading)
    if rows is None:
        return
    least, most = (rows.min(), rows.max()) if rows.size else (0.0, 0.0)
    if least < -0.01 or most > MOST_SCORE:
        raise ModelUnsupported(
            f"head {reading.head.name!r} expects scores from 0 to 1, the model writes {least:.2f} to {most:.2f}: "
            "export it with the sigmoid, or choose another head"
        )


def _score_columns(answer: Answer, reading: Reading) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]] | None:
    """The scores of the tables whose scores stand beside their boxes; None for the other heads."""
    table = answer.arrays[reading.order[0]]
    classes = reading.classes or 0
    if reading.head.name in ("yolov8", "yolov8_corners", "ssd_corners", "yolov8_obb"):
        return numbers(table[:, 4 : 4 + classes])
    if reading.head.name in ("yolox", "yolox_decoded", "yolov5"):
        return numbers(table[:, :, 4 : 5 + classes])
    if reading.head.name in ("yolov8_rows", "rtdetr_table", *CORNER_ROWS):
        return numbers(table[:, :, 4 : 4 + classes])
    if reading.head.name in ("nanodet", "nanodet_plus") and len(reading.order) == 1:
        return numbers(table[:, :, :classes])
    return None


def _with_unit(answer: Answer, reading: Reading) -> Reading:
    """The reading with the unit of the boxes that the test card shows, or None where it shows no box."""
    arrays = reading.images(answer.arrays, 1)
    everything = reading.head.decode(arrays[0], Terms(answer.input_hw, -1.0, reading.classes))
    unit = unit_of(everything.xyxy)
    note = {"fractions": ", boxes in fractions of the input", "pixels": "", None: ", no box on the test card"}[unit]
    return replace(reading, boxes=unit, reason=reading.reason + note)


def _choose(answer: Answer, names: Sequence[str]) -> str:
    rows, columns = answer.input_hw
    cells = cell_count(answer.input_hw, (8, 16, 32))
    choices = " or ".join(f"--head {name}" for name in names)
    return f"the outputs {answer} (input {rows} x {columns}, {cells} cells) fit no single head: say {choices}"
