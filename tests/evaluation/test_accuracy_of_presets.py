"""What the tracker is worth on real detections: a change inside it may not move that unnoticed.

Whoever means to move a figure changes it here, and measures docs/accuracy.md anew.
"""

import re
from pathlib import Path

import pytest

from benchmarks.accuracy_rows import ACCURATE, BASE, rows
from benchmarks.tracker_accuracy import read_halves, score_rows
from tracker import ByteTrackConfig

pytest.importorskip("trackeval", reason="scores need the extra eval")

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"
COLUMNS = ("HOTA", "MOTA", "IDF1", "IDSW")

# Scores in per cent, and identity switches.
MEASURED = {
    BASE: {
        "MOT17-04": (79.4564, 89.4698, 91.5828, 23),
        "MOT17-09": (65.3514, 82.8413, 77.8240, 14),
        "MOT17-10": (53.9568, 71.1633, 68.6897, 26),
        "MOT17-11": (62.1337, 70.2015, 70.2578, 11),
        "overall": (72.8914, 83.7480, 84.6555, 74),
    },
    ACCURATE: {
        "MOT17-04": (80.0743, 90.5244, 91.7648, 16),
        "MOT17-09": (67.9072, 85.0643, 79.2789, 11),
        "MOT17-10": (59.5396, 73.5438, 79.1766, 11),
        "MOT17-11": (69.9267, 69.4487, 82.0189, 2),
        "overall": (75.0435, 84.8841, 87.7905, 40),
    },
}


def test_the_presets_give_what_was_measured_to_a_thousandth(shared: Path) -> None:
    measured = score_rows(
        read_halves(shared / "data" / "mot17", first_halves=False), [row for row in rows() if row.name in MEASURED]
    )
    for name, wanted in MEASURED.items():
        found = {**measured[name]["sequences"], "overall": measured[name]["overall"]}
        assert found.keys() == wanted.keys()
        for part, values in wanted.items():
            got = tuple(found[part][column] for column in COLUMNS)
            assert got == pytest.approx(values, abs=0.001), f"{name}, {part}"


def test_accurate_may_not_be_pinned_to_less_than_it_is_said_to_give() -> None:
    hota, _, idf1, _ = MEASURED[ACCURATE]["overall"]
    assert hota >= 74.9
    assert idf1 >= 87.6


def test_every_option_gives_what_the_document_says_of_one_sequence(shared: Path) -> None:
    folder = shared / "data" / "mot17" / "MOT17-09"
    asked = [row for row in rows() if row.group in ("base", "alone")]
    measured = score_rows(read_halves(folder, first_halves=False), asked)
    found = {name: row["overall"]["HOTA"] for name, row in measured.items()}
    assert hota_of(folder.name, found) == pytest.approx(found, abs=0.0051)


def test_the_last_step_of_the_ladder_is_the_preset_itself() -> None:
    (last,) = [row for row in rows() if row.name == ACCURATE]
    assert last.config(30.0) == ByteTrackConfig.preset("accurate", frame_rate=30.0)
    assert last.motion


def hota_of(sequence: str, names: dict[str, float]) -> dict[str, float]:
    """What the document says of one sequence, for each row that is named."""
    said: dict[str, float] = {}
    column = -1
    for line in DOCUMENT.read_text(encoding="utf-8").split("\n## First halves\n")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if sequence in cells:
            column = cells.index(sequence)
        elif len(cells) > column > 0 and re.fullmatch(r"\d+\.\d\d", cells[1]):
            said[cells[0]] = float(cells[column])
    return {name: said[name] for name in names}
