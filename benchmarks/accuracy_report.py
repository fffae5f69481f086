"""Writes what `benchmarks.tracker_accuracy` measured, as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

TITLES = {
    "base": "Base",
    "alone": "Each option alone",
    "ladder": "From the base to `accurate`, each step added to those before",
    "without": "`accurate` with one step taken back",
    "around": "`accurate` with other parameters",
    "filled": "Gaps filled after the end",
}
COLUMNS = ("", "HOTA", "change", "MOTA", "IDF1", "change", "AssA", "switches")


def tables(measured: Sequence[Mapping[str, Any]]) -> str:
    """A table for each group of rows; a change is against the row that each was compared with."""
    return "\n".join(_table(group, [row for row in measured if row["group"] == group]) for group in TITLES)


def _table(group: str, measured: Sequence[Mapping[str, Any]]) -> str:
    if not measured:
        return ""
    timed = any(row.get("time") is not None for row in measured)
    head = [*COLUMNS, *measured[0]["sequences"], *(["time"] if timed else [])]
    lines = [f"### {TITLES[group]}\n", _line(head), _line(["---", *["---:"] * (len(head) - 1)])]
    return "\n".join([*lines, *[_line(_cells(row, timed=timed)) for row in measured]]) + "\n"


def _cells(row: Mapping[str, Any], *, timed: bool) -> list[str]:
    overall, change, time = row["overall"], row["change"], row.get("time")
    return [
        row["name"],
        f"{overall['HOTA']:.2f}",
        _signed(change, "HOTA"),
        f"{overall['MOTA']:.2f}",
        f"{overall['IDF1']:.2f}",
        _signed(change, "IDF1"),
        f"{overall['AssA']:.2f}",
        f"{overall['IDSW']}",
        *[f"{scores['HOTA']:.2f}" for scores in row["sequences"].values()],
        *(["" if time is None else f"{time:.1f}"] if timed else []),
    ]


def _signed(change: Mapping[str, float] | None, name: str) -> str:
    if change is None:
        return ""
    return "0" if abs(change[name]) < 0.005 else f"{change[name]:+.2f}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
