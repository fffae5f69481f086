"""Explanations as tables for people."""

import textwrap
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from app.cli.words import counted
from app.explanation.recording import Recording
from app.explanation.story import Event, Summary
from app.explanation.switches import Switch
from app.explanation.wording import STAGES, detection_state, track_name, track_state, why_missed, why_not_matched
from tracker import Outcome
from tracker.explain import FrameTrace
from tracker.reasons import DetectionTrace

LEAST_WIDTH = 40
UNUSED = (Outcome.BELOW_FLOOR, Outcome.AT_THRESHOLD)


def id_table(found: Sequence[Summary]) -> Table:
    """A row per id."""
    table = _table("id", "first frame", "last frame", "matched", "with low score", "times lost")
    for one in found:
        table.add_row(*map(str, one))
    return table


def event_lines(events: Sequence[Event], width: int | None) -> Iterator[str]:
    """The frames and the text of each event, broken at `width` columns if that is given."""
    frames = [str(one.first) if one.first == one.last else f"{one.first} to {one.last}" for one in events]
    margin = max(map(len, frames)) + 4
    for name, event in zip(frames, events, strict=True):
        yield from _hung(f"{name.rjust(margin - 2)}  ", event.text, width)


def switch_lines(switch: Switch, width: int | None) -> Iterator[str]:
    """The reasons of a switch, broken at `width` columns if that is given."""
    for line in switch.why:
        yield from _hung("    - ", line, width)


def _hung(start: str, text: str, width: int | None) -> Iterator[str]:
    """Text behind a start under which its further lines are indented."""
    if width is None:
        yield start + text
    else:
        room = max(width - 1, len(start) + LEAST_WIDTH)
        yield from textwrap.wrap(text, room, initial_indent=start, subsequent_indent=" " * len(start))


def frame_tables(recording: Recording, trace: FrameTrace) -> Iterator[tuple[str, Table | None]]:
    """A heading and a table for the detections that were used and for the tracks that took none."""
    found = [trace.detection(index) for index in range(len(trace.detections))]
    used = [one for one in found if one.outcome not in UNUSED]
    if used:
        yield "Detections", _detections(recording, trace, used)
    if len(used) < len(found):
        config = recording.config
        floor = f"score at or below {config.low_thresh:g}, or exactly {config.track_thresh:g}"
        yield f"Used in no stage: {counted(len(found) - len(used), 'detection')} with a {floor}", None
    missed = [one for one in map(trace.track, range(len(trace.before))) if one.taken is None]
    if missed:
        table = _table(
            "track", "state", "unseen", "why it took no detection", left=("state", "why it took no detection")
        )
        for one in missed:
            name = str(one.track_id or "-")
            table.add_row(name, track_state(one), f"{one.unseen:g}", Text(why_missed(trace, one)))
        yield "Tracks that took none", table


def _detections(recording: Recording, trace: FrameTrace, found: Sequence[DetectionTrace]) -> Table:
    names = ["detection", "score", "became", "track", "stage", "cost", "limit", "margin", "runner-up, or why not"]
    left = ["became", "stage", "runner-up, or why not"]
    if recording.labels:
        names.insert(1, "class")
        left.append("class")
    table = _table(*names, left=left)
    for one in found:
        label = [Text(recording.label(one.class_id))] if recording.labels else []
        score, track = f"{one.score:.2f}", str(one.track_id or "-")
        table.add_row(
            str(one.detection), *label, score, detection_state(one), track, *_figures(one), _reason(trace, one)
        )
    return table


def _figures(one: DetectionTrace) -> list[str]:
    if one.taken is None:
        return ["-", "", "", ""]
    margin = "" if one.margin is None else f"{one.margin:.3f}"
    return [STAGES[one.taken.stage], f"{one.taken.cost:.3f}", f"{one.taken.limit:.3f}", margin]


def _reason(trace: FrameTrace, one: DetectionTrace) -> Text:
    if one.taken is None:
        return Text(why_not_matched(trace, one))
    if one.runner_up is None:
        return Text("")
    return Text(f"{track_name(one.runner_up.track_id)} at {one.runner_up.cost:.3f}")


def _table(*columns: str, left: Sequence[str] = ()) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, justify="left" if name in left else "right", no_wrap=len(name) < 15)
    return table
