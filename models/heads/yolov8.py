"""YOLOv8, v9, v11, v12: [4 + classes, N] per image, decoded boxes, no objectness; also transposed and turned."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.heads.layout import Array, Candidates, Terms, as_float32, candidates, corners
from models.heads.oriented import enclosing


def decode(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of columns (cx, cy, w, h, classes...); score is the best class.

    Rows after the classes (masks of a segmentation, key points of a pose) are ignored.

    Source: ultralytics/ultralytics issue 284, on the shape of its ONNX exports: 4 + classes rows, one column per cell.
    """
    _, box, score, class_id = _survivors(as_float32(outputs[0]), terms)
    return candidates(corners(box), score, class_id)


def decode_rows(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """The same layout with one row per box, [N, 4 + classes]."""
    return decode([outputs[0].T], terms)


def decode_corners(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of columns (x1, y1, x2, y2, classes...).

    Source: LibreYOLO, documentation of the ONNX export of YOLOv9.
    """
    _, box, score, class_id = _survivors(as_float32(outputs[0]), terms)
    return candidates(box, score, class_id)


def decode_corner_rows(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """The same with one row per box, [N, 4 + classes].

    Source: LibreYOLO, documentation of the ONNX exports of RTMDet and PicoDet.
    """
    return decode_corners([outputs[0].T], terms)


def decode_oriented(outputs: Sequence[Array], terms: Terms) -> Candidates:
    """Candidates of columns (cx, cy, w, h, classes..., angle), the angle in radians, clockwise as seen.

    Source: ultralytics/ultralytics issue 24481, on the layout of both obb heads: the angle comes last.
    """
    table = as_float32(outputs[0])
    index, box, score, class_id = _survivors(table, terms._replace(classes=len(table) - 5))
    turned = np.concatenate([box[:, :4], table[-1, index][:, None]], axis=1)
    return candidates(enclosing(turned), score, class_id, turned)


def _survivors(
    table: NDArray[np.float32], terms: Terms
) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float32], NDArray[np.intp]]:
    """Columns above the floor, their first four numbers as rows, their best score and its class."""
    end = None if terms.classes is None else 4 + terms.classes
    # The maximum along the short axis is one sweep over memory; which class it was matters for the survivors only.
    index = np.flatnonzero(table[4:end].max(axis=0, initial=0.0) > terms.floor)
    survivors = table[:end, index]
    if not len(index):
        nothing = np.empty(0, np.intp)
        return nothing, survivors[:4].T, np.empty(0, np.float32), nothing
    class_id = survivors[4:].argmax(axis=0)
    return index, survivors[:4].T, survivors[4:][class_id, np.arange(len(index))], class_id
