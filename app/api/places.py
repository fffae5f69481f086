"""Where a reader stands in a stream, as text: what it quotes when it comes back."""

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from app.api.problem import invalid
from app.engine.history import Place, place_of
from app.engine.selecting import said_in
from app.settings import STREAM_ID_PATTERN
from app.wire import Encoded

_FORM = re.compile(r"e(?P<event>\d{1,16})|(?P<epoch>\d{1,16})-(?P<number>\d{1,16})(?P<drop>d?)", re.ASCII)
_EXAMPLES = "EPOCH-SEQ, as 1-1842, EPOCH-SEQd of a dropped frame, or eID of an event"

NOWHERE = Place("tracks", -1, -1)
"""What a reader saw that quotes something else: nobody knows how much it missed."""

Seen = Annotated[
    str | None,
    Query(description=f"what was seen last: {_EXAMPLES}. What came after it is sent first, as far as it is kept"),
]


def text_of(encoded: Encoded) -> str:
    """The place of a stream's message."""
    place = place_of(said_in(encoded))
    if place.kind == "events":
        return f"e{place.number}"
    return f"{place.epoch}-{place.number}{'d' if place.kind == 'drops' else ''}"


def place(text: str) -> Place | None:
    """The place that a text names, None where it is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    if found["event"]:
        return Place("events", 0, int(found["event"]))
    return Place("drops" if found["drop"] else "tracks", int(found["epoch"]), int(found["number"]))


def places(since: str | None, streams: Sequence[str] | None) -> dict[str, Place]:
    """The places by stream. One of a single stream needs no name; of several each is `STREAM:PLACE`, with commas.

    Raises:
        InvalidInput: no place, or one of a stream that is not read.
    """
    if since is None:
        return {}
    found = {}
    for part in since.split(","):
        stream, named, text = part.rpartition(":")
        if not named:
            if streams is None or len(streams) != 1 or "," in since:
                raise invalid("/query/since", f"{part!r} does not say of which stream: STREAM:{part}")
            stream = streams[0]
        where = place(text)
        if where is None or not re.fullmatch(STREAM_ID_PATTERN, stream):
            raise invalid("/query/since", f"{part!r} is no place; one is {_EXAMPLES}, behind `STREAM:` of several")
        if streams is not None and stream not in streams:
            raise invalid("/query/since", f"{stream!r} is none of the streams that are asked for")
        found[stream] = where
    return found
