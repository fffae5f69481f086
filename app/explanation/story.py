"""The life of one id, event by event."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from app.explanation.document import track_document
from app.explanation.moments import Moment, birth_of, moments_of
from app.explanation.recording import Recording
from app.explanation.wording import (
    class_name,
    detection_name,
    price,
    rival,
    took,
    why_missed,
    why_not,
    why_not_matched,
)
from tracker.explain import Barrier, Fate, Pair
from tracker.types import Outcome

CLOSE = 0.1
"""How little more the runner-up costs in a close call."""

NEARLY, WELL = 0.05, 0.3
"""How far above the limit a cost is hardly too much, and from which overlap on two overlap well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a track in the frames `first` to `last`. `figures` are those of its telling moment."""

    kind: str
    first: int
    last: int
    text: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An id, the first and the last frame that show it, in how many it was seen, and what happened."""

    track_id: int
    first: int
    last: int
    seen: int
    events: tuple[Event, ...]


class Summary(NamedTuple):
    """An id in short: how often it was matched with a low score, and how often it was lost."""

    track_id: int
    first: int
    last: int
    seen: int
    low: int
    lost: int


def story_of(recording: Recording, track_id: int, close: float = CLOSE) -> Story:
    """What happened to an id that was given; a match is a close call if its runner-up costs at most `close` more."""
    shown = [frame.number for frame in recording.frames if track_id in frame.tracks.track_id]
    moments = list(moments_of(recording.frames, track_id))
    events = [*_birth(recording, track_id)]
    for _, run in groupby(enumerate(moments), lambda pair: _kind(pair[1], close)):
        told = _told([moment for _, moment in run], close)
        if told is not None:
            events.append(told)
    events.append(_ending(recording, moments))
    seen = sum(
        bool((frame.tracks.detection[frame.tracks.track_id == track_id] >= 0).any()) for frame in recording.frames
    )
    return Story(track_id=track_id, first=shown[0], last=shown[-1], seen=seen, events=tuple(events))


def summaries(recording: Recording) -> list[Summary]:
    """All ids in short."""
    ids = range(1, recording.last_id + 1)
    first: dict[int, int] = {}
    last, seen, low, lost = (dict.fromkeys(ids, 0) for _ in range(4))
    for frame in recording.frames:
        for track_id, detection in zip(frame.tracks.track_id.tolist(), frame.tracks.detection.tolist(), strict=True):
            first.setdefault(track_id, frame.number)
            last[track_id] = frame.number
            seen[track_id] += detection >= 0
            low[track_id] += bool(detection >= 0 and frame.tracks.outcome[detection] == Outcome.MATCHED_LOW)
        for track_id in frame.trace.succession.track_id[frame.trace.succession.fate == Fate.LOST].tolist():
            lost[track_id] += 1
    return [Summary(i, first[i], last[i], seen[i], low[i], lost[i]) for i in ids]


def _kind(moment: Moment, close: float) -> str:
    """What kind of moment it is: those of one kind that follow each other are one event; "" is nothing to tell."""
    one = moment.track
    if one.fate in (Fate.LOST, Fate.STILL_LOST):
        return "lost"
    if one.fate is Fate.MATCHED and one.taken is not None:
        if one.taken.stage != 1:
            return "low"
        nearest = moment.closest()
        return "close" if nearest is not None and nearest.margin <= close else ""
    return f"{one.fate.name.lower()}"


def _told(moments: list[Moment], close: float) -> Event | None:
    kind, first, last = _kind(moments[0], close), moments[0].frame.number, moments[-1].frame.number
    tell = {
        "confirmed": _confirmed, "found": _found, "low": _low, "close": _close, "lost": _lost, "expired": None,
        "twin": None, "discarded": None, "": None,
    }[kind]  # fmt: skip
    if tell is None:
        return None
    text, telling = tell(moments)
    return Event(kind=kind, first=first, last=last, text=text, figures=track_document(telling.track))


def _birth(recording: Recording, track_id: int) -> Iterator[Event]:
    frame, index = birth_of(recording.frames, track_id)
    one = frame.trace.detection(index)
    why = why_not_matched(frame.trace, one)
    label = class_name(recording, frame.trace, index)
    text = f"born from{label} {detection_name(frame.trace, index)}: {why}"
    yield Event(
        kind="born", first=frame.number, last=frame.number, text=text, figures={"detection": index, "score": one.score}
    )


def _confirmed(moments: list[Moment]) -> tuple[str, Moment]:
    moment = moments[0]
    return f"confirmed by {_took(moment)}; it gets its id", moment


def _found(moments: list[Moment]) -> tuple[str, Moment]:
    moment = moments[0]
    return f"found again, last seen {moment.track.unseen:g} frames before, by {_took(moment)}{_second(moment)}", moment


def _low(moments: list[Moment]) -> tuple[str, Moment]:
    worst = max(moments, key=lambda moment: _taken(moment).cost)
    if len(moments) == 1:
        return f"kept by a low score: {_took(worst)}", worst
    scores = [float(moment.frame.trace.detections.score[_taken(moment).detection]) for moment in moments]
    spread = f"{min(scores):.2f} to {max(scores):.2f}"
    return f"kept by low scores ({spread}), stage 2, at most {price(_taken(worst))}", worst


def _close(moments: list[Moment]) -> tuple[str, Moment]:
    tightest = min(moments, key=lambda moment: _closest(moment).margin)
    call = _closest(tightest)
    where = "" if len(moments) == 1 else f", closest in frame {tightest.frame.number}"
    text = rival(tightest.frame.trace, call.pair, of_track=call.of_track)
    gave = ""
    if call.margin < 0:
        gave = " (cheaper alone, but dearer for all together)"
    return f"close call{where}: {_took(tightest)}; the runner-up was {text}{gave}", tightest


def _lost(moments: list[Moment]) -> tuple[str, Moment]:
    moment = moments[0]
    text = f"lost: {why_missed(moment.frame.trace, moment.track)}"
    nearly = min(_near_misses(moments[1:]), key=lambda miss: miss[1].cost - miss[1].limit, default=None)
    if nearly is not None:
        then, pair = nearly
        text += f"; nearest to being found in frame {then.frame.number}: {why_not(then.frame.trace, pair)}"
    return text, moment


def _near_misses(moments: list[Moment]) -> Iterator[tuple[Moment, Pair]]:
    """What a lost track nearly took: what went to another though the two overlapped well, or cost hardly too much."""
    for moment in moments:
        for pair in moment.track.others:
            if pair.stage and (
                pair.overlap >= WELL if pair.barrier is Barrier.TAKEN else pair.cost - pair.limit < NEARLY
            ):
                yield moment, pair


def _ending(recording: Recording, moments: list[Moment]) -> Event:
    last = recording.frames[-1]
    if not moments:
        return Event(
            kind="end", first=last.number, last=last.number, text="the recording ends one frame after its birth"
        )
    moment = moments[-1]
    number, fate = moment.frame.number, moment.track.fate
    if fate is Fate.EXPIRED:
        text = f"gone: not seen for more than {recording.config.max_lost} frames"
    elif fate is Fate.TWIN:
        text = "gone: it and another track were one object, and the other had lived longer"
    elif fate in (Fate.LOST, Fate.STILL_LOST):
        text = "the recording ends while it is lost"
    else:
        text = "the recording ends while it is in sight"
    return Event(kind="end", first=number, last=number, text=text, figures=track_document(moment.track))


def _took(moment: Moment) -> str:
    return took(moment.frame.trace, _taken(moment))


def _second(moment: Moment) -> str:
    one, trace = moment.track, moment.frame.trace
    return "" if one.runner_up is None else f"; the runner-up was {rival(trace, one.runner_up, of_track=True)}"


def _taken(moment: Moment) -> Pair:
    assert moment.track.taken is not None
    return moment.track.taken


def _closest(moment: Moment) -> Any:
    call = moment.closest()
    assert call is not None
    return call
