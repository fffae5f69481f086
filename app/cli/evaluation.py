"""`trackd eval`: what it does."""

import msgspec

from app.cli.console import Reporter
from app.cli.eval_plan import EvalRequest, evaluation_plan
from app.cli.eval_progress import EvalProgress, Stopped
from app.cli.eval_table import score_table
from app.cli.interrupt import Interruption
from app.cli.words import counted
from app.evaluation import (
    Evaluation,
    EvaluationPlan,
    PreparedSequence,
    Tracking,
    evaluate,
    find_sequences,
    prepare,
    scored_classes,
)
from app.evaluation.document import document
from app.evaluation.plot import check_picture, plot
from app.evaluation.saving import check_folder, save_tracks
from app.kernels import load_kernels
from app.offline.opening import STANDARD_OUTPUT, check_target, open_lines, writing
from app.scoring import check_available


def run_eval(request: EvalRequest) -> int:
    """Evaluate as asked; returns the exit code."""
    check_available()
    plan = evaluation_plan(request)
    _check_outputs(request)
    report = Reporter(quiet=request.quiet, rows_on_stdout=request.json == STANDARD_OUTPUT)
    with Interruption() as interruption:
        try:
            with EvalProgress(interruption.stop, quiet=request.quiet) as progress:
                evaluation = _evaluate(request, plan, progress, report)
        except Stopped:
            report.note(f"stopped by {interruption.name}; nothing is scored")
            return interruption.exit_code
        _write(request, plan, evaluation, report)
    return interruption.exit_code


def _evaluate(request: EvalRequest, plan: EvaluationPlan, progress: EvalProgress, report: Reporter) -> Evaluation:
    prepared: list[PreparedSequence] = []
    for one in prepare(find_sequences(request.folders), plan):
        progress.found(one)
        prepared.append(one)
        if one.left_out:
            report.note(f"{one.origin}: {counted(one.left_out, 'row')} of other classes than persons left out")
    classes = scored_classes(prepared, plan)
    if isinstance(plan.tracks, Tracking):
        load_kernels(Reporter().note)  # said even where notes are not wanted: it takes so long
    results = []
    for one in prepared:
        with progress.sequence(one) as watcher:
            results.append(evaluate(one, plan, classes, watcher))
    return Evaluation(sequences=results)


def _check_outputs(request: EvalRequest) -> None:
    if request.json is not None and request.json != STANDARD_OUTPUT:
        check_target(request.json)
    if request.plot is not None:
        check_picture(request.plot)
    if request.save_tracks is not None:
        check_folder(request.save_tracks)


def _write(request: EvalRequest, plan: EvaluationPlan, evaluation: Evaluation, report: Reporter) -> None:
    report.show(score_table(evaluation, by_class=plan.by_class))
    if request.json is not None:
        text = msgspec.json.format(msgspec.json.encode(document(evaluation, plan)), indent=2) + b"\n"
        with writing(request.json), open_lines(request.json) as file:
            file.write(text)
    if request.plot is not None:
        parts = evaluation.by_sequence() if len(evaluation.classes) == 1 else evaluation.by_class()
        plot(parts, evaluation.overall(), _title(plan, evaluation), request.plot)
    if request.save_tracks is not None:
        save_tracks(evaluation.sequences, request.save_tracks, classes=plan.by_class)
    for written in (request.json, request.plot, request.save_tracks):
        if written is not None and written != STANDARD_OUTPUT:
            report.say(f"  wrote {written}")


def _title(plan: EvaluationPlan, evaluation: Evaluation) -> str:
    frames = counted(sum(one.frames for one in evaluation.sequences), "frame")
    part = "" if str(plan.span) == "all" else f" ({plan.span})"
    return f"{counted(len(evaluation.sequences), 'sequence')}, {frames}{part}"
