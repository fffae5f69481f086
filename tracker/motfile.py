"""MOT Challenge text: a row per box, `frame,id,left,top,width,height,score,...`, frames from 1, boxes in pixels.

Source: A. Milan, L. Leal-Taixe, I. Reid, S. Roth, K. Schindler, "MOT16: A Benchmark for Multi-Object Tracking", arXiv
1603.00831, section 4.1. Files of detections and results end in three unused columns (-1), ground truth in class and
visibility.
"""

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import numpy as np

from tracker.boxes import tlwh_to_xyxy, xyxy_to_tlwh
from tracker.errors import MotFormatError
from tracker.types import Detections, Floats, Ints, Tracks

GROUND_TRUTH_COLUMNS = 9


@dataclass(frozen=True, slots=True, eq=False)
class MotRows:
    """K rows of a MOT file, in ascending order of frames and within a frame in the order of the file.

    Attributes:
        frame: (K,) int64, from 1.
        track_id: (K,) int64, -1 in files of detections.
        xyxy: (K, 4) float64 corners in pixels.
        score: (K,) float64; in ground truth 1 or 0, whether the row counts.
        class_id: (K,) int64, -1 where the file has none.
        visibility: (K,) float64 in [0, 1], -1 where the file has none.
    """

    frame: Ints
    track_id: Ints
    xyxy: Floats
    score: Floats
    class_id: Ints
    visibility: Floats

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def last_frame(self) -> int:
        """The highest frame that has a row, 0 where there are none."""
        return int(self.frame[-1]) if len(self) else 0

    def rows_of(self, frame: int) -> slice:
        """The rows of one frame; an empty slice where there are none."""
        start, stop = np.searchsorted(self.frame, [frame, frame + 1])
        return slice(int(start), int(stop))

    def detections(self, frame: int) -> Detections:
        """The boxes of one frame as detections; a missing class counts as 0.

        Raises:
            DetectionsError: a score lies outside [0, 1], as in some files of old detectors.
        """
        rows = self.rows_of(frame)
        return Detections(xyxy=self.xyxy[rows], score=self.score[rows], class_id=np.maximum(self.class_id[rows], 0))


def read_mot(source: str | os.PathLike[str] | Iterable[str]) -> MotRows:
    """The rows of a MOT file.

    Args:
        source: a path, or an open text file or any other lines.

    Raises:
        MotFormatError: a line is not a row; the message has its number and what is wrong with it.
        OSError: the file cannot be read.
    """
    if isinstance(source, str | os.PathLike):
        with Path(source).open(encoding="utf-8-sig", errors="replace") as file:
            return _read(file)
    return _read(source)


class MotWriter:
    """Writes tracks as MOT text, a frame at a time: what was written is always whole frames.

    It is a context manager. A path is created or overwritten and closed again; an open file is left open.
    """

    def __init__(self, target: str | os.PathLike[str] | TextIO) -> None:
        self._owned = isinstance(target, str | os.PathLike)
        if isinstance(target, str | os.PathLike):
            self._file: TextIO = Path(target).open("w", encoding="utf-8", newline="\n")  # noqa: SIM115 - `close` closes it
        else:
            self._file = target

    def write(self, frame: int, tracks: Tracks) -> None:
        """Add the rows of one frame, counted from 1.

        Raises:
            ValueError: `frame` is below 1.
        """
        if frame < 1:
            raise ValueError(f"frame is {frame}: MOT files count frames from 1")
        columns = zip(tracks.track_id.tolist(), xyxy_to_tlwh(tracks.xyxy).tolist(), tracks.score.tolist(), strict=True)
        rows = [
            f"{frame},{track_id},{x:.4f},{y:.4f},{w:.4f},{h:.4f},{score:.6f},-1,-1,-1\n"
            for track_id, (x, y, w, h), score in columns
        ]
        self._file.write("".join(rows))
        self._file.flush()

    def close(self) -> None:
        """Close the file if it was opened here."""
        if self._owned:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _read(lines: Iterable[str]) -> MotRows:
    table = np.array(list(_parse(lines)), np.float64).reshape(-1, GROUND_TRUTH_COLUMNS)
    table = table[np.argsort(table[:, 0], kind="stable")]
    frame, track_id, class_id = (table[:, column].astype(np.int64) for column in (0, 1, 7))
    return MotRows(frame, track_id, tlwh_to_xyxy(table[:, 2:6]), table[:, 6].copy(), class_id, table[:, 8].copy())


def _parse(lines: Iterable[str]) -> Iterator[list[float]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _row(line, number)


def _row(line: str, number: int) -> list[float]:
    """Frame, id, box, score, class and visibility of one line."""
    cells = line.strip().split(",")
    if not 6 <= len(cells) <= 10:
        raise MotFormatError(f"6 to 10 values separated by commas are needed, not {len(cells)}: {_shown(line)}", number)
    values = [_number(cell, number) for cell in cells]
    for name, value, least in (("frame", values[0], 1), ("id", values[1], -1)):
        if value != int(value) or not least <= value < 2**53:
            raise MotFormatError(f"{name} is {value:g}: it must be a whole number from {least}", number)
    if values[4] <= 0 or values[5] <= 0:
        raise MotFormatError(f"width {values[4]:g} and height {values[5]:g} must be positive", number)
    score = values[6] if len(values) > 6 else 1.0
    if len(values) != GROUND_TRUTH_COLUMNS:
        return [*values[:6], score, -1.0, -1.0]
    if values[7] != int(values[7]) or not -1 <= values[7] < 2**53:
        raise MotFormatError(f"class is {values[7]:g}: it must be a whole number from -1", number)
    return values


def _number(cell: str, line: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise MotFormatError(f"{_shown(cell)} is not a number", line) from None
    if not math.isfinite(value):
        raise MotFormatError(f"{_shown(cell)} is not finite", line)
    return value


def _shown(text: str) -> str:
    text = repr(text.strip())
    return text if len(text) <= 80 else text[:76] + "...'"
