"""Reading and checking all that an evaluation needs, before the first frame is tracked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.evaluation.exports import find_tracks, read_tracks
from app.evaluation.motion import Floats, read_motion
from app.evaluation.plan import EvaluationPlan, GivenTracks, Tracking
from app.evaluation.reading import check_classes, check_length, read_detections, read_truth
from app.evaluation.sequences import MotSequence
from app.evaluation.span import Span
from app.scoring import BENCHMARKS, MOT_CLASSES, PEDESTRIAN, counted_classes
from app.sources import SourceError
from tracker import MotRows

FALLBACK_BENCHMARK = "MOT17"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PreparedSequence:
    """One sequence of which `span` is evaluated; the rows count from its first frame.

    `rows` are the detections, or the tracks where they are given, and `origin` the file that they are from. `motion`
    is (F, 2, 3) or None. `left_out` counts rows of tracks that were not looked at because of their class.
    """

    sequence: MotSequence
    length: int
    span: Span
    benchmark: str
    truth: MotRows
    rows: MotRows
    origin: Path
    motion: Floats | None = None
    left_out: int = 0


def prepare(sequences: Sequence[MotSequence], plan: EvaluationPlan) -> Iterator[PreparedSequence]:
    """Read the files of each sequence in turn.

    Raises:
        SourceError: a file is missing or not as it should be; the message names it.
    """
    tracks = find_tracks(plan.tracks.place, sequences) if isinstance(plan.tracks, GivenTracks) else {}
    for sequence in sequences:
        bare = _with_truth(sequence, plan)
        if isinstance(plan.tracks, GivenTracks):
            yield _with_tracks(bare, plan, plan.tracks, tracks[sequence.name])
        else:
            yield _with_detections(bare, plan, plan.tracks)


def scored_classes(prepared: Sequence[PreparedSequence], plan: EvaluationPlan) -> tuple[int, ...] | None:
    """The classes that are scored each on its own, or None for the pedestrians of the MOT Challenge.

    Raises:
        SourceError: the truth has none, or not those that were asked for.
    """
    if plan.classes is None:
        return None
    found = {class_id for one in prepared for class_id in counted_classes(one.truth)}
    if not found:
        raise SourceError("no row of truth counts: the seventh column is 0 in all of them")
    unknown = sorted(set(plan.classes) - found)
    if unknown:
        raise SourceError(f"the truth has no class {unknown[0]}; it has {', '.join(map(str, sorted(found)))}")
    return plan.classes or tuple(sorted(found))


def _with_truth(sequence: MotSequence, plan: EvaluationPlan) -> PreparedSequence:
    truth = read_truth(sequence, classes=plan.by_class)
    benchmark = _benchmark(sequence, truth, plan)
    if plan.by_class:
        check_classes(truth, sequence.truth)
    elif BENCHMARKS[benchmark] is not None:
        _check_pedestrians(truth, sequence.truth)
    length = sequence.length or truth.last_frame
    span = plan.span.of(length)
    if not len(span):
        raise SourceError(f"{sequence.name} has {length} frames, none of them in {plan.span}")
    return PreparedSequence(
        sequence=sequence,
        length=length,
        span=span,
        benchmark=benchmark,
        truth=span.cut(truth),
        rows=truth,
        origin=sequence.truth,
    )


def _with_tracks(bare: PreparedSequence, plan: EvaluationPlan, tracks: GivenTracks, path: Path) -> PreparedSequence:
    given = read_tracks(path, classes=plan.by_class)
    if plan.by_class:
        check_classes(given.rows, path)
    rows = given.rows
    if tracks.whole:
        check_length(rows, bare.length, path, f"{bare.sequence.name} has the length")
        rows = bare.span.cut(rows)
    else:
        part = "" if len(bare.span) == bare.length else f"{plan.span} of "
        hint = " (see --whole-tracks)" if part else ""
        check_length(rows, len(bare.span), path, f"{part}{bare.sequence.name}{hint} has the length")
    return replace(bare, rows=rows, origin=path, left_out=given.left_out)


def _with_detections(bare: PreparedSequence, plan: EvaluationPlan, tracking: Tracking) -> PreparedSequence:
    path, rows = read_detections(bare.sequence, tracking.detections, bare.length, classes=plan.by_class)
    if plan.by_class:
        check_classes(rows, path)
    file = bare.sequence.motion
    used = tracking.camera_motion or (tracking.camera_motion is None and file.is_file())
    return replace(bare, rows=bare.span.cut(rows), origin=path, motion=read_motion(file, bare.span) if used else None)


def _benchmark(sequence: MotSequence, truth: MotRows, plan: EvaluationPlan) -> str:
    """The benchmark whose preparation goes for a sequence: as asked, by whether truth has classes, or by its name."""
    if plan.benchmark is not None:
        return plan.benchmark
    if truth.class_id.max() < 0:
        return "MOT15"
    names = (sequence.name, sequence.title)
    return next((known for known in BENCHMARKS if any(known in name for name in names)), FALLBACK_BENCHMARK)


def _check_pedestrians(truth: MotRows, path: Path) -> None:
    unknown = set(truth.class_id.tolist()) - set(MOT_CLASSES)
    if unknown:
        raise SourceError(
            f"{path} has a class {min(unknown)}, and those of the MOT Challenge go from {MOT_CLASSES[0]} to "
            f"{MOT_CLASSES[-1]}; --classes all scores classes of any kind"
        )
    if PEDESTRIAN not in counted_classes(truth):
        raise SourceError(f"{path} has no pedestrian (class {PEDESTRIAN}) that counts; see --classes all")
