"""Reading truth, detections and tracks, with errors that name the file."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from app.evaluation.sequences import MotSequence
from app.sources import SourceError
from app.sources.sequence import INFO_FILE
from tracker import MotFormatError, MotRows, read_mot

_CLASS_COLUMN = 7
_COLUMNS_WITH_CLASS = 9


def read_rows(path: Path, *, classes: bool = False) -> MotRows:
    """The rows of a MOT file.

    Args:
        classes: whether the eighth column is the class in files of eight or ten columns too. The MOT Challenge has
            coordinates of the world there, VisDrone and others the class.

    Raises:
        SourceError: it cannot be read, or a line is not a row.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            return read_mot(_with_class_column(lines) if classes else lines)
    except MotFormatError as error:
        raise SourceError(f"{path}, {error}") from None
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from None


def read_truth(sequence: MotSequence, *, classes: bool) -> MotRows:
    """The truth of a sequence.

    Raises:
        SourceError: also where it is empty, goes beyond the stated length, or an object is twice in a frame.
    """
    rows = read_rows(sequence.truth, classes=classes)
    if not len(rows):
        raise SourceError(f"{sequence.truth} is empty: truth is needed to score against")
    check_ids(rows, sequence.truth)
    check_length(rows, sequence.length, sequence.truth, f"{sequence.folder / INFO_FILE} says seqLength")
    return rows


def read_detections(sequence: MotSequence, wanted: str | None, length: int, *, classes: bool) -> tuple[Path, MotRows]:
    """The detections of a sequence of `length` frames, and the file that they are from.

    Raises:
        SourceError: also where there are none, or some beyond the end.
    """
    path = sequence.detections(wanted)
    rows = read_rows(path, classes=classes)
    if not len(rows):
        raise SourceError(f"{path} is empty: detections are needed to track")
    check_length(rows, length, path, f"{sequence.name} has the length")
    return path, rows


def check_ids(rows: MotRows, path: Path) -> None:
    """Raises SourceError where an id is missing or occurs twice in a frame."""
    if len(rows) and rows.track_id.min() < 0:
        row = int(rows.track_id.argmin())
        raise SourceError(f"{path}: a row of frame {rows.frame[row]} has the id {rows.track_id[row]}; ids are needed")
    order = np.lexsort((rows.track_id, rows.frame))
    frame, track_id = rows.frame[order], rows.track_id[order]
    twice = (frame[1:] == frame[:-1]) & (track_id[1:] == track_id[:-1])
    if twice.any():
        row = int(twice.argmax())
        raise SourceError(f"{path}: id {track_id[row]} is twice in frame {frame[row]}")


def check_length(rows: MotRows, length: int | None, path: Path, what: str) -> None:
    """Raises SourceError where rows lie beyond `length`; `what` says where that number is from."""
    if length is not None and rows.last_frame > length:
        beyond = int(rows.frame[np.searchsorted(rows.frame, length, "right")])
        raise SourceError(f"{path} has a frame {beyond}, but {what} {length}")


def check_classes(rows: MotRows, path: Path) -> None:
    """Raises SourceError where rows have no class."""
    if len(rows) and rows.class_id.min() < 0:
        frame = rows.frame[int(rows.class_id.argmin())]
        raise SourceError(f"{path}: a row of frame {frame} has no class (eighth column), which --classes needs")


def _with_class_column(lines: Iterable[str]) -> Iterator[str]:
    """Lines of eight or more values as the nine that truth has, so that the eighth is read as the class."""
    for line in lines:
        cells = line.strip().split(",")
        if _CLASS_COLUMN < len(cells) <= _COLUMNS_WITH_CLASS + 1:
            cells = [*cells, "-1"][:_COLUMNS_WITH_CLASS]
        yield ",".join(cells)
