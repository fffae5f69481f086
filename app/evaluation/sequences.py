"""Finding sequences of the MOT Challenge on disk, and the files in them.

Two layouts: `SEQ/gt/gt.txt` and `SEQ/det/det.txt`, as the MOT Challenge has it, or `SEQ/gt.txt` and `SEQ/det*.txt`.
`SEQ/seqinfo.ini` has the frame rate and the length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.sources import SourceError
from app.sources.sequence import INFO_FILE, read_info
from app.sources.source import FALLBACK_FRAME_RATE

TRUTH_FILES = ("gt/gt.txt", "gt.txt")
MOTION_FILE = "camera_motion.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class MotSequence:
    """One sequence: `name` is that of its folder, `title` what `seqinfo.ini` calls it, `length` in frames if stated."""

    name: str
    title: str
    folder: Path
    truth: Path
    frame_rate: float = FALLBACK_FRAME_RATE
    length: int | None = None

    @property
    def motion(self) -> Path:
        """Where the motion of the camera is, if it is known."""
        return self.folder / MOTION_FILE

    def detections(self, wanted: str | None = None) -> Path:
        """The file of detections: the one named `wanted`, with or without `.txt`, or else the only one.

        Raises:
            SourceError: there is none, or there are several and none is named.
        """
        found = _detection_files(self.folder)
        if wanted is None:
            official = [path for path in found if path.name == "det.txt"]
            if len(found) == 1 or official:
                return (official or found)[0]
            if not found:
                raise SourceError(f"{self.folder} has no detections; looked for det/det.txt and det*.txt")
            raise SourceError(f"{self.folder} has several files of detections, name one of {_named(found)}")
        candidates = [self.folder / part / name for name in (wanted, f"{wanted}.txt") for part in ("", "det")]
        chosen = next((path for path in candidates if path.is_file()), None)
        if chosen is None:
            raise SourceError(f"{self.folder} has no detections named {wanted}; it has {_named(found) or 'none'}")
        return chosen


def find_sequences(folders: Sequence[Path]) -> list[MotSequence]:
    """The sequences that `folders` are or contain, those of one folder in the order of their names.

    Raises:
        SourceError: a folder has no sequence, a sequence no truth, or two have one name.
    """
    sequences = [sequence for folder in folders for sequence in _sequences_of(folder)]
    known: dict[str, Path] = {}
    for sequence in sequences:
        if sequence.name in known:
            raise SourceError(f"{known[sequence.name]} and {sequence.folder} are both named {sequence.name}")
        known[sequence.name] = sequence.folder
    return sequences


def _sequences_of(folder: Path) -> list[MotSequence]:
    if not folder.is_dir():
        raise SourceError(f"{folder} is a file" if folder.exists() else f"no folder at {folder}")
    if _is_sequence(folder):
        return [_sequence(folder)]
    inner = [path for path in sorted(folder.iterdir()) if path.is_dir() and _is_sequence(path)]
    if not inner:
        raise SourceError(f"{folder} has no truth ({' or '.join(TRUTH_FILES)}), nor has a folder in it")
    return [_sequence(path) for path in inner]


def _is_sequence(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (*TRUTH_FILES, INFO_FILE))


def _sequence(folder: Path) -> MotSequence:
    truth = next((folder / name for name in TRUTH_FILES if (folder / name).is_file()), None)
    if truth is None:
        raise SourceError(f"{folder} has no truth; looked for {' and '.join(TRUTH_FILES)}")
    name, info = folder.absolute().name, folder / INFO_FILE
    if not info.is_file():
        return MotSequence(name=name, title=name, folder=folder, truth=truth)
    stated = read_info(info)
    return MotSequence(
        name=name,
        title=stated.name,
        folder=folder,
        truth=truth,
        frame_rate=stated.frame_rate or FALLBACK_FRAME_RATE,
        length=stated.length,
    )


def _detection_files(folder: Path) -> list[Path]:
    return [path for part, name in (("det", "*.txt"), ("", "det*.txt")) for path in sorted((folder / part).glob(name))]


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)
