"""Tables [B, N, 6 or more] of finished boxes, and rows of angles."""

from collections.abc import Iterator

import numpy as np

from models.heads.grid import strides_for
from models.heads.layout import Array
from models.heads.matching.answer import Answer, Match
from models.heads.matching.values import are_corners, are_probabilities, are_whole, numbers, unit_of

MOST_FINISHED_BOXES = 1000
"""No graph keeps more boxes than that, and no picture of a detector has fewer cells."""


def finished_rows(answer: Answer, index: int, table: Array) -> Iterator[Match]:
    """[B, N, 6 or more]: finished boxes."""
    a, b = table.shape[1:]
    if b < 6:
        return
    rtdetr = answer.metadata.get("head") == "RTDETRDecoder"
    looks = is_finished(answer, table)
    turned = b == 7 and (answer.metadata.get("task") == "obb" or (looks and _angles(table[:, :, 6])))
    centred = b == 6 and (rtdetr or (unit_of(table[0, :, :4]) == "fractions" and not are_corners(table[0])))
    why = f"{a} rows with a score and a whole class number"
    # Rows of zeros could be anything: wide ones have to show a class number.
    wide = a > b and ("task" in answer.metadata or (b > 7 and numbers(table[:, :, 5]).max(initial=0.0) >= 1))
    plain = looks and not turned and not centred and (b == 6 or wide)
    yield Match("end2end", (index,), why, plain, overlapping=False)
    if b == 6:
        yield Match("rtdetr_rows", (index,), f"{why}, boxes in fractions by their centres", looks and centred)
    if b == 7:
        yield Match("end2end_obb", (index,), f"{why} and an angle", looks and turned)


def is_finished(answer: Answer, table: Array) -> bool:
    """Whether rows are finished boxes: scores in column 4, classes in 5, and few of them or the metadata says so."""
    a, b = table.shape[1:]
    if b < 6:
        return False
    said = answer.metadata.get("end2end", "").lower() == "true" or answer.metadata.get("head") == "RTDETRDecoder"
    few = a <= MOST_FINISHED_BOXES and strides_for(a, answer.input_hw) is None
    return (said or few) and are_probabilities(table[:, :, 4]) and are_whole(table[:, :, 5])


def ends_in_angles(answer: Answer, table: Array) -> bool:
    """Whether the last row of [B, rows, N] holds angles and not scores."""
    if answer.metadata.get("task") not in (None, "obb") or table.shape[1] < 6 or not are_probabilities(table[:, 4:-1]):
        return False
    return _angles(table[:, -1]) and answer.classes in (None, table.shape[1] - 5)


def _angles(column: Array) -> bool:
    """Whether numbers are angles of boxes, some of them negative or beyond 1, so that they are no scores."""
    values = numbers(column)
    return not are_probabilities(values) and bool(np.abs(values).max(initial=0.0) <= np.pi + 0.01)
