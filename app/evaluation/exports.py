"""Tracks to score: MOT text of any tracker, or the JSON lines that trackd writes."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from app.evaluation.reading import check_ids, read_rows
from app.evaluation.sequences import MotSequence
from app.sources import SourceError
from tracker import MotRows

SUFFIXES = (".txt", ".jsonl")
PEDESTRIANS = frozenset({"person", "pedestrian"})


class Given(NamedTuple):
    """Tracks that were made elsewhere. `left_out` counts rows of other classes where pedestrians were asked for."""

    rows: MotRows
    left_out: int = 0


class _Row(msgspec.Struct, rename={"class_name": "class"}):
    track_id: int
    bbox: tuple[float, float, float, float]
    class_id: int = 0
    class_name: str = ""
    score: float = 1.0


class _Message(msgspec.Struct):
    seq: int = 0
    type: str = "tracks"
    epoch: int = 1
    tracks: list[_Row] = []


def find_tracks(place: Path, sequences: Sequence[MotSequence]) -> dict[str, Path]:
    """The file of tracks of each sequence, by the name of the sequence.

    Args:
        place: a file, where there is one sequence; or a folder with `SEQ.txt` or `SEQ.jsonl` in it or in its folder
            `data`, SEQ being the name of the folder or what `seqinfo.ini` says.

    Raises:
        SourceError: there is no file for a sequence.
    """
    if place.is_dir():
        return {sequence.name: _in_folder(place, sequence) for sequence in sequences}
    if not place.exists():
        raise SourceError(f"no tracks at {place}")
    if len(sequences) != 1:
        raise SourceError(f"{place} is one file for {len(sequences)} sequences; name a folder with a file for each")
    return {sequences[0].name: place}


def read_tracks(path: Path, *, classes: bool) -> Given:
    """Tracks from a file.

    Args:
        classes: whether the classes matter. If not, and the file is of trackd and knows persons, the others are left
            out.

    Raises:
        SourceError: it cannot be read, or a line is not what it should be.
    """
    given = _read_lines(path, classes) if _is_json(path) else Given(read_rows(path, classes=classes))
    check_ids(given.rows, path)
    return given


def _in_folder(place: Path, sequence: MotSequence) -> Path:
    names = [name + suffix for suffix in SUFFIXES for name in dict.fromkeys((sequence.name, sequence.title))]
    found = [path for folder in (place, place / "data") for name in names if (path := folder / name).is_file()]
    if not found:
        raise SourceError(f"{place} has no tracks of {sequence.name}; looked for {', '.join(names)}")
    return found[0]


def _is_json(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from None


def _read_lines(path: Path, classes: bool) -> Given:
    found: list[tuple[int, _Row]] = []
    epoch = None
    decoder = msgspec.json.Decoder(_Message)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            message = _decoded(decoder, line, f"{path}, line {number}")
            if message.type != "tracks":
                continue
            if epoch not in (None, message.epoch):
                raise SourceError(f"{path}, line {number}: epoch {message.epoch} begins, and its ids mean others")
            epoch = message.epoch
            found += [(message.seq, row) for row in message.tracks]
    persons = [(seq, row) for seq, row in found if row.class_name.casefold() in PEDESTRIANS]
    kept = found if classes or not persons else persons
    return Given(_rows(kept), len(found) - len(kept))


def _decoded(decoder: msgspec.json.Decoder[_Message], line: bytes, where: str) -> _Message:
    try:
        message = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{where} is no message of tracks: {error}") from None
    if message.type == "tracks" and message.seq < 1:
        raise SourceError(f"{where}: seq is {message.seq}, and frames count from 1")
    for row in message.tracks:
        if not (row.bbox[0] < row.bbox[2] and row.bbox[1] < row.bbox[3]):
            raise SourceError(f"{where}: bbox {list(row.bbox)} must have x1 < x2 and y1 < y2")
    return message


def _rows(found: Sequence[tuple[int, _Row]]) -> MotRows:
    found = sorted(found, key=lambda pair: pair[0])
    return MotRows(
        frame=np.array([seq for seq, _ in found], np.int64),
        track_id=np.array([row.track_id for _, row in found], np.int64),
        xyxy=np.array([row.bbox for _, row in found], np.float64).reshape(-1, 4),
        score=np.array([row.score for _, row in found], np.float64),
        class_id=np.array([row.class_id for _, row in found], np.int64),
        visibility=np.full(len(found), -1.0),
    )
