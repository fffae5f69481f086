"""What is each option of the tracker worth, in HOTA, MOTA and IDF1, and in time?

The tracker over the detections of MOT17 sequences, half of each, scored as the MOT Challenge does; then each row once
more in turn with the base, for the time of an update. It needs the extra `eval`.

    python -m benchmarks.tracker_accuracy [--data FOLDER] [--first-halves] [--only TEXT ...] [--rounds 5]
                                          [--markdown FILE] [--json FILE]

The data is not part of the project: `--data` names a folder with a folder for each sequence, as `trackd eval` takes it.
The camera's motion is told where a sequence has `camera_motion.txt`.
"""

import argparse
import json
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.evaluation import (
    Evaluation,
    EvaluationPlan,
    PreparedSequence,
    SpanChoice,
    Tracking,
    evaluate,
    find_sequences,
    prepare,
)
from app.evaluation.document import scores
from app.evaluation.running import run_tracker
from app.scoring import ScoringUnavailable
from app.sources import SourceError
from benchmarks.accuracy_report import tables
from benchmarks.accuracy_rows import BASE, Row, rows
from benchmarks.machine import REPOSITORY, stamp

COMPARED = ("HOTA", "MOTA", "IDF1", "AssA", "IDSW")


def main() -> None:
    """Measure, print and write."""
    arguments = _arguments()
    prepared = read_halves(arguments.data, first_halves=arguments.first_halves)
    chosen = _chosen(rows(), arguments.only)
    print(stamp())
    print(f"data     {_described(prepared)}\n", flush=True)
    measured = score_rows(prepared, chosen)
    if arguments.rounds:
        _time(prepared, chosen, measured, arguments.rounds)
    text = tables(list(measured.values()))
    print(text)
    if arguments.markdown:
        arguments.markdown.write_text(text, encoding="utf-8")
    if arguments.json:
        found = {"stamp": stamp().splitlines(), "data": _described(prepared), "rows": list(measured.values())}
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read_halves(folder: Path, *, first_halves: bool) -> list[PreparedSequence]:
    """Detections, truth and motion of the half of each sequence that is asked for."""
    found: list[PreparedSequence] = []
    for sequence in find_sequences([folder]):
        span = SpanChoice(half=True)
        if first_halves:
            if sequence.length is None:
                raise SourceError(f"{sequence.folder} has no seqinfo.ini that says how long it is")
            span = SpanChoice(1, sequence.length // 2 + 1)
        found += prepare([sequence], _plan(Row(name=BASE, group="base", motion=True), span))
    return found


def _plan(row: Row, span: SpanChoice) -> EvaluationPlan:
    tracking = Tracking(config=row.config, camera_motion=None if row.motion else False)
    return EvaluationPlan(tracks=tracking, span=span, interpolate=row.fill)


def score_rows(prepared: Sequence[PreparedSequence], chosen: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """What each row gives, by its name."""
    measured: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(chosen, start=1):
        plan = _plan(row, SpanChoice())
        evaluation = Evaluation(sequences=[evaluate(_as_told(one, row), plan, None, _Silent()) for one in prepared])
        by_sequence = {name: scores(score) for name, score in evaluation.by_sequence().items()}
        found = {"overall": scores(evaluation.overall()), "sequences": by_sequence}
        for part in (found["overall"], *by_sequence.values()):
            part.pop("HOTA_alpha")
        measured[row.name] = {"name": row.name, "group": row.group, "against": row.against, **_setting(row), **found}
        measured[row.name]["change"] = _change(measured, row)
        told = " ".join(f"{name} {found['overall'][name]:.2f}" for name in COMPARED)
        print(f"scored {number} of {len(chosen)}: {told}  {row.name}", file=sys.stderr)
    return measured


def _setting(row: Row) -> dict[str, Any]:
    return {"preset": row.preset, "options": dict(row.options), "camera_motion": row.motion, "fill": row.fill}


def _change(measured: dict[str, dict[str, Any]], row: Row) -> dict[str, float] | None:
    if row.name == BASE or row.against not in measured:
        return None
    ours, theirs = measured[row.name]["overall"], measured[row.against]["overall"]
    return {name: ours[name] - theirs[name] for name in COMPARED}


def _time(
    prepared: Sequence[PreparedSequence], chosen: Sequence[Row], measured: dict[str, dict[str, Any]], rounds: int
) -> None:
    """How long an update takes, as a multiple of the base's: the two in turn on each sequence, medians throughout."""
    base = next(row for row in chosen if row.name == BASE)
    timed = [row for row in chosen if row.fill is None and row is not base]
    ratios: dict[str, list[float]] = {row.name: [] for row in timed}
    times_ms: list[float] = []
    for number in range(1, rounds + 1):
        print(f"timed {number - 1} of {rounds} rounds", file=sys.stderr)
        for row in timed:
            pairs = [(_update_ms(one, base), _update_ms(one, row)) for one in prepared]
            times_ms.append(statistics.mean(first for first, _ in pairs))
            ratios[row.name].append(sum(second for _, second in pairs) / sum(first for first, _ in pairs))
    measured[BASE].update(time=1.0, update_ms=statistics.median(times_ms) if times_ms else None)
    for name, found in ratios.items():
        measured[name].update(time=statistics.median(found), times=found)


def _update_ms(one: PreparedSequence, row: Row) -> float:
    one = _as_told(one, row)
    config = row.config(one.sequence.frame_rate)
    run = run_tracker(one.rows, one.span, config, one.motion, origin=one.origin, on_frame=lambda _: None)
    assert run.median_ms is not None
    return run.median_ms


def _as_told(one: PreparedSequence, row: Row) -> PreparedSequence:
    """A sequence with its camera's motion, or without."""
    return one if row.motion else replace(one, motion=None)


def _chosen(offered: Sequence[Row], only: Sequence[str]) -> list[Row]:
    """The rows whose names contain one of the texts, and all that they are compared with; without texts all."""
    by_name = {row.name: row for row in offered}
    wanted = {BASE}
    for row in offered:
        if not only or any(text in row.name for text in only):
            while row.name not in wanted:
                wanted.add(row.name)
                row = by_name[row.against]
    return [row for row in offered if row.name in wanted]


def _described(prepared: Sequence[PreparedSequence]) -> str:
    moved = sum(one.motion is not None for one in prepared)
    parts = [f"{one.sequence.name} {one.span.first}:{one.span.last}" for one in prepared]
    return f"{', '.join(parts)}; camera motion of {moved} of {len(parts)}"


class _Silent:
    """Rows are quick: what is shown is when one is done."""

    def tracked(self, frames: int) -> None:
        """Say nothing."""

    def scoring(self) -> None:
        """Say nothing."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = (REPOSITORY / os.environ.get("TRACKD_SHARED", "../shared")).resolve()
    parser.add_argument("--data", type=Path, default=shared / "data" / "mot17", help="a folder of sequences")
    parser.add_argument("--first-halves", action="store_true", help="frames 1 to n//2+1 instead of n//2+2 to n")
    parser.add_argument("--only", nargs="+", default=[], metavar="TEXT", help="rows whose names contain one of these")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of timing; 0 for none")
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except (ScoringUnavailable, SourceError) as error:
        sys.exit(f"tracker_accuracy: {error}")
