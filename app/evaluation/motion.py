"""Camera motion from a file: a line per frame, its number from 0 and an affine by rows, separated by spaces.

The affine (2, 3) maps pixels of the frame before to pixels of this one.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.evaluation.span import Span
from app.sources import SourceError

Floats = NDArray[np.float64]
VALUES = 7


def read_motion(path: Path, span: Span) -> Floats:
    """The motion into each frame of `span`, (F, 2, 3).

    Raises:
        SourceError: it cannot be read, a line is not as above, or a frame has none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from None
    by_frame = dict(_parsed(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip())
    wanted = range(span.first - 1, span.last)
    missing = next((frame for frame in wanted if frame not in by_frame), None)
    if missing is not None:
        raise SourceError(f"{path} has no line for frame {missing}, counted from 0; {wanted[-1]} is the last needed")
    return np.array([by_frame[frame] for frame in wanted]).reshape(-1, 2, 3)


def _parsed(line: str, where: str) -> tuple[int, Floats]:
    try:
        values = np.array(line.replace(",", " ").split(), np.float64)
    except ValueError:
        raise SourceError(f"{where}: {line.strip()[:60]!r} is not a row of numbers") from None
    if len(values) != VALUES or not np.isfinite(values).all() or values[0] != int(values[0]):
        raise SourceError(f"{where}: a frame and six finite numbers are needed, not {line.strip()[:80]!r}")
    return int(values[0]), values[1:]
