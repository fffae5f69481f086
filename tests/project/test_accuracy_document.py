import ast
import re
from dataclasses import fields
from pathlib import Path

from benchmarks.accuracy_rows import rows
from tracker import ByteTrackConfig
from tracker.presets import PRESETS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
OF_BYTETRACK = {
    "track_thresh",
    "low_thresh",
    "det_thresh",
    "match_thresh",
    "second_match_thresh",
    "unconfirmed_match_thresh",
    "fuse_score",
    "lost_buffer",
    "frame_rate",
    "duplicate_thresh",
}


def part(heading: str) -> str:
    """The text from a heading to the next one of the same level or above."""
    level = heading.split()[0]
    body = TEXT.split(f"\n{heading}\n", 1)[1]
    return re.split(rf"^#{{2,{len(level)}}} ", body, maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text: str) -> list[str]:
    """What the rows of scores in a text are about."""
    return re.findall(r"^\| (.+?) \| \d+\.\d\d \| [^`\n]*$", text, flags=re.MULTILINE)


def value(text: str) -> object:
    """A value as a table writes it: a number, a switch or a bare word."""
    try:
        return ast.literal_eval(text)
    except ValueError:
        return text


def test_every_parameter_beyond_bytetrack_is_explained_once() -> None:
    explained = re.findall(r"^\* `([a-z_]+)`: ", part("## The options"), flags=re.MULTILINE)
    assert sorted(explained) == sorted({field.name for field in fields(ByteTrackConfig)} - OF_BYTETRACK)


def test_the_preset_is_the_one_of_the_tracker() -> None:
    table = re.findall(r"^\| `([a-z_]+)` \| (\S+) \| (\S+) \|$", part("## The preset `accurate`"), flags=re.MULTILINE)
    base = ByteTrackConfig.preset("mot17")
    assert {name: value(ours) for name, ours, _ in table} == dict(PRESETS["accurate"])
    assert {name: value(theirs) for name, _, theirs in table} == {name: getattr(base, name) for name, *_ in table}


def test_the_tables_have_every_row_that_is_measured_and_no_other() -> None:
    before, after = TEXT.split("\n## First halves\n", 1)
    said = first_cells(before + after.split("\n## ", 1)[1])
    assert sorted(said) == sorted(row.name for row in rows())
    cross_checked = [row.name for row in rows() if row.group in ("base", "alone", "ladder", "without")]
    assert sorted(first_cells(part("## First halves"))) == sorted(cross_checked)


def test_every_option_has_a_row_of_its_own() -> None:
    alone = {name for row in rows() if row.group == "alone" and len(row.options) == 1 for name in row.options}
    assert {field.name for field in fields(ByteTrackConfig)} - OF_BYTETRACK <= alone
