"""`trackd explain`: what it does."""

import shutil
import sys
from typing import Any

import msgspec

from app.cli.console import Reporter
from app.cli.errors import UsageFailure
from app.cli.explain_request import ExplainRequest, Recorded, record
from app.cli.explain_tables import event_lines, frame_tables, id_table, switch_lines
from app.cli.interrupt import Interruption
from app.cli.words import counted
from app.explanation.document import frame_document, track_document
from app.explanation.recording import RecordedFrame, Recording
from app.explanation.story import story_of, summaries
from app.explanation.switches import Switch, find_switches
from app.explanation.wording import what_it_did
from app.offline.opening import STANDARD_OUTPUT, check_target, open_lines, writing

Document = dict[str, Any]

COSTS = "A cost runs from 0, the same box, to 1, nothing in common, and must be below the limit of its stage."


def run_explain(request: ExplainRequest) -> int:
    """Explain what was asked; returns the exit code."""
    _check(request)
    report = Reporter(quiet=request.quiet, rows_on_stdout=request.json == STANDARD_OUTPUT)
    with Interruption() as interruption:
        recorded = record(request, report, interruption)
        if interruption.exit_code:
            report.note(f"stopped by {interruption.name}; what follows is about what was tracked up to there")
        answer = _answer(request, recorded, report)
        if request.json is not None:
            text = msgspec.json.format(msgspec.json.encode(answer), indent=2) + b"\n"
            with writing(request.json), open_lines(request.json) as file:
                file.write(text)
    return interruption.exit_code


def _check(request: ExplainRequest) -> None:
    if request.switches and request.frame is not None:
        raise UsageFailure("--switches and --frame are two questions; ask one of them")
    if request.json is not None and request.json != STANDARD_OUTPUT:
        check_target(request.json)


def _answer(request: ExplainRequest, recorded: Recorded, report: Reporter) -> Document:
    """Say it, and return it for machines."""
    recording = recorded.recording
    if not recording.frames:
        raise UsageFailure(f"{recording.name} has no frames: there is nothing to explain")
    if request.track_id is not None and not 1 <= request.track_id <= recording.last_id:
        ids = f"ids go from 1 to {recording.last_id}" if recording.last_id else "nothing was tracked"
        raise UsageFailure(f"{recording.name} has no id {request.track_id}; {ids}")
    if request.switches:
        found = _switches(request, recorded, report)
    elif request.frame is not None:
        found = _frame(request, recording, request.frame, report)
    elif request.track_id is not None:
        found = _story(request, recording, request.track_id, report)
    else:
        found = _ids(recording, report)
    return {"source": recording.name, **found}


def _width(request: ExplainRequest) -> int | None:
    """Where lines are broken: at the edge of a terminal, nowhere in a file."""
    stream = sys.stderr if request.json == STANDARD_OUTPUT else sys.stdout
    return shutil.get_terminal_size().columns if stream.isatty() else None


def _ids(recording: Recording, report: Reporter) -> Document:
    found = summaries(recording)
    report.say(f"{recording.name}: {counted(len(found), 'id')} in {counted(len(recording.frames), 'frame')}")
    if found:
        report.show(id_table(found))
        report.say("  --id N tells one of them, --frame F shows a frame, --switches compares with truth")
    return {"ids": [one._asdict() for one in found]}


def _story(request: ExplainRequest, recording: Recording, track_id: int, report: Reporter) -> Document:
    story = story_of(recording, track_id, request.close)
    report.say(
        f"{recording.name}: id {track_id}, shown in frames {story.first} to {story.last}, "
        f"matched in {story.seen} of {story.last - story.first + 1}"
    )
    for line in event_lines(story.events, _width(request)):
        report.say(line)
    report.say(f"\n  {COSTS}")
    events = [
        {"kind": one.kind, "first_frame": one.first, "last_frame": one.last, "text": one.text, **one.figures}
        for one in story.events
    ]
    return {"id": track_id, "first_frame": story.first, "last_frame": story.last, "seen": story.seen, "events": events}


def _frame(request: ExplainRequest, recording: Recording, number: int, report: Reporter) -> Document:
    at = recording.position(number)
    if at is None:
        first, last = recording.frames[0].number, recording.frames[-1].number
        raise UsageFailure(f"{recording.name} has no frame {number}; frames go from {first} to {last}")
    frame = recording.frames[at]
    if request.track_id is not None:
        return _track_in(recording, frame, request.track_id, report)
    trace = frame.trace
    counts = f"{counted(len(trace.detections), 'detection')}, {counted(len(trace.before), 'track')} before it"
    report.say(f"{recording.name}: frame {number}, {counts}")
    for heading, table in frame_tables(recording, trace):
        report.say(f"\n{heading}")
        if table is not None:
            report.show(table)
    report.say(f"\n{COSTS}")
    return {"frame": number, **frame_document(trace, recording.labels)}


def _track_in(recording: Recording, frame: RecordedFrame, track_id: int, report: Reporter) -> Document:
    row = frame.trace.row_of(track_id)
    if row is None:
        there = [one.number for one in recording.frames if one.trace.row_of(track_id) is not None]
        lived = f"it had its id in frames {there[0]} to {there[-1]}" if there else "it got it in the last frame"
        raise UsageFailure(f"id {track_id} was not there in frame {frame.number}; {lived}")
    one = frame.trace.track(row)
    told = what_it_did(frame.trace, one)
    report.say(f"{recording.name}: id {track_id} in frame {frame.number}")
    for line in told:
        report.say(f"  {line}")
    return {"id": track_id, "frame": frame.number, "text": told, "track": track_document(one)}


def _switches(request: ExplainRequest, recorded: Recorded, report: Reporter) -> Document:
    recording, wanted = recorded.recording, request.track_id
    assert recorded.truth is not None
    found: list[Switch] = []
    for compared in recorded.truth(recording):
        found += find_switches(recording, compared)
    shown = sorted(
        (one for one in found if wanted is None or wanted in (one.old_id, one.new_id)), key=lambda one: one.frame
    )
    about = "" if wanted is None else f", {len(shown)} of them from or to id {wanted}"
    frames = counted(len(recording.frames), "frame")
    report.say(f"{recording.name}: {counted(len(found), 'id switch', 'id switches')} in {frames}{about}")
    for one in shown:
        old = f"{one.old_id} (until frame {one.before})"
        report.say(f"\n  frame {one.frame}: object {one.object_id} changes from id {old} to id {one.new_id}")
        for line in switch_lines(one, _width(request)):
            report.say(line)
    fields = ("object_id", "frame", "before", "old_id", "new_id", "why")
    return {"switches": [{name: getattr(one, name) for name in fields} for one in shown]}
