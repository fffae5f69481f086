"""Sequences to explain: with truth they are read as an evaluation reads them, and detections alone are enough."""

from dataclasses import dataclass
from pathlib import Path

from app.evaluation import EvaluationPlan, MotSequence, PreparedSequence, Tracking, find_sequences, prepare
from app.evaluation.motion import Floats, read_motion
from app.evaluation.reading import check_length, read_rows
from app.evaluation.sequences import TRUTH_FILES
from app.evaluation.span import Span
from app.sources import SourceError
from app.sources.sequence import INFO_FILE, read_info
from app.sources.source import FALLBACK_FRAME_RATE
from tracker import MotRows

DETECTION_FOLDER = "det"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GivenSequence:
    """Detections of `span`, counted from its first frame; `prepared` has the truth where that was asked for."""

    name: str
    frame_rate: float
    rows: MotRows
    span: Span
    origin: Path
    motion: Floats | None = None
    prepared: PreparedSequence | None = None


def holds_detections(place: Path) -> bool:
    """Whether a place has detections as MOT text: a file of them, or a sequence with such a file."""
    if place.is_file():
        return place.suffix == ".txt"
    return any((place / DETECTION_FOLDER).glob("*.txt")) or any(place.glob("det*.txt"))


def read_sequence(place: Path, plan: EvaluationPlan, *, with_truth: bool) -> GivenSequence:
    """The sequence at a place, or around a file of detections.

    Raises:
        SourceError: a file is missing or not as it should be; the message names it.
    """
    folder = folder_of(place)
    assert isinstance(plan.tracks, Tracking)
    tracking = plan.tracks
    if with_truth:
        if not any((folder / name).is_file() for name in TRUTH_FILES):
            raise SourceError(f"{folder} has no truth ({' or '.join(TRUTH_FILES)}), which switches are found with")
        return _with_truth(folder, plan)
    sequence = _described(folder)
    path = sequence.detections(tracking.detections)
    rows = read_rows(path)
    if not len(rows):
        raise SourceError(f"{path} is empty: detections are needed to track")
    length = sequence.length or rows.last_frame
    check_length(rows, length, path, f"{sequence.name} has the length")
    span = plan.span.of(length)
    if not len(span):
        raise SourceError(f"{sequence.name} has {length} frames, none of them in {plan.span}")
    used = tracking.camera_motion or (tracking.camera_motion is None and sequence.motion.is_file())
    return GivenSequence(
        name=sequence.name,
        frame_rate=sequence.frame_rate,
        rows=span.cut(rows),
        span=span,
        origin=path,
        motion=read_motion(sequence.motion, span) if used else None,
    )


def _with_truth(folder: Path, plan: EvaluationPlan) -> GivenSequence:
    one = next(prepare(find_sequences([folder]), plan))
    return GivenSequence(
        name=one.sequence.name,
        frame_rate=one.sequence.frame_rate,
        rows=one.rows,
        span=one.span,
        origin=one.origin,
        motion=one.motion,
        prepared=one,
    )


def folder_of(place: Path) -> Path:
    """The folder of the sequence at a place, or around a file of detections."""
    if place.is_dir():
        return place
    folder = place.absolute().parent
    return folder.parent if folder.name == DETECTION_FOLDER else folder


def _described(folder: Path) -> MotSequence:
    """What `seqinfo.ini` says of a sequence, if it is there."""
    name, info = folder.absolute().name, folder / INFO_FILE
    stated = read_info(info) if info.is_file() else None
    truth = next((folder / name for name in TRUTH_FILES if (folder / name).is_file()), folder / TRUTH_FILES[0])
    return MotSequence(
        name=name,
        title=stated.name if stated else name,
        folder=folder,
        truth=truth,
        frame_rate=(stated.frame_rate if stated else None) or FALLBACK_FRAME_RATE,
        length=stated.length if stated else None,
    )
