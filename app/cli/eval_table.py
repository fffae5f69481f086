"""Scores as a table for people."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

from app.evaluation import Evaluation
from app.scoring import Score

COLUMNS = ("HOTA", "DetA", "AssA", "MOTA", "IDF1", "IDSW", "Frag", "FP", "FN", "ms/frame")


def score_table(evaluation: Evaluation, *, by_class: bool) -> Table:
    """A row per sequence, per class where `by_class`, and for what they come to; scores in per cent."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    timed = any(one.median_ms is not None for one in evaluation.sequences)
    columns = COLUMNS if timed else COLUMNS[:-1]
    table.add_column("", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    times = {one.name: "" if one.median_ms is None else f"{one.median_ms:.3f}" for one in evaluation.sequences}
    _add(table, evaluation.by_sequence(), times if timed else {})
    if by_class:
        table.add_section()
        _add(table, {f"class {name}": score for name, score in evaluation.by_class().items()}, {})
        table.add_section()
        _add(table, {"OVERALL, mean of classes": evaluation.class_average()}, {}, style="bold")
        _add(table, {"OVERALL, all detections": evaluation.overall()}, {}, style="bold")
    else:
        table.add_section()
        _add(table, {"OVERALL": evaluation.overall()}, {}, style="bold")
    return table


def _add(table: Table, scores: dict[str, Score], times: dict[str, str], style: str | None = None) -> None:
    for name, score in scores.items():
        rates = (score.hota, score.det_a, score.ass_a, score.mota, score.idf1)
        counts = (score.switches, score.fragments, score.false_positives, score.misses)
        cells = [*(f"{100 * rate:.3f}" for rate in rates), *map(str, counts)]
        table.add_row(name, *cells, *([times[name]] if name in times else []), style=style)
