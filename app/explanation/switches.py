"""Where an object changed its id, and what the two tracks did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from app.explanation.moments import Moment, birth_of
from app.explanation.recording import RecordedFrame, Recording
from app.explanation.wording import detection_name, rival, took, why_missed, why_not_matched
from app.scoring import ComparedFrame

MATCH_IOU = 0.5
KEPT = 10.0
"""What a pair that goes on weighs more than a new one: more than any overlap could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """An object that had one id, last in frame `before`, and has another in frame `frame`; and why, line by line."""

    object_id: int
    frame: int
    before: int
    old_id: int
    new_id: int
    why: tuple[str, ...]


def find_switches(recording: Recording, compared: Sequence[ComparedFrame]) -> list[Switch]:
    """The switches of ids, as CLEAR MOT counts them: an object is matched with a track that overlaps it by an IoU of
    at least 0.5, one that it was matched with in the frame before goes first, and a match with another id than the last
    is a switch.

    Source: K. Bernardin, R. Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics",
    JIVP 2008, section 2.1.2.

    Args:
        compared: truth and tracks of every frame of the recording.
    """
    matches = list(_matches(compared))
    found: list[Switch] = []
    last: dict[int, tuple[int, int]] = {}
    for at, now in enumerate(matches):
        for object_id, track_id in now.items():
            then, old_id = last.get(object_id, (at, track_id))
            if old_id != track_id:
                found.append(_switch(recording, matches, object_id, (then, old_id), (at, track_id)))
            last[object_id] = at, track_id
    return found


def _matches(compared: Sequence[ComparedFrame]) -> Iterator[dict[int, int]]:
    """The track of each object that has one, frame by frame."""
    before: dict[int, int] = {}
    for frame in compared:
        objects, tracks = frame.object_id.tolist(), frame.track_id.tolist()
        close = frame.similarity >= MATCH_IOU - np.finfo(np.float64).eps
        goes_on = np.array([[before.get(one) == other for other in tracks] for one in objects]).reshape(close.shape)
        rows, columns = linear_sum_assignment(-np.where(close, frame.similarity + KEPT * 100 * goes_on, 0.0))
        now = {objects[i]: tracks[j] for i, j in zip(rows.tolist(), columns.tolist(), strict=True) if close[i, j]}
        # Where there is nothing to compare, nothing has changed.
        before = now if objects and tracks else before
        yield now


def _switch(
    recording: Recording,
    matches: Sequence[dict[int, int]],
    object_id: int,
    old: tuple[int, int],
    new: tuple[int, int],
) -> Switch:
    (then, old_id), (at, new_id) = old, new
    frames = recording.frames
    why = [_left(frames, matches, then + 1, at, old_id), *_now(frames, matches, then + 1, at, old_id)]
    why += _came(frames, matches, at, new_id, object_id)
    return Switch(
        object_id=object_id,
        frame=frames[at].number,
        before=frames[then].number,
        old_id=old_id,
        new_id=new_id,
        why=tuple(why),
    )


def _left(frames: Sequence[RecordedFrame], matches: Sequence[dict[int, int]], first: int, at: int, old_id: int) -> str:
    """What the old track did in the first frame without the object."""
    return _did(frames[first], old_id, _object_of(matches[first], old_id))


def _now(
    frames: Sequence[RecordedFrame], matches: Sequence[dict[int, int]], first: int, at: int, old_id: int
) -> Iterator[str]:
    """What the old track did in the frame of the switch, where that is another one."""
    if at > first:
        yield _did(frames[at], old_id, _object_of(matches[at], old_id))


def _did(frame: RecordedFrame, track_id: int, object_id: int | None) -> str:
    """What a track did in a frame."""
    row = frame.trace.row_of(track_id)
    start = f"track {track_id} in frame {frame.number}: "
    if row is None:
        return f"{start}gone by then"
    moment = Moment(frame, frame.trace.track(row))
    if moment.track.taken is None:
        return f"{start}took nothing: {why_missed(frame.trace, moment.track)}"
    on = "on no object" if object_id is None else f"on object {object_id}"
    return f"{start}took {took(frame.trace, moment.track.taken)}, now {on}{_second(moment)}"


def _came(
    frames: Sequence[RecordedFrame], matches: Sequence[dict[int, int]], at: int, new_id: int, object_id: int
) -> Iterator[str]:
    """What the new track did in the frame of the switch, and where it was before."""
    before = ((k, _object_of(matches[k], new_id)) for k in range(at - 1, -1, -1))
    then, earlier = next(((k, one) for k, one in before if one is not None), (0, None))
    birth, index = birth_of(frames, new_id)
    if earlier is None:
        why = why_not_matched(birth.trace, birth.trace.detection(index))
        yield f"track {new_id} in frame {birth.number}: born from {detection_name(birth.trace, index)}: {why}"
    # A track gets its id one frame after its birth: that it took the object then needs no reason.
    if earlier is not None or birth is not frames[at - 1]:
        was = "" if earlier is None else f"; it was on object {earlier} until frame {frames[then].number}"
        yield f"{_did(frames[at], new_id, object_id)}{was}"


def _second(moment: Moment) -> str:
    call = moment.closest()
    if call is None:
        return ""
    return f"; the runner-up was {rival(moment.frame.trace, call.pair, of_track=call.of_track)}"


def _object_of(match: dict[int, int], track_id: int) -> int | None:
    return next((object_id for object_id, other in match.items() if other == track_id), None)
